import { css } from '../../core/colour/colour';
import type { BoardPicture } from './board-picture';
import type { Palette } from './palette';

/** Pixels left of the board for the rows, and above it for the columns. */
export const RULER_LEFT = 44;
export const RULER_TOP = 20;

/** Room from one number to the next, and what is left free between two however long they are. */
const LEAST_APART = 44;
const FREE = 12;
/** Between the number of a row and the board. */
const MARGIN = 6;
const HALF_LINE = 6;

/** Numbers of rows and columns every 8 cells or a multiple, and how far the selection goes. */
export function drawRulers(
  context: CanvasRenderingContext2D,
  pixel: number,
  { state, view, theme }: BoardPicture,
  palette: Palette,
): void {
  const { extent, selection } = state;
  const { zoom } = view;
  context.fillStyle = css(palette.background);
  context.fillRect(0, 0, RULER_LEFT + extent.width, RULER_TOP);
  context.fillRect(0, 0, RULER_LEFT, RULER_TOP + extent.height);
  context.fillStyle = css(palette.lineOf8);
  context.fillRect(RULER_LEFT, RULER_TOP - pixel, extent.width, pixel);
  context.fillRect(RULER_LEFT - pixel, RULER_TOP, pixel, extent.height);

  context.font = `11px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  const widest = Math.max(
    ...[view.x, view.x + extent.width / zoom].map((at) => context.measureText(numberText(Math.trunc(at))).width),
  );
  const every = { x: stepOf(zoom, Math.max(LEAST_APART, widest + FREE)), y: stepOf(zoom, LEAST_APART) };
  const colour = (at: number): string => css(at === 0 ? palette.foreground : palette.muted);
  /** Where the number of a row or column stands: at the middle of its cell, or of as much of a large one as a line is high. */
  const along = (at: number, from: number): number => (at + Math.min(1, 24 / zoom) / 2 - from) * zoom;

  context.textAlign = 'center';
  for (let x = Math.ceil(view.x / every.x) * every.x; (x - view.x) * zoom < extent.width; x += every.x) {
    const [text, left] = [numberText(x), along(x, view.x)];
    const half = context.measureText(text).width / 2;
    if (RULER_LEFT + left < half || left + half > extent.width) continue;
    context.fillStyle = colour(x);
    context.fillText(text, RULER_LEFT + left, RULER_TOP / 2);
  }
  for (let y = Math.ceil(view.y / every.y) * every.y; (y - view.y) * zoom < extent.height; y += every.y) {
    const [text, top] = [numberText(y), along(y, view.y)];
    if (top < HALF_LINE || top + HALF_LINE > extent.height) continue;
    const { width } = context.measureText(text);
    const isLong = width > RULER_LEFT - MARGIN - 2;
    if (isLong) {
      // Longer than the ruler is wide: whole all the same, over the first cells of its row.
      context.fillStyle = css(palette.background);
      context.fillRect(0, RULER_TOP + top - HALF_LINE - 1, width + MARGIN, 2 * HALF_LINE + 2);
    }
    context.textAlign = isLong ? 'left' : 'right';
    context.fillStyle = colour(y);
    context.fillText(text, isLong ? 2 : RULER_LEFT - MARGIN, RULER_TOP + top);
  }
  context.textAlign = 'left';
  if (!selection) return;
  context.fillStyle = css(palette.selection);
  const [fromX, toX] = [selection.x, selection.x + selection.width].map((x) =>
    Math.max(0, Math.min(extent.width, (x - view.x) * zoom)),
  ) as [number, number];
  const [fromY, toY] = [selection.y, selection.y + selection.height].map((y) =>
    Math.max(0, Math.min(extent.height, (y - view.y) * zoom)),
  ) as [number, number];
  context.fillRect(RULER_LEFT + fromX, RULER_TOP - 3, toX - fromX, 3);
  context.fillRect(RULER_LEFT - 3, RULER_TOP + fromY, 3, toY - fromY);
}

/** A row or column, in full: an abbreviation would call many by one name. */
export function numberText(at: number): string {
  return `${at}`.replace('-', '−');
}

/** Cells from one number to the next: 8 or a multiple, 4 where cells are large. */
function stepOf(zoom: number, apart: number): number {
  let every = zoom >= 24 ? 4 : 8;
  while (every * zoom < apart) every *= 2;
  return every;
}
