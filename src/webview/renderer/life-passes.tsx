import { useMemo, useState } from 'preact/hooks';
import { css, rampAt } from '../../core/colour/colour';
import { decidedCells, NO_PASS, type LifePass, type LifeStepPasses } from '../../core/notebook/life-decoding';
import { Board } from '../components/board';
import type { BoardGeometry } from '../components/board-geometry';
import type { CellLook } from '../components/board-painter';
import { count, counted, probability } from '../components/format';
import { ORIGIN_NAMES } from '../components/origins';
import { weightStops } from '../components/ramp';
import { Slider } from '../components/slider';
import type { ThemeInfo } from '../components/theme';
import { FigureList, type FigureOfResult } from './figure-list';
import { keepKeys } from './slider-keys';

export interface LifePassesProps {
  readonly passes: LifeStepPasses;
  /** The board that they said. */
  readonly board: Uint8Array;
  readonly geometry: BoardGeometry;
  readonly theme: ThemeInfo;
}

/** Never the ground itself, which is that of cells that nothing was said of. */
const LEAST = 0.16;
const STEPS = 17;

/** In which pass each cell of a board was said, as far as a pass that is chosen. */
export function LifePasses({ passes, board, geometry, theme }: LifePassesProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = passes.length;
  const at = Math.min(last, chosen ?? last);
  const decided = useMemo(() => decidedCells(passes, board.length), [passes, board]);
  const { colours } = theme;
  const stops = weightStops(colours.background, theme.dark);
  const fillOf = (pass: number) => rampAt(stops, last === 0 ? 1 : LEAST + ((1 - LEAST) * pass) / last);
  const look = (cell: number): CellLook => {
    const pass = decided.pass[cell] ?? NO_PASS;
    if (pass === NO_PASS || pass > at) return { unknown: true };
    const origin = decided.origin[cell];
    const outline =
      origin === 'replacement'
        ? { colour: colours.replacement, kind: 'solid' as const }
        : origin === 'bonus'
          ? { colour: colours.bonus, kind: 'dashed' as const }
          : undefined;
    return { fill: fillOf(pass), live: board[cell] === 1, outline };
  };
  const says = passText(passes[at - 1], at, last, board.length);
  const ramp = Array.from({ length: STEPS }, (_, place) => css(fillOf((last * place) / (STEPS - 1))));
  const origins = new Set(decided.origin);
  return (
    <figure class="result-decided">
      <figcaption>decided in pass</figcaption>
      <Board
        geometry={geometry}
        look={look}
        liveShare={0.36}
        cursor={null}
        theme={theme}
        label={`Cells by the pass that said them. ${says}`}
      />
      <div class="result-steps" onKeyDown={keepKeys}>
        <Slider label="Pass" place={at} last={last} text={says} onPlace={setChosen} />
      </div>
      <p class="result-legend">
        <span class="key">
          first
          <i class="result-ramp" style={{ backgroundImage: `linear-gradient(to right, ${ramp.join(', ')})` }} />
          last pass
        </span>
        {origins.has('replacement') && (
          <span class="key">
            <i class="result-outline result-outline-replacement" /> {ORIGIN_NAMES.replacement}
          </span>
        )}
        {origins.has('bonus') && (
          <span class="key">
            <i class="result-outline result-outline-bonus" /> {ORIGIN_NAMES.bonus}
          </span>
        )}
      </p>
      <p class="result-readout" aria-live="polite">
        {says}
      </p>
      <Figures passes={passes} />
    </figure>
  );
}

/** What a pass brought, in words. */
function passText(pass: LifePass | undefined, number: number, last: number, cells: number): string {
  if (!pass) return `The prompt’s own pass, before ${counted(last, 'pass', 'passes')}`;
  const { start, end, drafted, accepted, next } = pass;
  const [from, to] = [Math.max(0, start), Math.min(end, cells) - 1];
  const said = to < from ? 'no cell' : from === to ? `cell ${from}` : `cells ${from} to ${to}`;
  const draft = drafted === 0 ? '' : `, ${accepted} of ${drafted} drafted accepted`;
  const then = next === null || drafted === 0 ? '' : `, then a ${ORIGIN_NAMES[next]}`;
  return `Pass ${number} of ${last}: ${said}${draft}${then}`;
}

function Figures({ passes }: { readonly passes: LifeStepPasses }) {
  const sum = (of: (pass: LifePass) => number): number => passes.reduce((total, pass) => total + of(pass), 0);
  const [drafted, accepted] = [sum((pass) => pass.drafted), sum((pass) => pass.accepted)];
  const brought = sum(({ start, end }) => Math.max(0, end - start));
  const figures: readonly FigureOfResult[] = [
    ['passes', count(passes.length), ''],
    ...(drafted > 0
      ? [['acceptance rate', probability(accepted / drafted), `${count(accepted)}/${count(drafted)}`] as const]
      : []),
    ['tokens per pass', passes.length > 0 ? (brought / passes.length).toFixed(2) : '–', ''],
  ];
  return <FigureList figures={figures} />;
}
