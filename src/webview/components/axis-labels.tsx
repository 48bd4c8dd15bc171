import { useMemo } from 'preact/hooks';
import type { ThemeInfo } from './theme';

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

/** Token labels of a heat map's axis. The chosen token's label is a pill; its neighbours make room for it. */
export function AxisLabels(props: AxisLabelsProps) {
  const { axis, labels, from, count, pitch, depth, selected, hovered, theme } = props;
  const size = pitch >= 13 ? 11 : pitch >= 9 ? 9.5 : 9;
  const shown = useMemo(() => {
    const font = `${size}px ${theme.fontFamily}`;
    return labels.slice(from, from + count).map((label) => fitText(label, depth - AXIS_GAP - 2, font));
  }, [labels, from, count, depth, size, theme.fontFamily]);
  const length = count * pitch;
  const row = axis === 'row';
  // Where labels would overlap, every second or third stands for its neighbours.
  const every = Math.max(1, Math.ceil((size - 1) / pitch));
  const marked = selected !== null && selected >= from && selected < from + count ? selected - from : null;
  const pillSize = Math.max(18, Math.min(pitch, 22));
  const rule = Math.min(count, Math.max(0, props.promptLength - from)) * pitch;

  const select = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const index = Math.floor((row ? event.clientY - box.top : event.clientX - box.left) / pitch);
    if (index >= 0 && index < count) props.onSelect(from + index);
  };

  const label = (text: string, index: number) => {
    const center = (index + 0.5) * pitch;
    if (index % every !== 0 && index !== marked && from + index !== hovered) return null;
    if (marked !== null && index !== marked && Math.abs(index - marked) * pitch < (pillSize + size) / 2) return null;
    const kind =
      index === marked
        ? 'pill'
        : from + index === hovered
          ? 'hovered'
          : from + index < props.promptLength
            ? 'prompt'
            : '';
    return row ? (
      <text
        key={from + index}
        class={kind}
        x={depth - AXIS_GAP}
        y={center}
        text-anchor="end"
        dominant-baseline="central"
      >
        {text}
      </text>
    ) : (
      <text
        key={from + index}
        class={kind}
        transform={`translate(${center} ${depth - AXIS_GAP}) rotate(-90)`}
        dominant-baseline="central"
      >
        {text}
      </text>
    );
  };

  const pill = () => {
    if (marked === null) return null;
    const at = (marked + 0.5) * pitch - pillSize / 2;
    const across = depth - AXIS_GAP + PILL_MARGIN + 2;
    const [x, y, width, height] = row ? [0, at, across, pillSize] : [at, 0, pillSize, across];
    return <rect class="pill-ground" x={x} y={y} width={width} height={height} rx={3} />;
  };

  return (
    <svg
      class={`axis-labels axis-${axis}`}
      width={row ? depth : length}
      height={row ? length : depth}
      style={{ fontSize: `${size}px` }}
      aria-hidden="true"
      onClick={select}
    >
      {rule > 0 &&
        (row ? (
          <rect class="prompt-rule" x={depth - RULE - 1} y={0} width={RULE} height={rule} />
        ) : (
          <rect class="prompt-rule" x={0} y={depth - RULE - 1} width={rule} height={RULE} />
        ))}
      {pill()}
      {shown.map(label)}
    </svg>
  );
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
