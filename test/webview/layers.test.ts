import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { Progress } from '../../src/protocol/call';
import { tokenLabel } from '../../src/core/text/tokens';
import type { Trace } from '../../src/core/trace/record';
import type { LogitLens } from '../../src/protocol/lens';
import { Problem } from '../../src/protocol/errors';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

const PROMPT = 'In the beginning God created the heaven and the earth.';

describe('the Layers tab over a real model', () => {
  let browser: Browser;
  let engine: EngineClient;
  let host: ExplorerHost;
  let trace: Trace;
  let lens: LogitLens;
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const models = await bundledModels(engine);
    host = new ExplorerHost(
      engine,
      models.filter(({ kind }) => kind === 'text'),
    );
    const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };
    trace = await host.record({ prompt: PROMPT, sampling, maxNewTokens: 30 });
    lens = await engine.call('logitLens', { runId: host.snapshot.runId!, start: 0, count: 32, top: 8 });
  });
  beforeEach(() => {
    for (const method of Object.keys(host.overrides)) Reflect.deleteProperty(host.overrides, method);
  });
  afterEach(async () => {
    // The toolkit tries an inline style once, which the page's policy forbids.
    const errors = (view?.errors ?? []).filter((error) => !error.startsWith('Applying inline style'));
    assert.deepEqual(errors, []);
    await view?.close();
    view = undefined;
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await browser.close();
  });

  const open = async (
    selected: number,
    { tabs = {}, ...options }: Partial<WebviewOptions> & { tabs?: Record<string, Record<string, unknown>> } = {},
  ): Promise<Page> => {
    host.requests.length = 0;
    host.told.view = { tab: 'layers', selected, tabs };
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...options });
    await view.page.locator('.layers').waitFor();
    return view.page;
  };
  const shown = async (selected: number, options: Parameters<typeof open>[1] = {}): Promise<Page> => {
    const page = await open(selected, options);
    await page.locator('.layers-scroll tbody td').first().waitFor();
    return page;
  };
  const chosen = (page: Page): Promise<string | null> => page.locator('.layers-chosen').getAttribute('id');
  const asked = (): unknown[] =>
    host.requests.filter(({ method }) => method === 'logitLens').map(({ params }) => params);
  const best = (state: number, token: number): { text: string; p: number } => {
    const at = (state * lens.count + token) * lens.top;
    const text = lens.tokens.find(({ id }) => id === lens.ids[at])!.text;
    return { text: tokenLabel(text), p: lens.probabilities[at] as number };
  };

  it('shows what every layer says after every token of a page, the last layer on top, and what came', async () => {
    const page = await shown(5);
    const rows = await page.locator('.layers-scroll tbody tr').evaluateAll((list) =>
      list.map((row) => ({
        name: row.querySelector('th')!.firstChild!.textContent,
        cells: [...row.querySelectorAll('td')].map((cell) => cell.textContent),
        same: [...row.querySelectorAll('td')].map((cell) => cell.classList.contains('layers-same')),
      })),
    );
    const states = lens.states.toReversed();
    assert.deepEqual(
      rows.map(({ name }) => name),
      states.map((layer) => (layer === 0 ? 'embeddings' : `layer ${layer}`)),
    );
    const last = lens.states.length - 1;
    rows.forEach(({ cells, same }, row) => {
      const state = last - row;
      assert.deepEqual(
        cells,
        cells.map((_, token) => best(state, token).text),
      );
      assert.deepEqual(
        same,
        cells.map((_, token) => best(state, token).text === best(last, token).text),
      );
    });
    assert.ok(rows.some(({ same }) => same.includes(false)));
    const came = await page.locator('.layers-scroll tfoot td').allInnerTexts();
    assert.deepEqual(
      came,
      came.map((_, token) => tokenLabel(trace.tokens[token + 1]!.text)),
    );
    assert.deepEqual(asked(), [{ runId: host.snapshot.runId, start: 0, count: 32, top: 8 }]);
  });

  it('shades a cell by its probability alone', async () => {
    const page = await shown(5);
    const last = lens.states.length - 1;
    const fills = await page
      .locator('.layers-scroll tbody tr')
      .first()
      .locator('td')
      .evaluateAll((list) => list.map((cell) => getComputedStyle(cell).backgroundColor));
    const byProbability = fills.map((fill, token) => ({ fill, p: best(last, token).p })).sort((a, b) => a.p - b.p);
    // The ramp of the dark theme grows lighter all the way.
    const light = byProbability.map(({ fill }) =>
      [...fill.matchAll(/\d+/g)].slice(0, 3).reduce((sum, [part]) => sum + Number(part), 0),
    );
    assert.deepEqual(
      light,
      light.toSorted((a, b) => a - b),
    );
    assert.ok(new Set(fills).size > 5);
  });

  it('arrows move over layers and tokens; the panel gives the numbers; the token is that of all tabs', async () => {
    const page = await shown(5);
    const top = lens.states.length - 1;
    assert.equal(await chosen(page), 'layers-0-5');
    const grid = page.locator('.layers-scroll table');
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    assert.equal(await chosen(page), 'layers-2-6');
    assert.equal(await grid.getAttribute('aria-activedescendant'), 'layers-2-6');
    const state = top - 2;
    const at = state * lens.count + 6;
    const cells = await page.locator('.layers-table tr.chosen td').allInnerTexts();
    const { text, p } = best(state, 6);
    assert.equal(cells[0]!.split(',')[0]!.trim(), text);
    assert.ok(Math.abs(Number(cells[1]) - p) < 0.0006);
    assert.ok(Math.abs(Number(cells[2]) - (lens.entropy[at] as number)) < 0.006);
    assert.ok(Math.abs(Number(cells[3]) - (lens.divergence[at] as number)) < 0.006);
    assert.ok(Math.abs(Number(cells[5]) - (lens.turn[at] as number)) < 0.006);
    assert.match(await page.locator('[aria-live="polite"]').first().innerText(), /^layer \d, after token 6 .*: .*KL/);
    assert.equal(await page.locator('.layers-top li').count(), 8);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    assert.equal(await chosen(page), 'layers-1-0');
    // One page was asked for, however often a cell was chosen.
    assert.equal(asked().length, 1);
    await page.getByRole('tab', { name: 'Tokens' }).click();
    await page.locator('.chip-selected').waitFor();
    assert.equal(await page.locator('.chip-selected').getAttribute('id'), 'token-0');
    await page.getByRole('tab', { name: 'Layers' }).click();
    await page.locator('.layers-scroll tbody td').first().waitFor();
    assert.equal(await chosen(page), 'layers-1-0');
    assert.equal(asked().length, 1);
  });

  it('a click chooses a cell, and a row of the panel a layer', async () => {
    const page = await shown(5);
    await page.locator('#layers-3-9').click();
    assert.equal(await chosen(page), 'layers-3-9');
    await page.locator('.layers-table tbody tr').nth(1).click();
    assert.equal(await chosen(page), 'layers-1-9');
    await page.getByRole('button', { name: 'Tokens after' }).click();
    await page.locator('#layers-1-32').waitFor();
    assert.equal(await chosen(page), 'layers-1-32');
    assert.deepEqual((asked().at(-1) as { start: number }).start, 32);
    // The last token has nothing after it yet: what came is unknown.
    await page.locator('.layers-scroll table').focus();
    await page.keyboard.press('End');
    assert.equal(await chosen(page), `layers-1-${trace.tokens.length - 1}`);
    assert.equal((await page.locator('.layers-scroll tfoot td').allInnerTexts()).at(-1), '–');
  });

  it('a kept layer that the model lacks, or that is nonsense, is the last', async () => {
    for (const layer of [99, -1, 'x', null]) {
      const page = await shown(5, { tabs: { layers: { layer } } });
      assert.equal(await chosen(page), 'layers-0-5');
      await view!.close();
    }
  });

  it('a model that cannot be cut says why and can be asked again; while a run goes on nothing is asked', async () => {
    let fails = true;
    const message = 'model.onnx cannot be cut at layer 6: it holds the decoder twice.';
    host.overrides.logitLens = (params, { signal }) => {
      if (fails) throw new Problem({ code: 'not-available', message, action: 'Choose another export of the model.' });
      return engine.call('logitLens', params, { signal });
    };
    const page = await open(5);
    await page.getByRole('alert').getByText(message).waitFor();
    fails = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.layers-scroll tbody td').first().waitFor();
    await view!.close();
    host.told.status = { state: 'running', tokens: 3, total: 40, tokensPerSecond: null };
    const busy = await open(5);
    await busy.getByText('The layers are read when the run has ended.').waitFor();
    assert.deepEqual(asked(), []);
    delete host.told.status;
  });

  const percent = ({ done, total }: Progress): string => `${Math.floor((100 * done) / total)} % read`;
  const share = (page: Page) => page.locator('.layers-note').getByText(/ % read$/);

  it('shows the share that the engine has read of a page until it is there, and begins anew with the next', async () => {
    const told: string[] = [];
    const seen: string[] = [];
    host.overrides.logitLens = async (params, { signal, emit }) => {
      const events: Progress[] = [];
      const answer = await engine.call('logitLens', params, { signal, onEvent: (event) => events.push(event) });
      for (const event of events) {
        emit(event);
        told.push(percent(event));
        const text = share(view!.page).filter({ hasText: new RegExp(`^${percent(event)}$`) });
        await text.waitFor().catch(() => undefined);
        seen.push(await share(view!.page).innerText());
      }
      return answer;
    };
    const page = await shown(5);
    const first = told.length;
    assert.deepEqual([told[0], told.at(-1)], ['0 % read', '100 % read']);
    assert.ok(new Set(told).size > 5, told.join());
    assert.equal(await page.locator('progress').count(), 0);
    await page.getByRole('button', { name: 'Tokens after' }).click();
    await page.locator('#layers-0-32').waitFor();
    assert.equal(told[first], '0 % read');
    assert.deepEqual(seen, told);
  });

  it('shows no share of what has failed, nor of what a page before it had asked', async () => {
    const asking: { tell: (done: number) => void; fail: () => void; answer: () => Promise<void> }[] = [];
    host.overrides.logitLens = (params, { emit }) =>
      new Promise((resolve, reject) => {
        asking.push({
          tell: (done) => emit({ done, total: 5 }),
          fail: () => reject(new Problem({ code: 'run-failed', message: 'A node failed.' })),
          answer: async () => resolve(await engine.call('logitLens', params)),
        });
      });
    const reads = async (page: Page, times: number) => {
      await page.getByText('Reading the layers…').waitFor();
      await host.requested('logitLens', times);
      return asking.at(-1)!;
    };
    let page = await open(5);
    const failing = await reads(page, 1);
    failing.tell(2);
    await page.getByText('40 % read').waitFor();
    assert.equal(await page.getByRole('progressbar', { name: 'Share read' }).getAttribute('value'), '2');
    await page.screenshot({ path: path.join(artifacts, 'layers-share.png'), animations: 'disabled' });
    await assertAccessible(page, 'Layers, while they are read');
    failing.fail();
    await page.getByRole('alert').getByText('A node failed.').waitFor();
    assert.equal(await share(page).count(), 0);
    await page.getByRole('button', { name: 'Try again' }).click();
    const second = await reads(page, 2);
    assert.equal(await share(page).count(), 0);
    second.tell(3);
    await page.getByText('60 % read').waitFor();
    // A page that is hidden is gone; the engine may still tell of what it had asked.
    await view!.close();
    page = await open(5);
    const third = await reads(page, 1);
    assert.equal(await share(page).count(), 0);
    third.tell(1);
    second.tell(4);
    await page.getByText('20 % read').waitFor();
    await second.answer();
    third.tell(2);
    await page.getByText('40 % read').waitFor();
    await third.answer();
    await page.locator('.layers-scroll tbody td').first().waitFor();
    assert.equal(await share(page).count(), 0);
  });

  for (const theme of themeIds) {
    it(`has nothing that axe-core finds serious in the ${theme} theme, wide and narrow`, async () => {
      for (const width of [1280, 320]) {
        const page = await shown(20, { theme, viewport: { width, height: 860 }, tabs: { layers: { layer: 3 } } });
        await page.screenshot({ path: path.join(artifacts, `layers-${theme}-${width}.png`), animations: 'disabled' });
        await assertAccessible(page, `Layers, ${theme}, ${width} pixels`);
        assert.ok(await page.evaluate(() => document.body.scrollWidth <= innerWidth));
        await view!.close();
      }
    });
  }
});
