/**
 * 8-bit codes of attention weights, for pictures: code = round(255 √w), weight = (code / 255)².
 * The square root spends the codes where weights are small: the error is at most √w / 255 + 1 / 510², so 0.004 at w = 1,
 * 0.0004 at w = 0.01, and weights below 3.8e-6 read as 0. Exact zeros stay exact.
 */
export const CODES = 256;

/** [256] weight of each code. */
export const WEIGHT_OF_CODE: Float32Array = Float32Array.from({ length: CODES }, (_, code) => (code / 255) ** 2);

/** Largest error of a decoded weight. */
export function codeErrorBound(weight: number): number {
  return Math.sqrt(weight) / 255 + 1 / 510 ** 2;
}

/** @param weight in [0, 1]; slightly more, as float32 softmax gives it, reads as 1. */
export function encodeWeight(weight: number): number {
  return weight >= 1 ? 255 : (255 * Math.sqrt(weight) + 0.5) | 0;
}

/** Encodes `length` weights from `source[from]` into `target[to]`. */
export function encodeWeights(
  source: Float32Array | Float64Array,
  from: number,
  target: Uint8Array,
  to: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) target[to + i] = encodeWeight(source[from + i] as number);
}

/** Weights of the codes `codes[from … from + length)`. */
export function decodeWeights(codes: Uint8Array, from = 0, length = codes.length - from): Float32Array {
  const weights = new Float32Array(length);
  for (let i = 0; i < length; i++) weights[i] = WEIGHT_OF_CODE[codes[from + i] as number] as number;
  return weights;
}
