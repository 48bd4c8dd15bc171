import { useMemo } from 'preact/hooks';
import { type LifePrediction, readPrediction } from '../../../core/life/prediction';
import { type LifeSequence, answerToken, cellOfToken, locateLife } from '../../../core/life/sequence';
import type { Trace } from '../../../core/trace/record';

/** The boards of a run: where they stand in its sequence, and what was predicted. */
export interface LifeRun {
  readonly sequence: LifeSequence;
  readonly prediction: LifePrediction;
}

/** null where the run's prompt is no board of its model. */
export function useLifeRun(trace: Trace | null): LifeRun | null {
  const grid = trace?.header.model.life;
  const tokens = trace?.tokens;
  // The array grows in place: its length says what is in it.
  return useMemo(() => {
    if (!trace || !grid || !tokens) return null;
    const sequence = locateLife(tokens, trace.header.promptLength, grid);
    return sequence && { sequence, prediction: readPrediction(tokens, sequence) };
  }, [trace?.header, tokens, tokens?.length]);
}

/** The chosen cell: the one that the selected token is, of either board; else the first. */
export function chosenCell({ sequence }: LifeRun, selected: number | null): number {
  return (selected === null ? null : cellOfToken(sequence, selected)) ?? 0;
}

export { answerToken };
