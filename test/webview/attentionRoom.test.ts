import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Handlers } from '../../src/protocol/call';
import type { ExplorerApi } from '../../src/protocol/explorer';
import { artifacts } from '../harness/artifacts';
import { skipWithoutFixtures } from '../harness/fixtures';
import { AttentionPage, HEADS, LAYERS, head } from './attention-page';

describe('the room of the Attention tab', { skip: skipWithoutFixtures }, () => {
  let tab: AttentionPage;

  before(async () => {
    tab = await AttentionPage.start();
  });
  afterEach(() => tab.close());
  after(() => tab.stop());

  /** A model of 30 layers of 9 heads, as SmolLM2-135M is: every head of the real model again and again. */
  const manyHeads = (layerCount: number, headCount: number): Partial<Handlers<ExplorerApi>> => {
    const source = (index: number): number =>
      (Math.floor(index / headCount) % LAYERS) * HEADS + ((index % headCount) % HEADS);
    return {
      attentionOverview: async (params, { signal }) => {
        const real = await tab.engine.call('attentionOverview', params, { signal });
        const pixels = real.size ** 2;
        const thumbnails = new Uint8Array(layerCount * headCount * pixels);
        const statistics = Array.from({ length: layerCount * headCount }, (_, index) => {
          const at = source(index);
          thumbnails.set(real.thumbnails.subarray(at * pixels, (at + 1) * pixels), index * pixels);
          return { ...real.statistics[at]!, layer: Math.floor(index / headCount), head: index % headCount };
        });
        const layers = Array.from({ length: layerCount }, (_, layer) => layer);
        return { ...real, layers, heads: headCount, thumbnails, statistics };
      },
      attentionHead: (params, { signal }) =>
        tab.engine.call('attentionHead', { ...params, ...refOf(params) }, { signal }),
      attentionRow: (params, { signal }) =>
        tab.engine.call('attentionRow', { ...params, ...refOf(params) }, { signal }),
      attentionPair: async (params, { signal }) => {
        const real = await tab.engine.call('attentionPair', params, { signal });
        const weights = Float32Array.from({ length: layerCount * headCount }, (_, at) => real.weights[source(at)]!);
        return { ...real, weights };
      },
    };
  };
  const refOf = (ref: { readonly layer: number; readonly head: number | null }) => ({
    layer: ref.layer % LAYERS,
    head: ref.head === null ? null : ref.head % HEADS,
  });

  for (const [width, height] of [
    [1440, 860],
    [1082, 768],
    [780, 680],
    [500, 760],
  ] as const) {
    it(`has everything in sight at ${width} × ${height} with scroll bars, and one part a column that scrolls`, async () => {
      for (const many of [false, true]) {
        tab.answer(many ? manyHeads(30, 9) : {});
        await tab.shown({}, { viewport: { width, height } });
        const { page } = tab;
        const found = await page.evaluate(() => {
          const view = document.querySelector('.attention')!;
          const wanted = ['.heat-map', '.readout', '.weight-text', '.most', '.head-standing'];
          const parts = [...wanted, document.querySelector('.heads-map') ? '.heads-map' : '.thumbnails'];
          const scrolled = [...view.querySelectorAll('*')].filter(
            (element) =>
              element.scrollHeight > element.clientHeight + 1 &&
              ['auto', 'scroll'].includes(getComputedStyle(element).overflowY),
          );
          return {
            page: view.scrollHeight - view.clientHeight,
            below: parts.filter((part) => {
              const at = view.querySelector(part)!.getBoundingClientRect();
              const { top, bottom } = view.getBoundingClientRect();
              return at.top < top - 1 || at.top > bottom - 40 || at.width < 40;
            }),
            columns: ['.attention-heads', '.attention-map', '.attention-query'].map(
              (column) => scrolled.filter((each) => each.closest(column)).length,
            ),
            map: view.querySelector('.heat-map')!.getBoundingClientRect().bottom,
            room: view.querySelector('.map-room')!.getBoundingClientRect().bottom,
          };
        });
        assert.ok(found.page <= 1, `the page scrolls by ${found.page}`);
        assert.deepEqual(found.below, []);
        assert.ok(
          found.columns.every((count) => count <= 1),
          `scrollers a column: ${found.columns.join(', ')}`,
        );
        assert.ok(found.map <= found.room + 1, 'the map is whole');
        await page.screenshot({ path: path.join(artifacts, `attention-${width}${many ? '-30x9' : ''}.png`) });
        await tab.close();
      }
    });
  }

  it('has all of 30 layers of 9 heads in sight as cells, coloured by any number or by the selected pair', async () => {
    tab.answer(manyHeads(30, 9));
    await tab.shown({ ...head(2, 6), key: 3 }, { viewport: { width: 780, height: 680 } });
    const { page } = tab;
    const cells = page.locator('.attention-heads .heads-map-cells');
    const box = (await cells.boundingBox())!;
    const cell = { width: box.width / 30, height: box.height / 9 };
    assert.ok(Number.isInteger(cell.width) && cell.width >= 3 && Number.isInteger(cell.height), 'whole pixels');
    const column = (await page.locator('.attention-heads').boundingBox())!;
    assert.ok(box.x >= column.x && box.x + box.width <= column.x + column.width);
    const coloursNow = async (): Promise<string> => {
      const colours = await cells.locator('canvas').evaluate((element, { width, height }) => {
        const context = (element as HTMLCanvasElement).getContext('2d')!;
        return [
          [2, 6],
          [7, 6],
          [0, 0],
        ].map(([layer, at]) => {
          const [x, y] = [(layer! + 0.5) * width * devicePixelRatio, (at! + 0.5) * height * devicePixelRatio];
          return context.getImageData(x, y, 1, 1).data.join();
        });
      }, cell);
      assert.equal(colours[0], colours[1], 'the same head of the real model has the same colour');
      return colours.join(' ');
    };
    const byShow = new Set<string>();
    for (const show of ['structure', 'entropy', 'distance', 'first-token mass', 'selected pair']) {
      await page.getByLabel('Show heads as').selectOption({ label: show });
      await page.locator('.attention-heads .heads-map-cells[aria-busy=false]').waitFor();
      byShow.add(await coloursNow());
    }
    assert.ok(byShow.size >= 4, 'each number has its own colours');
    await cells.click({ position: { x: 28.5 * cell.width, y: 8.5 * cell.height } });
    await tab.chosen('Layer 28, head 8');
    await cells.focus();
    await page.keyboard.press('ArrowLeft');
    await tab.chosen('Layer 27, head 8');
    await page.keyboard.press('ArrowUp');
    await tab.chosen('Layer 27, head 7');
  });
});
