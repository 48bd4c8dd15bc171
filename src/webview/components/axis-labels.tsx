import { useLayoutEffect, useRef } from 'preact/hooks';
import { css } from '../../core/colour/colour';
import type { ThemeInfo } from './theme';
import { usePixelRatio } from './use-size';

export interface AxisLabelsProps {
  /** `row`: right-aligned beside the map; `column`: standing above it. */
  readonly axis: 'row' | 'column';
  /** Labels of the whole sequence. */
  readonly labels: readonly string[];
  /** First label on show, and how many. */
  readonly from: number;
  readonly count: number;
  /** CSS pixels from one label to the next, and of the room for the longest. */
  readonly pitch: number;
  readonly depth: number;
  /** Tokens of the prompt: a grey rule stands along them. */
  readonly promptLength: number;
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly theme: ThemeInfo;
  readonly onSelect: (index: number) => void;
}

/** CSS pixels between label and map: the prompt's rule runs in it. */
export const AXIS_GAP = 8;
const RULE = 3;
const PILL_MARGIN = 5;

/** CSS pixels that a label or its pill may stand out at either end of the axis. */
const OVERHANG = 12;

/**
 * Token labels of a heat map's axis, on a canvas: they all change with every step of a window that is dragged, and text
 * in SVG is laid out anew each time. The chosen token's label is a pill; its neighbours make room for it.
 */
export function AxisLabels(props: AxisLabelsProps) {
  const { axis, labels, from, count, pitch, depth, selected, hovered, theme, promptLength } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const length = count * pitch;
  const row = axis === 'row';
  const [width, height] = row ? [depth, length + 2 * OVERHANG] : [length + 2 * OVERHANG, depth];

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const [across, down] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
    if (element.width !== across) element.width = across;
    if (element.height !== down) element.height = down;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    // From here on x runs along the text and y along the axis, whichever way the axis stands.
    if (row) context.translate(0, OVERHANG);
    else context.transform(0, -1, 1, 0, OVERHANG, depth);
    draw(context, { axis, labels, from, count, pitch, depth, selected, hovered, theme, promptLength });
  }, [axis, labels, from, count, pitch, depth, selected, hovered, theme.version, promptLength, ratio]);

  const select = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const index = Math.floor((row ? event.clientY - box.top : event.clientX - box.left) / pitch);
    if (index >= 0 && index < count) props.onSelect(from + index);
  };

  return (
    <div
      class={`axis-labels axis-${axis}`}
      style={{ width: `${row ? depth : length}px`, height: `${row ? length : depth}px` }}
      aria-hidden="true"
      onClick={select}
    >
      <canvas
        ref={canvas}
        style={{ width: `${width}px`, height: `${height}px`, margin: row ? `-${OVERHANG}px 0` : `0 -${OVERHANG}px` }}
      />
    </div>
  );
}

function draw(context: CanvasRenderingContext2D, props: Omit<AxisLabelsProps, 'onSelect'>): void {
  const { axis, labels, from, count, pitch, depth, selected, hovered, theme, promptLength } = props;
  const { colours } = theme;
  const row = axis === 'row';
  const size = pitch >= 13 ? 11 : pitch >= 9 ? 9.5 : 9;
  // Where labels would overlap, every second or third stands for its neighbours.
  const every = Math.max(1, Math.ceil((size - 1) / pitch));
  const marked = selected !== null && selected >= from && selected < from + count ? selected - from : null;
  const pillSize = Math.max(18, Math.min(pitch, 22));
  // A row's label ends at the map; a column's begins there and runs away from it.
  const at = row ? depth - AXIS_GAP : AXIS_GAP;
  context.textAlign = row ? 'right' : 'left';
  context.textBaseline = 'middle';

  const rule = Math.min(count, Math.max(0, promptLength - from)) * pitch;
  context.fillStyle = css(colours.prompt);
  if (rule > 0) context.fillRect(row ? depth - RULE - 1 : 1, 0, RULE, rule);
  if (marked !== null) {
    const across = depth - AXIS_GAP + PILL_MARGIN + 2;
    context.beginPath();
    context.roundRect(row ? 0 : depth - across, (marked + 0.5) * pitch - pillSize / 2, across, pillSize, 3);
    context.fillStyle = css(colours.button);
    context.fill();
    if (colours.contrastBorder) {
      context.strokeStyle = css(colours.contrastBorder);
      context.stroke();
    }
  }
  for (let index = 0; index < count; index++) {
    const isMarked = index === marked;
    const isHovered = from + index === hovered;
    if (index % every !== 0 && !isMarked && !isHovered) continue;
    if (marked !== null && !isMarked && Math.abs(index - marked) * pitch < (pillSize + size) / 2) continue;
    const weight = isHovered && !isMarked ? 'bold ' : '';
    context.font = `${weight}${isMarked ? Math.max(size, 12) : size}px ${theme.fontFamily}`;
    const ink = isMarked
      ? colours.buttonInk
      : !isHovered && from + index < promptLength
        ? colours.muted
        : colours.foreground;
    context.fillStyle = css(ink);
    context.fillText(
      fitText(labels[from + index] ?? '', depth - AXIS_GAP - 2, context.font),
      at,
      (index + 0.5) * pitch,
    );
  }
}

let measuring: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

function textWidth(text: string, font: string): number {
  const key = `${font}\u0000${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    measuring ??= document.createElement('canvas').getContext('2d');
    if (!measuring) return text.length * 6;
    measuring.font = font;
    width = measuring.measureText(text).width;
    if (widths.size > 20_000) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** The text, or as much of it as `room` CSS pixels hold, ending in an ellipsis. */
export function fitText(text: string, room: number, font: string): string {
  if (textWidth(text, font) <= room) return text;
  const characters = [...text];
  let kept = characters.length - 1;
  while (kept > 1 && textWidth(`${characters.slice(0, kept).join('')}…`, font) > room) kept--;
  return `${characters.slice(0, kept).join('')}…`;
}
