import type { Box, Cells } from '../cells';
import type { CellRule } from '../rules/table';
import type { BoundedGrid } from '../topology';

/**
 * Cells that step by a rule. Coordinates are of the plane, x to the right and y down; on a grid they are 0 to below its sides,
 * and a torus takes any and wraps them.
 */
export interface Universe {
  readonly rule: CellRule;
  /** The grid that it lives on; null on the plane without an end. */
  readonly grid: BoundedGrid | null;
  /** Sides of the grid; null where it has no end, at least not on all sides. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /**
   * Whether what are no cells on show lives: on the plane by a rule with B0. Cells on show are then those that are dead, and all
   * that is said of live cells is of what differs from the background.
   */
  readonly background: boolean;
  /** States of a cell: 2, or more by a rule of Generations. Cells in all but state 0 count as live here. */
  readonly states: number;
  /** Generations stepped since it was opened. */
  readonly generation: number;
  /** Live cells. */
  readonly population: number;
  /** One generation on. @throws CoreError `life-too-large` where it grows beyond what is kept. */
  step(): void;
  get(x: number, y: number): boolean;
  /** 0 dead, 1 alive; from 2 on the states of a cell that grows old. */
  state(x: number, y: number): number;
  /** Off the end of a grid that does not wrap nothing happens. */
  set(x: number, y: number, alive: boolean): void;
  /** Live cells of row `y` from column `start` to before column `end`, all on the grid. */
  add(y: number, start: number, end: number): void;
  /** The same cells dead. */
  remove(y: number, start: number, end: number): void;
  /** Those of the live cells that are in state 2 and on, an entry a state; none where there are two states. */
  layers(): readonly Cells[];
  /** All live cells. */
  cells(): Cells;
  /** The smallest rectangle around the live cells; null where there are none. */
  box(): Box | null;
  /**
   * A window for drawing: the state of each cell, row by row; what is beyond a grid is dead.
   * @param into [height, width], overwritten.
   */
  window(box: Box, into: Uint8Array): void;
  /** The same cells at the same generation, to step on their own. */
  clone(): Universe;
}
