import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import type { EngineClient } from '../../src/client/index';
import { HeadStatisticsAccumulator } from '../../src/core/lens/attention';
import { encodeWeight, codeErrorBound } from '../../src/core/numeric/codes';
import type { Handlers } from '../../src/protocol/call';
import type { AttentionOverview } from '../../src/protocol/engine';
import type { ExplorerApi } from '../../src/protocol/explorer';
import { Problem } from '../../src/protocol/errors';
import { hex } from '../../src/webview/components/colour';
import { pixelsOfCodes, weightStops } from '../../src/webview/components/ramp';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { readSafetensors } from '../harness/safetensors';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, listModels, startEngine } from './explorer-host';

const artifacts = path.join(root, 'test-artifacts');
const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };

/** PyTorch's attention of the second reference run: [5 layers, 8 heads, 47, 47]. */
const LAYERS = 5;
const HEADS = 8;
const TOKENS = 47;

interface Reference {
  readonly prompt: string;
  readonly promptLength: number;
  readonly ids: readonly number[];
  readonly weight: (layer: number, head: number, query: number, key: number) => number;
}

function readReference(): Reference {
  const tensors = readSafetensors(fixture('exports', 'stories260K', 'golden.safetensors'));
  const { runs } = JSON.parse(readFileSync(fixture('stories260K', 'golden_runc.json'), 'utf8')) as {
    runs: { prompt: string; prompt_tokens: number[] }[];
  };
  const attentions = tensors.get('1.attentions')!.data as Float32Array;
  return {
    prompt: runs[1]!.prompt,
    promptLength: runs[1]!.prompt_tokens.length,
    ids: Array.from(tensors.get('1.input_ids')!.data as BigInt64Array, Number),
    weight: (layer, head, query, key) => attentions[((layer * HEADS + head) * TOKENS + query) * TOKENS + key]!,
  };
}

