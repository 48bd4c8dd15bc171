import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { parseRule, step } from '../../src/core/life/rule';
import { RolloutRecord } from '../../src/core/life/rollout-record';
import type { SaveRolloutRequest } from '../../src/protocol/rollout';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { themeIds } from '../harness/themes';
import type { ExplorerHost } from './explorer-host';
import { LifePage } from './life-page';

describe('the rollout in the Life tab', () => {
  let life: LifePage;

  before(async () => {
    life = await LifePage.start();
  });
  afterEach(() => life.close());
  after(() => life.stop());

  const ROLLOUT = { tab: 'life', selected: null, tabs: { life: { part: 'rollout' } } } as const;
  const shot = (name: string): Promise<unknown> =>
    life.page.screenshot({ path: path.join(artifacts, `life-rollout-${name}.png`), animations: 'disabled' });
  const fact = (name: string): Promise<string> =>
    life.page
      .locator('.roll-side dl > div', { has: life.page.getByText(name, { exact: true }) })
      .locator('dd')
      .innerText();
  const roll = async (steps: number): Promise<void> => {
    const field = life.page.getByRole('textbox', { name: 'Steps, 1 to 1000' });
    await field.fill(String(steps));
    await field.press('Enter');
    await life.page.getByRole('button', { name: 'Roll', exact: true }).click();
  };
  /** Waits until the page has kept so many boards. */
  const kept = (boards: number): Promise<unknown> =>
    life.page.waitForFunction(
      (count) =>
        window.vivariumPage
          .state()
          ?.match(/"boards":\[([^\]]*)\]/)?.[1]
          ?.split(',').length === count,
      boards,
    );
  const at = (where: string): Promise<void> => life.page.locator('.roll-where', { hasText: where }).waitFor();
  const sentence = (text: string | RegExp) => life.page.locator('.roll-sentence', { hasText: text });

  /** A model that keeps the rule, but for some cells at some steps: what it was asked for, with those flipped. */
  const erring = (host: ExplorerHost, mistakes: Readonly<Record<number, readonly number[]>>, ends?: number): void => {
    const rule = parseRule(life.grid.rule);
    let made = 0;
    host.overrides.rollLife = ({ cells, steps }, { emit, signal }) => {
      let board: Uint8Array = cells;
      for (let at = 0; at < steps && !signal.aborted; at++) {
        made++;
        if (made === ends) return { broken: 'It has 255 cells instead of 256.' };
        board = step(board, life.grid, rule);
        for (const cell of mistakes[made] ?? []) board[cell] = 1 - board[cell]!;
        emit({ cells: Uint8Array.from(board) });
      }
      return { broken: null };
    };
  };
  /** Two own errors at step 9 near the glider, one far away at step 21. */
  const MISTAKES = { 9: [119, 136], 21: [3] };

  it('rolls the model itself, and says that every cell is right', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    await roll(12);
    await sentence('Every cell of all 12 steps is right.').waitFor();
    assert.equal(await fact('First wrong step'), 'none');
    assert.equal(await life.page.locator('.roll-generation').innerText(), '12 of 12');
    assert.match(await life.page.locator('[aria-live=polite]').last().innerText(), /all 12 steps is right/);
    // More of them follow from the last board, and the first ones stay.
    const field = life.page.getByRole('textbox', { name: 'Steps, 1 to 1000' });
    await field.fill('16');
    await field.press('Enter');
    await life.page.getByRole('button', { name: 'Go on' }).click();
    await sentence('Every cell of all 16 steps is right.').waitFor();
    const [, further] = (await host.requested('rollLife', 2)) as { steps: number; cells: Uint8Array }[];
    assert.equal(further!.steps, 4);
    await shot('right');
  });

  it('is gone to by the arrow keys, which keep the focus through every part', async () => {
    await life.ran(life.host(life.glider()), 'life');
    await life.page.getByRole('radio', { name: 'Next state' }).focus();
    for (const part of ['Decoding', 'Rollout', 'Next state', 'Decoding']) {
      await life.page.keyboard.press('ArrowRight');
      await life.page.locator(`[role=radio][aria-checked=true]:focus`, { hasText: part }).waitFor();
    }
  });

  it('tells own and inherited errors apart, and goes from one own error to the next', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    erring(host, MISTAKES);
    await roll(30);
    await sentence(/^First wrong step 9\. 3 own errors and \d+ inherited in 30 steps\.$/).waitFor();
    await life.page.getByRole('slider', { name: 'Step' }).focus();
    await life.page.keyboard.press('e');
    await at('step 9 of 30');
    assert.equal(await fact('Own errors, this step'), '2');
    assert.equal(await fact('Hamming distance'), '2');
    await life.page.keyboard.press('e');
    await at('step 21 of 30');
    assert.equal(await fact('Own errors, this step'), '1');
    assert.notEqual(await fact('Inherited errors'), '0');
    await life.page.keyboard.press('ArrowLeft');
    await at('step 20 of 30');
    await life.page.keyboard.press('Home');
    await at('step 1 of 30');
    const kinds = life.page.locator('.roll-kinds');
    const all = (await kinds.getByRole('row', { name: 'all' }).locator('td').allInnerTexts()).map((text) =>
      Number(text.split(' of ')[0]),
    );
    assert.equal(
      all.reduce((sum, wrong) => sum + wrong, 0),
      3,
    );
    assert.equal(all[2]! + all[3]!, 1, 'cell 3 is in the first row');
    await life.page.getByRole('button', { name: 'Show the steps as a table' }).click();
    const row = life.page.locator('.roll-steps tbody tr').nth(8);
    assert.deepEqual((await row.locator('th, td').allInnerTexts()).slice(0, 4), ['9', '2', '2', '0']);
    await row.click();
    await at('step 9 of 30');
  });

  it('plays, and stops at the last step', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    erring(host, MISTAKES);
    await roll(6);
    await sentence(/all 6 steps/).waitFor();
    await life.page.getByRole('slider', { name: 'Step' }).focus();
    await life.page.keyboard.press('Home');
    await life.page.keyboard.press(' ');
    await life.page.getByRole('button', { name: 'Pause (Space)' }).waitFor();
    await life.page.locator('.roll-where', { hasText: 'step 6 of 6' }).waitFor();
    await life.page.getByRole('button', { name: 'Play (Space)' }).waitFor();
  });

  it('says which answer was no board, and asks for nothing after it', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    erring(host, {}, 5);
    await roll(10);
    await sentence('Every cell is right to step 4. Step 5 is no board: It has 255 cells instead of 256.').waitFor();
    assert.equal(await fact('First wrong step'), '5');
    assert.ok(await life.page.getByRole('button', { name: 'Go on' }).isDisabled());
  });

  it('is stopped and gone on with, while another tab is on show too', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    const waiting: (() => void)[] = [];
    let stopped = false;
    host.overrides.rollLife = async ({ cells, steps }, { emit, signal }) => {
      let board: Uint8Array = cells;
      signal.addEventListener('abort', () => {
        stopped = true;
        for (const go of waiting.splice(0)) go();
      });
      for (let at = 0; at < steps && !signal.aborted; at++) {
        await new Promise<void>((go) => waiting.push(go));
        if (signal.aborted) break;
        board = step(board, life.grid, parseRule(life.grid.rule));
        emit({ cells: Uint8Array.from(board) });
      }
      return { broken: null };
    };
    const made = async (steps: number): Promise<void> => {
      while (waiting.length === 0) await new Promise((go) => setTimeout(go, 5));
      waiting.shift()!();
      await life.page.locator('.roll-progress', { hasText: `${steps} of 20` }).waitFor();
    };
    await roll(20);
    await made(1);
    await made(2);
    await life.page.getByRole('tab', { name: 'Tokens' }).click();
    while (waiting.length === 0) await new Promise((go) => setTimeout(go, 5));
    waiting.shift()!();
    await life.page.getByRole('tab', { name: 'Life' }).click();
    await life.page.locator('.roll-progress', { hasText: '3 of 20' }).waitFor();
    await life.page.getByRole('button', { name: 'Stop the rollout' }).click();
    await sentence('Every cell of all 3 steps is right.').waitFor();
    await host.requested('rollLife', 1);
    while (!stopped) await new Promise((go) => setTimeout(go, 5));
    // A page that is loaded again shows what was made.
    await kept(3);
    const { view } = (await life.view!.state()) as { view: { tabs: Record<string, unknown> } };
    await life.close();
    await life.open(host, { ...ROLLOUT, tabs: view.tabs });
    await sentence('Every cell of all 3 steps is right.').waitFor();
    erring(host, {});
    await life.page.getByRole('button', { name: 'Go on' }).click();
    await sentence('Every cell of all 20 steps is right.').waitFor();
  });

  it('does not show the rollout of another board', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    erring(host, {});
    await roll(5);
    await sentence(/all 5 steps/).waitFor();
    await kept(5);
    const { view } = (await life.view!.state()) as { view: { tabs: Record<string, unknown> } };
    await life.close();
    const other = life.host(life.random(0.3, 4));
    await life.ran(other, 'life', { ...ROLLOUT, tabs: view.tabs });
    await life.page.getByText('is given its own answer, again and again').waitFor();
    assert.equal(await life.page.locator('.roll-sentence').count(), 0);
  });

  it('hands over all boards for a file, and says why one could not be written', async () => {
    const host = life.host(life.glider());
    await life.ran(host, 'life', ROLLOUT);
    erring(host, MISTAKES);
    await roll(10);
    await sentence(/First wrong step 9/).waitFor();
    await life.page.getByRole('button', { name: 'CSV' }).click();
    const [asked] = (await host.requested('saveRollout')) as (SaveRolloutRequest & { runId: string })[];
    assert.equal(asked!.form, 'csv');
    assert.equal(asked!.boards.length, 11 * 256);
    const boards = Array.from({ length: 11 }, (_, at) => asked!.boards.slice(at * 256, (at + 1) * 256));
    assert.equal(RolloutRecord.of(boards, asked!.broken, life.grid).firstWrong, 9);
    host.overrides.saveRollout = () => {
      throw new Error('The disk is full.');
    };
    await life.page.getByRole('button', { name: 'JSON' }).click();
    await life.page.locator('.roll-problem', { hasText: 'The disk is full.' }).waitFor();
  });

  it('can be read and used in every theme, wide and narrow', async () => {
    const host = life.host(life.glider());
    await host.record({});
    for (const theme of themeIds) {
      for (const width of [1280, 320]) {
        await life.open(host, ROLLOUT, { theme, viewport: { width, height: 1100 } });
        if (theme === themeIds[0]) {
          await life.page.getByText('is given its own answer').waitFor();
          await shot(`begin-${width}`);
        }
        erring(host, MISTAKES);
        await roll(40);
        await sentence(/in 40 steps/).waitFor();
        await life.page.getByRole('slider', { name: 'Step' }).focus();
        await life.page.keyboard.press('e');
        await life.page.keyboard.press('ArrowRight');
        assert.ok(await life.page.evaluate(() => document.body.scrollWidth <= innerWidth));
        assert.deepEqual(await life.view!.violations(), ['style-src-elem inline']);
        await shot(`${theme}-${width}`);
        await assertAccessible(life.page, `Rollout, ${theme}, ${width} px`);
        await life.close();
      }
    }
  });
});
