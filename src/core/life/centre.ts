import type { GridSize } from './topology';

/** The cell that stands in the upper left corner of a picture of a board. */
export interface BoardOrigin {
  readonly row: number;
  readonly column: number;
}

/**
 * How a torus must be shifted so that these cells stand in the middle of its picture, together where they are together
 * on the torus: the longest stretch of rows without any of them is where the picture is cut, and likewise of columns.
 * @param cells places, row by row.
 * @returns row 0, column 0 where there are no cells, and on a plane, which cannot be shifted.
 */
export function originAround(cells: readonly number[], { width, height, topology }: GridSize): BoardOrigin {
  if (topology === 'plane' || cells.length === 0) return { row: 0, column: 0 };
  return {
    row: shiftOf(
      cells.map((cell) => Math.floor(cell / width)),
      height,
    ),
    column: shiftOf(
      cells.map((cell) => cell % width),
      width,
    ),
  };
}

/** Places on a circle of `count`: what has to come first so that the arc that holds them all is in the middle. */
function shiftOf(places: readonly number[], count: number): number {
  const sorted = [...new Set(places)].sort((one, other) => one - other);
  let [start, arc] = [sorted[0] as number, count];
  for (let i = 0; i < sorted.length; i++) {
    const from = sorted[i] as number;
    const before = sorted[i - 1] ?? (sorted.at(-1) as number) - count;
    // The arc that begins at `from` ends at the place before it.
    const length = count - (from - before) + 1;
    if (length < arc) [start, arc] = [from, length];
  }
  const first = Math.floor((count - arc) / 2);
  return (start - first + count) % count;
}
