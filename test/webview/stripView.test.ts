import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { ModelSummary } from '../../src/protocol/models';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { bundledModels, startEngine } from './explorer-host';
import { StripHost } from './strip-view-host';

const PANEL = { width: 1000, height: 300 };
const TEXT =
  'And God said, Let there be light: and there was light. And God saw the light, that it was good: and God divided the light from the darkness.';

describe('the strip in the panel', () => {
  let browser: Browser;
  let engine: EngineClient;
  let model: ModelSummary;
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    model = (await bundledModels(engine)).find(({ name }) => name === 'almanac')!;
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(async () => {
    await browser.close();
    engine.dispose();
  });

  const open = async (host: StripHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, {
      bundle: 'strip',
      viewport: PANEL,
      onMessage: host.onMessage,
      ...options,
    });
    await view.page.locator('main').waitFor();
    return view.page;
  };
  const slider = (page: Page): Locator => page.getByRole('slider');
  const spoken = async (page: Page): Promise<string> => (await slider(page).getAttribute('aria-valuetext')) ?? '';

  for (const theme of themeIds) {
    it(`shows what design asks for, and axe-core finds nothing, in ${theme}`, async () => {
      const host = new StripHost(engine, model);
      const { strip } = await host.write(TEXT);
      const page = await open(host, { theme });
      await host.notify('cursor', { place: strip.place, cursor: strip.total - 6 });
      await slider(page).focus();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await page.screenshot({ path: path.join(artifacts, `strip-${theme}.png`), animations: 'disabled' });
      await assertAccessible(page, `strip, ${theme}`);
      assert.deepEqual(view?.errors, []);
      assert.deepEqual(await view?.violations(), []);
    });
  }

  it('says of each token what was computed, and frames it in the editor, by arrow keys and pointer', async () => {
    const host = new StripHost(engine, model);
    const { strip, scored } = await host.write(TEXT);
    const page = await open(host);
    await slider(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.match(await spoken(page), new RegExp(`surprisal ${scored.spans[1]!.surprisal!.toFixed(2)} bits`));
    assert.equal(await page.locator('.strip-active').innerText(), await spoken(page));
    await page.keyboard.press('Enter');
    const at = { place: strip.place, index: 1 };
    assert.deepEqual(host.asked('point').slice(-3), [
      { place: strip.place, index: 0, how: 'reveal' },
      { ...at, how: 'reveal' },
      { ...at, how: 'go' },
    ]);
    const box = (await page.locator('.lane').first().boundingBox())!;
    await page.mouse.move(box.x + 34 + 22 * 4 + 8, box.y + 30);
    await page.locator('.strip-active', { hasText: /^position 4,/ }).waitFor();
    assert.deepEqual(host.asked('point').at(-1), { place: strip.place, index: 4, how: 'frame' });
    await page.mouse.move(box.x + 300, box.y - 20);
    await page.locator('.strip-active', { hasText: /^position 1,/ }).waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(host.asked('point').at(-1), { place: strip.place, index: null, how: 'frame' });
  });

  it('follows the cursor, which takes a choice back, and knows a text that has changed', async () => {
    const host = new StripHost(engine, model);
    const { strip } = await host.write(TEXT);
    const page = await open(host);
    await page.locator('.strip-active', { hasText: `position ${strip.total - 1},` }).waitFor();
    await slider(page).focus();
    await page.keyboard.press('Home');
    await page.locator('.strip-active', { hasText: 'position 0,' }).waitFor();
    await host.notify('cursor', { place: strip.place, cursor: 7 });
    await page.locator('.strip-active', { hasText: 'position 6,' }).waitFor();
    await host.notify('cursor', { place: strip.place, cursor: null });
    await page.locator('.strip-active', { hasText: 'outside' }).waitFor();
    await host.set({ shown: { state: 'ready', strip: { ...strip, place: 99 } } });
    await page.keyboard.press('Home');
    await page.getByRole('status').filter({ hasText: 'The text has changed' }).waitFor();
  });

  it('has the same as a table, which is remembered', async () => {
    const host = new StripHost(engine, model);
    const { strip } = await host.write(TEXT);
    const page = await open(host);
    await page.getByRole('button', { name: 'Table' }).click();
    assert.equal(await page.locator('table').getAttribute('aria-rowcount'), String(strip.total + 1));
    await assertAccessible(page, 'strip, table');
    const state = await view!.state();
    await view!.close();
    const again = await open(host, { state });
    await again.locator('table').waitFor();
  });

  it('says what it is of, what is left out, and in each empty state what to do', async () => {
    const host = new StripHost(engine, model);
    const { strip } = await host.write(TEXT, { whole: false });
    const page = await open(host);
    await page.getByText(`almanac, the last ${strip.total} tokens before the cursor in dog-story.txt`).waitFor();
    await page.getByRole('button', { name: 'Colour the whole text' }).click();
    assert.deepEqual(host.asked('act'), [{ action: 'colour' }]);
    const part = { ...strip, of: 'colours', from: 100, total: 5000, notes: ['The rest is not scored.'] } as const;
    await host.set({ shown: { state: 'ready', strip: part } });
    await page.getByText(`tokens 100 to ${99 + strip.tokens.length} of 5,000, as the selection`).waitFor();
    await page.getByText('The rest is not scored.').waitFor();
    for (const [shown, button] of [
      [{ state: 'no-editor' }, 'Open File…'],
      [{ state: 'untrusted' }, 'Manage Workspace Trust'],
      [{ state: 'problem', problem: { code: 'file', message: 'It broke.' } }, 'Show Log'],
    ] as const) {
      await host.set({ shown });
      await page.getByRole('button', { name: button }).waitFor();
      await assertAccessible(page, `strip, ${shown.state}`);
    }
    await host.set({ shown: { state: 'no-text' } });
    await page.getByText('Type a few words').waitFor();
  });

  it('fits a narrow and a low panel', async () => {
    for (const viewport of [
      { width: 320, height: 420 },
      { width: 1000, height: 180 },
    ]) {
      const host = new StripHost(engine, model);
      await host.write(TEXT);
      const page = await open(host, { viewport });
      await slider(page).waitFor();
      const name = `strip-${viewport.width}x${viewport.height}.png`;
      await page.screenshot({ path: path.join(artifacts, name), animations: 'disabled' });
      assert.ok(await page.locator('main').evaluate((element) => element.scrollWidth <= element.clientWidth));
      await view!.close();
    }
  });
});
