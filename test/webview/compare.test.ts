import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { Comparison } from '../../src/core/compare/comparison';
import { comparisonCsv } from '../../src/core/compare/document';
import { lifePrompt } from '../../src/core/life/prompt';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import type { ExplorerSettings, ExplorerState } from '../../src/protocol/explorerState';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { type ThemeId, themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

const PROMPT = 'In the beginning God created the heaven and the earth. And';
const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };

describe('comparing decoders over real models', () => {
  let browser: Browser;
  let engine: EngineClient;
  let models: readonly ModelSummary[];
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    models = await bundledModels(engine);
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await browser.close();
  });

  const named = (name: string): ModelSummary => models.find((model) => model.name === name)!;
  const hostOf = (settings: Partial<ExplorerSettings> = {}, name = 'almanac'): ExplorerHost => {
    const { folder, file } = named(name);
    const host = new ExplorerHost(engine, models, { model: { folder, file }, maxNewTokens: 24, ...settings });
    host.told.view = { tab: 'compare', selected: null, tabs: {} };
    return host;
  };
  const textHost = (settings: Partial<ExplorerSettings> = {}): ExplorerHost => hostOf({ prompt: PROMPT, ...settings });
  const lifeHost = (settings: Partial<ExplorerSettings> = {}): ExplorerHost => {
    const grid = named('lifegpt-16').life!;
    const cells = new Uint8Array(grid.width * grid.height);
    for (const cell of [1, 18, 32, 33, 34]) cells[cell] = 1;
    return hostOf({ prompt: lifePrompt(cells, grid), sampling: GREEDY, maxNewTokens: 300, ...settings }, 'lifegpt-16');
  };
  const open = async (host: ExplorerHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...options });
    await view.page.locator('.compare').waitFor();
    return view.page;
  };
  const shot = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: path.join(artifacts, `compare-${name}.png`), animations: 'disabled' });

  /** Ticks exactly these, by the titles in the list. */
  const tick = async (page: Page, titles: readonly string[]): Promise<void> => {
    const boxes = page.locator('.candidates input[type=checkbox]');
    for (let place = 0; place < (await boxes.count()); place++) {
      const label = (await page.locator('.candidate label').nth(place).innerText()).trim();
      await boxes.nth(place).setChecked(titles.includes(label));
    }
  };
  const setRounds = async (page: Page, rounds: number): Promise<void> => {
    await page.getByRole('textbox', { name: 'Rounds' }).fill(`${rounds}`);
    await page.keyboard.press('Enter');
  };
  const compareButton = (page: Page) => page.getByRole('button', { name: 'Compare', exact: true });
  /** Compares to the end; what the host then has. */
  const compare = async (page: Page, host: ExplorerHost): Promise<Comparison> => {
    const before = host.snapshot.comparison?.id;
    await compareButton(page).click();
    for (;;) {
      const { comparison } = host.snapshot;
      if (comparison && comparison.id !== before && comparison.state !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await page.getByText(/^Comparison complete/).waitFor({ state: 'attached' });
    return host.snapshot.comparison!;
  };
  const rowOf = (page: Page, title: string) => page.locator('.compared tbody tr').filter({ hasText: title });
  const cells = (page: Page, title: string): Promise<string[]> => rowOf(page, title).locator('td').allInnerTexts();
  const order = (page: Page): Promise<string[]> => page.locator('.compared-name').allInnerTexts();

  it('offers what fits model and prompt, and says of the rest why not', async () => {
    const page = await open(textHost());
    await page.getByText('Which decoder is faster').waitFor();
    const refused = await page.locator('.candidates-refused li').allInnerTexts();
    assert.deepEqual(
      refused.map((text) => text.split('\n')),
      [
        ['Copy previous', 'for Life models'],
        ['Exact rule', 'for Life models'],
      ],
    );
    // Exact ones are ticked at first.
    for (const item of await page.locator('.candidate').all()) {
      const exact = (await item.locator('.badge').innerText()) === 'exact';
      assert.equal(await item.locator('input').isChecked(), exact);
    }
    const jacobi = page.locator('li').filter({ has: page.getByLabel('Jacobi', { exact: true }) });
    assert.equal(await jacobi.locator('.candidate-note').innerText(), 'window automatic');
    await shot(page, 'empty');
  });

  it('compares: passes, time, acceptance and the first difference of each, as the host has them', async () => {
    const host = textHost();
    const page = await open(host);
    await tick(page, ['Autoregressive', 'Speculative', 'Prompt lookup', 'Typical', 'LANTERN']);
    const comparison = await compare(page, host);
    assert.deepEqual(
      comparison.rows.map(({ decoder, state, result }) => [decoder, state, result?.rounds]),
      ['autoregressive', 'speculative', 'prompt-lookup', 'lantern', 'typical'].map((name) => [name, 'done', 3]),
    );
    const plain = await cells(page, 'Autoregressive');
    assert.deepEqual(plain.slice(0, 4), ['24', '1.00', '–', '–']);
    assert.match(plain[6]!, /^compared with/);
    const { result } = comparison.rows[1]!;
    const drafted = await cells(page, 'Speculative');
    assert.equal(drafted[0], String(result!.passes));
    assert.equal(drafted[2], result!.speculation!.acceptanceRate!.toFixed(3));
    assert.equal(drafted[4]!.split('\n')[0], result!.seconds.toFixed(3));
    assert.equal(drafted[5], `${result!.speedUp!.toFixed(2)}×`);
    // With draws the tokens part, and the cell says where and how.
    const { index, expected, found } = result!.difference!;
    const told = await rowOf(page, 'Speculative').locator('.compared-text').innerText();
    assert.ok(told.startsWith(`first differs at token ${index}: `), told);
    assert.equal(told.replaceAll('·', ' ').includes(`${found!.text} instead of ${expected!.text}`), true, told);
    for (const lossy of ['Typical', 'LANTERN']) {
      assert.match(await rowOf(page, lossy).innerText(), /lossy[^]*output TV \d\.\d{3}/);
    }
    await shot(page, 'text');
  });

  it('one decoder twice with other options: added, edited, ticked, told apart everywhere, taken out again', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await setRounds(page, 1);
    await tick(page, ['Autoregressive', 'Speculative']);
    const add = page.getByRole('button', { name: 'Add Speculative again with other options' });
    await add.focus();
    await page.keyboard.press('Enter');
    // The new one is ticked, its options are open, and the first has the focus.
    const entries = page.locator('.candidates > li', { has: page.locator('label', { hasText: /^Speculative/ }) });
    assert.equal(await entries.count(), 3, 'with Speculative jacobi');
    const added = page.locator('.candidate-added');
    assert.equal(await added.getByRole('checkbox').first().isChecked(), true);
    const gamma = added.getByRole('textbox', { name: 'draft length γ' });
    assert.equal(await gamma.evaluate((element) => element === document.activeElement), true);
    // The same twice is measured by nobody.
    await page.getByText('Speculative is ticked twice with the same options: change them in one.').waitFor();
    assert.equal(await compareButton(page).isDisabled(), true);
    await gamma.fill('2');
    await page.keyboard.press('Enter');
    assert.deepEqual(
      (await page.locator('.candidate label').allInnerTexts()).filter((text) => text.includes('γ')),
      ['Speculative (γ 4)', 'Speculative (γ 2)'],
    );
    await shot(page, 'again-list');
    // What the controls hold is of the first alone.
    const { settings } = (await view!.state()) as ExplorerState;
    assert.deepEqual(settings.decoderOptions, {});
    const comparison = await compare(page, host);
    assert.deepEqual(
      comparison.rows.map(({ decoder, options }) => [decoder, options.gamma]),
      [
        ['autoregressive', undefined],
        ['speculative', 4],
        ['speculative', 2],
      ],
    );
    assert.deepEqual(await order(page), ['Autoregressive', 'Speculative (γ 4)', 'Speculative (γ 2)']);
    assert.deepEqual(await page.locator('.time-row .time-name').allInnerTexts(), [...(await order(page)), '']);
    for (const [place, { result }] of comparison.rows.entries()) {
      const shown = await page.locator('.compared tbody tr').nth(place).locator('td').first().innerText();
      assert.equal(shown, String(result!.passes));
    }
    assert.equal(comparison.rows[2]!.result!.allOptions.gamma, 2);
    await page.getByRole('button', { name: 'Speculative (γ 2)', exact: true }).click();
    assert.match(await page.locator('.compared-texts header').innerText(), /Speculative \(γ 2\)/);
    await assertAccessible(page, 'Compare, one decoder twice');
    await shot(page, 'again');
    await page.getByRole('button', { name: 'Remove Speculative (γ 2)' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await added.count(), 0);
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Add Speculative again with other options',
    );
    assert.equal(await page.getByLabel('Speculative', { exact: true }).isChecked(), true);
    // The rows stay what they were.
    assert.deepEqual(await order(page), ['Autoregressive', 'Speculative (γ 4)', 'Speculative (γ 2)']);
  });

  it('greedy: exact decoders are identical', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await setRounds(page, 1);
    const { rows } = await compare(page, host);
    assert.ok(rows.length >= 3);
    assert.ok(rows.every(({ exact, result }) => exact && result!.difference === null));
    assert.equal(await page.locator('.compared-same').count(), rows.length - 1);
  });

  it('Life: the rule and the grid before draft, and the model’s answer is the same', async () => {
    const host = lifeHost();
    const page = await open(host);
    await setRounds(page, 1);
    await tick(page, ['Autoregressive', 'Speculative', 'Copy previous', 'Exact rule']);
    const { rows } = await compare(page, host);
    const [plain, , copied, ruled] = rows.map(({ result }) => result!);
    assert.ok(rows.every(({ result }) => result!.difference === null));
    assert.ok(ruled!.passes < plain!.passes / 10, `${ruled!.passes} of ${plain!.passes} passes`);
    assert.ok(copied!.passes < plain!.passes / 4);
    await shot(page, 'life');
  });

  it('Life: a prompt that is no grid is said, and what needs none is still offered', async () => {
    const page = await open(lifeHost({ prompt: 'what now' }));
    const refused = await page.locator('.candidates-refused').innerText();
    assert.match(refused, /Copy previous\n+the prompt is no grid of 16 × 16 cells/);
    assert.ok((await page.locator('.candidate').count()) >= 3);
  });

  it('fills in row by row while it runs, and stops with what is finished', async () => {
    const host = textHost({ maxNewTokens: 400, sampling: { ...GREEDY, temperature: 1 } });
    const page = await open(host);
    await tick(page, ['Autoregressive', 'Prompt lookup', 'Typical']);
    await setRounds(page, 9);
    await compareButton(page).click();
    await rowOf(page, 'Prompt lookup')
      .getByText(/round 1 of 9: [\d,]+ of/)
      .waitFor();
    assert.match(await rowOf(page, 'Autoregressive').innerText(), /1 of 9 rounds/);
    assert.equal(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled(), true);
    assert.equal(await page.getByRole('button', { name: 'Open the run of Autoregressive' }).isDisabled(), true);
    await shot(page, 'running');
    await page.getByRole('button', { name: 'Stop comparing' }).click();
    await page.getByText(/^Comparison stopped: /).waitFor({ state: 'attached' });
    const { state, rows } = host.snapshot.comparison!;
    assert.equal(state, 'stopped');
    assert.equal(rows[0]!.result!.rounds, 1);
    assert.match(await rowOf(page, 'Autoregressive').innerText(), /stopped after 1 of 9 rounds/);
    assert.match(await rowOf(page, 'Typical').innerText(), /not run/);
    assert.equal(await compareButton(page).isDisabled(), false);
  });

  it('a killed engine costs the row that ran: it says so, the others go on, and the next comparison works', async () => {
    const host = textHost({ sampling: GREEDY, maxNewTokens: 60 });
    const page = await open(host);
    await tick(page, ['Autoregressive', 'Speculative', 'Prompt lookup']);
    await setRounds(page, 1);
    const killed = engine.pid!;
    host.changeRun = (request) => {
      if (request.decoder === 'speculative' && engine.pid === killed) process.kill(killed, 'SIGKILL');
      return request;
    };
    const { rows } = await compare(page, host);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['done', 'failed', 'done'],
    );
    await rowOf(page, 'Speculative').getByText(rows[1]!.problem!.message).waitFor();
    await shot(page, 'killed');
    const again = await compare(page, host);
    assert.ok(again.rows.every(({ state }) => state === 'done'));
    assert.notEqual(engine.pid, killed);
  });

  it('a draft with another vocabulary of the same size has its sentence in its row', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await tick(page, ['Autoregressive', 'Speculative']);
    await setRounds(page, 1);
    const { folder, file } = named('lifegpt-16-draft');
    host.changeRun = (request) => (request.draft ? { ...request, draft: { folder, file } } : request);
    const { rows } = await compare(page, host);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['done', 'failed'],
    );
    await rowOf(page, 'Speculative')
      .getByText(/The draft model lifegpt-16-draft knows \d+ tokens/)
      .waitFor();
    await rowOf(page, 'Speculative')
      .getByText(/Choose a draft model with the same tokenizer/)
      .waitFor();
  });

  it('sorts by a column, up, down and back, by keyboard', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await setRounds(page, 1);
    const { rows } = await compare(page, host);
    const asked = await order(page);
    const passes = rows.map(({ result }) => result!.passes);
    const sorted = [...passes].sort((a, b) => a - b);
    assert.notDeepEqual(passes, sorted);
    const shown = async (): Promise<number[]> =>
      (await page.locator('.compared tbody td:nth-child(2)').allInnerTexts()).map(Number);
    const head = page.getByRole('columnheader', { name: /^passes/ });
    await head.getByRole('button').focus();
    await page.locator('.definition-tip').getByText('Runs of the model that the text took').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    assert.deepEqual(await shown(), sorted);
    await page.keyboard.press('Enter');
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await shown(), [...sorted].reverse());
    await page.keyboard.press('Enter');
    assert.deepEqual(await order(page), asked);
  });

  it('goes from row to row by keyboard, shows its text, and opens its run with what made it', async () => {
    const host = textHost({ sampling: { ...GREEDY, temperature: 0.7 } });
    const page = await open(host);
    await setRounds(page, 1);
    await tick(page, ['Autoregressive', 'Speculative', 'Prompt lookup']);
    const { rows } = await compare(page, host);
    await page.locator('.compared-name').first().focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('.compared-selected').innerText(), /^Speculative/);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Speculative');
    const said = await page
      .locator('.compared-said')
      .first()
      .evaluate((element) => element.textContent);
    assert.equal(said, rows[1]!.result!.generatedText);
    assert.equal(
      (await page.locator('.compared-said').first().locator('.muted').textContent())!.length <
        rows[1]!.result!.generatedText!.length,
      true,
    );
    await page.keyboard.press('Tab');
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      'Open the run of Speculative',
    );
    await page.keyboard.press('Enter');
    await host.requested('openComparedRun');
    assert.deepEqual(host.asked('openComparedRun'), [{ runId: rows[1]!.result!.runId }]);
    await page.locator('.compare').waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('tab', { name: 'Compare' }).getAttribute('aria-selected'), 'false');
    await page.locator('.status').getByText('24 generated').waitFor();
  });

  it('takes the numbers out: copied as CSV, and asked of the host as a file', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await setRounds(page, 1);
    const comparison = await compare(page, host);
    await page.getByRole('button', { name: 'Copy as CSV' }).click();
    const [copied] = (await host.requested('copy')) as { text: string }[];
    assert.equal(copied!.text, comparisonCsv(comparison));
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    assert.deepEqual(await host.requested('saveComparison', 2), [
      { comparisonId: comparison.id, form: 'csv' },
      { comparisonId: comparison.id, form: 'json' },
    ]);
  });

  it('says why a file could not be written', async () => {
    const host = textHost({ sampling: GREEDY });
    host.overrides.saveComparison = () => {
      throw new Problem({ code: 'file', message: '/x.csv could not be written.', action: 'Choose another folder.' });
    };
    const page = await open(host);
    await setRounds(page, 1);
    await compare(page, host);
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    await page.getByRole('alert').getByText('/x.csv could not be written. Choose another folder.').waitFor();
  });

  it('is kept through the end of the page: rows from the host, ticks, sort and row from the state', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await setRounds(page, 2);
    await tick(page, ['Autoregressive', 'Prompt lookup']);
    const comparison = await compare(page, host);
    const head = page.getByRole('columnheader', { name: /^decoder/ });
    for (const sorted of ['ascending', 'descending']) {
      await head.getByRole('button').click();
      await page.locator(`.compared th[aria-sort="${sorted}"]`).waitFor();
    }
    await rowOf(page, 'Prompt lookup').locator('.compared-name').click();
    await page.waitForFunction(() => window.vivariumPage.state()?.includes('"row":1'));
    const state = (await view!.state()) as ExplorerState;
    assert.equal(state.comparisonId, comparison.id);
    await view!.close();

    const next = new ExplorerHost(engine, models, {}, { history: host.history });
    const revived = await open(next, { state });
    assert.deepEqual(await order(revived), ['Prompt lookup', 'Autoregressive']);
    assert.match(await revived.locator('.compared-selected').innerText(), /^Prompt lookup/);
    assert.equal(await revived.getByRole('textbox', { name: 'Rounds' }).inputValue(), '2');
    assert.equal(await revived.locator('.candidates input:checked').count(), 2);
  });

  it('follows a comparison that went on while the page was away', async () => {
    const host = textHost({ maxNewTokens: 150, sampling: { ...GREEDY, temperature: 1 } });
    const page = await open(host);
    await tick(page, ['Autoregressive', 'Prompt lookup']);
    await setRounds(page, 2);
    await compareButton(page).click();
    await rowOf(page, 'Autoregressive')
      .getByText(/of [\d,]+ tokens/)
      .waitFor();
    const state = await view!.state();
    await view!.close();
    const again = await open(host, { state });
    await again.getByRole('heading', { name: 'Compared' }).waitFor();
    assert.ok(host.snapshot.comparison!.rows.every(({ result }) => result?.rounds === 2));
  });

  it('says when the controls are not those of the rows any more', async () => {
    const host = textHost({ sampling: GREEDY });
    const page = await open(host);
    await setRounds(page, 1);
    await tick(page, ['Autoregressive']);
    await compare(page, host);
    assert.equal(await page.locator('.compare-changed').count(), 0);
    await page.getByRole('textbox', { name: 'Prompt' }).fill('Something else');
    await page.locator('.compare-changed').getByText('the controls have changed since').waitFor();
  });

  it('goes to its tab as a command asks, and is not in the viewer of a saved trace', async () => {
    const host = textHost();
    host.told.view = null;
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage });
    await view.page.locator('.shell').waitFor();
    host.session.show({ prompt: 'The whale' }, { tab: 'compare' });
    await view.page.locator('.compare').waitFor();
    assert.equal(await view.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'The whale');
    await view.close();
    const trace = await textHost({ maxNewTokens: 2 }).record({});
    const saved = new ExplorerHost(engine, models, {}, { saved: { trace, notes: [] } });
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: saved.onMessage });
    await view.page.getByRole('tab', { name: 'Tokens' }).waitFor();
    assert.equal(await view.page.getByRole('tab', { name: 'Compare' }).count(), 0);
  });

  it('fits 320 pixels in one column', async () => {
    const host = textHost();
    const page = await open(host, { viewport: { width: 320, height: 1500 } });
    await setRounds(page, 2);
    await compare(page, host);
    const beyond = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.compare *')]
        .filter((element) => element.getClientRects().length > 0 && !element.closest('.unseen, .compared-scroll > *'))
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => `${element.tagName} ${element.className}`),
    );
    assert.deepEqual(beyond, []);
    await page.locator('.compare').evaluate((element) => element.scrollTo(0, 0));
    await shot(page, 'narrow');
  });

  it('beside an editor the table has the whole width, and nothing is cut', async () => {
    const host = textHost();
    const page = await open(host, { viewport: { width: 920, height: 860 } });
    await setRounds(page, 2);
    await compare(page, host);
    const scroll = page.locator('.compared-scroll');
    const cut = await scroll.evaluate((element) => element.scrollWidth - element.clientWidth);
    await page.locator('.compare').evaluate((element) => element.scrollTo(0, 0));
    await shot(page, 'beside');
    assert.equal(cut, 0);
  });

  it('has nothing that axe-core finds serious, in every kind of theme, empty and with rows', async () => {
    const measured = textHost();
    const first = await open(measured);
    await setRounds(first, 2);
    await tick(first, ['Autoregressive', 'Speculative', 'Prompt lookup', 'Typical', 'Hand-over']);
    const comparison = await compare(first, measured);
    await view!.close();
    const check = async (theme: ThemeId, what: string, rows: Comparison | null): Promise<void> => {
      const host = textHost();
      host.told.comparison = rows;
      const page = await open(host, { theme });
      await page.locator(rows ? '.compared' : '.compare .empty').waitFor();
      await page.getByRole('button', { name: 'Options of Speculative', exact: true }).click();
      await assertAccessible(page, `Compare, ${what}, ${theme}`);
      await page.getByRole('button', { name: 'Options of Speculative', exact: true }).click();
      if (rows) await shot(page, theme);
      await view!.close();
    };
    for (const theme of themeIds) {
      await check(theme, 'empty', null);
      await check(theme, 'with rows', comparison);
    }
  });
});
