import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { Trace } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/models';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

const isChunk = (name: string) => (pathname: string) => pathname.startsWith(`/dist/explorer-${name}`);

describe('the Explorer loads each tab when it is shown', () => {
  let browser: Browser;
  let engine: EngineClient;
  let models: readonly ModelSummary[];
  let host: ExplorerHost;
  let trace: Trace;
  let view: WebviewUnderTest;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const listed = await bundledModels(engine);
    models = listed.filter(({ kind }) => kind === 'text');
    host = new ExplorerHost(engine, models);
    trace = await host.record({ prompt: 'And the sea', maxNewTokens: 6 });
  });
  afterEach(async () => view.close());
  after(async () => {
    engine.dispose();
    await engine.ended();
    await browser.close();
  });

  const open = async (options: Partial<WebviewOptions> = {}): Promise<WebviewUnderTest> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...options });
    return view;
  };
  const chips = () => view.page.locator('.token-text [role=option]');

  it('asks for the script of a tab once, under the policy of the page', async () => {
    const { page } = await open();
    await chips().first().waitFor();
    assert.equal(view.asked.filter(isChunk('tokens')).length, 1);
    assert.deepEqual(view.asked.filter(isChunk('attention')), []);
    await page.getByRole('tab', { name: 'Attention' }).click();
    await page.locator('.heat-map').waitFor();
    await page.getByRole('tab', { name: 'Tokens' }).click();
    await chips().first().waitFor();
    assert.equal(view.asked.filter(isChunk('tokens')).length, 1);
    assert.equal(view.asked.filter(isChunk('attention')).length, 1);
    // The toolkit's own, at the start.
    assert.deepEqual(await view.violations(), ['style-src-elem inline']);
    assert.equal(view.errors.length, 1);
  });

  it('begins with the tab that was on show, and loads no other', async () => {
    const { settings, runId } = host.snapshot;
    const view = { tab: 'attention', selected: null, tabs: {} };
    const { page, asked } = await open({ state: { version: 1, settings, view, runId } });
    try {
      await page.locator('.heat-map').waitFor();
      assert.equal(asked.filter(isChunk('attention')).length, 1);
      assert.deepEqual(asked.filter(isChunk('tokens')), []);
    } finally {
      host.told.view = null;
    }
  });

  it('shows the controls and the view at once, and moves nothing after', async () => {
    const { page } = await open();
    await chips()
      .nth(trace.tokens.length - 1)
      .waitFor();
    const moved = await page.evaluate(
      () =>
        new Promise<string[]>((done) => {
          const found: string[] = [];
          new PerformanceObserver((list) => {
            const shifts = list.getEntries() as (PerformanceEntry & { sources: { node: Node | null }[] })[];
            for (const { node } of shifts.flatMap(({ sources }) => sources)) {
              const element = node instanceof Element ? node : node?.parentElement;
              // Columns of numbers that come with an answer of the engine fit themselves to it.
              if (element && !element.closest('.tokens-side')) found.push(element.outerHTML);
            }
          }).observe({ type: 'layout-shift', buffered: true });
          // What is buffered is told in a task of its own.
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(found))));
        }),
    );
    assert.deepEqual(moved, []);
  });

  it('says in one sentence that a tab could not be loaded, and tries again', async () => {
    let missing = true;
    const { page } = await open({ refuse: (pathname) => missing && isChunk('attention')(pathname) });
    await chips().first().waitFor();
    await page.getByRole('tab', { name: 'Attention' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('The Attention view could not be loaded.').waitFor();
    await assertAccessible(page, 'a tab that could not be loaded');
    const again = alert.getByRole('button', { name: 'Try again' });
    await again.click();
    await again.waitFor();
    assert.equal(view.asked.filter(isChunk('attention-tab')).length, 2);
    missing = false;
    await again.click();
    await page.locator('.heat-map').waitFor();
    assert.equal(await alert.count(), 0);
  });

  it('tries again by itself when the tab is chosen anew', async () => {
    let missing = true;
    const { page } = await open({ refuse: (pathname) => missing && isChunk('attention')(pathname) });
    await chips().first().waitFor();
    await page.getByRole('tab', { name: 'Attention' }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await page.getByRole('tab', { name: 'Tokens' }).click();
    await chips().first().waitFor();
    missing = false;
    await page.getByRole('tab', { name: 'Attention' }).click();
    await page.locator('.heat-map').waitFor();
  });
});
