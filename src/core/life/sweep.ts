import type { AbortSignalLike } from '../abortSignal';
import { Random } from '../numeric/random';
import { csv } from '../text/csv';
import { randomBoard } from './board';
import { LifeConfusion } from './confusion';
import type { LifeReading } from './prompt';
import { parseRule } from './rule';
import type { LifeGrid } from '../trace/record';

/** The order parameters at which LifeGPT's boards were drawn: from the dead board to the full one. */
export const ORDERS: readonly number[] = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

/** Most order parameters of one sweep that is watched: by hundredths. */
export const MOST_ORDERS = 101;
/** Most boards at each of them. */
export const MOST_BOARDS = 1_000;
/** Seeds of all orders have to be seeds. */
export const MOST_SEED = 2 ** 32 - 1 - 10;

/**
 * Order parameters from one to another, both in [0, 1], the last included where the steps reach it.
 * @param step above 0; one that makes more than {@link MOST_ORDERS} ends there.
 */
export function ordersBetween(from: number, to: number, step: number): readonly number[] {
  const count = Math.min(MOST_ORDERS, Math.floor((to - from) / step + 1e-9) + 1);
  // Written as decimals: 3 steps of 0.1 are 0.3.
  return Array.from({ length: Math.max(0, count) }, (_, at) => Number((from + at * step).toFixed(6)));
}

/** How a model did on the random boards of one order parameter. */
export interface OrderFigures {
  readonly order: number;
  /** Of its boards, so that they can be drawn again. */
  readonly seed: number;
  /** Boards that were asked about so far. */
  readonly boards: number;
  /** Boards with a wrong cell, and among them those whose answer was no board at all. */
  readonly wrongBoards: number;
  readonly malformed: number;
  readonly cells: number;
  /** Every cell of a malformed answer counts. */
  readonly wrongCells: number;
}

export interface SweepRequest {
  readonly grid: LifeGrid;
  readonly orders: readonly number[];
  /** Boards at each order parameter. */
  readonly boards: number;
  /** Seed of the boards of order parameter 0; those of 0.1 have the next one, and so on by tenths, in between too. */
  readonly seed: number;
  readonly signal?: AbortSignalLike;
  /** Where one-step errors are counted by kind of cell; malformed answers have no cells to count. */
  readonly errors?: LifeConfusion;
}

export interface SweepState {
  readonly orders: readonly OrderFigures[];
  /** Boards that were asked about, and that will be. */
  readonly done: number;
  readonly total: number;
  readonly errors: LifeConfusion;
}

/**
 * Accuracy over random boards by order parameter (LifeGPT, arXiv 2409.12182): all boards of one order parameter, then those of
 * the next. An answer counts only whole: one that is a cell too short or too long has no right cells, unlike in LifeGPT's own
 * figures, which compare as far as the shorter one goes.
 * @param predict what the model says follows a board.
 * @yields the figures after each board; the last when all are done. Ends early, without a further state, when it is aborted.
 * @throws what `predict` throws.
 */
export async function* sweep(
  { grid, orders, boards, seed, signal, errors = new LifeConfusion(grid, parseRule(grid.rule)) }: SweepRequest,
  predict: (board: Uint8Array) => Promise<LifeReading>,
): AsyncGenerator<SweepState, void> {
  const figures: OrderFigures[] = [];
  const total = orders.length * boards;
  let done = 0;
  for (const order of orders) {
    const orderSeed = seedOf(seed, order);
    const random = Random.fromSeed(orderSeed);
    let now: OrderFigures = {
      order,
      seed: orderSeed,
      boards: 0,
      wrongBoards: 0,
      malformed: 0,
      cells: 0,
      wrongCells: 0,
    };
    for (let at = 0; at < boards; at++) {
      if (signal?.aborted) return;
      const board = randomBoard(random, grid, order);
      const { cells } = await predict(board);
      const wrong = cells ? errors.add(board, cells) : board.length;
      now = {
        ...now,
        boards: now.boards + 1,
        wrongBoards: now.wrongBoards + (wrong > 0 ? 1 : 0),
        malformed: now.malformed + (cells ? 0 : 1),
        cells: now.cells + board.length,
        wrongCells: now.wrongCells + wrong,
      };
      done++;
      yield { orders: [...figures, now], done, total, errors };
    }
    figures.push(now);
  }
}

/** Seed of the boards of an order parameter. */
export function seedOf(seed: number, order: number): number {
  return seed + Math.round(order * 10);
}

/** All order parameters together. */
export function allOrders(orders: readonly OrderFigures[]): Omit<OrderFigures, 'order' | 'seed'> {
  const sum = (of: (figures: OrderFigures) => number): number => orders.reduce((total, each) => total + of(each), 0);
  return {
    boards: sum(({ boards }) => boards),
    wrongBoards: sum(({ wrongBoards }) => wrongBoards),
    malformed: sum(({ malformed }) => malformed),
    cells: sum(({ cells }) => cells),
    wrongCells: sum(({ wrongCells }) => wrongCells),
  };
}

/** Shares of boards and of cells that were right; NaN of none. */
export function accuracyOf({ boards, wrongBoards, cells, wrongCells }: Omit<OrderFigures, 'order' | 'seed'>): {
  readonly boards: number;
  readonly cells: number;
} {
  return { boards: 1 - wrongBoards / boards, cells: 1 - wrongCells / cells };
}

/** A table for programs, a row an order parameter. */
export function sweepCsv(orders: readonly OrderFigures[]): string {
  return csv(
    ['order', 'seed', 'boards', 'wrong_boards', 'malformed', 'cells', 'wrong_cells', 'board_accuracy', 'cell_accuracy'],
    orders.map((figures) => {
      const { order, seed, boards, wrongBoards, malformed, cells, wrongCells } = figures;
      const accuracy = accuracyOf(figures);
      return [order, seed, boards, wrongBoards, malformed, cells, wrongCells, accuracy.boards, accuracy.cells];
    }),
  );
}
