import { LOWEST_LOGIT, summarizeRow } from '../numeric/softmax';
import { rankOf, topK } from '../numeric/ranking';
import { ALTERNATIVES_KEPT } from './record';

/** A {@link import('./record').Judgement} whose alternatives are still ids. */
export interface RowJudgement {
  /** p(token), in [0, 1]. */
  readonly probability: number;
  /** 1 = most probable; ties share the better rank. */
  readonly rank: number;
  /** −log2 p in bits; a logit of −∞ counts as the lowest float32, so that it stays finite. */
  readonly surprisal: number;
  /** Entropy of the row in bits. */
  readonly entropy: number;
  /** The most probable ids, best first, ties in order of id. */
  readonly topIds: Uint32Array;
  /** [topIds.length] their probabilities. */
  readonly topProbabilities: Float64Array;
}

/**
 * Judges a token by the raw logits of the position before it (temperature 1, no filter), in float64.
 * @param row [vocabulary] logits.
 * @param id the token, inside the vocabulary.
 * @param alternatives how many of the most probable tokens to give, 1 or more.
 * @throws CoreError `logits-invalid` where a logit is NaN or +∞, or all are −∞.
 */
export function judge(row: Float32Array, id: number, alternatives: number = ALTERNATIVES_KEPT): RowJudgement {
  const topIds = topK(row, alternatives);
  const { logSumExp, entropy } = summarizeRow(row, row[topIds[0] as number] as number);
  const logit = row[id] as number;
  // A token among the alternatives has its rank there, unless ties reach past it; only others need the pass.
  const place = topIds.indexOf(id);
  const topProbabilities = new Float64Array(topIds.length);
  for (let i = 0; i < topIds.length; i++) {
    topProbabilities[i] = Math.min(1, Math.exp((row[topIds[i] as number] as number) - logSumExp));
  }
  return {
    probability: Math.min(1, Math.exp(logit - logSumExp)),
    rank: place < 0 ? rankOf(row, id) : rankAmong(row, topIds, place),
    surprisal: Math.max(0, (logSumExp - Math.max(logit, LOWEST_LOGIT)) / Math.LN2),
    entropy: entropy / Math.LN2,
    topIds,
    topProbabilities,
  };
}

/** Rank of the alternative at `place`: that of the first of its equals. */
function rankAmong(row: Float32Array, topIds: Uint32Array, place: number): number {
  const own = row[topIds[place] as number];
  let first = place;
  while (first > 0 && row[topIds[first - 1] as number] === own) first--;
  return first + 1;
}
