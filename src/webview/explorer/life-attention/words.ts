import { offsetBetween } from '../../../core/life/neighbourhood';
import type { GridSize } from '../../../core/life/topology';
import type { SingleHead } from './state';

export function headName({ layer, head }: SingleHead): string {
  return `L${layer} H${head}`;
}

/** A number with its sign, as on an axis around 0. */
export function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}

export function offsetText(from: number, to: number, size: GridSize): string {
  const { dy, dx } = offsetBetween(from, to, size);
  return `(${signed(dy)}, ${signed(dx)})`;
}

export const MOORE_DEFINITION =
  'Moore score: the share of its attention that a head gives to the 3 × 3 cells around the predicted cell, on the board that was ' +
  'given, in the row of the token before the cell; the mean over all predicted cells. Chance is what an even look at the whole board ' +
  'gives them.';
export const ENTROPY_DEFINITION =
  'How widely the head spreads its attention when it predicts a cell: −Σ w log₂ w over the whole row, in bits; the mean over all cells.';
export const OUTSIDE_DEFINITION =
  'The share of its attention that the head gives to tokens that are no cells of the board: the words of the prompt, and the answer so ' +
  'far; the mean over all cells.';
export const LAYER_NOTE =
  'From the second layer on a head reads a state that earlier layers wrote at a cell, which may hold what stood at others.';