describe('the Attention tab over a real model', { skip: skipWithoutFixtures }, () => {
  let browser: Browser;
  let engine: EngineClient;
  let host: ExplorerHost;
  let reference: Reference;
  let view: WebviewUnderTest | undefined;

  before(async () => {
    mkdirSync(artifacts, { recursive: true });
    reference = readReference();
    browser = await launchBrowser();
    engine = startEngine();
    const folder = fixture('exports', 'stories260K', 'optimum');
    host = new ExplorerHost(engine, await listModels(engine, [{ path: folder, origin: 'added' }]));
    const maxNewTokens = TOKENS - reference.promptLength;
    const trace = await host.record({ prompt: reference.prompt, sampling: GREEDY, maxNewTokens });
    assert.deepEqual(
      trace.tokens.map(({ id }) => id),
      reference.ids,
    );
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
    answer({});
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await browser.close();
  });

  /** Answers in place of the engine's, and no others. */
  const answer = (overrides: Partial<Handlers<ExplorerApi>>): void => {
    for (const method of Object.keys(host.overrides)) Reflect.deleteProperty(host.overrides, method);
    Object.assign(host.overrides, overrides);
  };

  /** Opens the tab with a query selected and what the tab had kept. */
  const open = async (
    state: object = {},
    options: Partial<WebviewOptions> & { readonly query?: number } = {},
  ): Promise<WebviewUnderTest> => {
    const { query = 40, ...rest } = options;
    host.snapshot.view = { tab: 'attention', selected: query, tabs: { attention: state } };
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...rest });
    return view;
  };
  const shown = async (...given: Parameters<typeof open>): Promise<WebviewUnderTest> => {
    const opened = await open(...given);
    await opened.page.locator('.heat-map canvas[aria-busy=false]').waitFor();
    await opened.page.locator('.readout-weight').getByText('exact').waitFor();
    return opened;
  };
  const head = (layer: number, at: number | null): object => ({ head: { layer, head: at } });
  const map = (): Locator => view!.page.locator('.heat-map canvas');
  const readout = async (): Promise<string[]> =>
    (await view!.page.locator('.readout dd, .readout output').allTextContents()).map((text) => text.trim());
  const position = async (): Promise<readonly [query: number, key: number]> => {
    const [, query, , key] = await readout();
    return [Number(query!.split(' ')[1]), Number(key!.split(' ')[1])];
  };
  /** The colours of cells of the map, each at its upper left and at its lower right pixel. */
  const colours = (
    cells: readonly (readonly [query: number, key: number])[],
  ): Promise<{ readonly cell: number; readonly corners: readonly (readonly [number, number])[] }> =>
    map().evaluate(
      (element, { cells, tokens }) => {
        const canvas = element as HTMLCanvasElement;
        const cell = canvas.width / tokens;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.width);
        const pixels = new Uint32Array(data.buffer);
        const corners = cells.map(([query, key]) => {
          const first = query * cell * canvas.width + key * cell;
          return [pixels[first]!, pixels[first + (cell - 1) * (canvas.width + 1)]!] as const;
        });
        return { cell, corners };
      },
      { cells, tokens: TOKENS },
    );

  it('paints every weight with the colour of the ramp', async () => {
    await shown(head(2, 6));
    const ramp = pixelsOfCodes(weightStops(hex('#1f1f1f'), true), 'sqrt');
    const cells = Array.from({ length: TOKENS }, (_, query) =>
      Array.from({ length: query + 1 }, (_, key) => [query, key] as const),
    ).flat();
    const { cell, corners } = await colours(cells);
    assert.ok(Number.isInteger(cell), 'cells of whole device pixels');
    cells.forEach(([query, key], index) => {
      const [first, last] = corners[index]!;
      const code = encodeWeight(reference.weight(2, 6, query, key));
      assert.equal(first, last, 'a cell has one colour');
      // The engine and PyTorch agree within 1e-5, which may be the next code.
      assert.ok(
        [code, code - 1, code + 1].some((each) => ramp[each] === first),
        `query ${query}, key ${key}`,
      );
    });
  });

  it('hatches what a query cannot see, which is no weight of 0', async () => {
    await shown(head(2, 6));
    const later = Array.from({ length: 400 }, (_, index) => [index % 20, 25 + Math.floor(index / 20)] as const);
    const { corners } = await colours(later);
    const found = new Set(corners.flat());
    assert.ok(found.size > 1, 'lines and what is between them');
    assert.ok(!found.has(pixelsOfCodes(weightStops(hex('#1f1f1f'), true), 'sqrt')[0]!));
  });

  it('reads out the exact weight of PyTorch', async () => {
    for (const [layer, at, query, key] of [
      [2, 6, 40, 3],
      [0, 0, 46, 45],
      [4, 7, 17, 17],
    ] as const) {
      await shown({ ...head(layer, at), key }, { query });
      const weight = reference.weight(layer, at, query, key);
      assert.deepEqual(await position(), [query, key]);
      const [, , , , text] = await readout();
      assert.equal(text, weight > 0 && weight < 0.005 ? '<0.01' : weight.toFixed(2));
      const title = await view!.page.locator('.readout-weight').getAttribute('title');
      assert.ok(Math.abs(Number(/^[\d.e-]+/.exec(title!)![0]) - weight) < 1e-5, `${title} for ${weight}`);
      await view!.close();
    }
  });

  it('reads out the mean over the heads of a layer', async () => {
    await shown({ ...head(1, null), key: 4 }, { query: 30 });
    const mean =
      Array.from({ length: HEADS }, (_, at) => reference.weight(1, at, 30, 4)).reduce((a, b) => a + b) / HEADS;
    const title = await view!.page.locator('.readout-weight').getAttribute('title');
    assert.ok(Math.abs(Number(/^[\d.e-]+/.exec(title!)![0]) - mean) < 1e-5);
    assert.equal(await view!.page.locator('.attention-map h2').textContent(), 'Layer 1, mean of heads');
  });

  it('reads out the cell under the pointer, first from its code and then exactly, and selects it on a click', async () => {
    await shown({ ...head(2, 6), key: 3 });
    const box = (await map().boundingBox())!;
    const cell = box.width / TOKENS;
    const at = { x: 10.5 * cell, y: 33.5 * cell };
    await map().hover({ position: at });
    await view!.page.locator('.readout-weight').getByText('exact').waitFor();
    assert.deepEqual(await position(), [33, 10]);
    const title = await view!.page.locator('.readout-weight').getAttribute('title');
    assert.ok(Math.abs(Number(/^[\d.e-]+/.exec(title!)![0]) - reference.weight(2, 6, 33, 10)) < 1e-5);
    assert.equal(
      await view!.page.locator('.attention-query .section-header .muted').first().textContent(),
      'position 40',
    );
    await map().click({ position: at });
    await view!.page.getByText('position 33').first().waitFor();
    await view!.page.locator('.attention-query').getByText('position 33').waitFor();
  });

  it('goes everywhere by keyboard and says where it is', async () => {
    await shown({ ...head(2, 6), key: 3 });
    const { page } = view!;
    const live = page.locator('[aria-live=polite]');
    await map().focus();
    const steps: [string, number, number][] = [
      ['ArrowUp', 39, 3],
      ['ArrowDown', 40, 3],
      ['ArrowRight', 40, 4],
      ['ArrowLeft', 40, 3],
      ['End', 40, 40],
      ['ArrowRight', 40, 40],
      ['Home', 40, 0],
      ['ArrowLeft', 40, 0],
      ['PageUp', 30, 0],
    ];
    for (const [key, query, to] of steps) {
      await page.keyboard.press(key);
      await page.locator('.readout-weight').getByText('exact').waitFor();
      assert.deepEqual(await position(), [query, to], key);
    }
    const weight = reference.weight(2, 6, 30, 0).toFixed(2);
    await live
      .getByText(new RegExp(`Layer 2, head 6\\. Query 30 .*, key 0 <s>: ${weight.replace('.', '\\.')}`))
      .waitFor({
        state: 'attached',
      });
    await page.keyboard.press(']');
    await page.getByRole('heading', { name: 'Layer 2, head 7' }).first().waitFor();
    await page.keyboard.press(']');
    await page.getByRole('heading', { name: 'Layer 2, mean of heads' }).first().waitFor();
    await page.keyboard.press(']');
    await page.getByRole('heading', { name: 'Layer 3, head 0' }).first().waitFor();
    await page.keyboard.press('[');
    await page.getByRole('heading', { name: 'Layer 2, mean of heads' }).first().waitFor();
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('heading', { name: 'Layer 2, head 7' }).first().waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Layer 3, head 7' }).first().waitFor();
  });

  it('sorts heads by numbers that equal those of PyTorch', async () => {
    await shown();
    const { page } = view!;
    const numbers = Array.from({ length: LAYERS * HEADS }, (_, index) => {
      const [layer, at] = [Math.floor(index / HEADS), index % HEADS];
      const statistics = new HeadStatisticsAccumulator();
      for (let query = 0; query < TOKENS; query++) {
        const row = Float32Array.from({ length: query + 1 }, (_, key) => reference.weight(layer, at, query, key));
        statistics.add(row, 0, query);
      }
      return { name: `L${layer} H${at}`, ...statistics.summary() };
    });
    for (const [sort, by] of [
      ['entropy', 'entropy'],
      ['distance', 'distance'],
      ['first-token mass', 'firstToken'],
    ] as const) {
      await page.getByLabel('Sort heads').selectOption({ label: sort });
      await page.locator('.thumbnail-caption').first().waitFor();
      const captions = await page.locator('.thumbnail-caption').allTextContents();
      assert.equal(captions.length, numbers.length);
      const values = captions.map((caption) => numbers.find(({ name }) => name === caption)![by]);
      values.slice(1).forEach((value, index) => assert.ok(values[index]! >= value - 1e-5, `${sort} at ${index}`));
    }
    const chosen = numbers.toSorted((a, b) => b.distance - a.distance)[0]!;
    assert.equal(
      await page.locator('.attention-map h2').textContent(),
      chosen.name.replace(/L(\d) H(\d)/, 'Layer $1, head $2'),
    );
    const standing = await page.locator('.strip-value').allTextContents();
    assert.match(standing[1]!, new RegExp(`^${chosen.distance.toFixed(1)} tokens · 1 of 40$`));
    assert.match(standing[0]!, new RegExp(`^${chosen.entropy.toFixed(2)} bits · \\d+ of 40$`));
    assert.match(standing[2]!, new RegExp(`^${chosen.firstToken.toFixed(2)} · \\d+ of 40$`));
  });

  it('lists where a query looks most, and what is left for all others', async () => {
    await shown({ ...head(2, 6), key: 3 });
    const row = Array.from({ length: 41 }, (_, key) => ({ key, weight: reference.weight(2, 6, 40, key) }));
    const most = row.toSorted((a, b) => b.weight - a.weight).slice(0, 8);
    const rows = view!.page.locator('button.most-row');
    assert.deepEqual(
      await rows.evaluateAll((all) => all.map((each) => Number(each.querySelector('.most-position')!.textContent))),
      most.map(({ key }) => key),
    );
    const rest = 1 - most.reduce((sum, { weight }) => sum + weight, 0);
    assert.equal(await view!.page.locator('.others').textContent(), `33 others${rest.toFixed(2)}`);
    await rows.nth(1).click();
    await view!.page.locator('.readout').getByText(`position ${most[1]!.key}`, { exact: true }).waitFor();
  });

  it('shows who looks at a key, and that a column does not sum to 1', async () => {
    await shown({ ...head(2, 6), key: 3 });
    const { page } = view!;
    await page.getByRole('radio', { name: 'Looked at by' }).click();
    const column = Array.from({ length: TOKENS - 3 }, (_, at) => reference.weight(2, 6, at + 3, 3));
    const sum = column.reduce((a, b) => a + b);
    const note = await page.getByText('A column does not sum to 1').textContent();
    const said = Number(/sums to ([\d.]+)\.$/.exec(note!)![1]);
    const bound = column.reduce((total, weight) => total + codeErrorBound(weight), 0.005);
    assert.ok(Math.abs(said - sum) <= bound, `${said} for ${sum}`);
    assert.equal(await page.locator('.most h2').textContent(), 'Looked at most by');
  });

  it('shows the same pair in every head, and a click goes there', async () => {
    await shown({ ...head(2, 6), key: 3 });
    const { page } = view!;
    await page
      .locator('.pair td', { hasText: /^[\d.]+$/ })
      .first()
      .waitFor();
    const cells = await page.locator('.pair tbody td').allTextContents();
    cells.forEach((text, index) => {
      const weight = reference.weight(index % LAYERS, Math.floor(index / LAYERS), 40, 3);
      assert.equal(text, weight < 0.005 ? '0' : weight.toFixed(2));
    });
    await page.locator('.pair tbody tr').nth(1).locator('td').nth(4).click();
    await page.getByRole('heading', { name: 'Layer 4, head 1' }).first().waitFor();
  });

  it('gives the same numbers as tables', async () => {
    await open({ ...head(2, 6), key: 3, view: 'table' });
    await view!.page.getByText('position 40 (exact)').waitFor();
    const rows = view!.page.locator('.tables table').first().locator('tbody tr');
    const weights = await rows.evaluateAll((all) => all.map((row) => row.lastElementChild!.textContent));
    assert.equal(weights.length, 41);
    weights.forEach((text, key) => {
      const weight = reference.weight(2, 6, 40, key);
      assert.equal(text, weight < 0.005 ? '<0.01' : weight.toFixed(2));
    });
    assert.equal(await view!.page.locator('.tables table').nth(1).locator('tbody tr').count(), 40);
  });

  it('keeps head, scale, sort, direction and key through a reload', async () => {
    await shown({ ...head(2, 6) });
    const { page } = view!;
    await page.getByRole('radio', { name: 'Linear' }).click();
    await page.getByRole('radio', { name: 'Looked at by' }).click();
    await page.getByLabel('Sort heads').selectOption({ label: 'entropy' });
    await map().focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => window.vivariumPage.state()?.includes('"key":0'));
    const kept = await view!.state();
    await view!.close();
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', state: kept, onMessage: host.onMessage });
    await view.page.locator('.heat-map canvas[aria-busy=false]').waitFor();
    await view.page.locator('.readout-weight').getByText('exact').waitFor();
    assert.equal(await view.page.getByRole('radio', { name: 'Linear' }).getAttribute('aria-checked'), 'true');
    assert.equal(await view.page.getByRole('radio', { name: 'Looked at by' }).getAttribute('aria-checked'), 'true');
    assert.equal(await view.page.locator('.attention-map h2').textContent(), 'Layer 2, head 6');
    assert.ok((await view.page.locator('.thumbnail-caption').count()) > 0);
    assert.deepEqual(await position(), [40, 0]);
  });

  it('paints anew when the theme changes', async () => {
    await shown(head(0, 3));
    // A weight of the reference that is 0 in its code: the ground of the theme.
    let [query, key] = [0, 0];
    for (query = 0; query < TOKENS && encodeWeight(reference.weight(0, 3, query, key)) !== 0;) {
      if (++key > query) [query, key] = [query + 1, 0];
    }
    assert.ok(query < TOKENS, 'there is a weight of 0');
    const zero = async (): Promise<number> => (await colours([[query, key]])).corners[0]![0];
    assert.equal(await zero(), 0xff1f1f1f);
    await view!.setTheme('light');
    await view!.page.waitForFunction(() => document.body.classList.contains('vscode-light'));
    await view!.page
      .locator('.heat-map canvas')
      .evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await zero(), 0xffffffff);
  });

  it('cancels what it no longer needs', async () => {
    const aborted: string[] = [];
    answer({
      attentionHead: ({ layer, head: at }, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(`${layer}.${at}`);
            reject(new Problem({ code: 'cancelled', message: 'Stopped.' }));
          });
        }),
    });
    await open(head(2, 6));
    await view!.page.locator('.heat-map canvas[aria-busy=true]').waitFor();
    await map().focus();
    await view!.page.keyboard.press(']');
    await view!.page.keyboard.press(']');
    await view!.page.getByRole('heading', { name: 'Layer 2, mean of heads' }).first().waitFor();
    await view!.page.getByRole('tab', { name: 'Tokens' }).click();
    await view!.page.locator('.attention').waitFor({ state: 'detached' });
    assert.deepEqual(aborted, ['2.6', '2.7', '2.null']);
  });

  it('says in its place why there is no attention, and tries again', async () => {
    let refusals = 0;
    const message = 'The attention of this file cannot be read.';
    answer({
      attentionOverview: () => {
        refusals++;
        throw new Problem({ code: 'not-available', message, action: 'Choose an export with a plain Softmax.' });
      },
    });
    await open();
    const alert = view!.page.locator('.attention-empty [role=alert]');
    await alert.getByText(message).waitFor();
    await alert.getByText('Choose an export with a plain Softmax.').waitFor();
    answer({});
    await alert.getByRole('button', { name: 'Try again' }).click();
    await map().waitFor();
    assert.equal(refusals, 1);
  });

  it('says how far it has read', async () => {
    let finish: (overview: AttentionOverview) => void = () => undefined;
    answer({
      attentionOverview: (_params, { emit }) => {
        emit({ done: 2, total: 5 });
        return new Promise((resolve) => (finish = resolve));
      },
    });
    await open();
    await view!.page.getByText('2 of 5 layers').waitFor();
    assert.equal(await view!.page.locator('progress').getAttribute('value'), '2');
    const { runId } = host.snapshot;
    finish(await engine.call('attentionOverview', { runId: runId!, size: 52 }));
    await map().waitFor();
  });

  it('shows attention when the run has ended, and says so while it goes on', async () => {
    const { trace, status } = host.snapshot;
    const { summary: _summary, ...going } = trace!;
    host.snapshot.trace = going;
    host.snapshot.status = { state: 'running', tokens: 12, total: 60, tokensPerSecond: null };
    try {
      await open();
      await view!.page.getByText(`Attention shows when the run has ended: ${TOKENS} of at most`).waitFor();
      assert.equal(await view!.page.locator('.heat-map').count(), 0);
      host.snapshot.trace = trace;
      await host.notify('trace', { runId: host.snapshot.runId!, events: [trace!.summary!] });
      await host.setStatus({ state: 'done' });
      await map().waitFor();
    } finally {
      Object.assign(host.snapshot, { trace, status });
    }
  });

  for (const theme of themeIds) {
    it(`has nothing that axe-core finds serious in the ${theme} theme`, async () => {
      await shown({ ...head(2, 6), key: 3 }, { theme });
      await assertAccessible(view!.page, `Attention, ${theme}`);
      await view!.page.screenshot({ path: path.join(artifacts, `attention-${theme}.png`) });
      await view!.page.getByRole('radio', { name: 'Looked at by' }).click();
      await view!.page.getByRole('radio', { name: 'Table' }).click();
      await view!.page.locator('.tables').waitFor();
      await assertAccessible(view!.page, `Attention as tables, ${theme}`);
      // The toolkit's style element, and nothing of ours.
      assert.deepEqual(await view!.violations(), ['style-src-elem inline']);
    });
  }

  it('stands in one column of 320 pixels with nothing to the right of what fits', async () => {
    await shown({ ...head(2, 6), key: 3 }, { viewport: { width: 320, height: 900 } });
    const { page } = view!;
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('.attention *')]
        .filter((element) => !element.closest('.thumbnails, .pair-scroll, .table-scroll, svg, .unseen'))
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
      short = host;
      host = new ExplorerHost(engine, short.snapshot.models);
      const sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 3 };
      length = (await host.record({ prompt: 'Once upon a time', sampling, maxNewTokens: 300 })).tokens.length;
      assert.ok(length > 150, `${length} tokens`);
    });
    after(() => (host = short));

    it('shows a window around the selection and an overview that says it is pooled', async () => {
      await shown({ ...head(2, 6), key: 20 }, { query: 140 });
      const { page } = view!;
      await page.getByText('max-pooled: a pixel is the largest').waitFor();
      const overview = page.locator('.overview-plot canvas');
      const described = (): Promise<string | null> => overview.getAttribute('aria-label');
      const [, from, to] = /shows queries (\d+) to (\d+)/.exec((await described())!)!.map(Number);
      assert.ok(from! <= 140 && to! >= 140 && to! - from! < 100);
      await page.screenshot({ path: path.join(artifacts, 'attention-long.png') });
      await map().focus();
      await page.keyboard.press('End');
      await page.locator('.readout').getByText('position 140', { exact: true }).nth(1).waitFor();
      assert.match((await described())!, /keys (8|9|1[0-4])\d to/);
      await overview.focus();
      await page.keyboard.press('ArrowUp');
      const [, moved] = /shows queries (\d+)/.exec((await described())!)!.map(Number);
      assert.ok(moved! < from!);
      assert.deepEqual(await position(), [140, 140], 'the window moves, the selection stays');
      await assertAccessible(page, 'Attention of a long run');
    });

    it('drags the window over the overview', async () => {
      await shown({ ...head(2, 6), key: 20 }, { query: 140 });
      const overview = view!.page.locator('.overview-plot canvas');
      const box = (await overview.boundingBox())!;
      const at = (token: number): number => ((token + 0.5) / length) * box.width;
      await view!.page.mouse.move(box.x + at(40), box.y + at(40));
      await view!.page.mouse.down();
      await view!.page.mouse.move(box.x + at(60), box.y + at(60));
      await view!.page.mouse.up();
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
      const real = await engine.call('attentionOverview', params, { signal });
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
    answer({ attentionOverview, attentionPair: ({ query, key }) => ({ query, key, weights, exact: true }) });
    await shown(head(2, 6));
    const { page } = view!;
    const tiles = page.locator('.thumbnails canvas');
    assert.ok((await tiles.count()) <= 4);
    const first = await tiles.first().evaluate((canvas) => `${(canvas as HTMLElement).style.left}`);
    assert.equal(first, '0px');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await page.getByRole('heading', { name: 'Layer 47, mean of heads' }).first().waitFor();
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
