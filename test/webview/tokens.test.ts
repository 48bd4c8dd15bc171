import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { Trace } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import { Problem } from '../../src/protocol/errors';
import { artifacts } from '../harness/artifacts';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

const PROMPT = 'In the beginning God created the heaven and the earth.';
const SAMPLING: Sampling = { temperature: 0.8, topK: 40, topP: 0.9, minP: 0.02, seed: 3 };

describe('the Tokens tab over a real model', () => {
  let browser: Browser;
  let engine: EngineClient;
  let host: ExplorerHost;
  let trace: Trace;
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const models = await bundledModels(engine);
    host = new ExplorerHost(
      engine,
      models.filter(({ kind }) => kind === 'text'),
    );
    trace = await host.record({ prompt: PROMPT, sampling: SAMPLING, maxNewTokens: 40 });
  });
  beforeEach(() => {
    host.told.view = null;
    for (const method of Object.keys(host.overrides)) Reflect.deleteProperty(host.overrides, method);
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

  const open = async (selected: number | null = null, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    host.requests.length = 0;
    host.told.view = { tab: 'tokens', selected, tabs: {} };
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', onMessage: host.onMessage, ...options });
    await view.page.locator('.lanes canvas, .token-table').first().waitFor();
    return view.page;
  };
  const selectedChip = (page: Page): Promise<string | null> => page.locator('.chip-selected').getAttribute('id');
  const facts = (page: Page): Promise<string> => page.locator('.position-facts').innerText();
  /** Text of the cells of each row of the alternatives. */
  const rows = (page: Page): Promise<string[][]> =>
    page
      .locator('.bars tbody tr')
      .evaluateAll((list) =>
        list.map((row) => [...row.children].map((cell) => cell.textContent.replace(/, chosen|cut by /, '').trim())),
      );
  const logitsOf = async (index: number): Promise<Float32Array> =>
    (await engine.call('positionLogits', { runId: host.snapshot.runId!, index })).logits;
  const exactShown = (page: Page): Promise<void> => page.locator('.bars .link', { hasText: 'all others' }).waitFor();
  const generated = (): number => trace.header.promptLength + 5;

  it('shows every token once, in order, with the prompt underlined', async () => {
    const page = await open();
    const chips = await page.locator('.chip').evaluateAll((list) => list.map((chip) => Number(chip.dataset['index'])));
    assert.deepEqual(
      chips,
      trace.tokens.map(({ index }) => index),
    );
    const last = (await page.locator(`#token-${trace.header.promptLength - 1}`).boundingBox())!;
    const ends = await page
      .locator('.prompt-rule')
      .evaluateAll((list) => list.map((rule) => rule.getBoundingClientRect().right));
    assert.ok(Math.abs(ends.at(-1)! - (last.x + last.width)) <= 4);
  });

  it('selects the first generated token at first, and shows the four numbers of the trace', async () => {
    const page = await open();
    const { promptLength } = trace.header;
    assert.equal(await selectedChip(page), `token-${promptLength}`);
    const { id, judgement } = trace.tokens[promptLength]!;
    assert.equal(await facts(page), `position ${promptLength} · id ${id} · sampled`);
    const figures = await page.locator('.figure dd').allInnerTexts();
    assert.deepEqual(
      figures.map((text) => Number.parseFloat(text.replace(/[<>,]/g, ''))),
      [
        Math.max(0.001, Number(judgement!.probability.toFixed(3))),
        judgement!.rank,
        Number(judgement!.surprisal.toFixed(2)),
        Number(judgement!.entropy.toFixed(2)),
      ],
    );
  });

  it('defines each number on hover and for those who hear the page', async () => {
    const page = await open();
    for (const figure of await page.locator('.figure').all()) {
      const title = await figure.getAttribute('title');
      assert.ok(title!.length > 20);
      assert.ok((await figure.locator('dt').textContent())!.includes(title!));
    }
  });

  it('goes along the tokens by keyboard in the text, the lanes and the table, and says where it is', async () => {
    const page = await open(10);
    for (const place of ['.token-text', '.lanes-slider']) {
      await page.locator(place).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      assert.equal(await selectedChip(page), 'token-2', place);
      assert.match(await page.locator('[aria-live=polite]').innerText(), /^position 2, .* probability 0\.\d+/);
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      assert.equal(await selectedChip(page), `token-${trace.tokens.length - 2}`, place);
    }
    const slider = page.getByRole('slider', { name: 'Selected token' });
    assert.equal(await slider.getAttribute('aria-valuenow'), `${trace.tokens.length - 2}`);
    assert.match((await slider.getAttribute('aria-valuetext'))!, /surprisal [\d.]+ bits/);
    const text = page.getByRole('listbox', { name: 'Tokens of the run' });
    assert.equal(await text.getAttribute('aria-activedescendant'), `token-${trace.tokens.length - 2}`);
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.locator('.token-table').focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await selectedChip(page), `token-${trace.tokens.length - 3}`);
    assert.equal(
      await page.locator('.token-table tr[aria-current]').getAttribute('aria-rowindex'),
      `${trace.tokens.length - 1}`,
    );
  });

  it('goes to the token above and below in the text', async () => {
    const page = await open(2);
    await page.locator('.token-text').focus();
    const box = async (): Promise<{ x: number; y: number; width: number; height: number }> =>
      (await page.locator('.chip-selected').boundingBox())!;
    const above = await box();
    await page.keyboard.press('ArrowDown');
    const below = await box();
    assert.equal(below.y - above.y, 42);
    assert.ok(Math.abs(below.x - above.x) < 80);
    await page.keyboard.press('ArrowUp');
    assert.equal((await box()).y, above.y);
  });

  it('previews the token under the pointer and keeps the selection', async () => {
    const page = await open(3);
    await page.locator('#token-8').hover();
    await page.getByText('position 8 ·').waitFor();
    assert.equal(await selectedChip(page), 'token-3');
    await page.mouse.move(5, 400);
    await page.getByText('position 3 ·').waitFor();
  });

  it('selects the token of a column that is pressed in either lane', async () => {
    const page = await open(3);
    for (const [lane, index] of [
      [0, 12],
      [1, 20],
    ] as const) {
      const canvas = page.locator('.lane canvas').nth(lane);
      const box = (await canvas.boundingBox())!;
      const column = (box.width - 34) / trace.tokens.length;
      await canvas.click({ position: { x: 34 + (index + 0.5) * column, y: 40 } });
      assert.equal(await selectedChip(page), `token-${index}`);
    }
  });

  it('colours the text by the measure that is chosen', async () => {
    const page = await open(0);
    const index = trace.tokens.findIndex(({ judgement }) => judgement && judgement.surprisal > 8);
    const fill = (): Promise<string> =>
      page.locator(`#token-${index}`).evaluate((chip) => getComputedStyle(chip).backgroundColor);
    assert.equal(await fill(), 'rgb(255, 214, 140)', 'the end of the ramp of surprisal');
    await page.getByRole('radio', { name: 'Probability' }).click();
    const { probability } = trace.tokens[index]!.judgement!;
    assert.ok(probability < 0.02);
    assert.equal(await fill(), 'rgba(0, 0, 0, 0)', 'what is improbable has the ground’s colour');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('radio', { name: 'Rank' }).getAttribute('aria-checked'), 'true');
    assert.match(await page.locator('.legend').innerText(), /rank\s+1\s+10\s+100\s+1000/);
  });

  it('draws a bar of surprisal in amber from the axis to its value', async () => {
    const page = await open(0);
    const index = trace.tokens.findIndex(({ judgement }) => judgement && judgement.surprisal > 6);
    const found = await page
      .locator('.lane canvas')
      .first()
      .evaluate(
        (element, { count, at }) => {
          const canvas = element as HTMLCanvasElement;
          const column = (canvas.width - 34) / count;
          const x = Math.round(34 + (at + 0.5) * column) - 3;
          const pixels = canvas.getContext('2d')!.getImageData(x, 0, 1, canvas.height).data;
          const rows: number[] = [];
          for (let y = 0; y < canvas.height; y++) {
            const [red, green, blue] = pixels.slice(4 * y, 4 * y + 3);
            if (red === 0xd9 && green === 0x96 && blue === 0x2b) rows.push(y);
          }
          return { first: rows[0], last: rows.at(-1), height: canvas.height };
        },
        { count: trace.tokens.length, at: index },
      );
    const most = Math.max(
      ...trace.tokens.flatMap(({ judgement }) => (judgement ? [judgement.surprisal, judgement.entropy] : [])),
    );
    const step = [1, 2, 4, 5, 8].find((each) => Math.ceil(most / each) <= 5)!;
    const top = Math.ceil(most / step) * step;
    const plot = found.height - 20 - 6;
    const expected = 20 + plot * (1 - trace.tokens[index]!.judgement!.surprisal / top);
    assert.ok(Math.abs(found.first! - expected) <= 1.5, `bar from ${found.first}, ${expected} expected`);
    assert.ok(Math.abs(found.last! - (found.height - 6)) <= 2);
  });

  it('lists the alternatives by the model’s own probabilities, with their sum', async () => {
    const index = generated();
    const page = await open(index);
    await exactShown(page);
    const logits = await logitsOf(index);
    const expected = softmaxOf(logits);
    const order = [...expected.keys()].sort((a, b) => expected[b]! - expected[a]! || a - b);
    let sum = 0;
    const shown = await rows(page);
    order.slice(0, 12).forEach((id, place) => {
      sum += expected[id]!;
      const [rank, , , p, sigma] = shown[place]!;
      assert.equal(rank, `${place + 1}`);
      assertReads(p!, expected[id]!);
      assertReads(sigma!, sum);
    });
    assert.match(shown.at(-1)![1]!, new RegExp(`^all others, [\\d,]+$`));
  });

  it('cuts by the run’s own settings at first, and by others without running the model', async () => {
    const index = generated();
    const page = await open(index);
    await exactShown(page);
    const logits = await logitsOf(index);
    const field = (name: string): Locator => page.getByRole('textbox', { name: `${name}, typed` });
    const type = async (name: string, value: string): Promise<void> => {
      await field(name).fill(value);
      await page.keyboard.press('Enter');
    };
    assert.equal(await field('Temperature').inputValue(), '0.80');
    assert.equal(await field('Top-k').inputValue(), '40');
    assert.equal(await page.getByText('run setting').count(), 1);
    await type('Temperature', '1.3');
    await type('Top-k', '5');
    await type('Top-p', 'off');
    await type('Min-p', 'off');
    const sharp = softmaxOf(logits.map((logit) => logit / 1.3));
    const order = [...sharp.keys()].sort((a, b) => sharp[b]! - sharp[a]! || a - b);
    const kept = order.slice(0, 5).reduce((mass, id) => mass + sharp[id]!, 0);
    const shown = await rows(page);
    order.slice(0, 5).forEach((id, place) => assertReads(shown[place]![5]!, sharp[id]! / kept));
    for (const row of shown.slice(5, 12)) assert.equal(row[5], 'top-k');
    assert.equal(shown.at(-1)!.at(-1), 'top-k');
    const cut = await page.locator('.filter-note').allInnerTexts();
    assert.deepEqual(cut, ['flatter', `cuts ${(logits.length - 5).toLocaleString('en')}`, 'cuts none', 'cuts none']);
    assert.match(await page.locator('.kept-words').first().innerText(), /in 5 tokens/);
    assert.equal(host.asked('run').length, 0);
    assert.equal(host.asked('positionLogits').length, 1);
    await page.getByRole('button', { name: 'back to the run’s' }).click();
    assert.equal(await field('Top-k').inputValue(), '40');
  });

  it('names the first rule that cuts a token, and frames the chosen one in the kept mass', async () => {
    const index = generated();
    const page = await open(index);
    await exactShown(page);
    await page.getByRole('textbox', { name: 'Temperature, typed' }).fill('0');
    await page.keyboard.press('Enter');
    const shown = await rows(page);
    assert.equal(shown[0]![5], '1.000');
    for (const row of shown.slice(1, 12)) assert.equal(row[5], 'greedy');
    await page.getByText('Temperature 0 always takes the most probable token').waitFor();
    const { rank } = trace.tokens[index]!.judgement!;
    const words = await page.locator('.kept-chosen-words').innerText();
    assert.match(words, rank === 1 ? /stays/ : /cut by greedy/);
  });

  it('keeps the settings of the what-if for the run, and from token to token', async () => {
    const page = await open(generated());
    const slider = page.getByRole('slider', { name: 'Top-p', exact: true });
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.equal(await slider.getAttribute('aria-valuetext'), '0.01');
    await page.getByRole('button', { name: 'Next token' }).click();
    assert.equal(await slider.getAttribute('aria-valuetext'), '0.01');
    await page.waitForFunction(() => window.vivariumPage.state()?.includes('"topP":0.01'));
  });

  it('shows more alternatives on demand, with texts that the trace does not carry', async () => {
    const index = generated();
    const page = await open(index);
    await exactShown(page);
    await page.locator('.bars .link').click();
    const [{ ids }] = (await host.requested('describeTokens')) as [{ ids: number[] }];
    const kept = new Set(trace.tokens[index]!.judgement!.top.map(({ id }) => id));
    assert.ok(ids.length > 0 && ids.every((id) => !kept.has(id)));
    const { tokens } = await engine.call('describeTokens', { model: host.snapshot.settings.model!, ids: [ids[0]!] });
    await page.locator(`.bars tr[title="token id ${ids[0]!}"] .bars-text`, { hasNotText: /^id / }).waitFor();
    const text = await page.locator(`.bars tr[title="token id ${ids[0]!}"] .bars-text`).innerText();
    assert.equal(text.replaceAll('·', ' ').trim(), tokens[0]!.text.trim());
    assert.equal((await rows(page)).length, 33 + (trace.tokens[index]!.judgement!.rank > 32 ? 1 : 0));
  });

  it('says that the logits cannot be had, and goes on with the alternatives in the trace', async () => {
    host.overrides.positionLogits = () => {
      throw new Problem({ code: 'not-available', message: 'The model is not on this machine.' });
    };
    const index = generated();
    const page = await open(index);
    await page.getByText('The model is not on this machine.').waitFor();
    const shown = await rows(page);
    trace.tokens[index]!.judgement!.top.slice(0, 12).forEach(({ probability }, place) => {
      assertReads(shown[place]![3]!, probability);
    });
    await page.getByRole('textbox', { name: 'Top-k, typed' }).fill('3');
    await page.keyboard.press('Enter');
    assert.equal((await rows(page))[5]![5], 'top-k');
  });

  it('says of the first token that nothing predicted it', async () => {
    const page = await open(0);
    await page.getByText('nothing stands before it').waitFor();
    assert.deepEqual(await page.locator('.figure dd').allInnerTexts(), ['–', '–', '–', '–']);
    assert.equal(host.asked('positionLogits').length, 0);
  });

  it('gives every number as a table, too', async () => {
    const page = await open(5);
    await page.getByRole('button', { name: 'Show as table' }).click();
    const cells = await page.locator('.token-table tr[aria-rowindex="7"] td').allInnerTexts();
    const { id, judgement } = trace.tokens[5]!;
    assert.equal(cells[0], '5');
    assert.equal(cells[1], `${id}`);
    assert.equal(cells[2], 'prompt');
    assert.equal(cells.at(-1), judgement!.entropy.toFixed(2));
    await page.locator('.token-table').focus();
    await page.keyboard.press('End');
    await page.locator(`.token-table tr[aria-rowindex="${trace.tokens.length + 1}"]`).waitFor();
    await page.screenshot({ path: path.join(artifacts, 'tokens-table.png') });
  });

  it('shows the bytes of a character that is cut into tokens as one group', async () => {
    const old = host;
    host = new ExplorerHost(engine, old.models);
    const bytes = await host.record({ prompt: 'A dog \u{1F436}\nand a snowman ☃', maxNewTokens: 2 });
    const parts = bytes.tokens.filter(({ text }) => /<0x[0-9A-F]{2}>/.test(text));
    assert.ok(parts.length >= 2, 'this tokenizer cuts the dog into bytes');
    const page = await open(parts[1]!.index);
    const chip = page.locator(`#token-${parts[0]!.index}`);
    assert.match(await chip.innerText(), /^(<0x[0-9A-F]{2}>)+$/);
    assert.match((await chip.getAttribute('title'))!, /^Part 1 of \d of “.*\u{1F436}/u);
    assert.ok((await page.locator('.chip-part-last .chip-whole').first().innerText()).includes('\u{1F436}'));
    await page.screenshot({ path: path.join(artifacts, 'tokens-bytes.png') });
    host = old;
  });

  it('looks right in every kind of theme', async () => {
    for (const theme of themeIds) {
      const page = await open(trace.header.promptLength + 12, { theme });
      await exactShown(page);
      await page.screenshot({ path: path.join(artifacts, `tokens-${theme}.png`), animations: 'disabled' });
      await view!.close();
    }
  });
});

/** Probabilities of a row, written again in the plainest way. */
function softmaxOf(logits: Float32Array): Float64Array {
  const most = Math.max(...logits);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Whether a text reads as a probability, within the rounding to three decimals. */
function assertReads(text: string, value: number): void {
  if (text.startsWith('<')) assert.ok(value < 0.0005, `${text} for ${value}`);
  else if (text.startsWith('>')) assert.ok(value > 0.9995, `${text} for ${value}`);
  else assert.ok(Math.abs(Number(text) - value) <= 0.00051, `${text} for ${value}`);
}
