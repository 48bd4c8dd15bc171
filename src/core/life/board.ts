import { CoreError } from '../errors';
import type { Random } from '../numeric/random';
import type { Pattern } from './rle';
import type { GridSize } from './rule';

type Sides = Pick<GridSize, 'width' | 'height'>;

/**
 * A board whose cells are alive independently, each with probability `order`: the order parameter of LifeGPT (Berkovich and
 * Buehler 2024, arXiv 2409.12182). One draw a cell, row by row.
 * @param order in [0, 1]; at 0 and at 1 there is one board only.
 * @returns [height, width] row by row, 0 dead and 1 alive.
 */
export function randomBoard(random: Random, { width, height }: Sides, order: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, () => (random.uniform() < order ? 1 : 0));
}

/**
 * A pattern in the middle of an empty board; half a cell to the left and up where it cannot be.
 * @throws CoreError `life-invalid` where the pattern is larger than the board.
 */
export function centred(pattern: Pattern, { width, height }: Sides): Uint8Array {
  if (pattern.width > width || pattern.height > height) {
    throw new CoreError(
      'life-invalid',
      `A pattern of ${pattern.width} x ${pattern.height} does not fit a board of ${width} x ${height}.`,
    );
  }
  const board = new Uint8Array(width * height);
  const top = Math.floor((height - pattern.height) / 2);
  const left = Math.floor((width - pattern.width) / 2);
  for (let row = 0; row < pattern.height; row++) {
    const from = row * pattern.width;
    board.set(pattern.cells.subarray(from, from + pattern.width), (top + row) * width + left);
  }
  return board;
}

/**
 * Whether a cell is in the first or last row or column: its neighbourhood is then not one block of the text, because on a
 * torus it goes on at the other side, and on a plane it ends.
 * @param index place of the cell, row by row.
 */
export function isEdge(index: number, { width, height }: Sides): boolean {
  const row = Math.floor(index / width);
  const column = index % width;
  return row === 0 || row === height - 1 || column === 0 || column === width - 1;
}

/**
 * Cells in which two boards differ.
 * @throws CoreError `life-invalid` where they are not of one size: what is missing is not right.
 */
export function differingCells(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) {
    throw new CoreError(
      'life-invalid',
      `A board of ${one.length} cells cannot be compared with one of ${other.length}.`,
    );
  }
  return one.reduce((sum, cell, at) => sum + (cell === other[at] ? 0 : 1), 0);
}
