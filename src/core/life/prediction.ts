import type { Judgement, TraceToken } from '../trace/record';
import { parseRule, step } from './rule';
import { answerToken, type LifeSequence } from './sequence';

/** A cell that is not there: the run has not come so far, or said something that is no cell. */
export const NO_CELL = 255;

/** How a predicted cell is wrong: alive where the rule says dead, or dead where it says alive. */
export type CellError = 'false-birth' | 'false-death';

/** A board that a model predicted, beside what the rule says. All arrays are [height, width], row by row. */
export interface LifePrediction {
  /** 0 dead, 1 alive, or {@link NO_CELL}. */
  readonly cells: Uint8Array;
  /** What follows by the rule from the board that was given. */
  readonly exact: Uint8Array;
  /**
   * p('1'), the probability that the cell is alive: softmax of the raw logits over the whole vocabulary, as the run's
   * judgement of the token says. NaN where there is no judgement.
   */
  readonly alive: Float64Array;
  /** 1 where '1' is not among the alternatives that were kept: {@link alive} is then the most that it can be. */
  readonly bounded: Uint8Array;
  /** Entropy of the same distribution in bits; NaN where there is no judgement. */
  readonly entropy: Float64Array;
  /** Cells that are there. */
  readonly read: number;
  readonly falseBirths: number;
  readonly falseDeaths: number;
}

/** Reads what a run predicted, as far as it has come. */
export function readPrediction(tokens: readonly TraceToken[], sequence: LifeSequence): LifePrediction {
  const { grid, before } = sequence;
  const exact = step(before, grid, parseRule(grid.rule));
  const cells = new Uint8Array(before.length).fill(NO_CELL);
  const alive = new Float64Array(before.length).fill(Number.NaN);
  const bounded = new Uint8Array(before.length);
  const entropy = new Float64Array(before.length).fill(Number.NaN);
  let [read, falseBirths, falseDeaths] = [0, 0, 0];
  for (let cell = 0; cell < before.length; cell++) {
    const token = tokens[answerToken(sequence, cell)];
    if (!token) break;
    if (token.judgement) {
      entropy[cell] = token.judgement.entropy;
      const found = probabilityOf(token.judgement, '1');
      alive[cell] = found.probability;
      bounded[cell] = found.bounded ? 1 : 0;
    }
    if (token.text !== '0' && token.text !== '1') continue;
    cells[cell] = Number(token.text);
    read++;
    const error = errorOf(cells[cell] as number, exact[cell] as number);
    if (error === 'false-birth') falseBirths++;
    else if (error === 'false-death') falseDeaths++;
  }
  return { cells, exact, alive, bounded, entropy, read, falseBirths, falseDeaths };
}

/** null where the cell is right, or not there. */
export function errorOf(predicted: number, exact: number): CellError | null {
  if (predicted === exact || predicted === NO_CELL) return null;
  return exact === 0 ? 'false-birth' : 'false-death';
}

/**
 * Probability of a text among the alternatives that a judgement kept. One that was not kept is at most as probable as
 * the last that was, and as what the kept ones leave.
 */
export function probabilityOf({ top }: Judgement, text: string): { probability: number; bounded: boolean } {
  const kept = top.find((alternative) => alternative.text === text);
  if (kept) return { probability: kept.probability, bounded: false };
  const left = 1 - top.reduce((sum, { probability }) => sum + probability, 0);
  return { probability: Math.max(0, Math.min(top.at(-1)?.probability ?? 1, left)), bounded: true };
}

/** What is wrong with a cell of a board that a model made from its own. */
export interface JudgedCell {
  readonly error: CellError;
  /** The model broke the rule for the board that it was given; else the rule was kept, but that board was wrong already. */
  readonly own: boolean;
}

/**
 * Judges a predicted cell.
 * @param expected what follows by the rule from the board that the model was given.
 * @param truth what stands there in the true history.
 * @returns null where the cell is right, or not there.
 */
export function judgeCell(predicted: number, expected: number, truth: number): JudgedCell | null {
  const own = errorOf(predicted, expected);
  if (own) return { error: own, own: true };
  const inherited = errorOf(predicted, truth);
  return inherited && { error: inherited, own: false };
}
