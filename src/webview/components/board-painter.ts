import { neighbourhood } from '../../core/life/neighbourhood';
import { type BoardGeometry, COLUMN_RULER, ROW_RULER, cornerOf, labelStep } from './board-geometry';
import { hatch } from './canvas';
import { type Rgb, css, inkOn, mix } from '../../core/colour/colour';
import { type MarkKind, markPath } from './mark-path';
import type { ThemeInfo } from './theme';

/** How one cell looks. */
export interface CellLook {
  /** Absent: the ground. */
  readonly fill?: Rgb | undefined;
  /** A square in the middle: the cell is alive. */
  readonly live?: boolean;
  /** An error, told apart by shape: a plus for a false birth, a ring for a false death; own ones are solid. */
  readonly mark?: { readonly shape: 'plus' | 'ring'; readonly own: boolean } | undefined;
  readonly text?: string | undefined;
  /** What became of the cell's tokens, the later on the earlier; a live cell's square stands on top. */
  readonly tokens?: readonly MarkKind[];
  /** Nothing is known of the cell. */
  readonly unknown?: boolean;
  /** Outline: solid, dashed, or crossed out. */
  readonly outline?: { readonly colour: Rgb; readonly kind: 'solid' | 'dashed' | 'struck' } | undefined;
}

export interface BoardScene {
  readonly geometry: BoardGeometry;
  readonly look: (cell: number) => CellLook;
  /** Side of a live cell's square, as a share of the cell's. */
  readonly liveShare: number;
  readonly cursor: number | null;
  /** The 3 × 3 cells around the cursor in a dashed line, open where it goes on beyond the seam. */
  readonly moore: boolean;
  /** CSS pixels of a cell from whose side on it shows its text; 40 where absent. */
  readonly textFrom?: number;
  /** What the rulers say of a row or column; its index where absent. */
  readonly indexText?: (index: number) => string;
  readonly theme: ThemeInfo;
}

/** Cells from whose side on they show their number. */
const TEXT_FROM = 40;

export function paintBoard(context: CanvasRenderingContext2D, pixel: number, scene: BoardScene): void {
  const { geometry, look, theme } = scene;
  const { size, cell } = geometry;
  const unknown = hatch(context, theme.colours.border, pixel);
  for (let place = 0; place < size.width * size.height; place++) {
    const { x, y } = cornerOf(geometry, place);
    const { fill, unknown: isUnknown } = look(place);
    if (!fill && !isUnknown) continue;
    context.fillStyle = fill ? css(fill) : unknown;
    context.fillRect(x, y, cell, cell);
  }
  lines(context, pixel, scene);
  for (let place = 0; place < size.width * size.height; place++) content(context, pixel, scene, place);
  seam(context, pixel, scene);
  if (geometry.rulers !== 'none') rulers(context, scene);
  if (scene.moore && scene.cursor !== null) around(context, scene, scene.cursor);
  if (scene.cursor !== null) ring(context, pixel, scene, scene.cursor);
}

function lines(context: CanvasRenderingContext2D, pixel: number, { geometry, theme }: BoardScene): void {
  const { size, cell, left, top, width, height, origin } = geometry;
  const { grid, background, border, foreground } = theme.colours;
  const faint = css(mix(background, grid, cell >= 8 ? 0.75 : 0.35));
  const strong = css(mix(grid, foreground, 0.14));
  const line = (at: number, count: number, start: number): string =>
    (at + start) % count !== 0 && (at + start) % 8 === 0 ? strong : faint;
  for (let column = 1; column < size.width; column++) {
    context.fillStyle = line(column, size.width, origin.column);
    context.fillRect(left + column * cell, top, pixel, height);
  }
  for (let row = 1; row < size.height; row++) {
    context.fillStyle = line(row, size.height, origin.row);
    context.fillRect(left, top + row * cell, width, pixel);
  }
  context.strokeStyle = css(mix(border, foreground, theme.highContrast ? 0 : 0.12));
  context.lineWidth = pixel;
  context.strokeRect(left + pixel / 2, top + pixel / 2, width - pixel, height - pixel);
}

