import type { BoardOrigin } from '../../core/life/centre';
import type { GridSize } from '../../core/life/topology';

/** Where the cells of a board stand in its picture. CSS pixels, from the picture's upper left corner. */
export interface BoardGeometry {
  readonly size: GridSize;
  readonly origin: BoardOrigin;
  /** Side of a cell: a whole number of device pixels. */
  readonly cell: number;
  /** The grid inside the picture, right of the rows' labels and above or below the columns'. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The whole picture. */
  readonly across: number;
  readonly down: number;
  readonly rulers: Rulers;
}

/** Where the labels of the columns stand; those of the rows stand at the left. */
export type Rulers = 'above' | 'below' | 'none';

export const ROW_RULER = 20;
export const COLUMN_RULER = 18;
/** Room beyond the edges for lines that go on at the other side of a torus. */
const STUB = 6;

/**
 * A board in a box of fixed size: boards of 8, 16 and 32 cells take the same room.
 * @param side CSS pixels of the grid's longer side at most, @param ratio device pixels of one CSS pixel.
 */
export function boardGeometry(
  size: GridSize,
  { side, ratio, origin, rulers }: { side: number; ratio: number; origin: BoardOrigin; rulers: Rulers },
): BoardGeometry {
  const cell = Math.max(1, Math.floor((side * ratio) / Math.max(size.width, size.height))) / ratio;
  const [left, ruler] = rulers === 'none' ? [0, 0] : [ROW_RULER, COLUMN_RULER];
  const [width, height] = [cell * size.width, cell * size.height];
  const stub = rulers === 'above' ? STUB : 0;
  return {
    size,
    origin,
    cell,
    left,
    top: rulers === 'above' ? ruler : 0,
    width,
    height,
    across: left + width + stub,
    down: ruler + height + stub,
    rulers,
  };
}

/** Upper left corner of a cell. */
export function cornerOf({ size, origin, cell, left, top }: BoardGeometry, place: number): { x: number; y: number } {
  const row = (Math.floor(place / size.width) - origin.row + size.height) % size.height;
  const column = ((place % size.width) - origin.column + size.width) % size.width;
  return { x: left + column * cell, y: top + row * cell };
}

/** The cell under a point of the picture, or null. */
export function cellUnder({ size, origin, cell, left, top }: BoardGeometry, x: number, y: number): number | null {
  const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
  if (row < 0 || column < 0 || row >= size.height || column >= size.width) return null;
  return ((row + origin.row) % size.height) * size.width + ((column + origin.column) % size.width);
}

/** The cell that is `rows` down and `columns` to the right; around a torus, and to the edge of a plane. */
export function cellBeside(place: number, rows: number, columns: number, size: GridSize): number {
  const { width, height, topology } = size;
  const go = (from: number, by: number, count: number): number =>
    topology === 'torus' ? (((from + by) % count) + count) % count : Math.max(0, Math.min(count - 1, from + by));
  return go(Math.floor(place / width), rows, height) * width + go(place % width, columns, width);
}

/** Rows or columns from one label to the next: every one, every second or every fourth. */
export function labelStep(cell: number): number {
  return cell >= 18 ? 1 : cell >= 9 ? 2 : 4;
}
