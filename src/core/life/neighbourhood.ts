import type { GridSize } from './topology';

/**
 * The Moore neighbourhood of a cell with the cell itself: at most 3 × 3 cells, each once. Fewer at the edge of a plane, and
 * on a torus that is narrower than three cells.
 * @returns places row by row of the neighbourhood, from the upper left.
 */
export function neighbourhood(cell: number, { width, height, topology }: GridSize): readonly number[] {
  const [row, column] = [Math.floor(cell / width), cell % width];
  const places = new Set<number>();
  for (let y = row - 1; y <= row + 1; y++) {
    for (let x = column - 1; x <= column + 1; x++) {
      const isOutside = y < 0 || y >= height || x < 0 || x >= width;
      if (isOutside && topology === 'plane') continue;
      places.add(((y + height) % height) * width + ((x + width) % width));
    }
  }
  return [...places];
}

/** From one cell to another: rows down and columns to the right. */
export interface CellOffset {
  readonly dy: number;
  readonly dx: number;
}

/**
 * The offset from one cell to another, on a torus the shortest way around: from −⌊(n − 1) / 2⌋ to ⌊n / 2⌋ of n rows.
 */
export function offsetBetween(from: number, to: number, { width, height, topology }: GridSize): CellOffset {
  const dy = Math.floor(to / width) - Math.floor(from / width);
  const dx = (to % width) - (from % width);
  if (topology === 'plane') return { dy, dx };
  return { dy: shortest(dy, height), dx: shortest(dx, width) };
}

function shortest(distance: number, count: number): number {
  const ahead = ((distance % count) + count) % count;
  return ahead > Math.floor(count / 2) ? ahead - count : ahead;
}

/** Where a cell stands on the board: a corner, another cell of the first or last row or column, or inside. */
export type CellPlace = 'bulk' | 'edge' | 'corner';

export function placeOf(cell: number, { width, height }: Pick<GridSize, 'width' | 'height'>): CellPlace {
  const [row, column] = [Math.floor(cell / width), cell % width];
  const vertical = row === 0 || row === height - 1;
  const horizontal = column === 0 || column === width - 1;
  if (vertical && horizontal) return 'corner';
  return vertical || horizontal ? 'edge' : 'bulk';
}
