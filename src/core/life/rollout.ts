import type { AbortSignalLike } from '../decode/decoder';
import { differingCells } from './board';
import type { LifeReading } from './prompt';
import { step, type GridSize, type LifeRule } from './rule';

/** One step of a rollout, held against two truths. Counts are of cells. */
export interface RolloutStep {
  /** Generations since the start; the first prediction is 1. */
  readonly step: number;
  /** Cells that differ from the true history of the start. */
  readonly wrong: number;
  /** Own errors: cells that differ from the step of the board before, which was the model's own. */
  readonly own: number;
  /** Inherited errors: wrong cells that follow by the rule from the board before, so that an earlier error made them. */
  readonly inherited: number;
}

export interface RolloutReport {
  readonly steps: readonly RolloutStep[];
  /** The first step that differs from the true history; null where none does. */
  readonly firstWrong: number | null;
  /** Over all steps. */
  readonly own: number;
  readonly inherited: number;
}

/**
 * Takes a rollout apart, in which a model was fed its own boards: what it got wrong itself and what it inherited. An own
 * error is mostly wrong in the true history too, but may also, by chance, mend it; so `wrong` is at most their sum.
 * @param boards the start, then the boards that were predicted, each from the one before.
 * @throws CoreError `life-invalid` where a board is not of this size.
 */
export function analyseRollout(boards: readonly Uint8Array[], size: GridSize, rule: LifeRule): RolloutReport {
  const steps: RolloutStep[] = [];
  let truth = boards[0];
  for (let at = 1; at < boards.length; at++) {
    const [before, rolled] = [boards[at - 1] as Uint8Array, boards[at] as Uint8Array];
    truth = step(truth as Uint8Array, size, rule);
    const expected = step(before, size, rule);
    let inherited = 0;
    for (let cell = 0; cell < rolled.length; cell++) {
      if (rolled[cell] !== truth[cell] && rolled[cell] === expected[cell]) inherited++;
    }
    steps.push({ step: at, wrong: differingCells(rolled, truth), own: differingCells(rolled, expected), inherited });
  }
  return {
    steps,
    firstWrong: steps.find(({ wrong }) => wrong > 0)?.step ?? null,
    own: steps.reduce((sum, { own }) => sum + own, 0),
    inherited: steps.reduce((sum, { inherited }) => sum + inherited, 0),
  };
}

/** Boards that a model made from its own, and why there was no next one. */
export interface Rolled {
  /** The start, then the boards that were predicted, each from the one before. */
  readonly boards: readonly Uint8Array[];
  /** Why the last answer was no board; null where all steps were made, or it was stopped. */
  readonly broken: string | null;
}

/**
 * Feeds a model its own boards.
 * @param onStep called after each board.
 */
export async function rollForward(
  start: Uint8Array,
  steps: number,
  predict: (board: Uint8Array) => Promise<LifeReading>,
  { signal, onStep }: { readonly signal?: AbortSignalLike; readonly onStep?: (made: number) => void } = {},
): Promise<Rolled> {
  const boards = [start];
  for (let made = 1; made <= steps && !signal?.aborted; made++) {
    const reading = await predict(boards.at(-1) as Uint8Array);
    if (!reading.cells) return { boards, broken: reading.reason };
    boards.push(reading.cells);
    onStep?.(made);
  }
  return { boards, broken: null };
}
