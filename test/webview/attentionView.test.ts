import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { ModelSummary } from '../../src/protocol/models';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { AttentionHost } from './attention-view-host';
import { bundledModels, startEngine } from './explorer-host';

const BEFORE = 'And God said, Let there be light: and there was light. And God saw the light, that it was';

describe('the Attention view', () => {
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

  const open = async (host: AttentionHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, {
      bundle: 'attention',
      viewport: { width: 300, height: 520 },
      onMessage: host.onMessage,
      ...options,
    });
    await view.page.locator('main').waitFor();
    return view.page;
  };
  const rows = (page: Page) => page.locator('.most-rows button');
  const weights = async (page: Page): Promise<number[]> =>
    (await rows(page).locator('.most-weight').allInnerTexts()).map((text) => Number(text.replace('<0.01', '0.005')));

  for (const theme of themeIds) {
    it(`shows where the token before the cursor looks, and axe-core finds nothing, in ${theme}`, async () => {
      const host = new AttentionHost(engine, model);
      await host.write(BEFORE);
      await host.set({ models: ['almanac', 'another'] });
      const page = await open(host, { theme, state: { version: 1, head: { layer: 1, head: 0 } } });
      await rows(page).first().waitFor();
      await page.screenshot({ path: path.join(artifacts, `attention-view-${theme}.png`), animations: 'disabled' });
      await assertAccessible(page, `Attention view, ${theme}`);
      assert.deepEqual(view?.errors, []);
      assert.deepEqual(await view?.violations(), []);
    });
  }

  it('lists the weights that the model gave, by head, by layer and over all, each with its number', async () => {
    const host = new AttentionHost(engine, model);
    const { attention, tokens } = await host.write(BEFORE);
    assert.ok(attention.available);
    const { heads, weights: all } = attention;
    const row = (layer: number, head: number): number[] => {
      const from = (attention.layers.indexOf(layer) * heads + head) * tokens.length;
      return [...all.subarray(from, from + tokens.length)];
    };
    const mean = (many: readonly number[][]): number[] =>
      tokens.map((_, key) => many.reduce((sum, weights) => sum + weights[key]!, 0) / many.length);
    const most = (one: readonly number[]): number[] => [...one.slice(1)].sort((a, b) => b - a).slice(0, 8);
    const page = await open(host);
    await rows(page).first().waitFor();
    const everyHead = attention.layers.flatMap((layer) => Array.from({ length: heads }, (_, head) => row(layer, head)));
    const expectNear = async (expected: readonly number[]): Promise<void> => {
      const shown = await weights(page);
      assert.equal(shown.length, 8);
      shown.forEach((weight, at) =>
        assert.ok(Math.abs(weight - expected[at]!) <= 0.0051, `${weight}, ${expected[at]}`),
      );
    };
    await expectNear(most(mean(everyHead)));
    await page.getByLabel('Layer', { exact: true }).selectOption('1');
    await expectNear(most(mean(Array.from({ length: heads }, (_, head) => row(1, head)))));
    await page.getByLabel('Head', { exact: true }).selectOption('2');
    await expectNear(most(row(1, 2)));
    const first = Number((await page.locator('.looks-first .number').innerText()).replace('<', ''));
    assert.ok(Math.abs(first - row(1, 2)[0]!) <= 0.0101);
  });

  it('is used by keyboard alone: brackets go through the heads, Enter marks a token, and the head is remembered', async () => {
    const host = new AttentionHost(engine, model);
    await host.write(BEFORE);
    const page = await open(host);
    await rows(page).first().waitFor();
    await page.keyboard.press(']');
    await page.getByRole('status').filter({ hasText: 'mean of layer 0' }).waitFor();
    await page.keyboard.press(']');
    await page.getByRole('status').filter({ hasText: 'layer 0, head 0' }).waitFor();
    await page.keyboard.press('[');
    await page.keyboard.press('[');
    await page.keyboard.press('[');
    const last = { layer: model.layers! - 1, head: model.heads! - 1 };
    await page
      .getByRole('status')
      .filter({ hasText: `layer ${last.layer}, head ${last.head}` })
      .waitFor();
    await rows(page).nth(1).focus();
    const index = Number(await rows(page).nth(1).locator('.most-position').innerText());
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'marked in the editor' }).waitFor();
    assert.deepEqual(host.asked('reveal'), [{ place: 1, index }]);
    assert.equal(await rows(page).nth(1).getAttribute('aria-current'), 'true');
    const state = await view!.state();
    await view!.close();
    const again = await open(host, { state });
    await rows(again).first().waitFor();
    assert.equal(await again.getByLabel('Layer', { exact: true }).inputValue(), String(last.layer));
    assert.equal(await again.getByLabel('Head', { exact: true }).inputValue(), String(last.head));
  });

  it('says a place that is left, what a model cannot give, and that one token looks at itself', async () => {
    const host = new AttentionHost(engine, model);
    const looks = await host.write(BEFORE);
    const page = await open(host, { state: { version: 1, head: { layer: 99, head: -1 } } });
    await rows(page).first().waitFor();
    await host.set({ shown: { state: 'ready', looks: { ...looks, place: 77 } } });
    await rows(page).first().click();
    await page.getByRole('status').filter({ hasText: 'The cursor has moved on' }).waitFor();
    const why = 'This model file cannot give attention: not readable.';
    await host.set({ shown: { state: 'ready', looks: { ...looks, attention: { available: false, why } } } });
    await page.locator('.cursor-empty', { hasText: why }).waitFor();
    await assertAccessible(page, 'Attention view, no attention');
    await host.set({
      shown: {
        state: 'ready',
        looks: {
          ...looks,
          tokens: looks.tokens.slice(0, 1),
          attention: { available: true, layers: [0], heads: 1, weights: Float32Array.of(1) },
        },
      },
    });
    await page.getByText('on itself').waitFor();
    const sink: Float32Array = Float32Array.from(looks.tokens, (_, key) => (key === 0 ? 0.7 : 0.3 / (looks.used - 1)));
    const attention = { available: true, layers: [0], heads: 1, weights: sink } as const;
    await host.set({ shown: { state: 'ready', looks: { ...looks, attention } } });
    await page.getByText('attention sink').waitFor();
    assert.equal(await page.locator('.looks-first .number').innerText(), '0.70');
    await host.set({ shown: { state: 'no-editor' } });
    await page.getByRole('button', { name: 'Open File…' }).click();
    assert.deepEqual(host.asked('act'), [{ action: 'openFile' }]);
  });

  it('fits 200 px, and has nothing to scroll sideways', async () => {
    const host = new AttentionHost(engine, model);
    await host.write(BEFORE);
    const page = await open(host, { viewport: { width: 200, height: 520 } });
    await rows(page).first().waitFor();
    await page.screenshot({ path: path.join(artifacts, 'attention-view-200.png'), animations: 'disabled' });
    assert.ok(await page.locator('main').evaluate((element) => element.scrollWidth <= element.clientWidth));
    assert.ok(
      await rows(page)
        .first()
        .locator('.most-track')
        .evaluate((bar) => bar.clientWidth >= 20),
    );
  });
});
