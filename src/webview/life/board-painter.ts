import type { Box } from '../../core/life/cells';
import { boxOf, reachOf } from '../../core/life/edit/board';
import { forEachCell, inside } from '../../core/life/edit/runs';
import { css } from '../../core/colour/colour';
import { count } from '../components/format';
import { placedCorner } from './bounds';
import type { CellsPainter } from './cells-painter';
import { paletteOf, type Palette } from './palette';
import type { BoardPicture } from './board-picture';
import { drawRulers, RULER_LEFT, RULER_TOP } from './rulers';
import { shownCells } from './shown-cells';
import { LEAST_LINED, shownBox, type View } from './view';

const HANDLE = 7;
const DASH = [4, 3];

/** The board with its rulers: ground, cells, lines, and over them what is selected, held and pointed at. */
export function drawBoard(
  context: CanvasRenderingContext2D,
  pixel: number,
  picture: BoardPicture,
  painter: CellsPainter,
): void {
  const { state, view, theme } = picture;
  const palette = paletteOf(theme);
  const { extent } = state;
  const on = new Surface(context, pixel, view);
  context.save();
  context.beginPath();
  context.rect(RULER_LEFT, RULER_TOP, extent.width, extent.height);
  context.clip();
  const grid = shownReach(picture);
  context.fillStyle = css(grid ? palette.outside : palette.background);
  context.fillRect(RULER_LEFT, RULER_TOP, extent.width, extent.height);
  if (grid) on.fill(grid, css(palette.background));
  painter.draw(context, pixel, [RULER_LEFT, RULER_TOP], { ...state, view }, palette);
  if (view.zoom >= LEAST_LINED) drawLines(on, picture, grid, palette);
  if (grid) on.outline(grid, css(palette.edge), pixel, state.board.settings.grid?.kind === 'plane' ? [] : DASH);
  else if (picture.bounds) drawBounds(on, picture.bounds, palette);
  drawHeld(on, picture, palette);
  drawSelection(on, picture, palette);
  drawPointers(on, picture, palette);
  context.restore();
  drawRulers(context, pixel, picture, palette);
}

/** Rectangles of cells in pixels of the canvas, snapped to those of the device. */
class Surface {
  constructor(
    readonly context: CanvasRenderingContext2D,
    readonly pixel: number,
    readonly view: View,
  ) {}

  /** Left edge of a column. */
  x(column: number): number {
    return this.snap(RULER_LEFT + (column - this.view.x) * this.view.zoom);
  }

  /** Top edge of a row. */
  y(row: number): number {
    return this.snap(RULER_TOP + (row - this.view.y) * this.view.zoom);
  }

  /** Edges of a rectangle of cells; never nothing, however small cells are. */
  edges(box: Box): readonly [left: number, top: number, width: number, height: number] {
    const [left, top] = [this.x(box.x), this.y(box.y)];
    return [
      left,
      top,
      Math.max(2 * this.pixel, this.x(box.x + box.width) - left),
      Math.max(2 * this.pixel, this.y(box.y + box.height) - top),
    ];
  }

  fill(box: Box, style: string): void {
    this.context.fillStyle = style;
    this.context.fillRect(...this.edges(box));
  }

  /** A line around the cells, its middle on their edge. */
  outline(box: Box, style: string, width: number, dash: readonly number[] = []): void {
    const { context } = this;
    const [left, top, across, down] = this.edges(box);
    const half = width === this.pixel ? this.pixel / 2 : 0;
    context.save();
    context.strokeStyle = style;
    context.lineWidth = width;
    context.setLineDash([...dash]);
    context.strokeRect(left + half, top + half, across, down);
    context.restore();
  }

  private snap(value: number): number {
    return Math.round(value / this.pixel) * this.pixel;
  }
}

function drawLines(on: Surface, { state, view }: BoardPicture, grid: Box | null, palette: Palette): void {
  const { context, pixel } = on;
  const shown = shownBox(view, state.extent);
  const [fromX, toX] = grid
    ? [Math.max(shown.x, grid.x), Math.min(shown.x + shown.width, grid.x + grid.width)]
    : [shown.x, shown.x + shown.width];
  const [fromY, toY] = grid
    ? [Math.max(shown.y, grid.y), Math.min(shown.y + shown.height, grid.y + grid.height)]
    : [shown.y, shown.y + shown.height];
  if (fromX > toX || fromY > toY) return;
  const [left, right, top, bottom] = [on.x(fromX), on.x(toX), on.y(fromY), on.y(toY)];
  const kinds = [
    { style: palette.line, is: (at: number) => at % 8 !== 0 },
    { style: palette.lineOf8, is: (at: number) => at % 8 === 0 && at !== 0 },
    { style: palette.origin, is: (at: number) => at === 0 },
  ];
  for (const { style, is } of kinds) {
    context.fillStyle = css(style);
    for (let x = fromX; x <= toX; x++)
      if (is(x) && !(grid && isEdge(x, grid.x, grid.width))) context.fillRect(on.x(x), top, pixel, bottom - top);
    for (let y = fromY; y <= toY; y++)
      if (is(y) && !(grid && isEdge(y, grid.y, grid.height))) context.fillRect(left, on.y(y), right - left, pixel);
  }
}

