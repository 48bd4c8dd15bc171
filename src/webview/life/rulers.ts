import { css } from '../../core/colour/colour';
import type { BoardPicture } from './board-painter';
import type { Palette } from './palette';

/** Pixels left of the board for the rows, and above it for the columns. */
export const RULER_LEFT = 30;
export const RULER_TOP = 20;

/** Room that a number takes, so that two never touch. */
const LEAST_APART = 44;

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

  let every = zoom >= 24 ? 4 : 8;
  while (every * zoom < LEAST_APART) every *= 2;
  context.font = `11px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  const text = (at: number): string =>
    (Math.abs(at) < 10_000 ? `${at}` : `${Math.round(at / 1000)}k`).replace('-', '−');
  const colour = (at: number): string => css(at === 0 ? palette.foreground : palette.muted);

  context.textAlign = 'center';
  for (let x = Math.ceil(view.x / every) * every; (x - view.x) * zoom < extent.width; x += every) {
    context.fillStyle = colour(x);
    const left = RULER_LEFT + (x + Math.min(1, 24 / zoom) / 2 - view.x) * zoom;
    if (left > RULER_LEFT + 6) context.fillText(text(x), left, RULER_TOP / 2);
  }
  context.textAlign = 'right';
  for (let y = Math.ceil(view.y / every) * every; (y - view.y) * zoom < extent.height; y += every) {
    context.fillStyle = colour(y);
    const top = RULER_TOP + (y + Math.min(1, 24 / zoom) / 2 - view.y) * zoom;
    if (top > RULER_TOP + 5) context.fillText(text(y), RULER_LEFT - 6, top);
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
