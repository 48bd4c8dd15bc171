import { LOWEST_LOGIT, summarizeRow } from '../numeric/softmax';
import { rankInto, rankOf } from '../numeric/ranking';
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
  readonly topIds: readonly number[];
  /** [topIds.length] their probabilities. */
  readonly topProbabilities: readonly number[];
}

/** Where the most probable are put in order: every token of every run is judged, and its own lists would cost as much. */
const ranked = { ids: new Uint32Array(ALTERNATIVES_KEPT), logits: new Float64Array(ALTERNATIVES_KEPT) };

/**
 * Judges a token by the raw logits of the position before it (temperature 1, no filter), in float64.
 * @param row [vocabulary] logits.
 * @param id the token, inside the vocabulary.
 * @param alternatives how many of the most probable tokens to give, 1 or more.
 * @throws CoreError `logits-invalid` where a logit is NaN or +∞, or all are −∞.
 */
export function judge(row: Float32Array, id: number, alternatives: number = ALTERNATIVES_KEPT): RowJudgement {
  if (ranked.ids.length !== alternatives) {
    ranked.ids = new Uint32Array(alternatives);
    ranked.logits = new Float64Array(alternatives);
  }
  const { ids, logits } = ranked;
  const kept = rankInto(row, ids, logits);
  const { logSumExp, entropy } = summarizeRow(row, logits[0] as number);
  const logit = row[id] as number;
  const topIds: number[] = [];
  const topProbabilities: number[] = [];
  // A token among the alternatives has its rank there, unless ties reach past it; only others need the pass.
  let place = -1;
  for (let i = 0; i < kept; i++) {
    const other = ids[i] as number;
    if (other === id) place = i;
    topIds.push(other);
    topProbabilities.push(Math.min(1, Math.exp((logits[i] as number) - logSumExp)));
  }
  return {
    probability: Math.min(1, Math.exp(logit - logSumExp)),
    rank: place < 0 ? rankOf(row, id) : rankAmong(logits, place),
    surprisal: Math.max(0, (logSumExp - Math.max(logit, LOWEST_LOGIT)) / Math.LN2),
    entropy: entropy / Math.LN2,
    topIds,
    topProbabilities,
  };
}

/** Rank of the alternative at `place`: that of the first of its equals. */
function rankAmong(logits: Float64Array, place: number): number {
  let first = place;
  while (first > 0 && logits[first - 1] === logits[place]) first--;
  return first + 1;
}
