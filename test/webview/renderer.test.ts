import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { LIFE_RESULT_MIME, lifeResult } from '../../src/core/notebook/life-result';
import { RESULT_MIME, runResult, type RunResult } from '../../src/core/notebook/result';
import { assembleTrace } from '../../src/core/trace/assemble';
import type { Trace, TraceEvent } from '../../src/core/trace/record';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { RendererUnderTest } from '../harness/renderer';
import { themeIds } from '../harness/themes';
import { entry, TableRuntime } from '../unit/core/compare/runtime';

const HOSTILE = [
  '<img src="https://evil.test/x.png" onerror="window.hacked = 1">',
  '</script><script>window.hacked = 2</script>',
  '"><svg onload="window.hacked = 3">',
  '</style><style>*{display:none}</style><iframe srcdoc="<script>parent.hacked = 4</script>"></iframe>',
  'javascript:window.hacked=5',
  '${window.hacked = 6}{{constructor.constructor("window.hacked = 7")()}}',
  '\u202E\u0000\uD800',
] as const;

async function drafted(): Promise<Trace> {
  const events: TraceEvent[] = [];
  const run = { round: 1, maxNewTokens: 24 } as never;
  await new TableRuntime().run(entry('speculative', { gamma: 3 }), run, (more) => void events.push(...more));
  return assembleTrace(events);
}

/** Every text of a value replaced, the shape kept; what a reader compares with known words is left. */
function withTexts(value: unknown, text: (old: string, key: string) => string, key = ''): unknown {
  if (typeof value === 'string') return text(value, key);
  if (Array.isArray(value)) return value.map((each) => withTexts(each, text, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTexts(each, text, name)]));
}

/** Every number of a value replaced, but for versions and places, without which nothing is drawn at all. */
function withNumbers(value: unknown, number: number | null, key = ''): unknown {
  if (typeof value === 'number') return ['version', 'index', 'id', 'byte'].includes(key) ? value : number;
  if (Array.isArray(value)) return value.map((each) => withNumbers(each, number, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withNumbers(each, number, name)]));
}

/** Every place of a value, as the keys that lead to it. */
function* placesOf(value: unknown, where: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    yield [...where, name];
    // The first of a list stands for all.
    if (!Array.isArray(value) || name === '0') yield* placesOf(each, [...where, name]);
  }
}

function changedAt(value: unknown, [first, ...rest]: readonly string[], to: unknown): unknown {
  if (first === undefined) return to;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as Record<string, unknown>) };
  (copy as Record<string, unknown>)[first] = changedAt((value as Record<string, unknown>)[first], rest, to);
  return copy;
}

/** What may stand in the place of any value. */
const OTHERS = [null, {}, [], '<script>', 9e15, -1] as const;

