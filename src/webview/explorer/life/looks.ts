import { type LifePrediction, NO_CELL } from '../../../core/life/prediction';
import type { CellLook } from '../../components/board-painter';
import { type Rgb, mix } from '../../../core/colour/colour';
import type { ThemeColours } from '../../components/theme';
import type { LifeFrame } from './frame';
import type { Shows } from './state';

/** A board of which everything is known and nothing is wrong. */
export function plainLook(board: Uint8Array): (cell: number) => CellLook {
  return (cell) => ({ live: board[cell] === 1 });
}

/** Bits at the ends of the ramp of entropy: a cell that may as well be dead as alive, and one that is as good as sure. */
export const MOST_ENTROPY = 1;
export const LEAST_ENTROPY = 1e-6;

export function aliveColour(colours: ThemeColours, probability: number): Rgb {
  return mix(colours.background, colours.probability, Math.max(0, Math.min(1, probability)));
}

/** By the logarithm: a trained model is nearly sure of every cell, and still less of one than of another. */
export function entropyColour(colours: ThemeColours, bits: number): Rgb {
  const place = 1 - Math.log(Math.max(bits, LEAST_ENTROPY) / MOST_ENTROPY) / Math.log(LEAST_ENTROPY / MOST_ENTROPY);
  return mix(colours.background, colours.surprisal, Math.max(0, Math.min(1, place)));
}

/**
 * The model's board: what it says, with its errors; or what it thought of each cell.
 * @param prediction null where only the board is known, as in a rollout.
 */
export function modelLook(
  frame: LifeFrame,
  prediction: LifePrediction | null,
  shows: Shows,
  colours: ThemeColours,
): (cell: number) => CellLook {
  return (cell) => {
    const said = frame.predicted[cell];
    const error = frame.errors[cell];
    const mark = error
      ? ({ shape: error.error === 'false-birth' ? 'plus' : 'ring', own: error.own } as const)
      : undefined;
    if (shows === 'state' || !prediction) return { live: said === 1, mark, unknown: said === NO_CELL };
    const value = shows === 'alive' ? prediction.alive[cell] : prediction.entropy[cell];
    if (value === undefined || Number.isNaN(value)) return { unknown: true };
    return { fill: shows === 'alive' ? aliveColour(colours, value) : entropyColour(colours, value), mark };
  };
}
