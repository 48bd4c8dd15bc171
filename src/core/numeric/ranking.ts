/**
 * Ids of the k largest values, best first; equal values in order of id.
 * One pass with a heap of k: n + k ln(n/k) log k steps on values in random order.
 * @param values without NaN.
 * @param k capped at the number of values.
 */
export function topK(values: Float32Array | Float64Array, k: number): Uint32Array {
  const n = values.length;
  const size = Math.min(Math.max(0, Math.trunc(k)), n);
  const heap = new Uint32Array(size);
  if (size === 0) return heap;
  const keys = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    heap[i] = i;
    keys[i] = values[i] as number;
  }
  for (let i = (size >> 1) - 1; i >= 0; i--) siftDown(heap, keys, i, size);
  let threshold = keys[0] as number;
  // Later ids lose ties, so only strictly larger values enter.
  for (let i = size; i < n; i++) {
    const value = values[i] as number;
    if (value > threshold) {
      heap[0] = i;
      keys[0] = value;
      siftDown(heap, keys, 0, size);
      threshold = keys[0];
    }
  }
  for (let end = size - 1; end > 0; end--) {
    swap(heap, keys, 0, end);
    siftDown(heap, keys, 0, end);
  }
  return heap;
}

/** Rank of an id among the values, 1 = largest; ties share the better rank. */
export function rankOf(values: Float32Array | Float64Array, id: number): number {
  const own = values[id] as number;
  let rank = 1;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > own) rank++;
  return rank;
}

/** The worst on top: smaller value, or the later id of equals. */
function isWorse(heap: Uint32Array, keys: Float64Array, a: number, b: number): boolean {
  const x = keys[a] as number;
  const y = keys[b] as number;
  return x < y || (x === y && (heap[a] as number) > (heap[b] as number));
}

function siftDown(heap: Uint32Array, keys: Float64Array, start: number, size: number): void {
  let parent = start;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= size) return;
    if (child + 1 < size && isWorse(heap, keys, child + 1, child)) child++;
    if (!isWorse(heap, keys, child, parent)) return;
    swap(heap, keys, parent, child);
    parent = child;
  }
}

function swap(heap: Uint32Array, keys: Float64Array, a: number, b: number): void {
  const id = heap[a] as number;
  heap[a] = heap[b] as number;
  heap[b] = id;
  const key = keys[a] as number;
  keys[a] = keys[b] as number;
  keys[b] = key;
}
