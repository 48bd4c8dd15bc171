import { MOST_COORDINATE, type Box } from '../../core/life/cells';
import { reachOf } from '../../core/life/edit/board';
import type { BoundedGrid } from '../../core/life/topology';
import type { Extent, Place } from './view';

/** Rows and columns of the plane that a cursor can go to. */
const FAR = MOST_COORDINATE / 2;

/** The nearest place where a cell, or all of a rectangle, is on the grid. */
export function withinGrid(
  grid: BoundedGrid | null,
  { x, y }: Place,
  { width, height }: Extent = { width: 1, height: 1 },
): Place {
  const box = reachOf(grid) ?? { x: -FAR, y: -FAR, width: 2 * FAR, height: 2 * FAR };
  return {
    x: Math.max(box.x, Math.min(box.x + box.width - width, x)),
    y: Math.max(box.y, Math.min(box.y + box.height - height, y)),
  };
}

/** The part of a rectangle that is on the grid; null where none is. */
export function clippedTo(grid: BoundedGrid | null, box: Box): Box | null {
  const whole = reachOf(grid);
  if (!whole) return box;
  const [x, y] = [Math.max(whole.x, box.x), Math.max(whole.y, box.y)];
  const width = Math.min(whole.x + whole.width, box.x + box.width) - x;
  const height = Math.min(whole.y + whole.height, box.y + box.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

export function sameBox(one: Box | null, other: Box | null): boolean {
  if (!one || !other) return one === other;
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}

/** The corner of a selection that stays while the cursor, at another corner, moves; the cursor itself where it is at none. */
export function fixedCorner({ x, y, width, height }: Box, cursor: Place): Place {
  const [right, bottom] = [x + width - 1, y + height - 1];
  const atCorner = (cursor.x === x || cursor.x === right) && (cursor.y === y || cursor.y === bottom);
  if (!atCorner) return cursor;
  return { x: cursor.x === x ? right : x, y: cursor.y === y ? bottom : y };
}

/** Top left corner of a pattern that is held by its middle. */
export function placedCorner({ width, height }: Extent, at: Place): Place {
  return { x: at.x - (width >> 1), y: at.y - (height >> 1) };
}

/** Whole cells that are on show. */
export function cellsThatFit({ width, height }: Extent, zoom: number): Extent {
  return { width: Math.max(1, Math.floor(width / zoom)), height: Math.max(1, Math.floor(height / zoom)) };
}
