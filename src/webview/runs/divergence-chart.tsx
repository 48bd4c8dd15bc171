import { useMemo } from 'preact/hooks';
import type { PairRow, RunPair } from '../../core/compare/runPair';
import { tokenLabel } from '../../core/text/tokens';
import { css, mix } from '../../core/colour/colour';
import { Canvas, hatch } from '../components/canvas';
import type { ThemeInfo } from '../components/theme';
import { tokenForKey } from '../components/token-keys';
import { useSize } from '../components/use-size';
import { chartColumns, scaleOf, type ChartColumn } from './chart-columns';
import { klText, signed } from './words';

export interface DivergenceChartProps {
  readonly pair: RunPair;
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  readonly theme: ThemeInfo;
}

const LEFT = 44;
const HEAD = 16;
const KL = 76;
const BETWEEN = 20;
const SURPRISAL = 60;
const FOOT = 10;
const HEIGHT = HEAD + KL + BETWEEN + SURPRISAL + FOOT;
const WIDEST = 20;
const NARROWEST = 3;
/** Places that the page keys pass at once. */
const PAGE = 20;

/**
 * How far the models are apart at each place, over by how much B is more surprised than A. Where the runs have parted there is
 * nothing to hold against each other: that is hatched.
 */
export function DivergenceChart({ pair, selected, onSelect, theme }: DivergenceChartProps) {
  const [pane, { width }] = useSize<HTMLDivElement>();
  const plot = Math.max(1, width - LEFT);
  const columns = useMemo(() => chartColumns(pair.rows, Math.floor(plot / NARROWEST)), [pair, plot]);
  const step = Math.min(WIDEST, plot / Math.max(1, columns.length));
  const each = columns[0] ? columns[0].end - columns[0].start : 1;
  const scene = { pair, columns, step, selected, theme, width };
  const row = selected === null ? undefined : pair.rows[selected];

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = tokenForKey(event.key, selected, pair.rows.length, PAGE);
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
  };
  return (
    <div class="pair-chart">
      <div
        ref={pane}
        class="pair-chart-plot"
        role="slider"
        tabIndex={0}
        aria-label="Position"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, pair.rows.length - 1)}
        aria-valuenow={selected ?? 0}
        aria-valuetext={row ? placeText(row) : 'none'}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const column = columns[Math.floor((event.clientX - box.left - LEFT) / step)];
          if (column) onSelect(column.peak);
        }}
      >
        {width > 0 && <Canvas width={width} height={HEIGHT} draw={(context, pixel) => paint(context, pixel, scene)} />}
      </div>
      <p class="pair-note muted">
        Above: KL divergence of A from B{pair.shared.exact ? '' : ', the least that it can be'}. Below: surprisal in B
        less surprisal in A. {each > 1 && `A bar is the largest of ${each} places. `}
        {pair.difference && pair.comparable.state === 'tokens' && 'Hatched: after they part, each goes on by itself.'}
      </p>
    </div>
  );
}

/** A place in words. */
export function placeText(row: PairRow): string {
  const { index, a, b, divergence } = row;
  const same = a !== null && a.id === b?.id;
  const tokens = same
    ? `“${tokenLabel(a.text)}” in both`
    : `A ${a ? `“${tokenLabel(a.text)}”` : 'has ended'}, B ${b ? `“${tokenLabel(b.text)}”` : 'has ended'}`;
  const apart = divergence ? `, KL ${klText(divergence)} bits` : '';
  const more =
    same && a.surprisal !== null && b.surprisal !== null && row.shared
      ? `, surprisal ${signed(b.surprisal - a.surprisal, 2)} bits`
      : '';
  return `position ${index}: ${tokens}${apart}${more}`;
}

interface Scene {
  readonly pair: RunPair;
  readonly columns: readonly ChartColumn[];
  readonly step: number;
  readonly selected: number | null;
  readonly theme: ThemeInfo;
  readonly width: number;
}

