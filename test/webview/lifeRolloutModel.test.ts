import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { centred } from '../../src/core/life/board';
import { findPattern } from '../../src/core/life/patterns';
import { RolloutRecord } from '../../src/core/life/rollout-record';
import { parseRule, step } from '../../src/core/life/rule';
import type { LifeGrid } from '../../src/core/trace/record';
import { Problem } from '../../src/protocol/errors';
import { type KeptRollout, packBoard, readKept, unpackBoard } from '../../src/webview/explorer/life/rollout/kept';
import { type Roll, Roller } from '../../src/webview/explorer/life/rollout/roller';
import { regionAround, regionWords } from '../../src/webview/explorer/life/rollout/region';
import { rolloutSentence, stepWords } from '../../src/webview/explorer/life/rollout/sentence';

const GRID: LifeGrid = {
  width: 6,
  height: 5,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@<{cells}>',
  answer: '[{cells}]$',
};
const RULE = parseRule(GRID.rule);
const start = centred(findPattern('blinker')!.pattern, GRID);
const next = (board: Uint8Array): Uint8Array => step(board, GRID, RULE);

/** Keeps the rule, but for a cell at some steps of each request. */
const rolled =
  (...wrong: readonly number[]): Roll =>
  async ({ cells, steps }, { onEvent, signal }) => {
    let board: Uint8Array = cells;
    for (let at = 1; at <= steps && !signal.aborted; at++) {
      board = next(board);
      if (wrong.includes(at)) board[0] = 1 - board[0]!;
      onEvent({ cells: Uint8Array.from(board) });
      await Promise.resolve();
    }
    return { broken: null };
  };

test('what a page keeps of a board is the board again, whatever its size', () => {
  fc.assert(
    fc.property(fc.uint8Array({ min: 0, max: 1, minLength: 1, maxLength: 70 }), (board) => {
      assert.deepEqual(unpackBoard(packBoard(board), board.length), Uint8Array.from(board));
    }),
  );
  assert.equal(unpackBoard('0f', 9), null);
  assert.equal(unpackBoard('0g', 8), null);
});

test('what is no rollout is not taken for one', () => {
  const kept: KeptRollout = { of: 'a', asked: 3, place: 1, broken: null, boards: ['00'] };
  assert.deepEqual(readKept({ ...kept, more: 1 }), kept);
  for (const wrong of [null, 4, [], {}]) assert.equal(readKept(wrong), null);
  for (const wrong of [{ of: 1 }, { asked: -1 }, { place: 0.5 }, { broken: 3 }, { boards: [1] }]) {
    assert.equal(readKept({ ...kept, ...wrong }), null);
  }
});

test('a rollout goes on from its last board, and shows the last step unless another was chosen', async () => {
  const asked: number[] = [];
  const roller = new Roller('it', start, GRID, (request, options) => {
    asked.push(request.steps);
    return rolled()(request, options);
  });
  await roller.begin(5);
  assert.deepEqual([roller.made, roller.place, roller.rolling], [5, 5, false]);
  roller.show(2);
  await roller.goOn(8);
  assert.deepEqual([roller.made, roller.place, asked], [8, 2, [5, 3]]);
  let board: Uint8Array = start;
  for (let at = 1; at <= 8; at++) assert.deepEqual(roller.record!.predicted[at], (board = next(board)));
  roller.show(99);
  assert.equal(roller.place, 8);
});

test('stopped, it takes no more boards, also not those on their way', async () => {
  let late: (() => void) | undefined;
  const roller = new Roller('it', start, GRID, async ({ cells }, { onEvent }) => {
    onEvent({ cells: Uint8Array.from(next(cells)) });
    late = () => onEvent({ cells: Uint8Array.from(cells) });
    await new Promise<void>((done) => setImmediate(done));
    return { broken: 'late' };
  });
  const under = roller.begin(4);
  roller.stop();
  late!();
  await under;
  assert.deepEqual([roller.made, roller.rolling, roller.record!.broken], [1, false, null]);
  assert.ok(roller.canGoOn);
});

test('a failure is said, and what was made stays', async () => {
  const roller = new Roller('it', start, GRID, async (request, options) => {
    await rolled()({ ...request, steps: 2 }, options);
    throw new Problem({ code: 'engine-crashed', message: 'The engine ended.' });
  });
  await roller.begin(4);
  assert.deepEqual([roller.made, roller.rolling, roller.problem?.message], [2, false, 'The engine ended.']);
});

test('what was kept is taken up again, of the same board and model alone', async () => {
  let kept: KeptRollout | undefined;
  const roller = new Roller('it', start, GRID, rolled(2), (given) => (kept = given));
  await roller.begin(4);
  roller.flush();
  const again = new Roller('it', start, GRID, null);
  again.restore(readKept(JSON.parse(JSON.stringify(kept))));
  assert.deepEqual(again.record!.predicted, roller.record!.predicted);
  assert.deepEqual([again.record!.firstWrong, again.place, again.asked], [2, 4, 4]);
  const other = new Roller('other', start, GRID, null);
  other.restore(kept!);
  assert.equal(other.record, null);
  const cut = new Roller('it', start, GRID, null);
  cut.restore({ ...kept!, boards: ['0'] });
  assert.equal(cut.record, null);
});

test('sentences say what was right, what was wrong first, and where it ended', () => {
  const right = [start, next(start), next(next(start))];
  const say = (boards: Uint8Array[], broken: string | null = null, rolling = false): string =>
    rolloutSentence(RolloutRecord.of(boards, broken, GRID), rolling);
  assert.equal(say([start], null, true), 'The first step is under way.');
  assert.equal(say(right.slice(0, 2)), 'Every cell of the step is right.');
  assert.equal(say(right, null, true), 'Every cell of all 2 steps is right so far.');
  assert.equal(say([start], 'It is short.'), 'Step 1 is no board: It is short.');
  assert.equal(say(right, 'It is short.'), 'Every cell is right to step 2. Step 3 is no board: It is short.');
  const wrong = Uint8Array.from(right[1]!);
  wrong[0] = 1;
  assert.equal(say([start, wrong]), 'First wrong step 1. 1 own error and 0 inherited in 1 step.');
  assert.equal(
    stepWords(RolloutRecord.of([start, wrong], null, GRID), 1),
    'Step 1: 1 cell wrong, 1 own error, 0 inherited',
  );
});

test('the magnified region holds what is wrong, also across the seam, and says where it lies', () => {
  const grid = { width: 32, height: 32, topology: 'torus' } as const;
  const cells = [0 * 32 + 31, 31 * 32 + 1];
  const region = regionAround(cells, grid);
  const held = Array.from({ length: region.size.width * region.size.height }, (_, cell) => region.cellOf(cell));
  assert.equal(new Set(held).size, 144);
  for (const cell of cells) assert.ok(held.includes(cell));
  assert.equal(regionWords(region, grid), 'rows 26 to 31 and 0 to 5, columns 27 to 31 and 0 to 6');
  for (const whole of [regionAround([], grid), regionAround([5], { ...grid, topology: 'plane' })]) {
    assert.deepEqual([whole.size.width, whole.cellOf(77), regionWords(whole, grid)], [32, 77, 'the whole board']);
  }
  const small = { width: 8, height: 8, topology: 'torus' } as const;
  assert.equal(regionWords(regionAround([9], small), small), 'the whole board');
});
