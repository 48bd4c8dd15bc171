/**
 * Ids of the k largest values, best first; equal values in order of id.
 * One pass that keeps the k best so far in order: k (1 + ln(n/k)) of n values in random order find a place there, each moving
 * k/2 others, which for the k of a list that people read is quicker than a heap or a sort.
 * @param values without NaN.
 * @param k capped at the number of values.
 */
export function topK(values: Float32Array | Float64Array, k: number): Uint32Array {
  const size = Math.min(Math.max(0, Math.trunc(k)), values.length);
  const ids = new Uint32Array(size);
  rankInto(values, ids, new Float64Array(size));
  return ids;
}

/**
 * {@link topK} without a new list: for what is asked of every token, where making two would cost as much again.
 * @param ids gets the ids, as many as it has room for, or all where that is fewer.
 * @param best as long as `ids`: gets their values.
 * @returns how many there are.
 */
export function rankInto(values: Float32Array | Float64Array, ids: Uint32Array, best: Float64Array): number {
  const n = values.length;
  const size = Math.min(ids.length, n);
  if (size === 0) return 0;
  let kept = 0;
  let threshold = -Infinity;
  for (let id = 0; id < n; id++) {
    const value = values[id] as number;
    // Later ids lose ties, so that only larger values enter once the list is full.
    if (!(value > threshold) && kept === size) continue;
    let place = kept < size ? kept++ : size - 1;
    for (; place > 0 && (best[place - 1] as number) < value; place--) {
      best[place] = best[place - 1] as number;
      ids[place] = ids[place - 1] as number;
    }
    best[place] = value;
    ids[place] = id;
    if (kept === size) threshold = best[size - 1] as number;
  }
  return size;
}

/** Rank of an id among the values, 1 = largest; ties share the better rank. */
export function rankOf(values: Float32Array | Float64Array, id: number): number {
  const own = values[id] as number;
  let rank = 1;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > own) rank++;
  return rank;
}
