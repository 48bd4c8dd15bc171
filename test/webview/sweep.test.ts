import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { accuracyOf, sweepCsv } from '../../src/core/life/sweep';
import type { ExplorerState } from '../../src/protocol/explorerState';
import { Problem } from '../../src/protocol/errors';
import type { ModelSummary } from '../../src/protocol/models';
import type { LifeSweep } from '../../src/protocol/sweep';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

describe('a Life model over random boards of each density', () => {
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

  const hostOf = (name = 'lifegpt-16'): ExplorerHost => {
    const { folder, file } = models.find((model) => model.name === name)!;
    const host = new ExplorerHost(engine, models, { model: { folder, file } });
    host.told.view = { tab: 'sweep', selected: null, tabs: {} };
    return host;
  };
  const open = async (host: ExplorerHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...options });
    await view.page.locator('.sweep').waitFor();
    return view.page;
  };
  const type = async (page: Page, label: string | RegExp, value: number | string): Promise<void> => {
    const field = page.getByRole('textbox', { name: label });
    await field.fill(`${value}`);
    await field.press('Enter');
  };
  const shot = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: path.join(artifacts, `sweep-${name}.png`), animations: 'disabled' });
  const sweepButton = (page: Page) => page.getByRole('button', { name: 'Sweep', exact: true });
  const ended = async (page: Page, host: ExplorerHost, end = 'complete'): Promise<LifeSweep> => {
    await page.getByText(new RegExp(`^Sweep ${end}: `)).waitFor({ state: 'attached' });
    return host.snapshot.sweep!;
  };

  it('asks about so many boards of each density, fills in chart and table, and takes the numbers out', async () => {
    const host = hostOf();
    const page = await open(host);
    await page.getByText('How full may a board be').waitFor();
    await shot(page, 'empty');
    await type(page, /^Boards at each density/, 3);
    await type(page, 'Step between densities', 0.25);
    await type(page, 'Seed of the boards', 5);
    await page.getByText('5 densities × 3 boards = 15 boards for lifegpt-16').waitFor();
    await sweepButton(page).click();
    const sweep = await ended(page, host);
    const { folder, file } = host.snapshot.settings.model!;
    assert.deepEqual(host.asked('sweepLife'), [
      { model: { folder, file }, orders: [0, 0.25, 0.5, 0.75, 1], boards: 3, seed: 5 },
    ]);
    assert.deepEqual(
      sweep.figures.map(({ order, boards, cells }) => [order, boards, cells]),
      [0, 0.25, 0.5, 0.75, 1].map((order) => [order, 3, 768]),
    );
    const rows = await page.locator('.sweep-table tbody tr').allInnerTexts();
    for (const [at, figures] of sweep.figures.entries()) {
      const cells = rows[at]!.split('\t').map((text) => text.trim());
      const right = figures.boards - figures.wrongBoards;
      assert.equal(cells[0], String(figures.order));
      assert.equal(cells[1], `${right} of 3`);
      assert.ok(cells[2]!.startsWith((accuracyOf(figures).boards * 100).toFixed(1)), cells[2]);
      assert.equal(cells[3], String(figures.wrongCells));
    }
    assert.equal(await page.locator('.sweep-charts svg').first().locator('.sweep-point').count(), 5);
    await page.locator('.sweep-table tbody tr').nth(2).hover();
    assert.equal(await page.locator('.sweep-shown').count(), 2);
    await page.getByRole('button', { name: 'Copy as CSV' }).click();
    await host.requested('copy');
    assert.deepEqual(host.asked('copy'), [{ text: sweepCsv(sweep.figures) }]);
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    await host.requested('saveSweep');
    assert.deepEqual(host.asked('saveSweep'), [{ sweep }]);
    await shot(page, 'done');
  });

  it('is stopped, goes on while another tab is on show, and is there after the page has gone', async () => {
    const host = hostOf();
    const page = await open(host);
    await type(page, /^Boards at each density/, 200);
    await sweepButton(page).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^[1-9][\d,]* of 2,200 boards/).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Seed of the boards' }).isDisabled(), true);
    assert.equal(await page.getByRole('button', { name: 'Copy as CSV' }).isDisabled(), true);
    await shot(page, 'running');
    const before = host.snapshot.sweep!.figures.length;
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.locator('.compare').waitFor();
    while (host.snapshot.sweep!.figures.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
    await page.getByRole('tab', { name: 'Sweep' }).click();
    await page.getByRole('button', { name: 'Stop sweep' }).click();
    const { state, figures } = await ended(page, host, 'stopped');
    assert.equal(state, 'stopped');
    assert.ok(figures.length < 11);
    const table = await page.locator('.sweep-table tbody').innerText();
    let kept = (await view!.state()) as ExplorerState;
    const isKept = ({ view: { tab, tabs } }: ExplorerState): boolean =>
      tab === 'sweep' && (tabs['sweep'] as { last?: LifeSweep }).last?.state === 'stopped';
    while (!isKept(kept)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      kept = (await view!.state()) as ExplorerState;
    }
    await view!.close();
    // The window goes too: the host knows nothing of it any more.
    const later = hostOf();
    const again = await open(later, { state: kept });
    assert.equal(await again.locator('.sweep-table tbody').innerText(), table);
    assert.match(await again.locator('.sweep-facts').innerText(), /Stopped/);
    await again.getByRole('button', { name: 'CSV', exact: true }).click();
    await later.requested('saveSweep');
    assert.deepEqual((later.asked('saveSweep')[0] as { sweep: LifeSweep }).sweep.figures, figures);
  });

  it('what fails is said in one sentence, and the densities that are done stay', async () => {
    const host = hostOf();
    const page = await open(host);
    await type(page, /^Boards at each density/, 100);
    await sweepButton(page).click();
    while ((host.snapshot.sweep?.figures.length ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(engine.pid!, 'SIGKILL');
    const { state, problem, figures } = await ended(page, host, 'failed');
    assert.equal(state, 'failed');
    assert.ok(figures.length >= 2);
    await page.getByRole('alert').getByText(problem!.message).waitFor();
    await shot(page, 'failed');
    // The next one has an engine again.
    await type(page, /^Boards at each density/, 1);
    await sweepButton(page).click();
    await ended(page, host);
  });

  it('says what the host refuses; numbers that cannot be are not taken', async () => {
    const host = hostOf();
    host.overrides.sweepLife = () => {
      throw new Problem({ code: 'model-not-found', message: 'The model is not there.' });
    };
    const page = await open(host);
    for (const [label, wrong] of [
      ['First density', '1.2'],
      ['Step between densities', '0'],
      [/^Boards at each density/, '2.5'],
      ['Seed of the boards', 'x'],
    ] as const) {
      const before = await page.getByRole('textbox', { name: label }).inputValue();
      await type(page, label, wrong);
      assert.equal(await page.getByRole('textbox', { name: label }).inputValue(), before);
    }
    await type(page, 'First density', 0.8);
    await type(page, 'Last density', 0.2);
    await page.getByText('The first density is above the last.').waitFor();
    await page.getByRole('button', { name: 'Sweep', exact: true, disabled: true }).waitFor();
    await type(page, 'Last density', 1);
    await sweepButton(page).click();
    await page.getByText('The model is not there.').waitFor();
    await page.getByRole('button', { name: 'Sweep', exact: true, disabled: false }).waitFor();
  });

  it('is offered for Life models alone', async () => {
    const host = hostOf('almanac');
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage });
    await view.page.getByRole('tab', { name: 'Compare' }).waitFor();
    assert.equal(await view.page.getByRole('tab', { name: 'Sweep' }).count(), 0);
  });

  it('has nothing that axe-core finds serious in any theme, and fits 320 pixels', async () => {
    const host = hostOf();
    const page = await open(host);
    await type(page, /^Boards at each density/, 2);
    await sweepButton(page).click();
    await ended(page, host);
    for (const theme of themeIds) {
      await view!.setTheme(theme);
      await assertAccessible(page, `Sweep, ${theme}`);
      await shot(page, theme);
    }
    await page.setViewportSize({ width: 320, height: 1400 });
    await page.locator('.sweep-charts svg[width="320"]').first().waitFor();
    const over = await page.evaluate(() => document.querySelector('.sweep')!.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} pixels too wide`);
    await shot(page, 'narrow');
  });
});
