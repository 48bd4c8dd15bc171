import { FULL_BITS } from '../../core/colour/surprisal';
import { useCallback } from 'preact/hooks';
import type { TraceToken } from '../../core/trace/record';
import { Canvas } from './canvas';
import { css, mix, rampAt } from '../../core/colour/colour';
import { measureStops } from './token-measure';
import type { ThemeInfo } from './theme';
import { useDrag } from './use-drag';

export interface MinimapProps {
  readonly tokens: readonly TraceToken[];
  /** null: no prompt is marked. */
  readonly promptLength: number | null;
  /** Tokens of the window above. */
  readonly from: number;
  readonly to: number;
  readonly selected: number | null;
  readonly theme: ThemeInfo;
  readonly left: number;
  readonly width: number;
  /** The window should show this token in its middle. */
  readonly onMove: (index: number) => void;
}

export const MINIMAP_HEIGHT = 30;

/**
 * The whole run in one strip: a column of pixels is the most surprising of its tokens. Dragging moves the window above;
 * the keys of the lanes reach every token too, so it is no stop for the keyboard.
 */
export function Minimap(props: MinimapProps) {
  const { tokens, from, to, theme, left, width, selected, promptLength } = props;
  const plot = Math.max(1, width - left);

  const draw = useCallback(
    (context: CanvasRenderingContext2D, pixel: number) => {
      const { colours } = theme;
      const stops = measureStops('surprisal', theme);
      const columns = Math.max(1, Math.round(plot / pixel));
      const most = maxima(tokens, Math.min(columns, tokens.length));
      const bar = plot / most.length;
      const base = MINIMAP_HEIGHT - 4;
      context.fillStyle = css(mix(colours.background, colours.muted, 0.08));
      context.fillRect(left, 0, plot, base);
      most.forEach((surprisal, place) => {
        const part = Math.min(1, surprisal / FULL_BITS);
        const height = Math.max(pixel, part * (base - 2));
        context.fillStyle = css(theme.highContrast ? colours.surprisal : rampAt(stops, Math.max(0.3, part)));
        context.fillRect(left + place * bar, base - height, Math.max(bar, pixel), height);
      });
      const xOf = (index: number): number => left + (plot * index) / tokens.length;
      if (promptLength !== null) {
        context.fillStyle = css(colours.muted);
        context.fillRect(left, base + 2, Math.max(1, xOf(promptLength) - left), 2);
      }
      if (selected !== null) {
        context.fillStyle = css(colours.focus);
        context.fillRect(Math.round(xOf(selected + 0.5)) - 1, 0, 2, base);
      }
      context.strokeStyle = css(colours.foreground);
      context.lineWidth = 1;
      context.strokeRect(xOf(from) + 0.5, 0.5, Math.max(2, xOf(to) - xOf(from) - 1), base - 1);
    },
    [theme, plot, left, tokens, tokens.length, from, to, selected, promptLength],
  );

  const drag = useDrag((x) => {
    const part = (x - left) / plot;
    props.onMove(Math.max(0, Math.min(tokens.length - 1, Math.floor(part * tokens.length))));
  });

  return (
    <div
      class="minimap"
      title="The whole run: each column is its most surprising token. Drag to move the window above."
      {...drag}
    >
      <Canvas width={width} height={MINIMAP_HEIGHT} draw={draw} />
    </div>
  );
}

/** [columns] the highest surprisal among the tokens of each column, in bits. */
export function maxima(tokens: readonly TraceToken[], columns: number): number[] {
  const most = new Array<number>(columns).fill(0);
  tokens.forEach((token, index) => {
    const column = Math.min(columns - 1, Math.floor((index * columns) / tokens.length));
    most[column] = Math.max(most[column]!, token.judgement?.surprisal ?? 0);
  });
  return most;
}
