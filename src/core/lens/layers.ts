import { topK } from '../numeric/ranking';
import { argmax, summarizeRow } from '../numeric/softmax';

/** What one layer would say at one place, beside what the last layer says. */
export interface LayerReading {
  /** The most probable ids, best first, ties in order of id. */
  readonly ids: Uint32Array;
  /** [ids.length] their probabilities (softmax of the raw logits). */
  readonly probabilities: Float64Array;
  /** Entropy of the layer's distribution in bits. */
  readonly entropy: number;
  /** KL(p_L‖p_l) in bits, from what the last layer says to what this one does; 0 at the last layer. */
  readonly divergence: number;
}

/**
 * The logit lens (nostalgebraist 2020, "interpreting GPT: the logit lens"): the hidden state of a layer through the model's
 * final norm and head, as if no layer came after it.
 * @param row [vocabulary] logits of the layer. @param last [vocabulary] those of the last layer, the model's own.
 * @param top how many of the most probable tokens to give, 1 or more.
 * @param lastSum {@link logSumExpOf} `last`, where it is known.
 * @throws CoreError `logits-invalid` where a logit is NaN or +∞, or all are −∞.
 */
export function readLayer(
  row: Float32Array,
  last: Float32Array,
  top: number,
  lastSum = logSumExpOf(last),
): LayerReading {
  const ids = topK(row, top);
  const { logSumExp, entropy } = summarizeRow(row, row[ids[0] as number] as number);
  const probabilities = Float64Array.from(ids, (id) => Math.min(1, Math.exp((row[id] as number) - logSumExp)));
  return { ids, probabilities, entropy: entropy / Math.LN2, divergence: divergence(row, logSumExp, last, lastSum) };
}

/** ln Σ exp of a row. */
export function logSumExpOf(row: Float32Array): number {
  return summarizeRow(row, argmax(row).logit).logSumExp;
}

/** Σ p_L (ln p_L − ln p_l) in bits, from logits, so that it is finite where p_l underflows. */
function divergence(row: Float32Array, logSumExp: number, last: Float32Array, lastSum: number): number {
  let sum = 0;
  for (let id = 0; id < last.length; id++) {
    const own = (last[id] as number) - lastSum;
    const p = Math.exp(own);
    if (p > 0) sum += p * (own - ((row[id] as number) - logSumExp));
  }
  return Math.max(0, sum / Math.LN2);
}

/** How a layer moves the residual stream at one place. */
export interface LayerStep {
  /** ‖h_{l+1} − h_l‖, in the units of the hidden state. */
  readonly velocity: number;
  /**
   * 1 − cos(h_{l+1} − h_l, h_L − h_l), in [0, 2]: 0 straight to where the last layer ends, 1 across, 2 away from it. 0 where
   * the stream stands still.
   */
  readonly turn: number;
}

/**
 * Residual velocity and change of direction (M2R2, arXiv 2502.02040, section 3).
 * @param from [width] what enters the layer. @param to what leaves it. @param last what leaves the last layer.
 */
export function layerStep(from: Float32Array, to: Float32Array, last: Float32Array): LayerStep {
  let step = 0;
  let way = 0;
  let product = 0;
  for (let i = 0; i < from.length; i++) {
    const a = (to[i] as number) - (from[i] as number);
    const b = (last[i] as number) - (from[i] as number);
    step += a * a;
    way += b * b;
    product += a * b;
  }
  const cosine = step > 0 && way > 0 ? product / Math.sqrt(step * way) : 1;
  return { velocity: Math.sqrt(step), turn: Math.min(2, Math.max(0, 1 - cosine)) };
}
