import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { neighbourhood } from '../../src/core/life/neighbourhood';
import { locateLife } from '../../src/core/life/sequence';
import type { Trace } from '../../src/core/trace/record';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { themeIds } from '../harness/themes';
import { LifePage } from './life-page';

describe('attention on the board of a Life run', () => {
  let life: LifePage;

  before(async () => {
    life = await LifePage.start();
  });
  afterEach(() => life.close());
  after(() => life.stop());

  const section = (name: string) => life.page.getByRole('region', { name, exact: true });
  const shot = (name: string): Promise<unknown> =>
    life.page.screenshot({ path: path.join(artifacts, `life-attention-${name}.png`), animations: 'disabled' });

  async function opened(): Promise<{ trace: Trace; cell: number }> {
    const host = life.host(life.glider());
    const trace = await host.record({});
    const { firstAnswer } = sequenceOf(trace);
    const cell = 7 * 16 + 8;
    await life.open(host, { tab: 'attention', selected: firstAnswer + cell, tabs: {} });
    await section('Moore score').waitFor();
    await section('Moore score')
      .getByText(/\d\.\d\d/)
      .first()
      .waitFor();
    return { trace, cell };
  }
  const sequenceOf = (trace: Trace) => locateLife(trace.tokens, trace.header.promptLength, life.grid)!;

  /** Mass on the nine cells in the row of a token, asked of the engine itself. */
  async function mass(trace: Trace, layer: number, head: number, query: number, cell: number): Promise<number> {
    const { firstInput } = sequenceOf(trace);
    const { weights } = await life.engine.call('attentionRow', { runId: trace.header.id, layer, head, query });
    return neighbourhood(cell, life.grid).reduce((sum, at) => sum + (weights[firstInput + at] ?? 0), 0);
  }

  /** The chosen head, as the heading of its board says it. */
  async function chosenHead(): Promise<[layer: number, head: number]> {
    const text = await section('Input').innerText();
    const [, layer, head] = /layer (\d+), head (\d+)/.exec(text) ?? assert.fail(text);
    return [Number(layer), Number(head)];
  }

  /** A number of the chosen head, by the name before it. */
  const score = (name: string | RegExp): Promise<string> =>
    section('Moore score').getByRole('row', { name }).locator('td.number').innerText();

  it('shows the row of the token before the cell, which is the one that predicts it', async () => {
    const { trace, cell } = await opened();
    const { firstAnswer } = sequenceOf(trace);
    const [layer, head] = await chosenHead();
    const expected = await mass(trace, layer, head, firstAnswer + cell - 1, cell);
    const own = await mass(trace, layer, head, firstAnswer + cell, cell);
    const shown = Number(await score('this cell'));
    assert.ok(Math.abs(shown - expected) < 0.006, `shown ${shown}, the row before has ${expected}`);
    assert.ok(Math.abs(own - expected) > 0.02, 'the two rows cannot be told apart here: choose another cell');
    await shot('glider');
  });

  it('goes from cell to cell and from head to head by keyboard, and says where each looks', async () => {
    const { trace } = await opened();
    const before = await chosenHead();
    const board = life.board(/next board|prediction/i).first();
    await board.focus();
    await life.page.keyboard.press(']');
    await life.page.waitForFunction(
      ([layer, head]) => !document.querySelector('.grid-input')?.textContent?.includes(`layer ${layer}, head ${head}`),
      before,
    );
    await life.page.keyboard.press('ArrowRight');
    await life.page.locator('.cell-place', { hasText: 'row 7, column 9' }).waitFor();
    const [layer, head] = await chosenHead();
    const { firstAnswer } = sequenceOf(trace);
    const expected = await mass(trace, layer, head, firstAnswer + 7 * 16 + 9 - 1, 7 * 16 + 9);
    await life.page.waitForFunction(
      (text) => document.querySelector('.score-list td.number')?.textContent === text,
      expected < 0.005 && expected > 0 ? '<0.01' : expected.toFixed(2),
    );
  });

  it('ranks heads by the mean over all cells, and goes to the tokens and back', async () => {
    const { trace } = await opened();
    const { firstAnswer } = sequenceOf(trace);
    const [layer, head] = await chosenHead();
    let sum = 0;
    for (let cell = 0; cell < 256; cell++) sum += await mass(trace, layer, head, firstAnswer + cell - 1, cell);
    const mean = Number(await score('mean of 256'));
    assert.ok(Math.abs(sum / 256 - mean) < 0.006, `shown ${mean}, computed ${sum / 256}`);
    const modes = life.page.getByRole('radiogroup', { name: 'Show attention' });
    await modes.getByRole('radio', { name: 'Tokens' }).click();
    await life.page.locator('canvas[aria-roledescription="heat map"]').waitFor();
    await modes.getByRole('radio', { name: 'Board' }).click();
    await section('Moore score').waitFor();
  });

  it('is accessible in every theme, and in one column', async () => {
    await opened();
    for (const theme of themeIds) {
      await life.view?.setTheme(theme);
      await assertAccessible(life.page, `attention on the board, ${theme} theme`);
      await shot(theme);
    }
    // Low and not wide, as beside a side bar with a panel open.
    await life.page.setViewportSize({ width: 920, height: 520 });
    await life.page.locator('.two-columns').waitFor();
    const box = async (name: string) => (await section(name).boundingBox())!;
    const heads = await box('Heads');
    assert.ok(heads.y + heads.height <= (await box('Chosen cell')).y, 'nothing lies over the heads');
    assert.ok(heads.height >= 500);
    await shot('low');
    await life.page.setViewportSize({ width: 320, height: 900 });
    await section('Moore score').waitFor();
    const top = async (name: string): Promise<number> => (await section(name).boundingBox())!.y;
    assert.ok((await top('Prediction')) < (await top('Heads')), 'the prediction comes before the heads');
    await shot('narrow');
  });
});