function content(context: CanvasRenderingContext2D, pixel: number, scene: BoardScene, place: number): void {
  const { geometry, theme, liveShare } = scene;
  const { cell } = geometry;
  const { background, foreground, contrastBorder } = theme.colours;
  const { fill, live, mark, text, outline, tokens } = scene.look(place);
  const { x, y } = cornerOf(geometry, place);
  const ground = tokens?.map((kind) => drawToken(context, { x, y, cell, pixel, theme }, kind)).at(-1) ?? fill;
  const ink = ground ? inkOn(ground, foreground) : foreground;
  if (fill && contrastBorder) {
    // In high contrast a fill is told by its outline too.
    context.strokeStyle = css(mix(background, contrastBorder, 0.6));
    context.lineWidth = pixel;
    context.strokeRect(x + pixel / 2, y + pixel / 2, cell - pixel, cell - pixel);
  }
  if (live && !mark) {
    const side = snap(cell * liveShare, pixel);
    const inset = snap((cell - side) / 2, pixel);
    context.fillStyle = css(ground ? ink : mix(background, foreground, 0.92));
    const lift = text && cell >= (scene.textFrom ?? TEXT_FROM) ? snap(cell * 0.1, pixel) : 0;
    context.fillRect(x + inset, y + inset - lift, side, side);
  }
  if (mark) {
    // Within an outline, with some ground between the two.
    const inset = outline ? Math.max(snap(3, pixel), snap(cell * 0.18, pixel)) : 0;
    drawMark(context, { x: x + inset, y: y + inset, cell: cell - 2 * inset, pixel, theme }, mark);
  }
  if (outline) drawOutline(context, { x, y, cell, pixel }, outline);
  if (text && cell >= (scene.textFrom ?? TEXT_FROM)) {
    context.fillStyle = css(ink);
    context.font = `11px ${theme.fontFamily}`;
    context.textAlign = 'center';
    context.textBaseline = live ? 'bottom' : 'middle';
    context.fillText(text, x + cell / 2, live ? y + cell - 1 : y + cell / 2 + 1);
  }
}

interface MarkPlace {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly pixel: number;
  readonly theme: ThemeInfo;
}

/** Own errors: a filled box; inherited ones: an outlined box. In both a plus or a ring. */
export function drawMark(
  context: CanvasRenderingContext2D,
  { x, y, cell, pixel, theme }: MarkPlace,
  { shape, own }: NonNullable<CellLook['mark']>,
): void {
  const { ownError, inheritedError, background, contrastBorder } = theme.colours;
  const colour = own ? ownError : inheritedError;
  const inset = snap(Math.max(pixel, cell * 0.07), pixel);
  const box = cell - 2 * inset;
  context.fillStyle = css(own ? colour : mix(background, colour, 0.22));
  context.fillRect(x + inset, y + inset, box, box);
  const edge = own ? contrastBorder : colour;
  const thick = Math.max(pixel, snap(cell * 0.075, pixel));
  if (edge) {
    context.strokeStyle = css(edge);
    context.lineWidth = own ? pixel : thick;
    const half = context.lineWidth / 2;
    context.strokeRect(x + inset + half, y + inset + half, box - 2 * half, box - 2 * half);
  }
  context.strokeStyle = css(own ? inkOn(colour, [255, 255, 255]) : colour);
  context.lineWidth = Math.max(1.25 * pixel, cell * 0.1);
  const [middleX, middleY, reach] = [x + cell / 2, y + cell / 2, cell * 0.22];
  context.beginPath();
  if (shape === 'plus') {
    context.moveTo(middleX - reach, middleY);
    context.lineTo(middleX + reach, middleY);
    context.moveTo(middleX, middleY - reach);
    context.lineTo(middleX, middleY + reach);
  } else {
    context.arc(middleX, middleY, reach * 0.86, 0, 2 * Math.PI);
  }
  context.stroke();
}

