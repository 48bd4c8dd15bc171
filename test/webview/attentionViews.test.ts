import { eventCount } from '../../src/core/trace/assemble';
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { encodeWeight } from '../../src/core/numeric/codes';
import type { Handlers } from '../../src/protocol/call';
import type { AttentionOverview } from '../../src/protocol/attention';
import { Problem } from '../../src/protocol/errors';
import type { ExplorerApi } from '../../src/protocol/explorer';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { skipWithoutFixtures } from '../harness/fixtures';
import { themeIds } from '../harness/themes';
import { WebviewUnderTest } from '../harness/webview';
import { AttentionPage, HEADS, LAYERS, TOKENS, head } from './attention-page';
import { ExplorerHost } from './explorer-host';

describe('the Attention tab', { skip: skipWithoutFixtures }, () => {
  let tab: AttentionPage;

  before(async () => {
    tab = await AttentionPage.start();
  });
  afterEach(() => tab.close());
  after(() => tab.stop());

  it('keeps head, scale, sort, direction and key through a reload', async () => {
    await tab.shown({ ...head(2, 6) });
    const { page } = tab;
    await page.getByRole('radio', { name: 'Linear' }).click();
    await page.getByRole('radio', { name: 'Looked at by' }).click();
    await page.getByLabel('Sort heads').selectOption({ label: 'by entropy' });
    await tab.map().focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => window.vivariumPage.state()?.includes('"key":0'));
    const kept = await tab.view!.state();
    await tab.view!.close();
    tab.view = await WebviewUnderTest.open(tab.browser, {
      bundle: 'explorer',
      state: kept,
      onMessage: tab.host.onMessage,
    });
    await tab.complete();
    assert.equal(await tab.page.getByRole('radio', { name: 'Linear' }).getAttribute('aria-checked'), 'true');
    assert.equal(await tab.page.getByRole('radio', { name: 'Looked at by' }).getAttribute('aria-checked'), 'true');
    assert.equal(await tab.page.locator('.attention-map h2').textContent(), 'Layer 2, head 6');
    assert.ok((await tab.page.locator('.thumbnail-caption').count()) > 0);
    assert.deepEqual(await tab.position(), [40, 0]);
  });

  it('paints anew when the theme changes', async () => {
    await tab.shown(head(0, 3));
    // A weight of the reference that is 0 in its code: the ground of the theme.
    let [query, key] = [0, 0];
    for (query = 0; query < TOKENS && encodeWeight(tab.reference.weight(0, 3, query, key)) !== 0;) {
      if (++key > query) [query, key] = [query + 1, 0];
    }
    assert.ok(query < TOKENS, 'there is a weight of 0');
    const zero = async (): Promise<number> => (await tab.colours([[query, key]])).corners[0]![0];
    assert.equal(await zero(), 0xff1f1f1f);
    await tab.view!.setTheme('light');
    await tab.page.waitForFunction(() => document.body.classList.contains('vscode-light'));
    await tab.page
      .locator('.heat-map canvas')
      .evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await zero(), 0xffffffff);
  });

  it('cancels what it no longer needs', async () => {
    const aborted: string[] = [];
    tab.answer({
      attentionHead: ({ layer, head: at }, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(`${layer}.${at}`);
            reject(new Problem({ code: 'cancelled', message: 'Stopped.' }));
          });
        }),
    });
    await tab.open(head(2, 6));
    await tab.page.locator('.heat-map canvas[aria-busy=true]').waitFor();
    await tab.map().focus();
    await tab.page.keyboard.press(']');
    await tab.page.keyboard.press(']');
    await tab.chosen('Layer 2, mean of heads');
    await tab.page.getByRole('tab', { name: 'Tokens' }).click();
    await tab.page.locator('.attention').waitFor({ state: 'detached' });
    assert.deepEqual(aborted, ['2.6', '2.7', '2.null']);
  });

  it('says in its place why there is no attention, and tries again', async () => {
    let refusals = 0;
    const message = 'The attention of this file cannot be read.';
    tab.answer({
      attentionOverview: () => {
        refusals++;
        throw new Problem({ code: 'not-available', message, action: 'Choose an export with a plain Softmax.' });
      },
    });
    await tab.open();
    const alert = tab.page.locator('.attention-empty [role=alert]');
    await alert.getByText(message).waitFor();
    await alert.getByText('Choose an export with a plain Softmax.').waitFor();
    tab.answer({});
    await alert.getByRole('button', { name: 'Try again' }).click();
    await tab.map().waitFor();
    assert.equal(refusals, 1);
  });

  it('says how far it has read', async () => {
    let finish: (overview: AttentionOverview) => void = () => undefined;
    tab.answer({
      attentionOverview: (_params, { emit }) => {
        emit({ done: 2, total: 5 });
        return new Promise((resolve) => (finish = resolve));
      },
    });
    await tab.open();
    await tab.page.getByText('40 % read').waitFor();
    assert.equal(await tab.page.locator('progress').getAttribute('value'), '2');
    const { runId } = tab.host.snapshot;
    finish(await tab.engine.call('attentionOverview', { runId: runId!, size: 52 }));
    await tab.map().waitFor();
  });

  it('shows attention when the run has ended, and says so while it goes on', async () => {
    const { trace } = tab.host.snapshot;
    const { summary: _summary, ...going } = trace!;
    tab.host.told.trace = going;
    tab.host.told.status = { state: 'running', tokens: 12, total: 60, tokensPerSecond: null };
    try {
      await tab.open();
      await tab.page.getByText(`Attention shows when the run has ended: ${TOKENS} of at most`).waitFor();
      assert.equal(await tab.page.locator('.heat-map').count(), 0);
      tab.host.told = {};
      await tab.host.notify('trace', {
        runId: tab.host.snapshot.runId!,
        from: eventCount(going),
        events: [trace!.summary!],
      });
      await tab.host.notify('status', { status: { state: 'done' } });
      await tab.map().waitFor();
    } finally {
      tab.host.told = {};
    }
  });

  for (const theme of themeIds) {
    it(`has nothing that axe-core finds serious in the ${theme} theme`, async () => {
      await tab.shown({ ...head(2, 6), key: 3 }, { theme });
      await assertAccessible(tab.page, `Attention, ${theme}`);
      await tab.page.screenshot({ path: path.join(artifacts, `attention-${theme}.png`) });
      await tab.page.getByRole('radio', { name: 'Looked at by' }).click();
      await tab.page.getByRole('radio', { name: 'Table' }).click();
      await tab.page.locator('.tables').waitFor();
      await assertAccessible(tab.page, `Attention as tables, ${theme}`);
      // The toolkit's style element, and nothing of ours.
      assert.deepEqual(await tab.view!.violations(), ['style-src-elem inline']);
    });
  }

  it('stands in one column of 320 pixels with nothing to the right of what fits', async () => {
    await tab.shown({ ...head(2, 6), key: 3 }, { viewport: { width: 320, height: 900 } });
    const { page } = tab;
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('.attention *')]
        .filter((element) => !element.closest('.thumbnails, .table-scroll, svg, .unseen'))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => `${element.tagName}.${element.className}`),
    );
    assert.deepEqual(wide, []);
    await page.locator('.key-hints').scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(artifacts, 'attention-320.png') });
  });

  describe('on a long run', () => {
    let short: ExplorerHost;
    let length = 0;

    before(async () => {
      short = tab.host;
      tab.host = new ExplorerHost(tab.engine, short.models);
      const sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 3 };
      length = (await tab.host.record({ prompt: 'Once upon a time', sampling, maxNewTokens: 300 })).tokens.length;
      assert.ok(length > 150, `${length} tokens`);
    });
    after(() => (tab.host = short));

    it('shows a window around the selection and an overview that says it is pooled', async () => {
      await tab.shown({ ...head(2, 6), key: 20 }, { query: 140 });
      const { page } = tab;
      await page.getByText('max-pooled: a pixel is the largest').waitFor();
      const overview = page.locator('.overview-plot canvas');
      const described = (): Promise<string | null> => overview.getAttribute('aria-label');
      const [, from, to] = /shows queries (\d+) to (\d+)/.exec((await described())!)!.map(Number);
      assert.ok(from! <= 140 && to! >= 140 && to! - from! < 100);
      await page.screenshot({ path: path.join(artifacts, 'attention-long.png') });
      await tab.map().focus();
      await page.keyboard.press('End');
      await page.locator('.readout').getByText('position 140', { exact: true }).nth(1).waitFor();
      assert.match((await described())!, /keys (8|9|1[0-4])\d to/);
      await overview.focus();
      await page.keyboard.press('ArrowUp');
      const [, moved] = /shows queries (\d+)/.exec((await described())!)!.map(Number);
      assert.ok(moved! < from!);
      assert.deepEqual(await tab.position(), [140, 140], 'the window moves, the selection stays');
      await assertAccessible(page, 'Attention of a long run');
    });

    it('opens on the diagonal, with the strongest of the keys on show', async () => {
      await tab.shown({}, { query: 140 });
      const described = await tab.page.locator('.overview-plot canvas').getAttribute('aria-label');
      const [fromQuery, , fromKey, toKey] = /queries (\d+) to (\d+) and keys (\d+) to (\d+)/
        .exec(described!)!
        .slice(1)
        .map(Number);
      assert.equal(fromKey, fromQuery);
      const [query, key] = await tab.position();
      assert.equal(query, 140);
      assert.ok(key >= fromKey! && key <= toKey!, `key ${key} is on show`);
      const weights = await tab.engine.call('attentionOverview', { runId: tab.host.snapshot.runId!, size: 52 });
      const best = weights.statistics.toSorted((a, b) => b.structure - a.structure)[0]!;
      await tab.chosen(`Layer ${best.layer}, head ${best.head}`);
    });

    it('drags the window over the overview', async () => {
      await tab.shown({ ...head(2, 6), key: 20 }, { query: 140 });
      const overview = tab.page.locator('.overview-plot canvas');
      const box = (await overview.boundingBox())!;
      const at = (token: number): number => ((token + 0.5) / length) * box.width;
      await tab.page.mouse.move(box.x + at(40), box.y + at(40));
      await tab.page.mouse.down();
      await tab.page.mouse.move(box.x + at(60), box.y + at(60));
      await tab.page.mouse.up();
      const shownNow = /queries (\d+) to (\d+) and keys (\d+) to (\d+)/.exec(
        (await overview.getAttribute('aria-label'))!,
      )!;
      const [, fromQuery, toQuery, fromKey, toKey] = shownNow.map(Number);
      for (const [low, high] of [
        [fromQuery!, toQuery!],
        [fromKey!, toKey!],
      ] as const) {
        assert.ok(Math.abs((low + high) / 2 - 60) <= 3, `${low} to ${high}`);
      }
    });
  });

  it('shows 48 layers of 32 heads without making the pictures that are out of sight', async () => {
    // Every head of the real model again and again: what counts is their number.
    const attentionOverview: Handlers<ExplorerApi>['attentionOverview'] = async (params, { signal }) => {
      const real = await tab.engine.call('attentionOverview', params, { signal });
      const pixels = real.size ** 2;
      const layers = Array.from({ length: 48 }, (_, layer) => layer);
      const thumbnails = new Uint8Array(48 * 32 * pixels);
      const statistics = layers.flatMap((layer) =>
        Array.from({ length: 32 }, (_, at) => {
          const source = (layer % LAYERS) * HEADS + (at % HEADS);
          thumbnails.set(real.thumbnails.subarray(source * pixels, (source + 1) * pixels), (layer * 32 + at) * pixels);
          return { ...real.statistics[source]!, layer, head: at };
        }),
      );
      return { ...real, layers, heads: 32, thumbnails, statistics };
    };
    const weights = new Float32Array(48 * 32);
    tab.answer({ attentionOverview, attentionPair: ({ query, key }) => ({ query, key, weights, exact: true }) });
    await tab.shown(head(2, 6));
    const { page } = tab;
    const tiles = page.locator('.thumbnails canvas');
    assert.ok((await tiles.count()) <= 4);
    const first = await tiles.first().evaluate((canvas) => `${(canvas as HTMLElement).style.left}`);
    assert.equal(first, '0px');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await tab.chosen('Layer 47, mean of heads');
    await page.waitForFunction(() => {
      const tile = document.querySelector<HTMLElement>('.thumbnails canvas');
      return tile !== null && tile.style.left !== '0px' && tile.style.top !== '0px';
    });
    assert.ok((await tiles.count()) <= 4);
    const chosen = (await page.locator('.thumbnail.selected').boundingBox())!;
    const list = (await page.locator('.thumbnails').boundingBox())!;
    assert.ok(chosen.x >= list.x && chosen.x + chosen.width <= list.x + list.width, 'the chosen one is in sight');
    assert.ok(chosen.y >= list.y && chosen.y + chosen.height <= list.y + list.height);
  });
});