describe('the renderer of notebooks, with what a file may hold', () => {
  let browser: Browser;
  let renderer: RendererUnderTest;
  let result: RunResult;
  const grid = {
    width: 8,
    height: 8,
    topology: 'torus',
    rule: 'B3/S23',
    prompt: '{cells}',
    answer: '{cells}',
  } as const;
  const boards = [Uint8Array.from({ length: 64 }, (_, at) => ([9, 18, 24, 25, 26].includes(at) ? 1 : 0))];
  const steps = [
    [
      { start: 1, end: 34, drafted: 32, accepted: 32, next: 'bonus' },
      { start: 34, end: 52, drafted: 32, accepted: 17, next: 'replacement' },
      { start: 52, end: 65, drafted: 13, accepted: 13, next: null },
    ],
  ] as const;
  const decoding = { decoder: 'exact-rule', steps };
  const life = lifeResult('tiny', grid, [...boards, ...boards], ['A note.'], decoding);

  before(async () => {
    browser = await launchBrowser();
    result = runResult(await drafted(), ['tokens', 'speculation'], ['A note.']);
  });
  afterEach(() => renderer.close());
  after(() => browser.close());

  /** Nothing ran, nothing was fetched, nothing of a file became a part of the page. */
  const nothingHappened = async (): Promise<void> => {
    await renderer.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
    assert.equal(await renderer.page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(renderer.asked, []);
    assert.deepEqual(renderer.errors, []);
    const foreign = await renderer.page.evaluate(() =>
      [...document.querySelectorAll('#outputs > *')].flatMap((output) =>
        [
          ...(output.shadowRoot?.querySelectorAll('img, script, style, iframe, a[href], link, object, embed') ?? []),
        ].map((element) => element.outerHTML),
      ),
    );
    assert.deepEqual(foreign, []);
  };

  for (const theme of themeIds) {
    it(`draws a run and a board, and axe-core finds nothing, in ${theme}`, async () => {
      renderer = await RendererUnderTest.open(browser, theme);
      await renderer.show(RESULT_MIME, result);
      await renderer.show(LIFE_RESULT_MIME, life);
      await renderer.page.locator('section.result').nth(1).waitFor();
      await renderer.page.screenshot({ path: path.join(artifacts, `renderer-${theme}.png`), animations: 'disabled' });
      await assertAccessible(renderer.page, `renderer, ${theme}`);
      await nothingHappened();
    });
  }

  it('shows which pass said each cell, goes through the passes by keyboard, and fits 320 px', async () => {
    renderer = await RendererUnderTest.open(browser, 'light', 320);
    await renderer.show(LIFE_RESULT_MIME, life);
    const { page } = renderer;
    const pass = page.getByRole('slider', { name: 'Pass' });
    assert.equal(await pass.getAttribute('aria-valuetext'), 'Pass 3 of 3: cells 52 to 63, 13 of 13 drafted accepted');
    await pass.press('ArrowLeft');
    const said = 'Pass 2 of 3: cells 34 to 51, 17 of 32 drafted accepted, then a replacement';
    await page.locator('.result-decided .result-readout', { hasText: said }).waitFor();
    await page.locator('.result-rejections', { hasText: 'The run’s record does not fit its decoder' }).waitFor();
    assert.match(await page.locator('.result-decided .result-figures').innerText(), /0\.805\s+62\/77/);
    await pass.press('Home');
    await page.locator('.result-decided .result-readout', { hasText: 'The prompt’s own pass' }).waitFor();
    await page.screenshot({
      path: path.join(artifacts, 'renderer-life-320.png'),
      animations: 'disabled',
      fullPage: true,
    });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    // At the start nothing was decoded.
    await page.getByRole('slider', { name: 'Step' }).press('Home');
    await page.locator('.result-decided').waitFor({ state: 'detached' });
    await nothingHappened();
  });

  it('plays the steps of a board from the start, and asks for the one on show in an Explorer', async () => {
    renderer = await RendererUnderTest.open(browser, 'dark');
    await renderer.show(LIFE_RESULT_MIME, lifeResult('tiny', grid, [...boards, ...boards, ...boards, ...boards], []));
    const { page } = renderer;
    const step = page.getByRole('slider', { name: 'Step' });
    assert.equal(await step.inputValue(), '3');
    await page.getByRole('button', { name: 'Play the steps' }).click();
    await page.locator('.result-readout', { hasText: /^Step 1 of 3/ }).waitFor();
    // At the end it stands, ready to play again.
    await page.locator('.result-readout', { hasText: /^Step 3 of 3/ }).waitFor();
    await page.getByRole('button', { name: 'Play the steps' }).waitFor();
    await step.press('Home');
    await page.getByRole('button', { name: 'Open in Explorer' }).click();
    const messages = (await page.evaluate(() => window.messages)) as { type: string; step: number }[];
    assert.deepEqual(
      messages.map(({ type, step: at }) => [type, at]),
      [['openBoard', 0]],
    );
    await nothingHappened();
  });

  it('labels the columns of its staircase with whole tokens, blanks included', async () => {
    renderer = await RendererUnderTest.open(browser);
    const texts = [' the', ' beginning', 'ology', '\n', ' naïve'];
    const tokens = result.trace.tokens.map((token, at) => ({ ...token, text: texts[at % texts.length]! }));
    await renderer.show(RESULT_MIME, { ...result, trace: { ...result.trace, tokens } });
    const labels = renderer.page.locator('.stair-label');
    await labels.first().waitFor();
    const cut = await labels.evaluateAll((all) =>
      all
        .filter((label) => {
          const range = document.createRange();
          range.selectNodeContents(label);
          const [inner, outer] = [range.getBoundingClientRect(), label.parentElement!.getBoundingClientRect()];
          // A column is narrower than a line of text by a pixel or two; two lines side by side are not one label.
          return inner.width > outer.width + 4 || inner.top < outer.top || inner.bottom > outer.bottom + 1;
        })
        .map((label) => label.textContent),
    );
    assert.deepEqual(cut, []);
    assert.ok((await labels.allTextContents()).includes('·beginning'));
  });

  it('names the scale of the bars above them, not over them', async () => {
    renderer = await RendererUnderTest.open(browser);
    await renderer.show(RESULT_MIME, { ...result, show: ['tokens'] });
    const name = (await renderer.page.locator('.result-bars-scale').boundingBox())!;
    const bars = (await renderer.page.locator('.result-bars canvas').boundingBox())!;
    assert.ok(name.y + name.height <= bars.y, `${name.y + name.height} over ${bars.y}`);
  });

  it('shows hostile texts as the characters that they are', async () => {
    renderer = await RendererUnderTest.open(browser);
    for (const text of HOSTILE) {
      const keep =
        /^(type|id|next|createdAt|sha256|task|tokenizer|origin|finish|verdict|source|topology|rule|show|boards|form)$/;
      const hostile = (old: string, key: string): string => (keep.test(key) ? old : text);
      const run = await renderer.show(RESULT_MIME, withTexts(result, hostile));
      await renderer.page.locator(`#${run} section.result`).waitFor();
      const board = await renderer.show(LIFE_RESULT_MIME, withTexts(life, hostile));
      await renderer.page.locator(`#${board} section.result`).waitFor();
      await renderer.page.locator(`#${run}`).getByRole('option').first().click();
      const note = await renderer.page.locator(`#${board} .result-note`).textContent();
      assert.equal(note, text);
    }
    await nothingHappened();
  });

  it('draws or refuses numbers of any size: nothing hangs, nothing throws', async () => {
    renderer = await RendererUnderTest.open(browser);
    for (const number of [1e308, -1e308, Number.MAX_SAFE_INTEGER, 2 ** 31, -1, 0, 1e-320, null]) {
      await renderer.show(RESULT_MIME, withNumbers(result, number));
      await renderer.show(LIFE_RESULT_MIME, withNumbers(life, number));
    }
    // JSON itself has no NaN, and reads what is too large as infinity.
    const text = JSON.stringify(result);
    await renderer.show(RESULT_MIME, text.replace(/"surprisal":[\d.e-]+/g, '"surprisal":NaN'));
    await renderer.show(RESULT_MIME, text.replace(/"surprisal":[\d.e-]+/g, '"surprisal":1e999'));
    await renderer.show(RESULT_MIME, text.replace(/"surprisal":[\d.e-]+/g, '"surprisal":"NaN"'));
    assert.equal(await renderer.page.locator('section.result, .result-problem').count(), 19);
    await nothingHappened();
  });

  it('draws or refuses whatever stands in the place of any one value', async () => {
    renderer = await RendererUnderTest.open(browser);
    for (const [mime, value] of [[RESULT_MIME, result] as const, [LIFE_RESULT_MIME, life] as const]) {
      for (const place of placesOf(value)) {
        const others = OTHERS.map((other) => JSON.stringify(changedAt(value, place, other)));
        const shown = await renderer.shownOf(mime, others);
        assert.deepEqual(
          shown,
          OTHERS.map(() => 1),
          place.join('.'),
        );
      }
    }
    await nothingHappened();
  });

  it('says that a result is of a newer version, is none, or is cut', async () => {
    renderer = await RendererUnderTest.open(browser);
    const said = async (mime: string, content: unknown): Promise<string> =>
      renderer.page.locator(`#${await renderer.show(mime, content)} [role=alert]`).innerText();
    assert.match(await said(RESULT_MIME, { ...result, version: 2 }), /newer Vivarium \(version 2\)\. Update/);
    assert.match(await said(LIFE_RESULT_MIME, { ...life, version: 99 }), /newer Vivarium/);
    for (const mime of [RESULT_MIME, LIFE_RESULT_MIME]) {
      for (const content of [
        'null',
        '[]',
        '"text"',
        '7',
        '{}',
        '{"version":"1"}',
        '{"version":1}',
        '{"version":1,"tra',
      ]) {
        assert.ok((await said(mime, content)).length > 10, content);
      }
    }
    await nothingHappened();
  });
});
