import type { Box, Cells } from '../../core/life/cells';
import type { Universe } from '../../core/life/universe/universe';
import { css, mix } from '../../core/colour/colour';
import { pixelOf } from '../components/ramp';
import type { Palette } from './palette';
import { shownCells } from './shown-cells';
import { LEAST_LINED, shownBox, type Extent, type View } from './view';

/** How much of the cell's colour a pixel has at least where anything of it lives. */
const LEAST_SHADE = 0.35;

/**
 * Draws what lives. From {@link LEAST_LINED} pixels a cell on as rectangles of whole device pixels; below that as a picture of
 * a pixel a cell; below one pixel a cell by density.
 */
export class CellsPainter {
  private picture: HTMLCanvasElement | null = null;
  private window = new Uint8Array();

  /** @param origin where the board begins on the canvas, in CSS pixels. */
  draw(
    context: CanvasRenderingContext2D,
    pixel: number,
    origin: readonly [left: number, top: number],
    shown: { readonly universe: Universe; readonly revision: number; readonly view: View; readonly extent: Extent },
    palette: Palette,
  ): void {
    const { view, extent } = shown;
    const box = shownBox(view, extent);
    if (view.zoom < 1) this.drawDensity(context, origin, shown, palette);
    else if (view.zoom < LEAST_LINED) this.drawPicture(context, origin, shown.universe, box, view, palette);
    else this.drawCells(context, pixel, origin, shown.universe, box, view, palette);
  }

  private read(universe: Universe, box: Box): Uint8Array {
    const count = box.width * box.height;
    if (this.window.length < count) this.window = new Uint8Array(count);
    const window = this.window.subarray(0, count);
    universe.window(box, window);
    return window;
  }

  private drawCells(
    context: CanvasRenderingContext2D,
    pixel: number,
    [left, top]: readonly [number, number],
    universe: Universe,
    box: Box,
    view: View,
    palette: Palette,
  ): void {
    const cells = this.read(universe, box);
    const snap = (value: number): number => Math.round(value / pixel) * pixel;
    // A path a state: colours are changed once each.
    const paths = new Map<number, Path2D>();
    for (let row = 0; row < box.height; row++) {
      const y = snap(top + (box.y + row - view.y) * view.zoom);
      const bottom = snap(top + (box.y + row + 1 - view.y) * view.zoom);
      const from = row * box.width;
      for (let column = 0; column < box.width; column++) {
        const state = cells[from + column] as number;
        if (state === 0) continue;
        let end = column + 1;
        while (end < box.width && cells[from + end] === state) end++;
        const x = snap(left + (box.x + column - view.x) * view.zoom);
        let path = paths.get(state);
        if (!path) paths.set(state, (path = new Path2D()));
        path.rect(x, y, snap(left + (box.x + end - view.x) * view.zoom) - x, bottom - y);
        column = end - 1;
      }
    }
    for (const [state, path] of paths) {
      context.fillStyle = css(palette.state(state, universe.states));
      context.fill(path);
    }
  }

  private drawPicture(
    context: CanvasRenderingContext2D,
    [left, top]: readonly [number, number],
    universe: Universe,
    box: Box,
    view: View,
    palette: Palette,
  ): void {
    const cells = this.read(universe, box);
    const image = new ImageData(box.width, box.height);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = Array.from({ length: universe.states }, (_, state) =>
      pixelOf(palette.state(state, universe.states)),
    );
    for (let at = 0; at < cells.length; at++) if (cells[at]) pixels[at] = colours[cells[at] as number] as number;
    const at = [left + (box.x - view.x) * view.zoom, top + (box.y - view.y) * view.zoom] as const;
    this.paste(context, image, ...at, view.zoom);
  }

  private drawDensity(
    context: CanvasRenderingContext2D,
    [left, top]: readonly [number, number],
    shown: { readonly universe: Universe; readonly revision: number; readonly view: View; readonly extent: Extent },
    palette: Palette,
  ): void {
    const { view, extent } = shown;
    // A window of them would be larger than they are.
    const cells = shownCells(shown);
    const density = densityOf(cells, view, Math.ceil(extent.width), Math.ceil(extent.height));
    this.paste(context, densityImage(density, Math.ceil(extent.width), view.zoom, palette), left, top, 1);
  }

  private paste(context: CanvasRenderingContext2D, image: ImageData, x: number, y: number, scale: number): void {
    this.picture ??= document.createElement('canvas');
    const { picture } = this;
    if (picture.width < image.width || picture.height < image.height) {
      picture.width = Math.max(picture.width, image.width);
      picture.height = Math.max(picture.height, image.height);
    }
    picture.getContext('2d')?.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0, image.width, image.height, x, y, image.width * scale, image.height * scale);
  }
}

/** [height, width] live cells under each pixel, where several cells share one. */
export function densityOf(cells: Cells, { x, y, zoom }: View, width: number, height: number): Uint16Array {
  const density = new Uint16Array(width * height);
  cells.forEachRun((row, start, end) => {
    const line = Math.floor((row - y) * zoom);
    if (line < 0 || line >= height) return;
    const first = Math.floor((start - x) * zoom);
    const last = Math.floor((end - 1 - x) * zoom);
    if (first === last) {
      // Short runs are most of a soup.
      if (first < 0 || first >= width) return;
      const at = line * width + first;
      density[at] = Math.min(65_535, (density[at] as number) + end - start);
      return;
    }
    for (let column = Math.max(0, first); column <= Math.min(width - 1, last); column++) {
      // Cells of the run that lie under this pixel.
      const from = Math.max(start, Math.ceil(column / zoom + x - 1e-9));
      const to = Math.min(end, Math.ceil((column + 1) / zoom + x - 1e-9));
      const at = line * width + column;
      density[at] = Math.min(65_535, (density[at] as number) + Math.max(0, to - from));
    }
  });
  return density;
}

/** Pixels shaded by density; transparent where nothing lives. */
export function densityImage(density: Uint16Array, width: number, zoom: number, palette: Palette): ImageData {
  const image = new ImageData(width, density.length / width);
  const pixels = new Uint32Array(image.data.buffer);
  const full = Math.max(1, 1 / (zoom * zoom));
  const shades = Array.from({ length: 33 }, (_, step) =>
    pixelOf(mix(palette.background, palette.cell, LEAST_SHADE + (1 - LEAST_SHADE) * Math.min(1, step / 16))),
  );
  for (let at = 0; at < density.length; at++) {
    const count = density[at] as number;
    // Life is sparse: half full is as bright as it gets.
    if (count > 0) pixels[at] = shades[Math.min(32, Math.ceil((32 * count) / full))] as number;
  }
  return image;
}
