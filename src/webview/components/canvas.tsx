import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Rgb } from '../../core/colour/colour';
import { css } from '../../core/colour/colour';
import { usePixelRatio } from './use-size';

export interface CanvasProps {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Draws in CSS pixels on a cleared canvas; `pixel` is the width of one device pixel. */
  readonly draw: (context: CanvasRenderingContext2D, pixel: number) => void;
  readonly class?: string;
}

/** A canvas of whole device pixels, drawn after every render. It shows; what stands around it is operated and read. */
export function Canvas({ width, height, draw, class: className }: CanvasProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || width <= 0 || height <= 0) return;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, 1 / ratio);
  });
  return <canvas ref={element} class={className} aria-hidden="true" />;
}

/** Diagonal lines: what is not shown one by one, or was cut. In device pixels, so that it stays sharp. */
export function hatch(context: CanvasRenderingContext2D, colour: Rgb, pixel: number, step = 5): CanvasPattern {
  const side = Math.max(3, Math.round(step / pixel));
  const key = `${css(colour)} ${side} ${pixel}`;
  const tile = tiles.get(key) ?? drawnTile(colour, pixel, side);
  // Colours change with the theme alone.
  if (tiles.size >= MOST_TILES) tiles.clear();
  tiles.set(key, tile);
  const pattern = context.createPattern(tile, 'repeat')!;
  pattern.setTransform(new DOMMatrix().scale(pixel));
  return pattern;
}

/** A picture that streams in is drawn twenty times a second, with the same tile. */
const tiles = new Map<string, HTMLCanvasElement>();
const MOST_TILES = 32;

function drawnTile(colour: Rgb, pixel: number, side: number): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d')!;
  pen.strokeStyle = css(colour);
  pen.lineWidth = Math.max(1, Math.round(0.75 / pixel));
  pen.beginPath();
  for (const offset of [-side, 0, side]) {
    pen.moveTo(offset - 1, side + 1);
    pen.lineTo(offset + side + 1, -1);
  }
  pen.stroke();
  return tile;
}
