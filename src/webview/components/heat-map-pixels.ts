import { packedIndex } from '../../core/lens/packed';
import { type Rgb, css } from '../../core/colour/colour';

/** The part of a map on show: `count` queries from `query` and `count` keys from `key`. */
export interface MapWindow {
  readonly query: number;
  readonly key: number;
  readonly count: number;
}

/** A causal map as it is kept: row q of the packed lower triangle has q + 1 codes. */
export interface PackedMap {
  readonly tokens: number;
  readonly codes: Uint8Array;
}

/**
 * One pixel a cell, [count, count]; cells above the diagonal, and of keys that are left out, stay transparent: they are
 * no weights.
 */
export function paintCells(
  pixels: Uint32Array,
  map: PackedMap,
  window: MapWindow,
  pixelOfCode: Uint32Array,
  without: readonly number[] = [],
): void {
  const { query: firstQuery, key: firstKey, count } = window;
  pixels.fill(0);
  for (let row = 0; row < count; row++) {
    const query = firstQuery + row;
    const keys = Math.min(count, query - firstKey + 1);
    let index = packedIndex(query, firstKey);
    for (let column = 0; column < keys; column++) {
      pixels[row * count + column] = pixelOfCode[map.codes[index++] as number] as number;
    }
    for (const key of without) {
      if (key >= firstKey && key - firstKey < keys) pixels[row * count + key - firstKey] = 0;
    }
  }
}

/**
 * The largest code on show, of rows that have a choice: a query that can look at one key only gives it all, which says
 * nothing.
 */
export function largestCode(map: PackedMap, window: MapWindow, without: readonly number[]): number {
  let largest = 0;
  for (let row = 0; row < window.count; row++) {
    const query = window.query + row;
    if (query + 1 - without.filter((key) => key <= query).length < 2) continue;
    const from = packedIndex(query, window.key);
    for (let column = cellsOfRow(window, row) - 1; column >= 0; column--) {
      largest = Math.max(largest, map.codes[from + column] as number);
    }
  }
  return largest;
}

/** Columns of a row of the window that hold weights: 0 where all its keys come later than its query. */
export function cellsOfRow(window: MapWindow, row: number): number {
  return Math.min(window.count, Math.max(0, window.query + row - window.key + 1));
}

export interface HeatMapDrawing {
  readonly map: PackedMap | null;
  readonly window: MapWindow;
  /** Device pixels of a cell's side: a whole number. */
  readonly cell: number;
  /** Device pixels of one CSS pixel. */
  readonly ratio: number;
  readonly pixelOfCode: Uint32Array;
  /** Keys that are left out: hatched, like those that come later. */
  readonly without: readonly number[];
  readonly hatch: Rgb;
  /** Colour of the line round every cell that holds a weight (high contrast), or null. */
  readonly outline: Rgb | null;
}

/** Draws the window into a canvas of count × cell device pixels a side: weights as fills, the causal triangle hatched. */
export function drawHeatMap(context: CanvasRenderingContext2D, drawing: HeatMapDrawing): void {
  const { map, window, cell } = drawing;
  const side = window.count * cell;
  context.clearRect(0, 0, side, side);
  drawHatch(context, drawing);
  if (!map) return;
  const image = new ImageData(window.count, window.count);
  paintCells(new Uint32Array(image.data.buffer), map, window, drawing.pixelOfCode, drawing.without);
  const cells = new OffscreenCanvas(window.count, window.count);
  cells.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, side, side);
  if (drawing.outline) drawOutlines(context, map, drawing, drawing.outline);
}

function drawHatch(context: CanvasRenderingContext2D, drawing: HeatMapDrawing): void {
  const { window, cell, ratio, hatch } = drawing;
  const side = window.count * cell;
  context.save();
  context.beginPath();
  for (let row = 0; row < window.count; row++) {
    const from = cellsOfRow(window, row) * cell;
    context.rect(from, row * cell, side - from, cell);
    for (const key of drawing.without) {
      const at = (key - window.key) * cell;
      if (at >= 0 && at < from) context.rect(at, row * cell, cell, cell);
    }
  }
  context.clip();
  context.beginPath();
  const step = 6 * ratio;
  for (let at = step / 2; at < 2 * side; at += step) {
    context.moveTo(at, 0);
    context.lineTo(at - side, side);
  }
  context.strokeStyle = css(hatch);
  context.lineWidth = Math.max(1, 0.75 * ratio);
  context.stroke();
  context.restore();
}

/** Weights from 0.01 (code 26) get a line inside their cell, for themes where fills alone do not count. */
const OUTLINED_FROM = 26;

function drawOutlines(
  context: CanvasRenderingContext2D,
  map: PackedMap,
  { window, cell, ratio }: HeatMapDrawing,
  colour: Rgb,
): void {
  const width = Math.max(1, Math.round(ratio / 2));
  context.strokeStyle = css(colour, 0.55);
  context.lineWidth = width;
  context.beginPath();
  for (let row = 0; row < window.count; row++) {
    const keys = cellsOfRow(window, row);
    for (let column = 0; column < keys; column++) {
      const code = map.codes[packedIndex(window.query + row, window.key + column)] as number;
      if (code < OUTLINED_FROM) continue;
      context.rect(column * cell + width / 2, row * cell + width / 2, cell - width, cell - width);
    }
  }
  context.stroke();
}

/** The cell under a point of the map, CSS pixels from its corner; null above the diagonal and outside. */
export function cellAt(
  window: MapWindow,
  cellSize: number,
  x: number,
  y: number,
): { readonly query: number; readonly key: number } | null {
  const row = Math.floor(y / cellSize);
  const column = Math.floor(x / cellSize);
  if (row < 0 || row >= window.count || column < 0 || column >= cellsOfRow(window, row)) return null;
  return { query: window.query + row, key: window.key + column };
}
