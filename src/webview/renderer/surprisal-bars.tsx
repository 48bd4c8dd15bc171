import { css } from '../../core/colour/colour';
import { FULL_BITS } from '../../core/colour/surprisal';
import type { TraceToken } from '../../core/trace/record';
import { Canvas } from '../components/canvas';
import type { ThemeInfo } from '../components/theme';
import { useSize } from '../components/use-size';

export interface SurprisalBarsProps {
  readonly tokens: readonly TraceToken[];
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  readonly theme: ThemeInfo;
}

const HEIGHT = 56;
const WIDEST = 24;

/**
 * A bar of surprisal for each token under the line of entropy; one that goes on beyond the scale is broken near its
 * end. The text above is its keyboard and its words.
 */
export function SurprisalBars({ tokens, selected, onSelect, theme }: SurprisalBarsProps) {
  const [pane, { width }] = useSize<HTMLDivElement>();
  const step = Math.min(WIDEST, width / Math.max(1, tokens.length));
  const y = (value: number): number => HEIGHT - (Math.min(value, FULL_BITS) / FULL_BITS) * HEIGHT;
  const draw = (context: CanvasRenderingContext2D): void => {
    context.fillStyle = css(theme.colours.grid);
    for (const line of [0, HEIGHT / 2, HEIGHT - 1]) context.fillRect(0, line, width, 1);
    tokens.forEach(({ judgement }, at) => {
      if (!judgement) return;
      const top = y(judgement.surprisal);
      context.fillStyle = css(at === selected ? theme.colours.focus : theme.colours.surprisal);
      const left = at * step + step * 0.15;
      const bar = Math.max(1, step * 0.7);
      context.fillRect(left, top, bar, HEIGHT - top);
      if (judgement.surprisal <= FULL_BITS) return;
      context.fillStyle = css(theme.colours.background);
      context.fillRect(left, 4, bar, 2);
    });
    context.strokeStyle = css(theme.colours.foreground);
    context.beginPath();
    tokens.forEach(({ judgement }, at) => {
      if (judgement) context.lineTo((at + 0.5) * step, y(judgement.entropy));
    });
    context.stroke();
  };
  return (
    <div
      class="result-bars"
      ref={pane}
      aria-hidden="true"
      onClick={(event) => {
        const index = Math.floor(event.offsetX / step);
        if (tokens[index]) onSelect(index);
      }}
    >
      {width > 0 && <Canvas width={width} height={HEIGHT} draw={draw} />}
      <span class="result-bars-scale">{FULL_BITS}+ bits</span>
    </div>
  );
}
