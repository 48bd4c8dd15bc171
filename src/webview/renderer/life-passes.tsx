import { useMemo, useState } from 'preact/hooks';
import { type BoardPasses, decidedCells, type LifePass } from '../../core/life/board-passes';
import { type BoardDecoder, type JudgedBoards, readRejections, rejectionSentences } from '../../core/life/rejections';
import { Board } from '../components/board';
import type { BoardGeometry } from '../components/board-geometry';
import { boardPassText, DecidedKeys, decidedLook } from '../components/decided-board';
import { count, probability } from '../components/format';
import { Slider } from '../components/slider';
import type { ThemeInfo } from '../components/theme';
import { FigureList, type FigureOfResult } from './figure-list';
import { keepKeys } from './slider-keys';

export interface LifePassesProps {
  readonly passes: BoardPasses;
  /** The board that they said, what it was said of, and what the rule makes of that. */
  readonly boards: JudgedBoards;
  readonly decoder: BoardDecoder;
  readonly geometry: BoardGeometry;
  readonly theme: ThemeInfo;
}

/** In which pass each cell of a board was said, as far as a pass that is chosen. */
export function LifePasses({ passes, boards, decoder, geometry, theme }: LifePassesProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const board = boards.predicted;
  const last = passes.length;
  const at = Math.min(last, chosen ?? last);
  const decided = useMemo(() => decidedCells(passes, board.length), [passes, board]);
  const rejections = readRejections(passes, boards, decoder);
  const says = boardPassText(passes[at - 1], at, last, board.length);
  return (
    <figure class="result-decided">
      <figcaption>decided in pass</figcaption>
      <Board
        geometry={geometry}
        look={decidedLook(decided, board, { at, last }, theme)}
        liveShare={0.36}
        cursor={null}
        theme={theme}
        label={`Cells by the pass that said them. ${says}`}
      />
      <div class="result-steps" onKeyDown={keepKeys}>
        <Slider label="Pass" place={at} last={last} text={says} onPlace={setChosen} />
      </div>
      <p class="result-legend">
        <DecidedKeys last={last} origins={new Set(decided.origin)} theme={theme} />
      </p>
      <p class="result-readout" aria-live="polite">
        {says}
      </p>
      {rejectionSentences(rejections).map((sentence) => (
        <p key={sentence} class="result-rejections">
          {sentence}
        </p>
      ))}
      <Figures passes={passes} />
    </figure>
  );
}

function Figures({ passes }: { readonly passes: BoardPasses }) {
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
