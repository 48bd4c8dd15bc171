import { css, hex, inkOn, rampAt } from '../colour/colour';
import { FULL_BITS, surprisalStops } from '../colour/surprisal';
import { tokenLabel } from '../text/tokens';
import type { Trace, TraceToken } from '../trace/record';
import type { TokenOrigin } from '../sequence/pass';
import { CHARACTER, element, FAINT_INK, INK, RULE, text } from './svg';

export interface Part {
  readonly height: number;
  readonly content: string;
}

const LINE = 30;
const CHIP = 20;
const GAP = 3;
const BARS = 56;
/** What the scale's name takes above the bars. */
const BARS_TOP = 16;

/** How a token is filled and marked. */
export type TokenLook = 'surprisal' | 'origin';

/** The text of a run as chips, wrapped to a width: filled by surprisal, or marked by how each token came. */
export function tokenStrip({ tokens }: Trace, width: number, look: TokenLook): Part {
  let [x, line, content] = [0, 0, ''];
  for (const token of tokens) {
    const label = tokenLabel(token.text) || '∅';
    const chip = [...label].length * CHARACTER + 4;
    if (x > 0 && x + chip > width) [x, line] = [0, line + 1];
    content +=
      look === 'surprisal'
        ? surprisalChip(token, label, x, line * LINE, chip)
        : originChip(token, label, x, line * LINE, chip);
    x += chip + GAP;
    if (token.text.endsWith('\n')) [x, line] = [0, line + 1];
  }
  return { height: (line + 1) * LINE, content };
}

function surprisalChip(token: TraceToken, label: string, x: number, y: number, width: number): string {
  const surprisal = token.judgement?.surprisal ?? 0;
  const fill = rampAt(surprisalStops([255, 255, 255], false), surprisal / FULL_BITS);
  const ink = token.origin === 'prompt' && surprisal < 0.05 ? FAINT_INK : css(inkOn(fill, hex(INK)));
  return (
    element('rect', { x, y: y + 2, width, height: CHIP, rx: 2, fill: css(fill) }) +
    text(x + 2, y + 17, label, { fill: ink }) +
    (token.origin === 'prompt' ? element('rect', { x, y: y + 24, width, height: 1.5, fill: FAINT_INK }) : '')
  );
}

/** Shapes and hues of origins: never told by the hue alone. */
const ORIGINS: Readonly<
  Record<TokenOrigin, { readonly ink: string; readonly mark: 'rule' | 'diamond' | 'circle' | 'none' }>
> = {
  prompt: { ink: FAINT_INK, mark: 'rule' },
  sampled: { ink: INK, mark: 'none' },
  accepted: { ink: '#1A76D2', mark: 'rule' },
  replacement: { ink: '#A86200', mark: 'diamond' },
  bonus: { ink: '#0B8060', mark: 'circle' },
  'handed-over': { ink: '#7A3E9D', mark: 'none' },
};

function originChip(token: TraceToken, label: string, x: number, y: number, width: number): string {
  const { ink, mark } = ORIGINS[token.origin];
  const middle = x + width / 2;
  const marks = {
    rule: element('rect', { x, y: y + 23, width, height: 2.5, fill: ink }),
    diamond: element('path', { d: `M${middle} ${y + 20}l4 4-4 4-4-4z`, fill: ink }),
    circle: element('circle', { cx: middle, cy: y + 24, r: 3.5, fill: ink }),
    none: '',
  };
  const own = token.origin === 'accepted' || token.origin === 'prompt' ? INK : ink;
  return text(x + 2, y + 17, label, { fill: token.origin === 'prompt' ? FAINT_INK : own }) + marks[mark];
}

/** A bar of surprisal for each token, under the line of the entropy: the surprisal that the model expected. */
export function surprisalBars({ tokens }: Trace, width: number): Part {
  const judged = tokens.filter(({ judgement }) => judgement !== null);
  if (judged.length === 0) return { height: 0, content: '' };
  const step = Math.min(24, width / tokens.length);
  const y = (bits: number): number => BARS_TOP + BARS - (Math.min(bits, FULL_BITS) / FULL_BITS) * BARS;
  const columns = tokens.map(({ judgement }, at) => {
    if (!judgement) return '';
    const top = y(judgement.surprisal);
    const [x, width, fill] = [at * step + step * 0.15, step * 0.7, '#C27A12'];
    if (judgement.surprisal <= FULL_BITS)
      return element('rect', { x, y: top, width, height: BARS_TOP + BARS - top, fill });
    // Broken: it goes on beyond the scale.
    return (
      element('rect', { x, y: top, width, height: 4, fill }) +
      element('rect', { x, y: top + 6, width, height: BARS - 6, fill })
    );
  });
  const line = tokens
    .map(({ judgement }, at) => (judgement ? `${(at + 0.5) * step},${y(judgement.entropy)}` : ''))
    .filter((point) => point !== '')
    .join(' ');
  const axis = element('path', { d: `M0 ${BARS_TOP + BARS}H${width}`, stroke: RULE });
  const name = text(width, 10, `${FULL_BITS}+ bits`, { fill: FAINT_INK, 'font-size': 11, 'text-anchor': 'end' });
  return {
    height: BARS_TOP + BARS + 6,
    content:
      axis +
      columns.join('') +
      element('polyline', { points: line, fill: 'none', stroke: INK, 'stroke-width': 1 }) +
      name,
  };
}
