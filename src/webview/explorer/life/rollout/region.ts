import { type BoardOrigin, originAround } from '../../../../core/life/centre';
import type { GridSize } from '../../../../core/life/topology';

/** Rows and columns of a magnified region at most. */
const MOST = 12;

/** A part of a board as a board of its own. */
export interface Region {
  readonly size: GridSize;
  /** Its upper left cell on the whole board. */
  readonly origin: BoardOrigin;
  /** The cell of the whole board that a cell of the region is. */
  readonly cellOf: (cell: number) => number;
}

/** The region of a board around these cells; the whole of one that is as small, and of a plane, which cannot be shifted. */
export function regionAround(cells: readonly number[], grid: GridSize): Region {
  const isWhole = grid.topology === 'plane' || cells.length === 0;
  const [width, height] = isWhole
    ? [grid.width, grid.height]
    : [Math.min(MOST, grid.width), Math.min(MOST, grid.height)];
  const around = originAround(isWhole ? [] : cells, grid);
  const origin = {
    row: (around.row + Math.floor((grid.height - height) / 2)) % grid.height,
    column: (around.column + Math.floor((grid.width - width) / 2)) % grid.width,
  };
  return {
    size: { width, height, topology: 'plane' },
    origin,
    cellOf: (cell) => {
      const row = (origin.row + Math.floor(cell / width)) % grid.height;
      return row * grid.width + ((origin.column + (cell % width)) % grid.width);
    },
  };
}

/** Where it lies, as the rulers count. */
export function regionWords({ size, origin }: Region, grid: GridSize): string {
  if (size.width === grid.width && size.height === grid.height) return 'the whole board';
  const span = (from: number, count: number, of: number): string => {
    const last = (from + count - 1) % of;
    return last >= from ? `${from} to ${last}` : `${from} to ${of - 1} and 0 to ${last}`;
  };
  return `rows ${span(origin.row, size.height, grid.height)}, columns ${span(origin.column, size.width, grid.width)}`;
}
