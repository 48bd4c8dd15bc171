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
import { TokensHost } from './tokens-view-host';

const SIDE = { width: 300, height: 620 };
const BEFORE = 'In the beginning God created the heaven and the';

describe('the Tokens view', () => {
  let browser: Browser;
  let engine: EngineClient;
  let model: ModelSummary;
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const models = await bundledModels(engine);
    model = models.find(({ name }) => name === 'almanac')!;
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(async () => {
    await browser.close();
    engine.dispose();
  });

  const open = async (host: TokensHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, {
      bundle: 'tokens',
      viewport: SIDE,
      onMessage: host.onMessage,
      ...options,
    });
    await view.page.locator('main').waitFor();
    return view.page;
  };
  const written = async (text: string, following = ''): Promise<TokensHost> => {
    const host = new TokensHost(engine, model);
    await host.write(text, following);
    return host;
  };
  const list = (page: Page): Locator => page.getByRole('listbox');
  const option = (page: Page, place: number): Locator => page.getByRole('option').nth(place);
  const label = async (place: Locator): Promise<string> => (await place.locator('.unseen').textContent()) ?? '';
  /** Settles when the view is of another token. */
  const follows = (page: Page, token: string): Promise<void> =>
    page.locator('.cursor-head .lone-chip', { hasText: token }).waitFor();

  for (const theme of themeIds) {
    it(`shows what design asks for, and axe-core finds nothing, in ${theme}`, async () => {
      const host = await written(BEFORE, ' earth. And the earth was');
      await host.set({ models: ['almanac', 'another'] });
      const page = await open(host, {
        theme,
        state: { version: 1, settings: { temperature: 0.8, topK: 0, topP: 0.9, minP: 0 } },
      });
      await follows(page, 'the');
      await list(page).focus();
      await page.keyboard.press('ArrowDown');
      await page.screenshot({ path: path.join(artifacts, `tokens-view-${theme}.png`), animations: 'disabled' });
      await assertAccessible(page, `Tokens view, ${theme}`);
      assert.deepEqual(view?.errors, []);
      assert.deepEqual(await view?.violations(), []);
    });
  }

  it('says model, tokens, place and entropy, and marks the token that the text goes on with', async () => {
    const page = await open(await written(BEFORE, ' earth. And'));
    assert.match(
      (await page.locator('.cursor-where').innerText()).replace(/\s+/g, ' '),
      /^almanac, all \d+ tokens before dog-story\.txt: ?3:32$/,
    );
    assert.match(await page.locator('.cursor-figure').innerText(), /^entropy \d+\.\d\d bits$/);
    const chosen = page.getByRole('option', { name: /the text goes on with it/ });
    assert.match(await label(chosen), /^· ?earth, rank \d+, p /);
    assert.equal(await chosen.count(), 1);
  });

  it('is used by keyboard alone: arrows move, Enter inserts, and what follows is shown', async () => {
    const host = await written(BEFORE);
    const page = await open(host);
    await page.keyboard.press('Tab');
    assert.equal(await list(page).evaluate((element) => element === document.activeElement), true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = await list(page).getAttribute('aria-activedescendant');
    assert.equal(active, await option(page, 2).getAttribute('id'));
    assert.equal(await option(page, 2).getAttribute('aria-selected'), 'true');
    const spoken = await label(option(page, 2));
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'inserted' }).waitFor();
    const inserted = host.text.slice(BEFORE.length);
    assert.ok(inserted !== '' && spoken.startsWith(inserted.replace(/^ /, '·')), `${spoken}: ${inserted}`);
    await follows(page, inserted.trim());
    assert.equal(await option(page, 0).getAttribute('aria-selected'), 'true');
    assert.equal(await list(page).evaluate((element) => element === document.activeElement), true);
  });

  it('inserts what is clicked, and nothing while the cursor’s own distribution is still to come', async () => {
    const host = await written(BEFORE);
    const page = await open(host);
    await host.notify('busy', { busy: true });
    await option(page, 0).click();
    await host.notify('busy', { busy: false });
    assert.deepEqual(host.asked('insert'), []);
    await option(page, 1).click();
    await page.getByRole('status').filter({ hasText: 'inserted' }).waitFor();
    assert.equal(host.asked('insert').length, 1);
    assert.ok(host.text.length > BEFORE.length);
  });

  it('shows tokens that are no text, and says why they are not inserted', async () => {
    const host = await written(BEFORE);
    const { shown } = host.snapshot;
    assert.ok(shown.state === 'ready');
    const { next } = shown;
    const described = await engine.call('describeTokens', {
      model: { folder: model.folder },
      ids: Array.from({ length: next.logits.length }, (_, id) => id),
    });
    const special = described.tokens.find((token) => token.special)!;
    const part = described.tokens.find(({ bytes }) => bytes.length === 1 && bytes[0]! >= 0xc0)!;
    const logits = Float32Array.from(next.logits);
    logits[special.id] = 40;
    logits[part.id] = 39;
    await host.set({ shown: { state: 'ready', next: { ...next, logits, tokens: [special, part, ...next.tokens] } } });
    const page = await open(host);
    for (const [place, why] of [/special token/, /part of a character/].entries()) {
      assert.equal(await option(page, place).getAttribute('aria-disabled'), 'true');
      assert.match(await label(option(page, place)), why);
      await option(page, place).click({ force: true });
      await page.getByRole('status').filter({ hasText: why }).waitFor();
    }
    assert.deepEqual(host.asked('insert'), []);
  });

  it('asks what other settings would do, keeps them while hidden, and takes them back', async () => {
    const host = await written(BEFORE);
    const page = await open(host);
    const last = async (): Promise<string> => option(page, 9).locator('.number').last().innerText();
    assert.match(await last(), /^[<0]/);
    await page.getByRole('slider', { name: 'Top-k' }).focus();
    await page.keyboard.press('Home');
    assert.equal(await last(), 'top-k');
    assert.match(await page.locator('.kept').innerText(), /in 1 token/);
    const state = await view!.state();
    await view!.close();
    const again = await open(host, { state });
    assert.equal(await option(again, 9).locator('.number').last().innerText(), 'top-k');
    await again.getByRole('button', { name: 'reset' }).click();
    assert.match(await option(again, 9).locator('.number').last().innerText(), /^[<0]/);
  });

  it('lists more, down to every token, with texts that it asks for', async () => {
    const host = await written(BEFORE);
    const page = await open(host);
    for (let press = 0; press < 3; press++) await page.getByRole('button', { name: /all others/ }).click();
    await option(page, 69).waitFor();
    await page.waitForFunction(() => !document.querySelector('.next-list')?.textContent?.match(/id \d/));
    assert.equal(host.asked('describe').length, 2);
  });

  it('says in each empty state what to do', async () => {
    const host = new TokensHost(engine, model);
    const page = await open(host);
    const states = [
      [{ state: 'no-editor' }, /Open a text/, 'Open File…', 'openFile'],
      [{ state: 'untrusted' }, /not trusted/, 'Manage Workspace Trust', 'manageTrust'],
      [{ state: 'no-model' }, /no text model/, 'Add Model Folder…', 'addModelFolder'],
      [{ state: 'problem', problem: { code: 'file', message: 'It broke.' } }, /It broke/, 'Show Log', 'showLog'],
    ] as const;
    for (const [shown, text, button, action] of states) {
      await host.set({ shown });
      await page.locator('.cursor-empty', { hasText: text }).waitFor();
      await page.getByRole('button', { name: button }).click();
      await assertAccessible(page, `Tokens view, ${shown.state}`);
      assert.deepEqual(host.asked('act').at(-1), { action });
    }
    await host.set({ shown: { state: 'no-text' } });
    await page.locator('.cursor-empty', { hasText: 'Nothing stands before the cursor' }).waitFor();
  });

  it('fits 280 px, and has nothing to scroll sideways', async () => {
    const page = await open(await written(BEFORE, ' earth'), { viewport: { width: 280, height: 560 } });
    await follows(page, 'the');
    await page.screenshot({ path: path.join(artifacts, 'tokens-view-280.png'), animations: 'disabled' });
    assert.ok(await page.locator('main').evaluate((element) => element.scrollWidth <= element.clientWidth));
    const cut = await page
      .locator('.next-row .number, .filter-name, .kept-words span')
      .evaluateAll((all) =>
        all
          .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
          .map((each) => each.textContent),
      );
    assert.deepEqual(cut, []);
  });
});
