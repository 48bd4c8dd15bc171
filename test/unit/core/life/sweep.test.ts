import assert from 'node:assert/strict';
import test from 'node:test';
import { LifeModel } from '../../../../src/core/life/ask';
import { differingCells } from '../../../../src/core/life/board';
import { sumErrors } from '../../../../src/core/life/confusion';
import { lifeAnswer, readLifePrompt, type LifeReading } from '../../../../src/core/life/prompt';
import { rollForward } from '../../../../src/core/life/rollout';
import { parseRule, step } from '../../../../src/core/life/rule';
import {
  accuracyOf,
  allOrders,
  MOST_ORDERS,
  ORDERS,
  ordersBetween,
  sweep,
  sweepCsv,
  type SweepState,
} from '../../../../src/core/life/sweep';
import type { LifeGrid } from '../../../../src/core/trace/record';

const CONWAY = parseRule('B3/S23');
const GRID: LifeGrid = {
  width: 6,
  height: 5,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@Next<{cells}> [',
  answer: '{cells}]$',
};
const next = (board: Uint8Array): Uint8Array => step(board, GRID, CONWAY);
const alive = (board: Uint8Array): number => board.reduce((sum, cell) => sum + cell, 0);

/** A model that is right, but for a board of an odd number of cells, of which it gets the first wrong. */
const oddlyWrong = (board: Uint8Array): Promise<LifeReading> => {
  const cells = next(board);
  if (alive(board) % 2 === 1) cells[0] = 1 - (cells[0] as number);
  return Promise.resolve({ cells });
};

async function last(states: AsyncIterable<SweepState>): Promise<SweepState | undefined> {
  let state: SweepState | undefined;
  for await (state of states);
  return state;
}

test('a sweep counts boards and cells by order parameter, and tells what kinds of cells were wrong', async () => {
  const seen: Uint8Array[] = [];
  const progress: number[] = [];
  const request = { grid: GRID, orders: [0, 0.5, 1], boards: 20, seed: 9 };
  let state: SweepState | undefined;
  for await (state of sweep(request, (board) => {
    seen.push(board);
    return oddlyWrong(board);
  })) {
    progress.push(state.done);
    assert.equal(state.total, 60);
  }
  assert.deepEqual(
    progress,
    Array.from({ length: 60 }, (_, at) => at + 1),
  );
  const wrong = seen.slice(20, 40).filter((board) => alive(board) % 2 === 1).length;
  assert.ok(wrong > 3 && wrong < 17, String(wrong));
  assert.deepEqual(state?.orders, [
    { order: 0, seed: 9, boards: 20, wrongBoards: 0, malformed: 0, cells: 600, wrongCells: 0 },
    { order: 0.5, seed: 14, boards: 20, wrongBoards: wrong, malformed: 0, cells: 600, wrongCells: wrong },
    { order: 1, seed: 19, boards: 20, wrongBoards: 0, malformed: 0, cells: 600, wrongCells: 0 },
  ]);
  assert.deepEqual(sumErrors(state.errors.counts), { cells: 1800, wrong });
  const all = allOrders(state.orders);
  assert.deepEqual(accuracyOf(all), { boards: 1 - wrong / 60, cells: 1 - wrong / 1800 });
  assert.match(sweepCsv(state.orders), /^order,seed,.*\r\n0,9,20,0,0,600,0,1,1\r\n0\.5,14,20,/);
});

test('the boards are those of the seed, whatever else is asked for', async () => {
  const boardsAt = async (orders: readonly number[], boards: number): Promise<string[]> => {
    const seen: string[] = [];
    await last(
      sweep({ grid: GRID, orders, boards, seed: 3 }, (board) => {
        seen.push(board.join(''));
        return Promise.resolve({ cells: next(board) });
      }),
    );
    return seen;
  };
  const all = await boardsAt(ORDERS, 2);
  assert.equal(all.length, 22);
  assert.deepEqual(await boardsAt([0.4], 2), all.slice(8, 10));
  assert.deepEqual((await boardsAt([0.4], 5)).slice(0, 2), all.slice(8, 10));
});

test('an answer that is no board has no right cells', async () => {
  const broken = (): Promise<LifeReading> => Promise.resolve({ cells: null, reason: 'Short.' });
  const state = await last(sweep({ grid: GRID, orders: [0.3], boards: 4, seed: 0 }, broken));
  const [figures] = state!.orders;
  assert.deepEqual([figures!.wrongBoards, figures!.malformed, figures!.wrongCells, figures!.cells], [4, 4, 120, 120]);
  assert.deepEqual(accuracyOf(figures!), { boards: 0, cells: 0 });
});

test('a sweep that is aborted ends, and asks for nothing more', async () => {
  const signal = { aborted: false };
  let asked = 0;
  const state = await last(
    sweep({ grid: GRID, orders: ORDERS, boards: 100, seed: 0, signal }, (board) => {
      if (++asked === 7) signal.aborted = true;
      return oddlyWrong(board);
    }),
  );
  assert.deepEqual([asked, state!.done], [7, 7]);
});

test('a model is fed its own boards until it breaks or is stopped', async () => {
  const start = Uint8Array.from({ length: 30 }, (_, at) => (at % 4 === 0 ? 1 : 0));
  const own = await rollForward(start, 5, oddlyWrong);
  assert.deepEqual([own.boards.length, own.broken], [6, null]);
  for (let at = 1; at <= 5; at++) {
    const [before, after] = [own.boards[at - 1]!, own.boards[at]!];
    assert.equal(differingCells(after, next(before)), alive(before) % 2);
  }
  let asked = 0;
  const breaks = await rollForward(start, 5, (board) =>
    Promise.resolve(++asked < 3 ? { cells: next(board) } : { cells: null, reason: 'It has 29 cells instead of 30.' }),
  );
  assert.deepEqual([breaks.boards.length, breaks.broken], [3, 'It has 29 cells instead of 30.']);
  const signal = { aborted: false };
  const stopped = await rollForward(start, 5, oddlyWrong, { signal, onStep: (made) => (signal.aborted = made === 2) });
  assert.deepEqual([stopped.boards.length, stopped.broken], [3, null]);
});

test('a model is asked by its template, for as many tokens as an answer has, and once for each board', async () => {
  const asked: { prompt: string; maxNewTokens: number }[] = [];
  const model = new LifeModel(GRID, {
    countTokens: (text) => Promise.resolve(text.length + 1),
    write: (prompt, maxNewTokens) => {
      asked.push({ prompt, maxNewTokens });
      const { cells } = readLifePrompt(prompt, GRID)!;
      return Promise.resolve(alive(cells) === 0 ? '0101' : lifeAnswer(next(cells), GRID));
    },
  });
  const board = Uint8Array.from({ length: 30 }, (_, at) => (at < 3 ? 1 : 0));
  for (let twice = 0; twice < 2; twice++) assert.deepEqual((await model.answer(board)).cells, next(board));
  assert.deepEqual(asked, [{ prompt: `@Next<${board.join('')}> [`, maxNewTokens: 32 }]);
  assert.equal((await model.answer(new Uint8Array(30))).cells, null);
});

test('order parameters between two, in steps: as decimals, the last where it is reached, never more than there may be', () => {
  assert.deepEqual(ordersBetween(0, 1, 0.1), ORDERS);
  assert.deepEqual(ordersBetween(0.3, 0.7, 0.15), [0.3, 0.45, 0.6]);
  assert.deepEqual(ordersBetween(0.5, 0.5, 0.1), [0.5]);
  assert.deepEqual(ordersBetween(0.6, 0.5, 0.1), []);
  assert.equal(ordersBetween(0, 1, 0.01).length, MOST_ORDERS);
  assert.equal(ordersBetween(0, 1, 1e-6).length, MOST_ORDERS);
});
