import type { AbortSignalLike } from '../abortSignal';
import { differingCells } from './board';
import { errorOf } from './prediction';
import type { LifeReading } from './prompt';
import { step } from './rule';
import type { GridSize } from './topology';
import type { LifeRule } from './rules/table';

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
  /** Of the wrong cells, those that are alive, and those that are dead. */
  readonly falseBirths: number;
  readonly falseDeaths: number;
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
    truth = step(truth as Uint8Array, size, rule);
    steps.push(judgeStep(at, boards[at - 1] as Uint8Array, boards[at] as Uint8Array, truth, size, rule));
  }
  return { steps, firstWrong: firstWrongOf(steps), own: sumOf(steps, 'own'), inherited: sumOf(steps, 'inherited') };
}

/**
 * One step of a rollout.
 * @param at generations since the start, @param before the board that the model was given, @param rolled what it made of it,
 *   @param truth the true history's board.
 * @throws CoreError `life-invalid` where a board is not of this size.
 */
export function judgeStep(
  at: number,
  before: Uint8Array,
  rolled: Uint8Array,
  truth: Uint8Array,
  size: GridSize,
  rule: LifeRule,
): RolloutStep {
  const expected = step(before, size, rule);
  const wrong = differingCells(rolled, truth);
  let [inherited, falseBirths] = [0, 0];
  for (let cell = 0; cell < rolled.length; cell++) {
    const error = errorOf(rolled[cell] as number, truth[cell] as number);
    if (error && rolled[cell] === expected[cell]) inherited++;
    if (error === 'false-birth') falseBirths++;
  }
  const own = differingCells(rolled, expected);
  return { step: at, wrong, own, inherited, falseBirths, falseDeaths: wrong - falseBirths };
}

/** The first step that differs from the true history; null where none does. */
export function firstWrongOf(steps: readonly RolloutStep[]): number | null {
  return steps.find(({ wrong }) => wrong > 0)?.step ?? null;
}

export function sumOf(steps: readonly RolloutStep[], of: 'own' | 'inherited'): number {
  return steps.reduce((sum, each) => sum + each[of], 0);
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
