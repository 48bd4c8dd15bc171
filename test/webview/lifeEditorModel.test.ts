import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import type { EngineClient } from '../../src/client/index';
import { patternText } from '../../src/core/life/formats';
import { findPattern } from '../../src/core/life/patterns';
import { parseRule, step } from '../../src/core/life/rule';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import type { PredictRequest } from '../../src/protocol/lifeEditor';
import type { SaveRolloutRequest } from '../../src/protocol/rollout';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { listModels, startEngine } from './explorer-host';
import { LifeHost } from './life-editor-host';

const GLIDER = 'x = 3, y = 3, rule = B3/S23\nbo$2bo$3o!\n';
const GUN = patternText(findPattern('gosper glider gun')!.pattern);
const TORUS = { width: 16, height: 16, topology: 'torus' } as const;

describe('the model beside the rule, over the real model', () => {
  let browser: Browser;
  let client: EngineClient;
  let models: readonly ModelSummary[];
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    client = startEngine();
    const listed = await listModels(client, [{ path: path.join(root, 'models'), origin: 'bundled' }]);
    models = listed.filter(({ life, role }) => life && role === 'target');
    assert.equal(models[0]?.name, 'lifegpt-16');
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(async () => {
    client.dispose();
    await client.ended();
    await browser.close();
  });

  const open = async (host: LifeHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'life', onMessage: host.onMessage, ...options });
    await view.page.locator('.life-board canvas').waitFor();
    return view.page;
  };
  const hostOf = (text: string): LifeHost => new LifeHost(text, 'pattern.rle', { client, models });
  const dock = (page: Page): Locator => page.getByRole('region', { name: 'Model beside the rule' });
  const ask = (page: Page): Promise<void> => page.getByRole('button', { name: 'Ask a model' }).click();
  const shot = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({
      path: path.join(artifacts, `life-editor-model-${name}.png`),
      animations: 'disabled',
    });
  /** Answers with what the rule says, but for these cells. */
  const wrongIn = (host: LifeHost, ...cells: number[]): void => {
    host.overrides.predict = ({ cells: asked }) => {
      const said = Uint8Array.from(step(asked, TORUS, parseRule('B3/S23')));
      for (const cell of cells) said[cell] = 1 - said[cell]!;
      return { cells: said, reason: null, milliseconds: 12 };
    };
  };

  it('is asked when somebody asks for it, and again after each edit', async () => {
    const host = hostOf(GLIDER);
    const page = await open(host);
    assert.equal(host.requests.filter(({ method }) => method === 'models' || method === 'predict').length, 0);
    await ask(page);
    await dock(page).getByText('All 256 cells are right.').waitFor();
    await dock(page).getByText('Asked about the pattern, 3 × 3, in the middle of 16 × 16.').waitFor();
    await dock(page).getByRole('img', { name: 'Asked: 5 cells alive' }).waitFor();
    await dock(page).getByRole('img', { name: 'Prediction with its errors: 5 cells alive' }).waitFor();
    await page.locator('.life-board').focus();
    await page.keyboard.press('Enter');
    await dock(page).getByRole('img', { name: 'Asked: 6 cells alive' }).waitFor();
    await host.until(() => host.requests.filter(({ method }) => method === 'predict').length === 2);
    await dock(page)
      .getByText(/256 cells/)
      .waitFor();
  });

  it('keeps its answer by board, and has it again when the page is loaded again', async () => {
    const host = hostOf(GLIDER);
    let page = await open(host);
    await ask(page);
    await dock(page).getByText('All 256 cells are right.').waitFor();
    const predictions = (): number => host.requests.filter(({ method }) => method === 'predict').length;
    await dock(page).getByRole('radio', { name: 'Exact' }).click();
    await page.getByRole('button', { name: 'One generation on (.)' }).click();
    await dock(page)
      .getByRole('img', { name: /^Asked: 5/ })
      .waitFor();
    await host.until(() => predictions() === 2);
    await page.getByRole('button', { name: 'One generation back (,)' }).click();
    await dock(page).getByText('All 256 cells are right.').waitFor();
    assert.equal(predictions(), 2);
    await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    const state = await view!.state();
    await view!.close();
    page = await open(host, { state });
    await dock(page).getByText('All 256 cells are right.').waitFor();
    assert.equal(await dock(page).getByRole('radio', { name: 'Exact' }).getAttribute('aria-checked'), 'true');
  });

  for (const theme of themeIds) {
    it(`tells false births from false deaths by shape, in ${theme}`, async () => {
      const host = hostOf(GLIDER);
      // The glider's corner is at row 6, column 6: 7, 6 is born, 7, 8 lives on.
      wrongIn(host, 7 * 16 + 8, 0, 17);
      const page = await open(host, { theme });
      await ask(page);
      await dock(page).getByText('3 of 256 cells wrong: 2 false births, 1 false death.').waitFor();
      await shot(page, theme);
      await assertAccessible(page, `The model beside the rule, ${theme}`);
      await dock(page).getByRole('radio', { name: 'Exact' }).click();
      await dock(page).getByRole('img', { name: 'Exact: 5 cells alive' }).waitFor();
      await dock(page).getByRole('radio', { name: 'Prediction' }).click();
      await dock(page).getByRole('img', { name: 'Prediction: 6 cells alive' }).waitFor();
    });
  }

  it('says why nothing is predicted of a large pattern, and selects what fits', async () => {
    const page = await open(hostOf(GUN));
    await ask(page);
    await dock(page)
      .getByText('Nothing is predicted here: the pattern spans 36 × 9 cells, and the model sees a 16 × 16 torus.')
      .waitFor();
    await shot(page, 'large');
    await dock(page).getByRole('button', { name: 'Select 16 × 16' }).click();
    await dock(page).getByText('Asked about the selection, 16 × 16.').waitFor();
    await dock(page)
      .getByText(/256 cells/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dock(page)
      .getByText(/the pattern spans 36 × 9/)
      .waitFor();
  });

  it('says that the rule is another, and changes it', async () => {
    const host = hostOf(GLIDER.replace('B3/S23', 'B36/S23'));
    const page = await open(host);
    await ask(page);
    await dock(page).getByText('the board lives by B36/S23, and the model knows B3/S23.').waitFor();
    await dock(page).getByRole('button', { name: 'Change the rule to B3/S23' }).click();
    assert.equal((await host.edited(1)).kind, 'rule');
    await dock(page).getByText('All 256 cells are right.').waitFor();
  });

  it('says what failed, and what is no board', async () => {
    const host = hostOf(GLIDER);
    host.overrides.predict = () => {
      throw new Problem({ code: 'run-failed', message: 'The model ran out of breath.' });
    };
    const page = await open(host);
    await ask(page);
    await dock(page).getByRole('alert').filter({ hasText: 'The model ran out of breath.' }).waitFor();
    host.overrides.predict = () => ({ cells: null, reason: 'Cell 3 is "x".', milliseconds: 1 });
    await page.locator('.life-board').focus();
    await page.keyboard.press('Enter');
    await dock(page).getByText('The answer is no board. Cell 3 is "x".').waitFor();
  });

  it('opens the board in an Explorer', async () => {
    const host = hostOf(GLIDER);
    const page = await open(host);
    await ask(page);
    await dock(page).getByRole('button', { name: 'Open in Explorer' }).click();
    await host.until(() => host.requests.some(({ method }) => method === 'explore'));
    const { cells } = host.requests.find(({ method }) => method === 'explore')!.params as PredictRequest;
    assert.deepEqual(
      [...cells].flatMap((cell, at) => (cell === 1 ? [`${Math.floor(at / 16)},${at % 16}`] : [])),
      ['6,7', '7,8', '8,6', '8,7', '8,8'],
    );
  });

  it('is given its own boards, from the board that stands there, until that is another', async () => {
    const host = hostOf(GLIDER);
    const page = await open(host);
    await ask(page);
    await dock(page).getByRole('radio', { name: 'Rollout' }).click();
    const steps = dock(page).getByRole('textbox', { name: 'Steps, 1 to 1000' });
    await steps.fill('8');
    await steps.press('Enter');
    await dock(page).getByRole('button', { name: 'Roll', exact: true }).click();
    await dock(page).getByText('Every cell of all 8 steps is right.').waitFor();
    await dock(page)
      .getByRole('img', { name: /^The exact board at step 8: 5 alive/ })
      .waitFor();
    await dock(page).getByRole('button', { name: 'JSON' }).click();
    await host.until(() => host.requests.some(({ method }) => method === 'saveRollout'));
    const saved = host.requests.find(({ method }) => method === 'saveRollout')!.params as SaveRolloutRequest;
    assert.deepEqual([saved.form, saved.boards.length, saved.broken], ['json', 9 * 256, null]);
    // Keys of the rollout are not those of the board: E goes to an error, and does not choose a tool.
    await dock(page).getByRole('slider', { name: 'Step' }).focus();
    await page.keyboard.press('Home');
    await dock(page).getByText('step 1 of 8', { exact: true }).waitFor();
    await page.keyboard.press('e');
    await page.locator('[aria-live=polite]', { hasText: 'No step has an own error.' }).waitFor({ state: 'attached' });
    await shot(page, 'rollout');
    await page.locator('.life-board').focus();
    await page.keyboard.press('Enter');
    await dock(page).getByText('is given its own answer, again and again').waitFor();
  });

  it('rolls in every theme, wide and narrow', async () => {
    for (const theme of themeIds) {
      for (const width of [1280, 320]) {
        const page = await open(hostOf(GLIDER), { theme, viewport: { width, height: 900 } });
        await ask(page);
        await dock(page).getByRole('radio', { name: 'Rollout' }).click();
        await dock(page).getByRole('button', { name: 'Roll', exact: true }).click();
        await dock(page).getByText('Every cell of all 50 steps is right.').waitFor();
        await dock(page).scrollIntoViewIfNeeded();
        assert.equal(await page.locator('.life').evaluate((life) => life.scrollWidth - life.clientWidth), 0);
        await shot(page, `rollout-${theme}-${width}`);
        await assertAccessible(page, `Rollout in the Life editor, ${theme}, ${width} px`);
        await view!.close();
        view = undefined;
      }
    }
  });

  it('fits 320 pixels', async () => {
    const page = await open(hostOf(GLIDER), { viewport: { width: 320, height: 860 } });
    await ask(page);
    await dock(page).getByText('All 256 cells are right.').waitFor();
    await dock(page).scrollIntoViewIfNeeded();
    const overflow = await page.locator('.life').evaluate((life) => life.scrollWidth - life.clientWidth);
    assert.equal(overflow, 0);
    await shot(page, '320');
  });
});
