/** Blocks for each value wanted: their maxima narrow the search, and few are looked into again. */
const BLOCKS_A_VALUE = 4;
/** More candidates than this for each value wanted are not worth sorting. */
const MANY_CANDIDATES = 16;

/**
 * Ids of the k largest values, best first; equal values in order of id.
 *
 * Two passes, the second over few values: the k-th largest of the maxima of 4k blocks is a bound that k values reach, so that
 * only blocks whose maximum reaches it are looked into. On values in random order that is one pass and a third.
 * @param values without NaN.
 * @param k capped at the number of values.
 */
export function topK(values: Float32Array | Float64Array, k: number): Uint32Array {
  const n = values.length;
  const size = Math.min(Math.max(0, Math.trunc(k)), n);
  if (size === 0) return new Uint32Array(0);
  const width = Math.max(1, Math.floor(n / (BLOCKS_A_VALUE * size)));
  const maxima = new Float64Array(Math.ceil(n / width));
  for (let block = 0, start = 0; start < n; block++, start += width) {
    const end = Math.min(start + width, n);
    let max = -Infinity;
    for (let i = start; i < end; i++) if ((values[i] as number) > max) max = values[i] as number;
    maxima[block] = max;
  }
  const bound = maxima.slice().sort()[maxima.length - size] as number;

  const candidates: number[] = [];
  // Of values equal to the bound the first k are enough: rows with most tokens ruled out are full of them.
  let equal = 0;
  for (let block = 0; block < maxima.length; block++) {
    if ((maxima[block] as number) < bound) continue;
    const end = Math.min((block + 1) * width, n);
    for (let i = block * width; i < end; i++) {
      const value = values[i] as number;
      if (value > bound || (value === bound && equal++ < size)) candidates.push(i);
    }
  }
  if (candidates.length > MANY_CANDIDATES * size) {
    // Values that rise with their ids fill whole blocks: the search goes on among what they hold.
    const among = topK(
      Float64Array.from(candidates, (i) => values[i] as number),
      size,
    );
    return among.map((place) => candidates[place] as number);
  }
  candidates.sort((a, b) => {
    const x = values[a] as number;
    const y = values[b] as number;
    return x === y ? a - b : x < y ? 1 : -1;
  });
  return Uint32Array.from(candidates.slice(0, size));
}

/** Rank of an id among the values, 1 = largest; ties share the better rank. */
export function rankOf(values: Float32Array | Float64Array, id: number): number {
  const own = values[id] as number;
  let rank = 1;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > own) rank++;
  return rank;
}
