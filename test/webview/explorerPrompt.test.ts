import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { ModelSummary } from '../../src/protocol/models';
import type { ExplorerSettings } from '../../src/protocol/explorerState';
import { artifacts } from '../harness/artifacts';
import { launchBrowser } from '../harness/chromium';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

describe('the prompt of the Explorer', () => {
  let browser: Browser;
  let engine: EngineClient;
  let models: readonly ModelSummary[];
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const listed = await bundledModels(engine);
    models = [...listed].sort((a, b) => Number(b.kind === 'text') - Number(a.kind === 'text'));
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

  const hostOf = (settings: Partial<ExplorerSettings> = {}): ExplorerHost => new ExplorerHost(engine, models, settings);
  const open = async (host: ExplorerHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...options });
    await view.page.locator('.shell').waitFor();
    return view.page;
  };
  const shot = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: path.join(artifacts, `prompt-${name}.png`), animations: 'disabled' });

  for (const keys of ['Enter', 'Control+Enter']) {
    it(`runs what was typed with ${keys}, with the settings on show`, async () => {
      const host = hostOf({ maxNewTokens: 3 });
      const page = await open(host);
      await page.getByRole('textbox', { name: 'Prompt' }).fill('The whale');
      await page.keyboard.press(keys);
      await page.locator('.status').getByText('3 generated').waitFor();
      const [{ settings }] = host.asked('run') as [{ settings: ExplorerSettings }];
      assert.equal(settings.prompt, 'The whale');
      assert.equal(settings.model?.folder, models[0]!.folder);
      assert.equal(settings.maxNewTokens, 3);
    });
  }

  it('makes a new line with Shift+Enter, as the box says, and ends the choice of a character with Enter', async () => {
    const host = hostOf({ maxNewTokens: 3 });
    const page = await open(host);
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    await page.getByText('Enter runs, Shift+Enter new line').waitFor();
    assert.match(String(await prompt.getAttribute('placeholder')), /press Enter to run/);
    await prompt.fill('The whale');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('swam');
    assert.equal(await prompt.inputValue(), 'The whale\nswam');
    await shot(page, 'keys');
    await prompt.evaluate((box) =>
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })),
    );
    await page.keyboard.press('Enter');
    await page.locator('.status').getByText('3 generated').waitFor();
    assert.equal(host.asked('run').length, 1);
    assert.equal(host.snapshot.trace!.header.promptText, 'The whale\nswam');
  });

  it('leads from the prompt to the tabs to what they show with one key each, and back', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 4 });
    await host.record({});
    const page = await open(host);
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    const at = (locator: Locator): Promise<boolean> =>
      locator.evaluate((element) => element === document.activeElement);
    await prompt.focus();
    await page.keyboard.press('Alt+ArrowDown');
    assert.ok(await at(page.getByRole('tab', { name: 'Tokens' })));
    await page.keyboard.press('Alt+ArrowDown');
    assert.ok(await at(page.getByRole('listbox', { name: /^Tokens/ })));
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('.chip-selected').getAttribute('id'), 'token-3');
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('ArrowRight');
    assert.ok(await at(page.getByRole('tab', { name: 'Attention' })));
    await page.locator('canvas[aria-roledescription="heat map"]').waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    assert.ok(await page.locator('.panel').evaluate((panel) => panel.contains(document.activeElement)));
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowUp');
    assert.ok(await at(prompt));
  });

  it('puts the focus into the prompt where a command leads there, before and after the page is open', async () => {
    const host = hostOf();
    host.session.show({}, {});
    const page = await open(host);
    const focused = (): Promise<unknown> =>
      page.waitForFunction(() => document.activeElement?.matches('textarea[aria-label="Prompt"]'));
    await focused();
    await page.getByRole('tab', { name: 'Tokens' }).focus();
    host.session.show({ prompt: 'The whale' }, {});
    await focused();
  });

  it('marks a run that is not of the prompt above it, until that is run', async () => {
    const host = hostOf({ prompt: 'In the beginning', maxNewTokens: 4 });
    await host.record({});
    const page = await open(host);
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    const mark = page.getByText('of an earlier prompt');
    await page.locator('.status').getByText('4 generated').waitFor();
    assert.equal(await mark.count(), 0);
    await prompt.fill('The whale');
    await mark.waitFor();
    assert.match(String(await mark.getAttribute('title')), /This run is of “In the beginning”/);
    await shot(page, 'earlier');
    await prompt.press('Enter');
    await mark.waitFor({ state: 'detached' });
    await page.locator('.status').getByText('4 generated').waitFor();
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ index: 1 });
    await page.getByText('of another model').waitFor();
  });

  it('keeps the result on show where the next run fails before its first token', async () => {
    const host = hostOf({ prompt: 'In the beginning', maxNewTokens: 4 });
    await host.record({});
    const page = await open(host);
    const tokens = page.getByRole('listbox').getByRole('option');
    await tokens.first().waitFor();
    const before = await tokens.allInnerTexts();
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    // Longer than the model's context: the engine refuses it.
    await prompt.fill('whale '.repeat((models[0]!.contextLength ?? 0) + 1));
    await prompt.press('Enter');
    await page.locator('.notice-error').waitFor();
    assert.deepEqual(await tokens.allInnerTexts(), before);
    await page.getByText('of an earlier prompt').waitFor();
    await shot(page, 'failed');
    // What is on show can still be asked about.
    await tokens.nth(3).click();
    await page.locator('#token-3.chip-selected').waitFor();
    await page.getByRole('tab', { name: 'Attention' }).click();
    await page.locator('canvas[aria-roledescription="heat map"]:not([aria-busy="true"])').waitFor();
  });
});
