import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { centred, differingCells, randomBoard } from '../../../../src/core/life/board';
import { LifeConfusion, sumErrors } from '../../../../src/core/life/confusion';
import { findPattern } from '../../../../src/core/life/patterns';
import { analyseRollout } from '../../../../src/core/life/rollout';
import { neighbourCounts, parseRule, step } from '../../../../src/core/life/rule';
import type { GridSize } from '../../../../src/core/life/topology';
import { Random } from '../../../../src/core/numeric/random';

const CONWAY = parseRule('B3/S23');
const SIZE: GridSize = { width: 8, height: 8, topology: 'torus' };
const next = (board: Uint8Array): Uint8Array => step(board, SIZE, CONWAY);
const flipped = (board: Uint8Array, ...cells: number[]): Uint8Array =>
  board.map((cell, at) => (cells.includes(at) ? 1 - cell : cell));
const glider = centred(findPattern('glider')!.pattern, SIZE);

test('a faultless history has no errors of either kind', () => {
  const boards = [glider];
  for (let i = 0; i < 20; i++) boards.push(next(boards[i]!));
  const report = analyseRollout(boards, SIZE, CONWAY);
  assert.equal(report.steps.length, 20);
  assert.deepEqual([report.firstWrong, report.own, report.inherited], [null, 0, 0]);
  assert.deepEqual(analyseRollout([glider], SIZE, CONWAY), { steps: [], firstWrong: null, own: 0, inherited: 0 });
});

test('one wrong cell is an own error once; what follows from it is inherited', () => {
  const boards = [glider, next(glider)];
  // A block appears far from the glider, by three own errors and one right dead cell: it completes itself and stays.
  boards.push(flipped(next(boards[1]!), 0, 1, 8));
  for (let i = 2; i < 5; i++) boards.push(next(boards[i]!));
  const { steps, firstWrong, own, inherited } = analyseRollout(boards, SIZE, CONWAY);
  assert.equal(firstWrong, 2);
  assert.deepEqual(
    steps.map(({ step, wrong, own, inherited }) => [step, wrong, own, inherited]),
    [
      [1, 0, 0, 0],
      [2, 3, 3, 0],
      [3, 4, 0, 4],
      [4, 4, 0, 4],
      [5, 4, 0, 4],
    ],
  );
  assert.deepEqual([own, inherited], [3, 12]);
});

test('a second error may mend the first: own, though nothing is wrong', () => {
  const block = centred(findPattern('block')!.pattern, SIZE);
  const wrong = flipped(block, 0);
  // Alone, the wrong cell dies by the rule; that it stays is an error again, and that it goes then is none.
  const report = analyseRollout([block, wrong, wrong, block], SIZE, CONWAY);
  assert.deepEqual(
    report.steps.map(({ wrong, own, inherited }) => [wrong, own, inherited]),
    [
      [1, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ],
  );
  const dead = flipped(block, 27);
  // Three cells of a block make the fourth: writing them without it is own and not inherited, then mended by an error.
  const mended = analyseRollout([block, dead, block, dead], SIZE, CONWAY);
  assert.deepEqual([mended.own, mended.inherited, mended.firstWrong], [2, 0, 1]);
});

test('whatever a model writes, errors in the history are own or inherited', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.array(fc.nat(63), { maxLength: 4 }), { maxLength: 8 }), (seed, mistakes) => {
      const boards = [randomBoard(Random.fromSeed(seed), SIZE, 0.4)];
      for (const cells of mistakes) boards.push(flipped(next(boards.at(-1)!), ...cells));
      const report = analyseRollout(boards, SIZE, CONWAY);
      const made = mistakes.reduce((sum, cells) => sum + new Set(cells).size, 0);
      assert.equal(report.own, made);
      for (const { wrong, own, inherited } of report.steps) {
        assert.ok(inherited <= wrong && wrong <= own + inherited);
      }
    }),
  );
});

test('the table tells kinds of cells apart, and sums to what was compared', () => {
  const table = new LifeConfusion(SIZE, CONWAY);
  const before = randomBoard(Random.fromSeed(3), SIZE, 0.4);
  const counts = neighbourCounts(before, SIZE);
  const bulk = before.findIndex(
    (cell, at) => cell === 1 && counts[at] === 4 && at % 8 > 0 && at % 8 < 7 && at > 8 && at < 55,
  );
  const edge = before.findIndex((cell, at) => cell === 0 && counts[at] === 3 && (at % 8 === 0 || at % 8 === 7));
  assert.ok(bulk >= 0 && edge >= 0);
  assert.equal(table.add(before, next(before)), 0);
  assert.equal(table.add(before, flipped(next(before), bulk, edge)), 2);

  assert.equal(table.counts.length, 36);
  assert.deepEqual(sumErrors(table.counts), { cells: 128, wrong: 2 });
  assert.deepEqual(
    sumErrors(table.counts, ({ edge }) => edge),
    { cells: 2 * 28, wrong: 1 },
  );
  assert.equal(sumErrors(table.counts, ({ alive }) => alive).cells, 2 * differingCells(before, new Uint8Array(64)));
  const wrong = table.counts.filter((count) => count.wrong > 0);
  assert.deepEqual(
    wrong.map(({ alive, neighbours, edge, wrong }) => ({ alive, neighbours, edge, wrong })),
    [
      { alive: false, neighbours: 3, edge: true, wrong: 1 },
      { alive: true, neighbours: 4, edge: false, wrong: 1 },
    ],
  );
  for (let neighbours = 0; neighbours <= 8; neighbours++) {
    assert.equal(
      sumErrors(table.counts, (kind) => kind.neighbours === neighbours).cells,
      2 * counts.filter((n) => n === neighbours).length,
    );
  }
});

test('a prediction is held against the board that was given, not against an earlier truth', () => {
  const table = new LifeConfusion(SIZE, CONWAY);
  const lost = flipped(glider, 28);
  assert.equal(table.add(lost, next(lost)), 0);
  assert.ok(table.add(lost, next(glider)) > 0);
  assert.throws(() => table.add(glider, new Uint8Array(63)), /cannot be compared/);
});
