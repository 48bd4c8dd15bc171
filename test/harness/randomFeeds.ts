import { Tensor } from 'onnxruntime-node';
import { realInputs } from '../../src/engine/graph/interface';
import type { Dimension, OnnxGraph, OnnxValue } from '../../src/engine/graph/onnx';

/** Sizes for the symbols that exporters write. */
export interface FeedSizes {
  readonly batch: number;
  readonly sequence: number;
  readonly past: number;
}

/** Fills the inputs of any transformer's graph: floats in [-1, 1), masks of ones, token ids 0 and 1; the same each time. */
export function randomFeeds(graph: OnnxGraph, sizes: FeedSizes): Record<string, Tensor> {
  const random = seeded(7);
  return Object.fromEntries(realInputs(graph).map((input) => [input.name, randomTensor(input, sizes, random)]));
}

function randomTensor(input: OnnxValue, sizes: FeedSizes, random: () => number): Tensor {
  const dims = (input.dims ?? []).map((dim) => size(dim, sizes));
  const count = dims.reduce((product, dim) => product * dim, 1);
  const isMask = /mask/i.test(input.name);
  const integer = (): number => (isMask || random() > 0 ? 1 : 0);
  switch (input.elementType) {
    case 'float32':
      return new Tensor(
        'float32',
        Float32Array.from({ length: count }, () => (isMask ? 1 : random())),
        dims,
      );
    case 'float16':
      return new Tensor(
        'float16',
        Uint16Array.from({ length: count }, () => half(isMask ? 1 : random())),
        dims,
      );
    case 'int64':
      return new Tensor(
        'int64',
        BigInt64Array.from({ length: count }, () => BigInt(integer())),
        dims,
      );
    case 'int32':
      return new Tensor('int32', Int32Array.from({ length: count }, integer), dims);
    case 'uint8':
      return new Tensor(
        'uint8',
        Uint8Array.from({ length: count }, () => 128 + random() * 100),
        dims,
      );
    default:
      throw new Error(`${input.name} is of type ${input.elementType}`);
  }
}

function size(dim: Dimension, { batch, sequence, past }: FeedSizes): number {
  if (typeof dim === 'number') return dim;
  const name = dim ?? '';
  if (/batch/i.test(name)) return batch;
  if (name === 'C') return 1;
  if (/total|past.*\+|present/i.test(name)) return past + sequence;
  return /past/i.test(name) ? past : sequence;
}

/** The nearest half to a number of magnitude below 2, as its 16 bits; what is below 2^-14 becomes 0. */
function half(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -14) return 0;
  const exponent = Math.floor(Math.log2(magnitude));
  const fraction = Math.min(1023, Math.round((magnitude / 2 ** exponent - 1) * 1024));
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

/** Uniform in [-1, 1): a linear congruential generator (Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
