import { type JudgedCell, type LifePrediction, NO_CELL, judgeCell } from '../../../core/life/prediction';
import { parseRule, step } from '../../../core/life/rule';
import type { LifeSequence } from '../../../core/life/sequence';
import type { LifeGrid } from '../../../core/trace/record';

/** One step of the model, beside the rule. Boards are [height, width], row by row. */
export interface LifeFrame {
  /** Generations since the start, of the predicted board. */
  readonly generation: number;
  /** What the model was given. */
  readonly input: Uint8Array;
  /** What it made of it; `NO_CELL` where nothing came. */
  readonly predicted: Uint8Array;
  /** The true history of the start at this generation. */
  readonly exact: Uint8Array;
  /** Each cell's error, or null. */
  readonly errors: readonly (JudgedCell | null)[];
  readonly counts: FrameCounts;
}

export interface FrameCounts {
  readonly own: number;
  readonly inherited: number;
  readonly falseBirths: number;
  readonly falseDeaths: number;
  /** Cells that differ from the true history; those that did not come do not count. */
  readonly wrong: number;
  /** Cells that came. */
  readonly read: number;
}

/** @param exact the true history's board, @param input what the model was given to predict from. */
export function frameOf(
  generation: number,
  input: Uint8Array,
  predicted: Uint8Array,
  exact: Uint8Array,
  grid: LifeGrid,
): LifeFrame {
  const expected = step(input, grid, parseRule(grid.rule));
  const errors = Array.from(predicted, (cell, at) => judgeCell(cell, expected[at] as number, exact[at] as number));
  const count = (is: (cell: JudgedCell) => boolean): number =>
    errors.reduce((sum, error) => sum + (error && is(error) ? 1 : 0), 0);
  return {
    generation,
    input,
    predicted,
    exact,
    errors,
    counts: {
      own: count(({ own }) => own),
      inherited: count(({ own }) => !own),
      falseBirths: count(({ error }) => error === 'false-birth'),
      falseDeaths: count(({ error }) => error === 'false-death'),
      wrong: predicted.reduce((sum, cell, at) => sum + (cell === NO_CELL || cell === exact[at] ? 0 : 1), 0),
      read: predicted.reduce((sum, cell) => sum + (cell === NO_CELL ? 0 : 1), 0),
    },
  };
}

/** The step that the run on show is. */
export function frameOfRun(sequence: LifeSequence, prediction: LifePrediction): LifeFrame {
  return frameOf(1, sequence.before, prediction.cells, prediction.exact, sequence.grid);
}

/** Live cells; those that did not come are none. */
export function population(board: Uint8Array): number {
  return board.reduce((sum, cell) => sum + (cell === 1 ? 1 : 0), 0);
}
