import { useCallback } from 'preact/hooks';
import type { StepRow } from '../../core/lens/passes';
import { Canvas } from './canvas';
import { columnsOf } from './pass-columns';
import { css, mix } from '../../core/colour/colour';
import type { ThemeInfo } from './theme';
import { useDrag } from './use-drag';
import { useSize } from './use-size';
import './scrub-strip.css';

export interface ScrubStripProps {
  readonly rows: readonly StepRow[];
  /** Most tokens that a pass brought. */
  readonly most: number;
  /** Place of the chosen pass, from 0. */
  readonly at: number;
  readonly theme: ThemeInfo;
  readonly onMove: (place: number) => void;
}

const HEIGHT = 34;

/**
 * All passes in one strip, a bar for the tokens that each brought, with a tick below where one was rejected. Dragging
 * chooses a pass; the slider does the same for the keyboard.
 */
export function ScrubStrip({ rows, most, at, theme, onMove }: ScrubStripProps) {
  const [box, size] = useSize<HTMLDivElement>();
  const width = size.width;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, pixel: number) => {
      const { colours } = theme;
      const base = HEIGHT - 6;
      const columns = Math.min(rows.length, Math.max(1, Math.round(width / pixel)));
      context.fillStyle = css(mix(colours.background, colours.muted, 0.08));
      context.fillRect(0, 0, width, base);
      const bar = width / columns;
      const gap = bar > 3 ? 1 : 0;
      columnsOf(rows, columns).forEach(({ mean, rejected }, place) => {
        const height = Math.max(pixel, (mean / Math.max(1, most)) * (base - 2));
        context.fillStyle = css(
          theme.highContrast ? colours.probability : mix(colours.background, colours.muted, 0.75),
        );
        context.fillRect(place * bar, base - height, Math.max(pixel, bar - gap), height);
        context.fillStyle = css(colours.rejected);
        if (rejected) context.fillRect(place * bar, base + 2, Math.max(pixel, bar - gap), 3);
      });
      const x = ((at + 0.5) / rows.length) * width;
      context.fillStyle = css(colours.focus);
      context.fillRect(Math.round(x) - 1, 0, 3, HEIGHT);
    },
    [rows, rows.length, most, at, theme, width],
  );
  const drag = useDrag((x, _, whole) => {
    const part = x / Math.max(1, whole);
    onMove(Math.max(0, Math.min(rows.length - 1, Math.floor(part * rows.length))));
  });
  return (
    <div
      class="scrub-strip"
      ref={box}
      title="All passes: each bar is the tokens that a pass brought, a tick below it a rejection. Drag to choose a pass."
      {...drag}
    >
      {width > 0 && <Canvas width={width} height={HEIGHT} draw={draw} />}
    </div>
  );
}
