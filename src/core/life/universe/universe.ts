import type { Box, Cells } from '../cells';
import type { LifeRule } from '../rule';

/**
 * Cells that step by a rule. Coordinates are of the plane, x to the right and y down; on a grid they are 0 to below its sides,
 * and a torus takes any and wraps them.
 */
export interface Universe {
  readonly rule: LifeRule;
  /** Sides of the grid; null where it has no end. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Generations stepped since it was opened. */
  readonly generation: number;
  /** Live cells. */
  readonly population: number;
  /** One generation on. @throws CoreError `life-too-large` where it grows beyond what is kept. */
  step(): void;
  get(x: number, y: number): boolean;
  /** Off the end of a grid that does not wrap nothing happens. */
  set(x: number, y: number, alive: boolean): void;
  /** All live cells. */
  cells(): Cells;
  /** The smallest rectangle around the live cells; null where there are none. */
  box(): Box | null;
  /**
   * A window for drawing: 1 where a cell is alive, row by row; what is beyond a grid is dead.
   * @param into [height, width], overwritten.
   */
  window(box: Box, into: Uint8Array): void;
  /** The same cells at the same generation, to step on their own. */
  clone(): Universe;
}