function paint(context: CanvasRenderingContext2D, pixel: number, scene: Scene): void {
  const { pair, columns, step, theme, width, selected } = scene;
  const { colours } = theme;
  const [klBase, middle] = [HEAD + KL, HEAD + KL + BETWEEN + SURPRISAL / 2];
  const klScale = scaleOf(columns.map(({ kl }) => kl));
  const surprisalScale = scaleOf(columns.map(({ surprisal }) => surprisal));
  const named = ({ end, clips }: typeof klScale): string => (clips ? `${end}+` : `${end}`);
  context.font = `11px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const line = (y: number, label: string): void => {
    context.fillStyle = css(colours.grid);
    context.fillRect(LEFT, Math.round(y), width - LEFT, pixel);
    context.fillStyle = css(colours.muted);
    context.fillText(label, LEFT - 6, y);
  };
  line(HEAD, named(klScale));
  line(klBase, '0');
  line(middle - SURPRISAL / 2, `+${named(surprisalScale)}`);
  line(middle, '0');
  line(middle + SURPRISAL / 2, `−${named(surprisalScale)}`);
  context.textAlign = 'left';
  context.fillText('bits', LEFT, HEAD - 9);
  // What goes on beyond its scale.
  const broken = (x: number, bar: number, y: number): void => {
    context.fillStyle = css(colours.background);
    context.fillRect(x, y, bar, 2);
  };

  columns.forEach((column, place) => {
    const x = LEFT + place * step;
    const bar = Math.max(pixel, step * 0.76);
    if (selected !== null && selected >= column.start && selected < column.end) {
      context.fillStyle = css(mix(colours.background, colours.focus, 0.25));
      context.fillRect(x, HEAD, Math.max(step, 2), HEIGHT - HEAD - FOOT);
      context.fillStyle = css(colours.focus);
      context.fillRect(x, HEAD, Math.max(step, 2), 2);
    }
    if (column.kl !== null) {
      const height = Math.max(pixel, Math.min(1, column.kl / klScale.end) * KL);
      context.fillStyle = css(colours.foreground);
      context.fillRect(x, klBase - height, bar, height);
      if (column.kl > klScale.end) broken(x, bar, HEAD + 5);
    }
    if (column.surprisal !== null) {
      const share = Math.abs(column.surprisal) / surprisalScale.end;
      const height = Math.max(pixel, Math.min(1, share) * (SURPRISAL / 2));
      const up = column.surprisal >= 0;
      context.fillStyle = css(colours.surprisal);
      context.fillRect(x, up ? middle - height : middle, bar, height);
      if (share > 1) broken(x, bar, up ? middle - height + 5 : middle + height - 7);
    }
  });
  paintApart(context, pixel, scene);
  const prompt = pair.a.promptLength * (step / Math.max(1, (columns[0]?.end ?? 1) - (columns[0]?.start ?? 0)));
  context.fillStyle = css(colours.muted);
  context.fillRect(LEFT, HEIGHT - 5, prompt, 2);
}

/** Everything after the first difference, and a line at it. */
function paintApart(
  context: CanvasRenderingContext2D,
  pixel: number,
  { pair, columns, step, theme, width }: Scene,
): void {
  const at = pair.comparable.state === 'tokens' ? pair.difference?.index : 0;
  if (at === undefined) return;
  const place = columns.findIndex(({ end }) => at < end);
  const x = LEFT + (pair.comparable.state === 'tokens' ? place + 1 : 0) * step;
  const end = Math.min(width, LEFT + columns.length * step);
  if (x < end) {
    context.fillStyle = hatch(context, mix(theme.colours.background, theme.colours.muted, 0.5), pixel);
    context.fillRect(x, HEAD, end - x, HEIGHT - HEAD - FOOT);
  }
  context.fillStyle = css(theme.colours.rejected);
  context.fillRect(Math.round(x - (x > LEFT ? step * 0.12 : 0)), HEAD - 4, 2, HEIGHT - HEAD - FOOT + 4);
}
