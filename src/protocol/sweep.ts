import type { RowProblem } from '../core/compare/comparison';
import type { OrderFigures } from '../core/life/sweep';
import type { LifeGrid, ModelIdentity } from '../core/trace/record';
import { modelRef, type ModelRef } from './models';
import { lifeGrid } from '../core/trace/setupShape';
import { array, integer, nullable, number, object, oneOf, optional, string, type Check } from '../core/check/check';

/** Which random boards a Life model is asked about. */
export interface SweepPlan {
  /** Order parameters: the share of live cells that boards are drawn with, in [0, 1]. */
  readonly orders: readonly number[];
  /** Boards at each. */
  readonly boards: number;
  /** Of the boards at order parameter 0; see `seedOf`. */
  readonly seed: number;
}

export interface SweepRequest extends SweepPlan {
  readonly model: ModelRef;
}

/** Accuracy over random boards by order parameter, as far as it is known. */
export interface LifeSweep {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly model: Pick<ModelIdentity, 'name' | 'folder' | 'file' | 'dtype'>;
  readonly grid: LifeGrid;
  readonly plan: SweepPlan;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  /** Of the order parameters that were begun. */
  readonly figures: readonly OrderFigures[];
  /** What is waited for before the first board; null else. */
  readonly message: string | null;
  /** Why it `failed`. */
  readonly problem: RowProblem | null;
}

/** Most order parameters and boards at each: what the views ask for at most (`MOST_ORDERS`, `MOST_BOARDS`). */
const orders = array(number({ min: 0, max: 1 }), { max: 101 });
const boards = integer({ min: 1, max: 1_000 });
const seed = integer({ min: 0, max: 2 ** 32 - 11 });
const text = string({ max: 32_768 });
const count = integer({ min: 0 });

export const sweepRequest: Check<SweepRequest> = object({ model: modelRef, orders, boards, seed });

/** A sweep that a page has kept. */
export const lifeSweep: Check<LifeSweep> = object({
  id: string({ min: 1, max: 64 }),
  createdAt: string({ max: 40 }),
  model: object({ name: text, folder: text, file: text, dtype: text }),
  grid: lifeGrid,
  plan: object({ orders, boards, seed }),
  state: oneOf('running', 'done', 'stopped', 'failed'),
  figures: array(
    object({
      ...{ order: number({ min: 0, max: 1 }), seed: count, boards: count, wrongBoards: count },
      ...{ malformed: count, cells: count, wrongCells: count },
    }),
    { max: 101 },
  ),
  message: nullable(text),
  problem: nullable(object({ message: text, action: optional(text) })),
});