/** Where the grid ends, which has a line of its own. */
function isEdge(at: number, from: number, length: number): boolean {
  return at === from || at === from + length;
}

/** As much of the grid as is drawn: one without an end goes a cell beyond what is on show. */
function shownReach({ state, view }: BoardPicture): Box | null {
  const reach = reachOf(state.board.settings.grid);
  if (!reach || boxOf(state.board.settings.grid)) return reach;
  const shown = shownBox(view, state.extent);
  const along = (at: number, length: number, from: number, to: number): [number, number] => {
    const start = Math.max(at, from - 1);
    return [start, Math.min(at + length, to + 1) - start];
  };
  const [x, width] = along(reach.x, reach.width, shown.x, shown.x + shown.width);
  const [y, height] = along(reach.y, reach.height, shown.y, shown.y + shown.height);
  return { x, y, width, height };
}

/** The rectangle around what lives, and its size below it. */
function drawBounds(on: Surface, bounds: Box, palette: Palette): void {
  const { context } = on;
  on.outline(bounds, css(palette.muted, 0.8), on.pixel, DASH);
  const [left, top, width, height] = on.edges(bounds);
  const text = `bounding box ${bounds.width} × ${bounds.height}`;
  context.fillStyle = css(palette.muted);
  context.textBaseline = 'top';
  // Only where it does not cover what it is about.
  if (width >= 24 || height >= 24) context.fillText(text, left + 6, top + height + 5);
}

/** Cells that are being moved or are about to be placed. */
function drawHeld(on: Surface, { state }: BoardPicture, palette: Palette): void {
  const { placing, dragged, selection, hover, cursor } = state;
  const { context } = on;
  context.fillStyle = css(palette.selection, 0.75);
  if (placing) {
    const { x, y } = placedCorner(placing, hover ?? cursor);
    forEachCell(placing.cells, (cellX, cellY) => {
      const [left, top, width, height] = on.edges({ x: x + cellX, y: y + cellY, width: 1, height: 1 });
      context.fillRect(left + on.pixel, top + on.pixel, width - on.pixel, height - on.pixel);
    });
    on.outline({ x, y, width: placing.width, height: placing.height }, css(palette.selection), on.pixel, DASH);
  } else if (dragged && selection) {
    forEachCell(inside(shownCells(state), selection), (x, y) => {
      context.fillRect(...on.edges({ x: x + dragged.x, y: y + dragged.y, width: 1, height: 1 }));
    });
    const { x, y } = selection;
    on.outline({ ...selection, x: x + dragged.x, y: y + dragged.y }, css(palette.selection), on.pixel, DASH);
  }
}

function drawSelection(on: Surface, picture: BoardPicture, palette: Palette): void {
  const { selection, tool } = picture.state;
  if (!selection) return;
  const { context } = on;
  on.fill(selection, css(palette.selection, 0.22));
  on.outline(selection, css(palette.selection), 1.5);
  const [left, top, width, height] = on.edges(selection);
  if (tool === 'select' && Math.min(width, height) > 3 * HANDLE) {
    context.lineWidth = 1.5;
    context.strokeStyle = css(palette.selection);
    context.fillStyle = css(palette.background);
    for (const x of [left, left + width / 2, left + width]) {
      for (const y of [top, top + height / 2, top + height]) {
        if (x === left + width / 2 && y === top + height / 2) continue;
        context.fillRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE);
        context.strokeRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE);
      }
    }
  }
  drawPill(on, picture, left, top, `${selection.width} × ${selection.height} · ${count(picture.alive)} alive`, palette);
}

function drawPill(
  on: Surface,
  { theme }: BoardPicture,
  left: number,
  top: number,
  text: string,
  palette: Palette,
): void {
  const { context } = on;
  context.font = `11px ${theme.fontFamily}`;
  const width = context.measureText(text).width + 14;
  const [x, y] = [Math.max(RULER_LEFT + 2, left - 0.75), Math.max(RULER_TOP + 2, top - 21)];
  context.fillStyle = css(palette.selection);
  context.beginPath();
  context.roundRect(x, y, width, 17, 3);
  context.fill();
  context.fillStyle = css(palette.onSelection);
  context.textBaseline = 'middle';
  context.fillText(text, x + 7, y + 9);
}

/** The cell under the pointer, and the one of the keyboard. */
function drawPointers(on: Surface, { state, focused }: BoardPicture, palette: Palette): void {
  const { hover, cursor, placing, tool } = state;
  if (hover && !placing && tool !== 'pan') {
    on.outline({ ...hover, width: 1, height: 1 }, css(palette.muted), on.pixel);
  }
  if (!focused || hover) return;
  const box = { ...cursor, width: 1, height: 1 };
  on.outline(box, css(palette.background), 4);
  on.outline(box, css(palette.foreground), 2);
}
