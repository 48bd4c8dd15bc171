/** Numbers of a distribution, each in [0, 1], summing to 1. */
export type Distribution = ArrayLike<number>;

/** Entropy −Σ p log2 p in bits; 0 log 0 = 0. Shannon 1948. */
export function entropyBits(p: Distribution): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const value = p[i] as number;
    if (value > 0) sum -= value * Math.log2(value);
  }
  return Math.max(0, sum);
}

/**
 * Kullback–Leibler divergence D(p‖q) = Σ p log2(p/q) in bits, at least 0; Infinity where p is positive and q is 0.
 * @param q as long as p.
 */
export function klDivergenceBits(p: Distribution, q: Distribution): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const value = p[i] as number;
    if (value > 0) sum += value * Math.log2(value / (q[i] as number));
  }
  return Math.max(0, sum);
}