/** Shares of a cell's side that marks take: those that fill it, and those that stand in it. */
const WHOLE = 0.88;
const INNER = 0.7;

/** @returns the colour that a live cell's square stands on; undefined where the mark fills nothing. */
function drawToken(
  context: CanvasRenderingContext2D,
  { x, y, cell, pixel, theme: { colours } }: MarkPlace,
  kind: MarkKind,
): Rgb | undefined {
  const isWhole = kind === 'accepted' || kind === 'rejected' || kind === 'unused';
  const side = snap(cell * (isWhole ? WHOLE : INNER), pixel);
  const shape = new Path2D(markPath(kind, { x: x + cell / 2, y: y + cell / 2, width: side, height: side }));
  const fill = { accepted: colours.probability, replacement: colours.replacement, bonus: colours.bonus }[
    kind as string
  ];
  const filled = kind === 'handed-over' ? colours.muted : fill;
  if (filled) {
    context.fillStyle = css(filled);
    context.fill(shape);
  }
  const edge = filled ? colours.contrastBorder : kind === 'rejected' ? colours.rejected : colours.muted;
  if (edge) {
    context.strokeStyle = css(edge);
    context.lineWidth = kind === 'rejected' ? Math.max(pixel, 1.25) : Math.max(pixel, 1);
    context.setLineDash(kind === 'unused' ? [2.5, 2] : []);
    context.stroke(shape);
    context.setLineDash([]);
  }
  return filled;
}

function drawOutline(
  context: CanvasRenderingContext2D,
  { x, y, cell, pixel }: Omit<MarkPlace, 'theme'>,
  { colour, kind }: NonNullable<CellLook['outline']>,
): void {
  const width = Math.max(pixel, snap(1.5, pixel));
  const inset = pixel + width / 2;
  context.strokeStyle = css(colour);
  context.lineWidth = width;
  context.setLineDash(kind === 'dashed' ? [3, 2] : []);
  context.strokeRect(x + inset, y + inset, cell - 2 * inset, cell - 2 * inset);
  context.setLineDash([]);
  if (kind !== 'struck') return;
  context.beginPath();
  context.moveTo(x + inset, y + cell - inset);
  context.lineTo(x + cell - inset, y + inset);
  context.stroke();
}

/** Where the torus is cut open inside the picture. */
function seam(context: CanvasRenderingContext2D, pixel: number, { geometry, theme }: BoardScene): void {
  const { size, origin, cell, left, top, width, height } = geometry;
  if (origin.row === 0 && origin.column === 0) return;
  context.strokeStyle = css(theme.colours.muted);
  context.lineWidth = pixel;
  context.setLineDash([4, 3]);
  context.beginPath();
  if (origin.column > 0) {
    const x = left + (size.width - origin.column) * cell + pixel / 2;
    context.moveTo(x, top);
    context.lineTo(x, top + height);
  }
  if (origin.row > 0) {
    const y = top + (size.height - origin.row) * cell + pixel / 2;
    context.moveTo(left, y);
    context.lineTo(left + width, y);
  }
  context.stroke();
  context.setLineDash([]);
}

function rulers(context: CanvasRenderingContext2D, { geometry, theme, cursor, indexText = String }: BoardScene): void {
  const { size, origin, cell, left, top, height } = geometry;
  const { muted, foreground } = theme.colours;
  const step = labelStep(cell);
  const write = (index: number, chosen: boolean, x: number, y: number): void => {
    context.fillStyle = css(chosen ? foreground : muted);
    context.font = `${chosen ? '600 ' : ''}11px ${theme.fontFamily}`;
    context.fillText(indexText(index), x, y);
  };
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let at = 0; at < size.height; at++) {
    const row = (at + origin.row) % size.height;
    const chosen = cursor !== null && Math.floor(cursor / size.width) === row;
    if (row % step === 0 || chosen) write(row, chosen, left - (ROW_RULER - 15), top + (at + 0.5) * cell + 0.5);
  }
  context.textAlign = 'center';
  const y = geometry.rulers === 'above' ? top - COLUMN_RULER / 2 - 1 : top + height + COLUMN_RULER / 2 + 1;
  for (let at = 0; at < size.width; at++) {
    const column = (at + origin.column) % size.width;
    const chosen = cursor !== null && cursor % size.width === column;
    // Next to a chosen one that is out of step there is no room.
    const crowded = step > 1 && cursor !== null && Math.abs((cursor % size.width) - column) === 1;
    if (chosen || (column % step === 0 && !crowded)) write(column, chosen, left + (at + 0.5) * cell, y);
  }
}

