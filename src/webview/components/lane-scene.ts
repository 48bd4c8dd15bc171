import type { TraceToken } from '../../core/trace/record';
import { css } from '../../core/colour/colour';
import type { LaneColumns } from './lane-geometry';
import type { ThemeInfo } from './theme';

/** What both lanes are drawn from. */
export interface LaneScene {
  readonly tokens: readonly TraceToken[];
  /** null for a text that no run made: nothing is said of prompt and generated. */
  readonly promptLength: number | null;
  /** Token that the cursor of an editor stands before; null where it is elsewhere. */
  readonly cursor: number | null;
  readonly columns: LaneColumns;
  /** Token whose numbers are on show: the one under the pointer, or else the selected one. */
  readonly active: number | null;
  readonly selected: number | null;
  readonly theme: ThemeInfo;
  /** How a token reads on an axis. */
  readonly label: (token: TraceToken) => string;
}

/** Pixels of the letters on an axis. */
export const AXIS_FONT = 11;

/** Marks the columns of the selected token and of the one under the pointer. */
export function selection(
  context: CanvasRenderingContext2D,
  pixel: number,
  scene: LaneScene,
  y: number,
  height: number,
): void {
  const { columns, active, selected, theme } = scene;
  for (const index of new Set([selected, active])) {
    if (index === null || index < columns.from || index >= columns.to) continue;
    const x = Math.round((columns.left + (index - columns.from) * columns.column) / pixel) * pixel - pixel;
    const width = Math.round(columns.column / pixel) * pixel + 2 * pixel;
    context.fillStyle = css(theme.colours.focus, index === selected ? (theme.dark ? 0.22 : 0.1) : 0.1);
    context.fillRect(x, y, width, height);
    if (index !== selected && !theme.highContrast) continue;
    context.strokeStyle = css(theme.colours.focus);
    context.lineWidth = 1.5;
    context.setLineDash(index === selected ? [] : [3, 2]);
    context.beginPath();
    context.roundRect(x, y, width, height, 2);
    context.stroke();
    context.setLineDash([]);
  }
}

/** Where the cursor of the editor stands: between two columns. */
export function cursorLine(
  context: CanvasRenderingContext2D,
  pixel: number,
  { columns, cursor, theme }: LaneScene,
  y: number,
  height: number,
  name: string,
): void {
  if (cursor === null || cursor < columns.from || cursor > columns.to) return;
  const x = Math.round((columns.left + (cursor - columns.from) * columns.column) / pixel) * pixel;
  context.fillStyle = css(theme.colours.foreground);
  context.fillRect(x - pixel, y, Math.max(2 * pixel, 1.5), height - y);
  if (name === '') return;
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  const left = x - columns.left > context.measureText(name).width + 40;
  context.textAlign = left ? 'right' : 'left';
  context.fillText(name, left ? x - 5 : x + 5, 7);
}

/** The border of a bar, where the theme draws borders. */
export function outline(
  context: CanvasRenderingContext2D,
  pixel: number,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = pixel;
  context.strokeRect(x + pixel / 2, y + pixel / 2, Math.max(0, width - pixel), Math.max(0, height - pixel));
}
