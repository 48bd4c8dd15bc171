import { Random } from '../../numeric/random';
import { argmax } from '../../numeric/softmax';
import type { Sampling } from '../sampling';
import { draw } from '../filters';
import { probabilityOf, residualOf } from './rule';
import { processed } from './verify';
import type { Refresh } from './window';

/** How a guess is drawn anew from the target's distribution at its place. */
export const REFRESHES = ['independent', 'maximal-coupling', 'gumbel'] as const;
export type RefreshKind = (typeof REFRESHES)[number];

/** First of the seed's streams that hold the noise of a place. */
const NOISE_STREAM = 2;

/**
 * A guess x of a place, drawn from p, which is its q when it is judged next. At temperature 0 the most probable token.
 * - `independent`: a new draw (Speculative Jacobi Decoding, arXiv 2410.01699).
 * - `maximal-coupling`: the old guess stays with probability min(1, p(x) / q(x)), else x ~ norm(max(0, p − q)), q what the old
 *   one was drawn from (Speculative Coupled Decoding, arXiv 2510.24211): as few guesses change as can.
 * - `gumbel`: the argmax of log p + Gumbel noise that the place keeps (the same paper), here as the exponential race
 *   argmin E / p: a guess changes only where p does.
 *
 * Each leaves x ~ p given everything at places before it: the draws of a place are used there alone, and what the target
 * says of a place does not depend on later ones. So the rule's result is exact with all of them.
 */
export function refreshOf(kind: RefreshKind, sampling: Sampling, random: Random): Refresh {
  const source = 'previous-pass';
  if (sampling.temperature === 0) return (row) => ({ id: argmax(row).id, q: null, source });
  switch (kind) {
    case 'independent':
      return (row) => {
        const p = processed(row, sampling);
        return { id: draw(p, random.uniform()), q: p, source };
      };
    case 'maximal-coupling':
      return (row, _, old) => {
        const p = processed(row, sampling);
        if (old === undefined) return { id: draw(p, random.uniform()), q: p, source };
        const { id, q } = old;
        if (random.uniform() < (p[id] as number) / probabilityOf(q, id)) return { id, q: p, source };
        return { id: draw(residualOf(p, id, q).probabilities, random.uniform()), q: p, source };
      };
    case 'gumbel':
      return (row, index, old) => {
        const p = processed(row, sampling);
        const noise = old?.noise ?? exponentials(p.length, Random.ofStream(sampling.seed, NOISE_STREAM + index));
        return { id: first(p, noise), q: p, source, noise };
      };
  }
}

/** [count] draws of the exponential distribution of rate 1. */
function exponentials(count: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => -Math.log1p(-random.uniform()));
}

/** The winner of a race in which token i arrives at E(i) / p(i): token i with probability p(i). */
function first(p: Float64Array, noise: Float64Array): number {
  let winner = -1;
  let earliest = Infinity;
  for (let i = 0; i < p.length; i++) {
    const time = (noise[i] as number) / (p[i] as number);
    if (p[i] === 0 || (winner >= 0 && time >= earliest)) continue;
    winner = i;
    earliest = time;
  }
  return winner;
}
