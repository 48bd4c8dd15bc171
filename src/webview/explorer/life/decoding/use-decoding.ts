import { useMemo } from 'preact/hooks';
import {
  type BoardPasses,
  boardPass,
  type CellInPass,
  cellsOfPass,
  type DecidedCells,
  decidedCells,
} from '../../../../core/life/board-passes';
import { type RejectionReading, readRejections } from '../../../../core/life/rejections';
import type { PassRow, PassTotals } from '../../../../core/lens/passes';
import type { Trace } from '../../../../core/trace/record';
import { useRunPasses } from '../../use-run-passes';
import type { LifeRun } from '../use-life';

/** How a decoder came to the board of a run. */
export interface BoardDecoding {
  /** The passes of the run and, place by place, what each did on the board. */
  readonly rows: readonly PassRow[];
  readonly passes: BoardPasses;
  /** [passes] the cells of each. */
  readonly cells: readonly (readonly CellInPass[])[];
  readonly totals: PassTotals;
  readonly decided: DecidedCells;
  readonly rejections: RejectionReading;
}

export function useDecoding(trace: Trace, { sequence, prediction }: LifeRun): BoardDecoding {
  const run = useRunPasses(trace);
  const { rows } = run.passes;
  return useMemo(() => {
    const { before, firstAnswer } = sequence;
    const passes = rows.map((row) => boardPass(row, trace.tokens, firstAnswer));
    const { decoder, sampling } = trace.header;
    const likeliest = Uint8Array.from(before, (_, cell) => {
      const best = trace.tokens[firstAnswer + cell]?.judgement?.top[0]?.text;
      return best === '1' ? 1 : best === '0' ? 0 : 255;
    });
    const boards = { before, exact: prediction.exact, predicted: prediction.cells, likeliest };
    const { name, exact } = decoder;
    return {
      ...{ rows: [...rows], passes, totals: run.totals },
      cells: passes.map((pass) => cellsOfPass(pass, before.length)),
      decided: decidedCells(passes, before.length),
      rejections: readRejections(passes, boards, {
        ...{ name, exact, temperature: sampling.temperature, draft: decoder.draft?.name },
      }),
    };
  }, [run.passes, rows.length, trace.tokens.length, sequence, prediction]);
}
