import { CoreError } from '../errors';
import type { Random } from '../numeric/random';
import { centredCells, type Pattern } from './pattern';
import type { GridSize } from './topology';

// A board is a whole grid, one byte a cell, as models are asked about it: [height, width] row by row, 0 dead and 1 alive.

type Sides = Pick<GridSize, 'width' | 'height'>;

/**
 * A board whose cells are alive independently, each with probability `order`: the order parameter of LifeGPT (Berkovich and
 * Buehler 2024, arXiv 2409.12182). One draw a cell, row by row.
 * @param order in [0, 1]; at 0 and at 1 there is one board only.
 */
export function randomBoard(random: Random, { width, height }: Sides, order: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, () => (random.uniform() < order ? 1 : 0));
}

/**
 * A pattern in the middle of an empty board; half a cell to the left and up where it cannot be.
 * @throws CoreError `life-invalid` where the pattern is larger than the board.
 */
export function centred(pattern: Pattern, sides: Sides): Uint8Array {
  const board = new Uint8Array(sides.width * sides.height);
  centredCells(pattern, sides).forEachRun((y, start, end) =>
    board.fill(1, y * sides.width + start, y * sides.width + end),
  );
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