/** The neighbourhood's outline. Where it goes on beyond the edge of the picture it is open, with stubs. */
function around(context: CanvasRenderingContext2D, { geometry, theme }: BoardScene, cursor: number): void {
  const { size, cell, left, top, width, height } = geometry;
  const cells = new Set(neighbourhood(cursor, size));
  const rowOf = (place: number): number => Math.floor(place / size.width);
  const beside = (place: number, rows: number, columns: number): number | null => {
    const [row, column] = [rowOf(place) + rows, (place % size.width) + columns];
    const outside = row < 0 || column < 0 || row >= size.height || column >= size.width;
    if (outside && size.topology === 'plane') return null;
    return ((row + size.height) % size.height) * size.width + ((column + size.width) % size.width);
  };
  const inside = (place: number | null): boolean => place !== null && cells.has(place);
  const stub = Math.min(5, cell / 3);
  context.strokeStyle = css(theme.colours.foreground);
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.beginPath();
  for (const place of cells) {
    const { x, y } = cornerOf(geometry, place);
    const sides: readonly (readonly [number, number, number, number, number, number])[] = [
      [-1, 0, x, y, x + cell, y],
      [1, 0, x, y + cell, x + cell, y + cell],
      [0, -1, x, y, x, y + cell],
      [0, 1, x + cell, y, x + cell, y + cell],
    ];
    for (const [rows, columns, fromX, fromY, toX, toY] of sides) {
      if (inside(beside(place, rows, columns))) continue;
      // A line that runs along the edge of the picture would be cut off: half of it is drawn inside.
      const nudge = (value: number, low: number, high: number): number =>
        Math.max(low + 0.75, Math.min(high - 0.75, value));
      let [startX, startY, endX, endY] = [fromX, fromY, toX, toY];
      if (rows !== 0) startY = endY = nudge(fromY, top, top + height);
      else startX = endX = nudge(fromX, left, left + width);
      // It goes on at the other side: a stub beyond the edge says so.
      if (rows !== 0 && Math.abs(fromX - left) < 0.01 && inside(beside(place, 0, -1))) startX -= stub;
      if (rows !== 0 && Math.abs(toX - left - width) < 0.01 && inside(beside(place, 0, 1))) endX += stub;
      if (columns !== 0 && Math.abs(fromY - top) < 0.01 && inside(beside(place, -1, 0))) startY -= stub;
      if (columns !== 0 && Math.abs(toY - top - height) < 0.01 && inside(beside(place, 1, 0))) endY += stub;
      context.moveTo(startX, startY);
      context.lineTo(endX, endY);
    }
  }
  context.stroke();
  context.setLineDash([]);
}

function ring(context: CanvasRenderingContext2D, pixel: number, { geometry, theme }: BoardScene, cursor: number): void {
  const { cell } = geometry;
  const { x, y } = cornerOf(geometry, cursor);
  context.strokeStyle = css(theme.colours.focus);
  context.lineWidth = 2;
  context.strokeRect(x + pixel, y + pixel, cell - pixel, cell - pixel);
}

/** A length in whole device pixels, at least one. */
function snap(length: number, pixel: number): number {
  return Math.max(1, Math.round(length / pixel)) * pixel;
}
