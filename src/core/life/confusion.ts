import { differingCells, isEdge } from './board';
import { neighbourCounts, step } from './rule';
import type { GridSize } from './topology';
import type { LifeRule } from './rules/table';

/** Cells of one kind, by what decides their fate and by where they stand. */
export interface CellKind {
  /** Whether the cell was alive before the step. */
  readonly alive: boolean;
  /** Live neighbours before the step, 0 to 8. */
  readonly neighbours: number;
  /** See {@link isEdge}. */
  readonly edge: boolean;
}

/** How many cells of a kind were asked for, and how many of them came out wrong. */
export interface ErrorCount extends CellKind {
  readonly cells: number;
  readonly wrong: number;
}

const COUNTS = 9;

/**
 * Counts one-step errors by state, neighbours and place. Each prediction is held against the step of the board that was
 * really given, so that an error made earlier does not count again.
 */
export class LifeConfusion {
  /** Index: (alive, edge, neighbours) by {@link indexOf}. */
  private readonly cells = new Float64Array(4 * COUNTS);
  private readonly wrong = new Float64Array(4 * COUNTS);

  constructor(
    private readonly size: GridSize,
    private readonly rule: LifeRule,
  ) {}

  /**
   * @param before the board that was given, @param predicted the board that was said to follow it.
   * @returns cells of the prediction that are wrong.
   * @throws CoreError `life-invalid` where a board is not of this size.
   */
  add(before: Uint8Array, predicted: Uint8Array): number {
    const truth = step(before, this.size, this.rule);
    const wrong = differingCells(truth, predicted);
    const counts = neighbourCounts(before, this.size);
    for (let at = 0; at < before.length; at++) {
      const index = indexOf(before[at] === 1, counts[at] as number, isEdge(at, this.size));
      this.cells[index] = (this.cells[index] as number) + 1;
      if (truth[at] !== predicted[at]) this.wrong[index] = (this.wrong[index] as number) + 1;
    }
    return wrong;
  }

  /** All kinds, also those that never occurred: dead before alive, bulk before edge, by neighbours. */
  get counts(): readonly ErrorCount[] {
    return Array.from(this.cells, (cells, index) => ({
      alive: index >= 2 * COUNTS,
      edge: Math.floor(index / COUNTS) % 2 === 1,
      neighbours: index % COUNTS,
      cells,
      wrong: this.wrong[index] as number,
    }));
  }
}

/** Cells and errors of the kinds that `is` chooses, or of all, together. */
export function sumErrors(
  counts: readonly ErrorCount[],
  is: (kind: CellKind) => boolean = () => true,
): { readonly cells: number; readonly wrong: number } {
  const chosen = counts.filter(is);
  return {
    cells: chosen.reduce((sum, { cells }) => sum + cells, 0),
    wrong: chosen.reduce((sum, { wrong }) => sum + wrong, 0),
  };
}

function indexOf(alive: boolean, neighbours: number, edge: boolean): number {
  return ((alive ? 2 : 0) + (edge ? 1 : 0)) * COUNTS + neighbours;
}
