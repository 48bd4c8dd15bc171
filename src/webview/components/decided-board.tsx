import { css, rampAt } from '../../core/colour/colour';
import { type DecidedCells, type LifePass, NO_PASS } from '../../core/life/board-passes';
import type { TokenOrigin } from '../../core/sequence/pass';
import type { CellLook } from './board-painter';
import { counted } from './format';
import { ORIGIN_NAMES } from './origins';
import { weightStops } from './ramp';
import type { ThemeInfo } from './theme';
import './decided-board.css';

/** Never the ground itself, which is that of cells that nothing was said of. */
const LEAST = 0.16;
const STEPS = 17;

type Fill = (pass: number) => ReturnType<typeof rampAt>;

/** @param last number of the last pass; passes count from 1, and 0 is the prompt's own. */
function fillOf(last: number, { colours, dark }: ThemeInfo): Fill {
  const stops = weightStops(colours.background, dark);
  return (pass) => rampAt(stops, last === 0 ? 1 : LEAST + ((1 - LEAST) * pass) / last);
}

/**
 * A board by the pass that said each cell, as far as pass `at`; what stands in the place of a rejected cell and what came after
 * a whole draft are told by an outline.
 */
export function decidedLook(
  { pass: passOf, origin: originOf }: DecidedCells,
  board: Uint8Array,
  { at, last, withNumbers }: { readonly at: number; readonly last: number; readonly withNumbers?: boolean },
  theme: ThemeInfo,
): (cell: number) => CellLook {
  const fill = fillOf(last, theme);
  const { replacement, bonus } = theme.colours;
  return (cell) => {
    const pass = passOf[cell] ?? NO_PASS;
    if (pass === NO_PASS || pass > at) return { unknown: true };
    const origin = originOf[cell];
    return {
      fill: fill(pass),
      live: board[cell] === 1,
      text: withNumbers ? String(pass) : undefined,
      outline:
        origin === 'replacement'
          ? { colour: replacement, kind: 'solid' }
          : origin === 'bonus'
            ? { colour: bonus, kind: 'dashed' }
            : undefined,
    };
  };
}

export interface DecidedKeysProps {
  readonly last: number;
  readonly origins: ReadonlySet<TokenOrigin | null>;
  readonly theme: ThemeInfo;
}

/** What the fills and the outlines of a board by passes mean. */
export function DecidedKeys({ last, origins, theme }: DecidedKeysProps) {
  const fill = fillOf(last, theme);
  const ramp = Array.from({ length: STEPS }, (_, place) => css(fill((last * place) / (STEPS - 1))));
  return (
    <>
      <span class="key">
        first
        <i class="decided-ramp" style={{ backgroundImage: `linear-gradient(to right, ${ramp.join(', ')})` }} />
        last pass
      </span>
      {origins.has('replacement') && (
        <span class="key">
          <i class="decided-outline decided-outline-replacement" /> {ORIGIN_NAMES.replacement}
        </span>
      )}
      {origins.has('bonus') && (
        <span class="key">
          <i class="decided-outline decided-outline-bonus" /> {ORIGIN_NAMES.bonus}
        </span>
      )}
    </>
  );
}

/** What a pass brought to a board, in words. @param number from 1; without a pass, the prompt's own */
export function boardPassText(pass: LifePass | undefined, number: number, last: number, cells: number): string {
  if (!pass) return `The prompt’s own pass, before ${counted(last, 'pass', 'passes')}`;
  const { start, end, drafted, accepted, next } = pass;
  const [from, to] = [Math.max(0, start), Math.min(end, cells) - 1];
  const said = to < from ? 'no cell' : from === to ? `cell ${from}` : `cells ${from} to ${to}`;
  const draft = drafted === 0 ? '' : `, ${accepted} of ${drafted} drafted accepted`;
  const then = next === null || drafted === 0 ? '' : `, then a ${ORIGIN_NAMES[next]}`;
  return `Pass ${number} of ${last}: ${said}${draft}${then}`;
}
