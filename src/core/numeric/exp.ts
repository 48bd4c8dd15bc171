/**
 * exp of numbers that are not positive, as every softmax asks for them: several times as fast as Math.exp, which is what
 * judging a row of logits costs. Table and polynomial (Tang 1989, Table-driven implementation of the exponential
 * function): exp(d) = 2^(−k/64) · exp(r) with 0 ≥ r > −ln 2 / 64, the series of exp(r) cut after r^4, whose error is below
 * r^5 / 120 = 1.3e-12. The table stays within a processor's first cache, and the function is short enough to be inlined.
 */
const STEPS = 64;
const PER_UNIT = STEPS / Math.LN2;
const STEP = Math.LN2 / STEPS;
/** Below this the result is less than 5e-18 of the largest: too little to change any sum of a vocabulary. */
const LOWEST = -40;
const TABLE = Float64Array.from({ length: Math.ceil(-LOWEST * PER_UNIT) + 2 }, (_, k) => 2 ** (-k / STEPS));

/** @param d at most 0. @returns exp(d) with a relative error below 2e-12; below −40 as Math.exp has it. */
export function expNegative(d: number): number {
  if (d < LOWEST) return Math.exp(d);
  const k = (-d * PER_UNIT) | 0;
  const r = d + k * STEP;
  return (TABLE[k] as number) * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24)))));
}

/**
 * Σ exp(x − max) and Σ exp(x − max)·(x − max) over a row in one pass, what an entropy needs. The body of
 * {@link expNegative} stands in the loop: a call an element would cost as much again.
 * @param max the row's largest value; −∞ and whatever is more than 40 below it adds less than can be seen.
 */
export function sumsOfExp(row: Float32Array, max: number): { readonly sum: number; readonly weighted: number } {
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < row.length; i++) {
    const d = (row[i] as number) - max;
    if (d < LOWEST) continue;
    const k = (-d * PER_UNIT) | 0;
    const r = d + k * STEP;
    const e = (TABLE[k] as number) * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24)))));
    sum += e;
    weighted += e * d;
  }
  return { sum, weighted };
}
