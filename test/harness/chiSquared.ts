/**
 * p-value of Pearson's chi-squared test of counts against expected probabilities that sum to 1. Cells in which fewer than
 * 5 are expected are pooled. A count where none is possible gives 0.
 */
export function chiSquared(counts: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const [cell, count] of counts) {
    if (!expected.has(cell) && count > 0) return 0;
    total += count;
  }
  let statistic = 0;
  let cells = 0;
  const pooled = { count: 0, expected: 0 };
  const add = (count: number, mean: number): void => {
    statistic += (count - mean) ** 2 / mean;
    cells++;
  };
  for (const [cell, probability] of expected) {
    const mean = total * probability;
    const count = counts.get(cell) ?? 0;
    if (mean >= 5) add(count, mean);
    else {
      pooled.count += count;
      pooled.expected += mean;
    }
  }
  if (pooled.expected > 0) add(pooled.count, pooled.expected);
  return upperGamma((cells - 1) / 2, statistic / 2);
}

/** Regularised upper incomplete gamma function Q(a, x): series below a + 1, Lentz's continued fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-15; n++) sum += term *= x / (a + n);
    return 1 - sum * front;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * h;
}

/** ln Γ(x) for x > 0: Stirling's series after shifting x above 10. */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift -= Math.log(x);
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
