import type { Distribution } from './entropy';

/**
 * Total variation of two distributions over the same tokens: ½ Σ |p − q| = 1 − Σ min(p, q), in [0, 1].
 * The chance that one draw of each, coupled as well as can be, gives two different tokens.
 */
export function totalVariation(p: Distribution, q: Distribution): number {
  let sum = 0;
  for (let id = 0; id < p.length; id++) sum += Math.abs((p[id] as number) - (q[id] as number));
  return Math.min(1, sum / 2);
}
