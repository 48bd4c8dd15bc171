import { totalVariation } from '../numeric/distance';
import { klDivergenceBits } from '../numeric/entropy';
import type { Divergence } from './divergence';

/**
 * How far q is from p where both are known whole.
 * @param p [vocabulary] probabilities
 * @param q [vocabulary], as long as `p`
 */
export function exactDivergence(p: Float64Array, q: Float64Array): Divergence {
  const distance = totalVariation(p, q);
  return { klAtLeast: klDivergenceBits(p, q), exact: true, tv: { low: distance, high: distance } };
}
