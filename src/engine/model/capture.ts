import type { Tensor } from 'onnxruntime-node';
import { floats } from './tensors';

/** Attention on later tokens, of any token, above which a model is none that predicts the next. */
export const LATER_MASS = 1e-3;

/**
 * The most attention that a token has on later ones.
 * @param tensor [1, heads, query, key], as a pass gave it; keys beyond the tokens are padding, which comes later too.
 * @param queries queries that are tokens; the rest is padding behind them.
 */
export function laterMass(tensor: Tensor, queries: number): number {
  const [, heads = 0, rows = 0, keys = 0] = tensor.dims;
  const source = floats(tensor);
  const before = keys - rows;
  let most = 0;
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < Math.min(queries, rows); query++) {
      const row = (head * rows + query) * keys;
      let mass = 0;
      for (let key = Math.max(0, before + query + 1); key < keys; key++) mass += source[row + key] as number;
      most = Math.max(most, mass);
    }
  }
  return most;
}

/**
 * Attention of one layer as [heads, fed, total] with causal zeros exact.
 * @param tensor [1, heads, query, key]: the last of its real queries are the tokens fed. Keys that the file holds beyond
 *   `total` are padding; where it keeps fewer (a sliding cache), those that it has dropped have weight 0.
 * @param queries queries that are tokens; the rest is padding behind them.
 */
export function attentionRows(tensor: Tensor, queries: number, fed: number, total: number): Float32Array {
  const [, heads = 0, rows = 0, keys = 0] = tensor.dims;
  const source = floats(tensor);
  const first = queries - fed;
  const dropped = Math.max(0, total - keys);
  const isWhole = rows === fed && keys === total;
  const result = isWhole ? source : new Float32Array(heads * fed * total);
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < fed; query++) {
      const row = (head * fed + query) * total;
      const visible = total - fed + query + 1;
      if (!isWhole) {
        const from = (head * rows + first + query) * keys;
        result.set(source.subarray(from, from + visible - dropped), row + dropped);
      }
      result.fill(0, row + visible, row + total);
    }
  }
  return result;
}

/** The last `count` of the first `rows` rows of [1, rows or more, width], as float32 in memory of their own. */
export function lastRows(tensor: Tensor, rows: number, count: number): Float32Array {
  const source = floats(tensor);
  const width = tensor.dims.at(-1) as number;
  if (count * width === source.length) return source;
  return source.slice((rows - count) * width, rows * width);
}
