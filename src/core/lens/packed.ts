/**
 * The packed lower triangle: how a causal attention map of n tokens is kept, n(n+1)/2 entries, row q at q(q+1)/2 with
 * its q + 1 keys. What stands above the diagonal is not kept: it is no weight of 0 but no weight at all.
 */

/** Entries of a map of `tokens` tokens. */
export function packedLength(tokens: number): number {
  return (tokens * (tokens + 1)) / 2;
}

/** Where row `query` starts. */
export function packedRow(query: number): number {
  return (query * (query + 1)) / 2;
}

/** Index of an entry; `key` at most `query`. */
export function packedIndex(query: number, key: number): number {
  return packedRow(query) + key;
}

/**
 * Column `key` of a packed map: who looks at it.
 * @returns [tokens − key] entries, for queries key … tokens − 1.
 */
export function packedColumn<T extends Uint8Array | Float32Array>(map: T, tokens: number, key: number): T {
  const column = map.slice(0, tokens - key) as T;
  for (let query = key; query < tokens; query++) column[query - key] = map[packedIndex(query, key)] as number;
  return column;
}

/**
 * A map as a small square picture, its codes max-pooled so that no strong weight is lost: pixel (r, c) is the largest
 * code of the queries and keys with floor(index × size / tokens) = r and c.
 * @param size pixels of a side; capped at `tokens`.
 * @returns [size, size], query down, key right; 0 where the picture lies wholly above the diagonal.
 */
export function thumbnail(codes: Uint8Array, tokens: number, size: number): Uint8Array {
  const side = Math.min(size, tokens);
  const pixels = new Uint8Array(side * side);
  const pixelOf = Uint16Array.from({ length: tokens }, (_, i) => Math.floor((i * side) / tokens));
  let index = 0;
  for (let query = 0; query < tokens; query++) {
    const row = (pixelOf[query] as number) * side;
    for (let key = 0; key <= query; key++) {
      const pixel = row + (pixelOf[key] as number);
      const code = codes[index++] as number;
      if (code > (pixels[pixel] as number)) pixels[pixel] = code;
    }
  }
  return pixels;
}
