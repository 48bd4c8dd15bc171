import type { Box } from '../../core/life/cells';

/** Pixels a cell; below 1 several cells share a pixel. */
export const ZOOMS = [
  1 / 32,
  1 / 16,
  1 / 8,
  1 / 4,
  1 / 2,
  1,
  2,
  3,
  4,
  5,
  6,
  8,
  10,
  12,
  16,
  20,
  24,
  32,
  40,
  48,
  64,
] as const;

/** Which part of the board is on show: the cell at the top left corner, in parts of cells, and the pixels of one. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** CSS pixels of the board without its rulers. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** A cell. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Grid lines from here on: closer together they would be a fog. */
export const LEAST_LINED = 4;

const FIT_AT_MOST = 24;

/** `16 px`, or cells that share a pixel: `1/4 px`. */
export function zoomLabel(zoom: number): string {
  return zoom >= 1 ? `${zoom} px` : `1/${1 / zoom} px`;
}

/** The cell under a point of the board, in pixels from its top left corner. */
export function cellAt({ x, y, zoom }: View, left: number, top: number): Place {
  return { x: Math.floor(x + left / zoom), y: Math.floor(y + top / zoom) };
}

/** The view with the next larger or smaller cells; the point stays where it is. */
export function zoomed(view: View, steps: number, left: number, top: number): View {
  const at = ZOOMS.findLastIndex((zoom) => zoom <= view.zoom + 1e-9);
  const zoom = ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, at + steps))] ?? view.zoom;
  return { x: view.x + left / view.zoom - left / zoom, y: view.y + top / view.zoom - top / zoom, zoom };
}

/** The view in whose middle a rectangle lies, as large as it fits with a margin. */
export function fitted(box: Box, { width, height }: Extent): View {
  const margin = 2;
  const most = Math.min(FIT_AT_MOST, width / (box.width + 2 * margin), height / (box.height + 2 * margin));
  const zoom = ZOOMS.findLast((each) => each <= most) ?? ZOOMS[0];
  return centredOn(box.x + box.width / 2, box.y + box.height / 2, zoom, { width, height });
}

export function centredOn(x: number, y: number, zoom: number, { width, height }: Extent): View {
  // On whole pixels, so that lines and cells are as sharp as they can be.
  const snap = (cells: number): number => Math.round(cells * zoom) / zoom;
  return { x: snap(x - width / zoom / 2), y: snap(y - height / zoom / 2), zoom };
}

/** What is in the middle, in cells and parts of them. */
export function middleOf({ x, y, zoom }: View, { width, height }: Extent): readonly [x: number, y: number] {
  return [x + width / zoom / 2, y + height / zoom / 2];
}

export function panned(view: View, right: number, down: number): View {
  return { ...view, x: view.x - right / view.zoom, y: view.y - down / view.zoom };
}

/** Cells that are wholly or partly on show. */
export function shownBox({ x, y, zoom }: View, { width, height }: Extent): Box {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.ceil(x + width / zoom) - left),
    height: Math.max(1, Math.ceil(y + height / zoom) - top),
  };
}

/** The view moved as little as it takes to show a cell with two more around it. */
export function revealing(view: View, { x, y }: Place, extent: Extent): View {
  const margin = Math.min(2, Math.floor(Math.min(extent.width, extent.height) / view.zoom / 4));
  const along = (at: number, from: number, length: number): number => {
    const shown = length / view.zoom;
    if (at - margin < from) return at - margin;
    if (at + 1 + margin > from + shown) return at + 1 + margin - shown;
    return from;
  };
  return { ...view, x: along(x, view.x, extent.width), y: along(y, view.y, extent.height) };
}

/** Cells on the straight line from one to another, both among them (Bresenham). */
export function lineBetween(from: Place, to: Place): Place[] {
  const [dx, dy] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
  const steps = Math.max(dx, dy);
  return Array.from({ length: steps + 1 }, (_, step) => ({
    x: from.x + Math.round(((to.x - from.x) * step) / Math.max(1, steps)),
    y: from.y + Math.round(((to.y - from.y) * step) / Math.max(1, steps)),
  }));
}
