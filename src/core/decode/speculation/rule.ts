import { totalVariation } from '../../numeric/distance';
import type { ResidualStep } from '../decoder';

/** What a token was drafted from: [vocabulary] q, or null where it was drafted for certain (a lookup, a rule). */
export type DraftDistribution = Float64Array | null;

/** A position that a draft is judged at. */
export interface Position {
  /** [vocabulary] the target's processed distribution; one-hot at temperature 0. */
  readonly p: Float64Array;
  /** [vocabulary] the raw logits behind it. */
  readonly row: Float32Array;
  readonly greedy: boolean;
}

export interface Ruling {
  /** Target's probability of the token as the rule took it. */
  readonly p: number;
  /** What r is compared with, uncapped. */
  readonly ratio: number;
  /** Whether the token is accepted, where no draw decides; null: r ~ U[0, 1) does, by r < ratio. */
  readonly decided: boolean | null;
  readonly borrowed?: number;
  readonly threshold?: number;
}

/** When a drafted token is accepted, and what its place is filled from when it is not. */
export interface AcceptanceRule {
  judge(position: Position, id: number, q: DraftDistribution): Ruling;
  /** Normalised distribution of the replacement of a rejected token. */
  residual(position: Position, id: number, q: DraftDistribution): ResidualStep;
  /**
   * Total variation between what the rule emits at a position and p, in closed form: out(y) = q(y) a(y) +
   * Σ_x q(x) (1 − a(x)) r_x(y). Absent for exact rules, where it is 0; null where it takes too long.
   */
  readonly outputTv?: (position: Position, id: number, q: DraftDistribution) => number | null;
}

/**
 * Speculative sampling (Leviathan et al. 2023, arXiv 2211.17192; Chen et al. 2023, arXiv 2302.01318): accept with
 * probability min(1, p(x)/q(x)), else draw from norm(max(0, p − q)). What is emitted has the distribution p.
 */
export const exactRule: AcceptanceRule = {
  judge: ({ p, greedy }, id, q) => {
    const own = p[id] as number;
    // The comparison r < ratio never accepts what the target cannot say, and always what it says at least as often.
    return { p: own, ratio: own / probabilityOf(q, id), decided: greedy ? own === 1 : null };
  },
  residual: ({ p }, id, q) => residualOf(p, id, q),
};

/** min(1, p/q): the probability with which speculative sampling accepts; 1 where q is 0, for that is never drafted. */
export function acceptanceProbability(p: number, q: number): number {
  return q === 0 ? 1 : Math.min(1, p / q);
}

/**
 * norm(max(0, p − q)): what a rejected token is replaced from. For a token drafted for certain, p without it.
 * Where nothing is left, which only rounding brings about, p itself with mass 0.
 */
export function residualOf(p: Float64Array, id: number, q: DraftDistribution): ResidualStep {
  const left = new Float64Array(p.length);
  if (q === null) {
    left.set(p);
    left[id] = 0;
  } else {
    for (let i = 0; i < p.length; i++) left[i] = Math.max(0, (p[i] as number) - (q[i] as number));
  }
  return normalize(left, p);
}

/** The weights divided by their sum; `fallback` with mass 0 where all are 0. */
export function normalize(weights: Float64Array, fallback: Float64Array): ResidualStep {
  let mass = 0;
  for (const weight of weights) mass += weight;
  if (mass === 0) return { mass: 0, probabilities: fallback };
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) / mass;
  return { mass, probabilities: weights };
}

/** q(id); 1 where it was drafted for certain. */
export function probabilityOf(q: DraftDistribution, id: number): number {
  return q === null ? 1 : (q[id] as number);
}

/** Total variation of p and what a token was drafted from: 1 − β, β the chance to accept. */
export function draftDistance(p: Float64Array, id: number, q: DraftDistribution): number {
  return q === null ? 1 - (p[id] as number) : totalVariation(p, q);
}
