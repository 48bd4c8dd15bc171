import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { SAMPLE_TEXTS } from '../../src/core/text/samples';
import { eventCount } from '../../src/core/trace/assemble';
import type { Trace, TraceToken } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import type { ExplorerSettings, ExplorerState } from '../../src/protocol/explorerState';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

const PROMPT = 'In the beginning God created the heaven and the earth.';

describe('the Explorer over a real model', () => {
  let browser: Browser;
  let engine: EngineClient;
  let models: readonly ModelSummary[];
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const listed = await bundledModels(engine);
    models = [...listed].sort((a, b) => Number(b.kind === 'text') - Number(a.kind === 'text'));
    assert.equal(models[0]?.kind, 'text');
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
    page.screenshot({ path: path.join(artifacts, `explorer-${name}.png`), animations: 'disabled' });
  const status = (page: Page): Promise<string> => page.locator('.status').innerText();

  it('says at first what to do, and runs a sample prompt with one press', async () => {
    const host = hostOf({ maxNewTokens: 12 });
    const page = await open(host);
    await page.getByText('Type a prompt and press Run').waitFor();
    await shot(page, 'empty');
    const [{ title, text }] = SAMPLE_TEXTS;
    await page.getByRole('button', { name: title }).click();
    await page.locator('.status').getByText('12 generated').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Prompt' }).inputValue(), text);
    const { trace } = host.snapshot;
    assert.equal(await page.locator('.chip').count(), trace!.tokens.length);
    assert.match(await status(page), /tok\/s/);
  });

  it('counts the tokens of the prompt as the tokenizer cuts it', async () => {
    const page = await open(hostOf({ prompt: PROMPT }));
    const { tokens } = await engine.call('tokenize', { model: { folder: models[0]!.folder }, text: PROMPT });
    await page.locator('.prompt-count').getByText(`${tokens.length} tokens`).waitFor();
  });

  it('stops a run and keeps what it gave', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 480 });
    const page = await open(host);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.chip').nth(5).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.status').getByText('stopped').waitFor();
    assert.equal(host.snapshot.trace!.summary!.finish, 'cancelled');
    const shown = await page.locator('.token-text [role=option]').first().getAttribute('aria-setsize');
    assert.equal(Number(shown), host.snapshot.trace!.tokens.length);
    assert.ok(await page.getByRole('button', { name: 'Run', exact: true }).isEnabled());
  });

  it('chooses another file of the model by the type of its weights', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 1 });
    const page = await open(host);
    const variants = models[0]!.variants;
    const other = variants.find(({ file }) => file !== models[0]!.file)!;
    await page.getByRole('combobox', { name: 'File of the model' }).selectOption(other.file);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.status').getByText('1 generated').waitFor();
    assert.equal(host.snapshot.trace!.header.model.file, other.file);
    assert.equal(host.snapshot.trace!.header.model.dtype, other.dtype);
  });

  it('opens an editor of the settings at the chip that was pressed, and gives the focus back', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 2 });
    const page = await open(host);
    const chip = page.locator('button.setting', { hasText: 'top-k' });
    await chip.click();
    const dialog = page.getByRole('dialog', { name: 'Settings of the run' });
    assert.ok(
      await dialog.getByRole('slider', { name: 'Top-k' }).evaluate((slider) => slider === document.activeElement),
    );
    await dialog.getByRole('textbox', { name: 'Top-k, typed' }).fill('7');
    await dialog.getByRole('textbox', { name: 'Seed' }).fill('99');
    await dialog.getByRole('textbox', { name: 'New tokens' }).fill('nonsense');
    await page.keyboard.press('Enter');
    assert.equal(await dialog.getByRole('textbox', { name: 'New tokens' }).inputValue(), '2');
    const refused = page.getByRole('alert');
    await refused.getByText('“nonsense” is not a whole number from 0 to 100,000: 2 stays.').waitFor();
    await shot(page, 'refused');
    await dialog.getByRole('textbox', { name: 'Temperature, typed' }).fill('101');
    assert.equal(await refused.count(), 0);
    await page.keyboard.press('Enter');
    await refused.getByText('“101” is not a number from 0 to 100: 0.70 stays.').waitFor();
    await shot(page, 'settings');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await chip.innerText(), 'top-k 7');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.status').getByText('2 generated').waitFor();
    const { sampling } = host.snapshot.trace!.header;
    assert.deepEqual([sampling.topK, sampling.seed], [7, 99]);
  });

  it('takes token ids where the model has no tokenizer, and names what is no id', async () => {
    const ids = { ...models[0]!, tokenizer: 'none' as const };
    const host = new ExplorerHost(engine, [ids], { prompt: `1, 2, ${ids.vocabularySize!}` });
    const page = await open(host);
    const prompt = page.getByRole('textbox', { name: 'Prompt, as token ids' });
    await page.getByRole('alert').getByText(`Token id ${ids.vocabularySize!} is not in the vocabulary`).waitFor();
    await page.keyboard.press('Control+Enter');
    await prompt.fill('1, 2 3');
    await page.locator('.prompt-count').getByText('3 ids').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.equal(host.asked('run').length, 0);
    assert.equal(host.asked('tokenize').length, 0);
  });

  it('says in place what is wrong, with what to do and the way to the log, and nothing twice', async () => {
    const broken: ModelSummary = {
      ...models[0]!,
      problem: { code: 'onnx-invalid', message: 'model.onnx is not an ONNX file.', action: 'Export it again.' },
    };
    const host = new ExplorerHost(engine, [broken], { prompt: 'And' });
    const crash = { code: 'engine-crashed', message: 'The engine process was killed.', action: 'Run again.' } as const;
    Object.assign(host.told, {
      trusted: false,
      engine: { state: 'crashed', message: crash.message },
      status: { state: 'problem', problem: crash },
    });
    const page = await open(host);
    const notices = await page.locator('.notice p').allInnerTexts();
    assert.equal(notices.length, 3);
    assert.equal(notices[0], 'The engine process was killed. Run again. Show Log');
    assert.equal(notices[1], 'model.onnx is not an ONNX file. Export it again. Show Log');
    assert.match(notices[2]!, /not trusted/);
    await shot(page, 'problems');
    await page.getByRole('button', { name: 'Show Log' }).first().click();
    await host.requested('showLog');
    assert.equal(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled(), true);
  });

  it('shows why a run was refused, and runs again after', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 2 });
    host.overrides.run = () => {
      throw new Problem({ code: 'memory', message: 'The run needs 9 GB and 4 GB are free.', action: 'Choose int8.' });
    };
    const page = await open(host);
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await run.click();
    await page.getByRole('alert').getByText('The run needs 9 GB and 4 GB are free. Choose int8.').waitFor();
    delete host.overrides.run;
    await run.click();
    await page.locator('.status').getByText('2 generated').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
  });

  it('says why the page could not be opened', async () => {
    const host = hostOf();
    host.overrides.snapshot = () => {
      throw new Problem({ code: 'internal', message: 'The list of models cannot be read.' });
    };
    const page = await open(host);
    await page.getByRole('alert').getByText('The list of models cannot be read.').waitFor();
  });

  it('keeps prompt, settings, tab and selection through the end of the page', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 6 });
    await host.record({});
    const page = await open(host);
    await page.locator('#token-4').click();
    await page.getByRole('radio', { name: 'Entropy' }).click();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('And God said');
    await page.getByRole('tab', { name: 'Attention' }).click();
    await page.waitForFunction(() => window.vivariumPage.state()?.includes('"tab":"attention"'));
    const state = (await view!.state()) as ExplorerState;
    assert.equal(state.version, 1);
    assert.equal(state.settings.prompt, 'And God said');
    assert.equal(state.runId, host.snapshot.runId);
    await view!.close();

    // The window goes too: another one finds the run in the history.
    const next = new ExplorerHost(engine, models, {}, { history: host.history });
    const revived = await open(next, { state });
    assert.deepEqual(next.asked('snapshot'), [{ state }]);
    assert.equal(await revived.getByRole('tab', { name: 'Attention' }).getAttribute('aria-selected'), 'true');
    await revived.getByRole('tab', { name: 'Tokens' }).click();
    assert.equal(await revived.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'And God said');
    assert.equal(await revived.locator('.chip-selected').getAttribute('id'), 'token-4');
    assert.equal(await revived.getByRole('radio', { name: 'Entropy' }).getAttribute('aria-checked'), 'true');
  });

  it('drops a kept state that is not its own', async () => {
    const host = hostOf();
    const page = await open(host, { state: { version: 7, settings: 'x' } });
    await page.getByText('Type a prompt and press Run').waitFor();
    assert.deepEqual(host.asked('snapshot'), [{ state: null }]);
  });

  it('asks for the whole again when streamed events were missed', async () => {
    const host = hostOf({ prompt: 'And', maxNewTokens: 6 });
    const trace = await host.record({});
    const page = await open(host);
    await page.locator('.chip').nth(6).waitFor();
    const more: TraceToken = { ...trace.tokens[3]!, index: trace.tokens.length + 5 };
    await host.notify('trace', { runId: host.snapshot.runId!, from: eventCount(trace) + 5, events: [more] });
    await host.requested('snapshot', 2);
  });

  it('fills in what a command asks for', async () => {
    const host = hostOf();
    const page = await open(host);
    host.session.show({ prompt: 'The whale', maxNewTokens: 2 }, {});
    await page.getByRole('button', { name: 'new tokens 2' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'The whale');
  });

  it('goes from tab to tab by keyboard, with one stop among them', async () => {
    const page = await open(hostOf());
    await page.getByRole('tab', { name: 'Tokens' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('tab', { name: 'Attention' }).getAttribute('aria-selected'), 'true');
    assert.equal(await page.locator('[role=tab][tabindex="0"]').count(), 1);
    await page.keyboard.press('Home');
    assert.equal(await page.getByRole('tab', { name: 'Tokens' }).getAttribute('aria-selected'), 'true');
  });

  it('shows a saved trace without prompt and run, with what it was made by', async () => {
    const trace = await hostOf({ prompt: PROMPT, maxNewTokens: 8 }).record({});
    const saved = { trace, notes: ['The file ends in the middle of a line.'] };
    const host = new ExplorerHost(engine, models, {}, { saved });
    host.overrides.positionLogits = () => {
      throw new Problem({ code: 'not-available', message: 'The model of this trace is not among the models.' });
    };
    const page = await open(host);
    assert.equal(await page.getByRole('button', { name: 'Run', exact: true }).count(), 0);
    assert.equal(await page.getByRole('textbox', { name: 'Prompt' }).count(), 0);
    assert.match(await page.locator('.toolbar').innerText(), new RegExp(`${models[0]!.name}.*Sampling`, 's'));
    assert.match(await page.locator('.toolbar time').getAttribute('datetime').then(String), /^\d{4}-/);
    await page.getByText('The file ends in the middle of a line.').waitFor();
    await page.getByText('The model of this trace is not among the models.').waitFor();
    await shot(page, 'viewer');
  });

  it('takes over another theme while it is open', async () => {
    const host = hostOf({ prompt: PROMPT, maxNewTokens: 8 });
    await host.record({});
    const page = await open(host);
    await page.locator('.chip-filled').first().waitFor();
    const look = (): Promise<{ readonly fill: string; readonly lanes: string }> =>
      page.evaluate(() => ({
        fill: getComputedStyle(document.querySelector('.chip-filled')!).backgroundColor,
        lanes: document.querySelector<HTMLCanvasElement>('.lane canvas')!.toDataURL(),
      }));
    const dark = await look();
    await view!.setTheme('light');
    await page.waitForFunction(
      ({ fill, lanes }) =>
        getComputedStyle(document.querySelector('.chip-filled')!).backgroundColor !== fill &&
        document.querySelector<HTMLCanvasElement>('.lane canvas')!.toDataURL() !== lanes,
      dark,
    );
  });

  it('fits 320 pixels in one column', async () => {
    const host = hostOf({ prompt: PROMPT, maxNewTokens: 20 });
    await host.record({});
    const page = await open(host, { viewport: { width: 320, height: 1700 } });
    await page.locator('.bars').waitFor();
    const reachesBeyond = () =>
      [...document.querySelectorAll<HTMLElement>('.shell *')]
        .filter(
          (element) => element.getClientRects().length > 0 && !element.closest('.unseen, .token-text, .bars-text'),
        )
        // What does not fit among the settings is measured there, and not shown.
        .filter((element) => getComputedStyle(element).visibility !== 'hidden')
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => `${element.tagName} ${element.className}`);
    const nextFrames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    assert.deepEqual(await page.evaluate(reachesBeyond), []);
    await page.getByRole('radio', { name: 'Surprisal' }).click();
    // Widths around those where the page changes its columns.
    for (const width of [860, 730, 719, 660, 600, 561, 540, 320]) {
      await page.setViewportSize({ width, height: 1700 });
      // Pictures and settings follow their places a frame later.
      await page.evaluate(nextFrames);
      const beyond = (await page.evaluate(reachesBeyond)).filter((element) => !element.startsWith('CANVAS'));
      assert.deepEqual(beyond, [], `${width} pixels`);
    }
    assert.equal(await page.locator('button.setting:visible').count(), 0, 'chips fold into the gear');
    await page.getByRole('button', { name: 'Settings of the run' }).click();
    const box = await page.getByRole('dialog').boundingBox();
    assert.ok(box!.x >= 0 && box!.x + box!.width <= 320);
    await page.keyboard.press('Escape');
    await shot(page, 'narrow');
  });

  it('streams 2,000 tokens into a page of few elements, and reaches the last by keyboard', async () => {
    const host = hostOf({ prompt: PROMPT, maxNewTokens: 40 });
    const recorded = await host.record({});
    const { summary: _summary, ...rest } = recorded;
    const start: Trace = { ...rest, tokens: recorded.tokens.slice(0, 1) };
    Object.assign(host.told, {
      trace: start,
      status: { state: 'running', tokens: 0, total: 2000, tokensPerSecond: null },
    });
    const page = await open(host);
    await page.locator('.chip').first().waitFor();
    const tokens = Array.from({ length: 2000 }, (_, index): TraceToken => {
      const { tokens: real } = recorded;
      return { ...real[index === 0 ? 0 : 1 + ((index - 1) % (real.length - 1))]!, index };
    });
    for (let from = 1; from < tokens.length; from += 25) {
      const first = eventCount(start) + from - 1;
      await host.notify('trace', { runId: host.snapshot.runId!, from: first, events: tokens.slice(from, from + 25) });
    }
    await page.locator('.status').getByText('2,000 tokens').waitFor();
    await page.locator('#token-1999').waitFor();
    assert.ok((await page.locator('.chip').count()) < 600);
    await page.locator('.lanes-slider').focus();
    await page.keyboard.press('Home');
    await page.locator('#token-0').waitFor();
    await page.keyboard.press('End');
    await page.locator('#token-1999.chip-selected').waitFor();
    assert.match(await page.locator('.lanes').innerText(), /Tokens [\d,]+ to 1,999 of 2,000/);
    await shot(page, 'long');
  });

  it('has nothing that axe-core finds serious, in every kind of theme, empty and with a run', async () => {
    for (const theme of themeIds) {
      const empty = await open(hostOf(), { theme });
      await empty.getByText('Type a prompt and press Run').waitFor();
      await assertAccessible(empty, `Explorer, empty, ${theme}`);
      await view!.close();
      const host = hostOf({ prompt: PROMPT, maxNewTokens: 20 });
      await host.record({});
      const page = await open(host, { theme });
      await page.getByText('A cut row names the first rule').waitFor();
      await assertAccessible(page, `Explorer, Tokens, ${theme}`);
      await page.getByRole('button', { name: 'Show as table' }).click();
      await page.locator('button.setting').first().click();
      await assertAccessible(page, `Explorer, table and settings, ${theme}`);
      await view!.close();
    }
  });

  it('breaks the policy of the page only where the toolkit tries what browsers can do', async () => {
    const host = hostOf({ prompt: PROMPT, maxNewTokens: 8 });
    const page = await open(host);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.status').getByText('8 generated').waitFor();
    await page.locator('button.setting').first().click();
    assert.deepEqual(await view!.violations(), ['style-src-elem inline']);
    assert.equal(view!.errors.length, 1);
  });
});
