import { CoreError } from '../errors';
import { expNegative, sumsOfExp } from './exp';

/** Most negative finite float32: a logit of −∞ counts as this where a finite number is needed. */
export const LOWEST_LOGIT = -3.4028234663852886e38;

/** What one pass over a row of logits gives: enough for any probability, surprisal and the entropy of the row. */
export interface RowSummary {
  /** ln sum exp(logit), float64. */
  readonly logSumExp: number;
  /** Entropy of softmax(row) in nats: logSumExp − sum p·logit. */
  readonly entropy: number;
}

/**
 * Largest logit and the lowest id that has it.
 * @param row one row of logits (a `subarray` of a larger array will do); −∞ is a token that cannot be.
 * @throws CoreError `logits-invalid` where a logit is NaN or +∞, or all are −∞.
 */
export function argmax(row: Float32Array): { readonly id: number; readonly logit: number } {
  let best = -Infinity;
  let id = -1;
  // One comparison an element; NaN fails it, so a second sum finds NaN: NaN and +∞ survive addition, −∞ is skipped.
  let check = 0;
  for (let i = 0; i < row.length; i++) {
    const logit = row[i] as number;
    if (logit > best) {
      best = logit;
      id = i;
    }
    check += logit === -Infinity ? 0 : logit;
  }
  if (id < 0 || !Number.isFinite(check)) throw invalidLogits(row);
  return { id, logit: best };
}

/**
 * ln Σ exp and entropy of one row of logits in float64, shifted by the maximum so that nothing overflows.
 * @param max the row's largest value.
 * @throws CoreError `logits-invalid` as {@link argmax}.
 */
export function summarizeRow(row: Float32Array, max: number): RowSummary {
  const { sum, weighted } = sumsOfExp(row, max);
  // NaN and infinities survive the subtraction of the maximum and the sum.
  if (!Number.isFinite(sum) || sum < 1) throw invalidLogits(row);
  const log = Math.log(sum);
  return { logSumExp: max + log, entropy: Math.max(0, log - weighted / sum) };
}

/**
 * softmax(row / temperature) in float64.
 * @param temperature above 0.
 * @param best the row's argmax, where it is known already.
 * @returns [row.length] probabilities that sum to 1 within rounding.
 * @throws CoreError `logits-invalid` as {@link argmax}.
 */
export function softmax(row: Float32Array, temperature = 1, best = argmax(row)): Float64Array {
  const max = best.logit;
  const probabilities = new Float64Array(row.length);
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const e = expNegative(((row[i] as number) - max) / temperature);
    probabilities[i] = e;
    sum += e;
  }
  for (let i = 0; i < row.length; i++) probabilities[i] = (probabilities[i] as number) / sum;
  return probabilities;
}

function invalidLogits(row: Float32Array): CoreError {
  if (row.length === 0) return new CoreError('logits-invalid', 'The model gave no logits.');
  const bad = row.findIndex((logit) => Number.isNaN(logit) || logit === Infinity);
  return bad < 0
    ? new CoreError('logits-invalid', 'The model gave no token a finite logit.')
    : new CoreError('logits-invalid', `The model gave token ${bad} the logit ${String(row[bad])}.`);
}
