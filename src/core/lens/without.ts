import { WEIGHT_OF_CODE } from '../numeric/codes';

/**
 * A row of causal attention without some keys, shared out anew among those that are left:
 *
 *   A'[q,k] = A[q,k] / Σ_{j ∉ W} A[q,j]  for k ∉ W,  0 for k ∈ W.
 *
 * Summed in float64 over what is left, not as 1 minus what is left out: where a sink takes nearly all, that would keep
 * none of its digits.
 *
 * @param map holds the row at `offset`: query + 1 weights, or their 8-bit codes.
 * @param without W, positions of keys; those after the query are not in the row anyway.
 * @param target gets the row at `at`; all 0 where nothing is left.
 * @returns what was left before, in [0, 1].
 */
export function shareWithout(
  map: Float32Array | Uint8Array,
  offset: number,
  query: number,
  without: readonly number[],
  target: Float32Array,
  at: number,
): number {
  const coded = map instanceof Uint8Array;
  for (let key = 0; key <= query; key++) {
    const value = map[offset + key] as number;
    target[at + key] = coded ? (WEIGHT_OF_CODE[value] as number) : value;
  }
  for (const key of without) if (key <= query) target[at + key] = 0;
  let left = 0;
  for (let key = 0; key <= query; key++) left += target[at + key] as number;
  if (left > 0) for (let key = 0; key <= query; key++) target[at + key] = (target[at + key] as number) / left;
  return left;
}
