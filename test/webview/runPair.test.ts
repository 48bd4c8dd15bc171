import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { compareRuns } from '../../src/core/compare/runPair';
import type { Trace } from '../../src/core/trace/record';
import type { LogitsOf } from '../../src/extension/runs/pair/measure';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { bundledModels, startEngine } from './explorer-host';
import { makeRun, RunPairHost } from './run-pair-host';

const PROMPT = 'In the beginning God created the heaven and the';
const NARROW = { width: 320, height: 760 };

describe('two runs against each other', () => {
  let browser: Browser;
  let engine: EngineClient;
  let view: WebviewUnderTest | undefined;
  const runs = new Map<string, Trace>();
  const ids: Record<'plain' | 'drafted' | 'small' | 'other' | 'life', string> = {
    ...{ plain: '', drafted: '', small: '', other: '', life: '' },
  };

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const models = await bundledModels(engine);
    const model = (name: string) => models.find((each) => each.name === name)!;
    const [almanac, draft] = [model('almanac'), model('almanac-draft')];
    const made = {
      plain: await makeRun(engine, { model: almanac, prompt: PROMPT }),
      drafted: await makeRun(engine, { model: almanac, draft, decoder: 'speculative', prompt: PROMPT }),
      small: await makeRun(engine, { model: draft, prompt: PROMPT }),
      other: await makeRun(engine, { model: almanac, prompt: 'Once upon a time', sampling: { temperature: 1 } }),
      life: await makeRun(engine, { model: model('lifegpt-16'), prompt: `@PredictNextState<${'0'.repeat(256)}> [` }),
    };
    for (const [name, trace] of Object.entries(made)) {
      ids[name as keyof typeof ids] = trace.header.id;
      runs.set(trace.header.id, trace);
    }
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(async () => {
    await browser.close();
    engine.dispose();
  });

  const open = async (host: RunPairHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'runs', onMessage: host.onMessage, ...options });
    await view.page.locator('.pair-head, .pair-missing').first().waitFor();
    return view.page;
  };
  const of = (a: keyof typeof ids, b: keyof typeof ids): RunPairHost => new RunPairHost(runs, { a: ids[a], b: ids[b] });
  const position = (page: Page) => page.getByRole('slider', { name: 'Position' });

  for (const theme of themeIds) {
    it(`shows two models on one prompt, and axe-core finds nothing, in ${theme}`, async () => {
      const page = await open(of('plain', 'small'), { theme });
      await page.locator('.pair-alternatives tbody tr').first().waitFor();
      await page.screenshot({ path: path.join(artifacts, `run-pair-${theme}.png`), animations: 'disabled' });
      await assertAccessible(page, `two runs, ${theme}`);
      assert.deepEqual(view?.errors, []);
      assert.deepEqual(await view?.violations(), []);
    });
  }

  it('says that a draft changes nothing, and has both acceptances side by side', async () => {
    const page = await open(of('plain', 'drafted'));
    const verdict = await page.locator('.pair-verdict').innerText();
    assert.match(verdict, /^Both runs say the same \d+ tokens\./);
    assert.match(verdict, /at least .* bits from B’s on average \(KL\)/);
    assert.match(verdict, /these are bounds/);
    const rate = page.getByRole('row', { name: /^acceptance rate/ });
    const [a, b] = await rate.getByRole('cell').allInnerTexts();
    assert.equal(a, '–');
    assert.match(b ?? '', /^[01]\.\d{3}/);
    const expected = runs.get(ids.drafted)!.summary!.speculation!.acceptanceRate!;
    assert.ok(Math.abs(Number.parseFloat(b!) - expected) < 0.001);
  });

  it('is used by keyboard alone: the position moves in chart, table and panel together, and is announced', async () => {
    const page = await open(of('plain', 'small'));
    await position(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await position(page).getAttribute('aria-valuenow'), '2');
    const said = await page.locator('.pair-said').innerText();
    assert.match(said, /^position 2: “.+” in both, KL ≥ .+ bits, surprisal [+−]?\d/);
    assert.equal(await position(page).getAttribute('aria-valuetext'), said);
    assert.equal(await page.locator('tr[aria-current]').getAttribute('aria-rowindex'), '4');
    await page.getByRole('region', { name: 'Numbers of every position' }).focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await position(page).getAttribute('aria-valuenow'), '3');
    await page.getByRole('button', { name: /^First difference/ }).press('Enter');
    await page.locator('.pair-mark', { hasText: 'B' }).waitFor();
    assert.match(await page.locator('.pair-said').innerText(), /: A “.+”, B “.+”, KL/);
  });

  it('computes from whole distributions what the traces only bound, and says where it cannot', async () => {
    const logits: LogitsOf = async (trace, index) => {
      const ids = trace.tokens.slice(0, index).map(({ id }) => id);
      const { folder, file } = trace.header.model;
      return (await engine.call('nextLogits', { model: { folder, file }, ids })).logits;
    };
    const host = new RunPairHost(runs, { a: ids.plain, b: ids.small }, logits);
    const page = await open(host);
    await page.getByRole('button', { name: 'Compute exactly' }).click();
    await page.getByRole('status').filter({ hasText: 'whole distributions' }).waitFor({ state: 'attached' });
    assert.doesNotMatch(await page.locator('.pair-verdict').innerText(), /at least|bounds/);
    assert.equal(await page.getByRole('button', { name: 'Compute exactly' }).count(), 0);
    await page.getByRole('button', { name: 'JSON' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor({ state: 'attached' });
    const bounded = compareRuns(runs.get(ids.plain)!, runs.get(ids.small)!);
    const { pair } = host.saved[0]!;
    assert.ok(pair.shared.exact && pair.shared.places > 10);
    for (const { index, divergence } of pair.rows) {
      const bound = bounded.rows[index]!.divergence;
      if (!divergence || !bound) continue;
      assert.ok(divergence.klAtLeast >= bound.klAtLeast - 1e-6, `position ${index}`);
      assert.ok(divergence.tv.low >= bound.tv.low - 1e-6 && divergence.tv.low <= bound.tv.high + 1e-6);
    }
    await view!.close();
    // Another model than the one that made the run: its numbers would be of something else.
    const swapped = new RunPairHost(runs, { a: ids.plain, b: ids.small }, (trace, index, signal) =>
      logits(runs.get(trace.header.id === ids.plain ? ids.small : ids.plain)!, index, signal),
    );
    const other = await open(swapped);
    await other.getByRole('button', { name: 'Compute exactly' }).click();
    await other.getByRole('alert').filter({ hasText: 'other probabilities than the run recorded' }).waitFor();
    await view!.close();
    const missing = await open(of('plain', 'small'));
    await missing.getByRole('button', { name: 'Compute exactly' }).click();
    await missing.getByRole('alert').filter({ hasText: 'There is no model.' }).waitFor();
    await missing.getByRole('button', { name: 'Compute exactly' }).waitFor();
  });

  it('keeps runs and position over a reload, swaps, exports and opens a run', async () => {
    const host = of('plain', 'small');
    const page = await open(host);
    await position(page).focus();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Swap' }).click();
    await page.getByRole('status').filter({ hasText: 'changed places' }).waitFor({ state: 'attached' });
    assert.match(await page.locator('.pair-run').first().innerText(), /almanac-draft/);
    await page.getByRole('button', { name: 'CSV' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved /runs.csv' }).waitFor({ state: 'attached' });
    assert.deepEqual([host.saved[0]!.form, host.saved[0]!.pair.a.id], ['csv', ids.small]);
    await page.getByRole('button', { name: 'Open in Explorer' }).first().click();
    const state = (await view!.state()) as object;
    assert.deepEqual(state, { version: 1, a: ids.small, b: ids.plain, selected: 0 });
    assert.deepEqual(host.explored, [ids.small]);
    await view!.close();
    const again = await open(of('small', 'plain'), { state });
    assert.equal(await position(again).getAttribute('aria-valuenow'), '0');
  });

  it('says what cannot be compared: other prompts, other tokenizers, runs that are gone', async () => {
    const prompts = await open(of('plain', 'other'));
    assert.match(
      await prompts.locator('.pair-verdict').innerText(),
      /part in the prompts, at position|differ from the first/,
    );
    await view!.close();
    const tokenizers = await open(of('plain', 'life'));
    assert.match(await tokenizers.locator('.pair-verdict').innerText(), /different tokenizers/);
    assert.equal(await position(tokenizers).count(), 0);
    await assertAccessible(tokenizers, 'two runs of different tokenizers');
    await view!.close();
    const host = new RunPairHost(runs, { a: ids.plain, b: 'gone' });
    const page = await open(host);
    assert.match(await page.locator('.pair-missing').innerText(), /Run B is not kept any more/);
    await assertAccessible(page, 'two runs, one gone');
    host.next = ids.small;
    await page.getByRole('button', { name: 'Choose Run B…' }).click();
    await page.locator('.pair-head').waitFor();
  });

  it('fits 320 px, and has nothing to scroll sideways', async () => {
    const page = await open(of('plain', 'small'), { viewport: NARROW });
    await page.locator('.pair-alternatives tbody tr').first().waitFor();
    await page.screenshot({ path: path.join(artifacts, 'run-pair-320.png'), animations: 'disabled', fullPage: true });
    assert.ok(await page.locator('main').evaluate((element) => element.scrollWidth <= element.clientWidth));
    await page.locator('.pair-side').scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(artifacts, 'run-pair-320-side.png'), animations: 'disabled' });
    await assertAccessible(page, 'two runs, 320 px');
  });
});
