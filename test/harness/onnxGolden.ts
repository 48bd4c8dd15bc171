import { everything, floats, largestDifference, loadProbed, type ProbedDecoder } from './onnx';
import type { GoldenTensor } from './safetensors';

/** What PyTorch gave for one text: attention [layers, heads, n, n], hidden states [layers + 1, n, width]. */
export interface GoldenRun {
  readonly ids: readonly number[];
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** [heads, n, n]. */
  readonly attention: (layer: number) => Float32Array;
  /** [n, width]; the last one is after the final norm. */
  readonly hidden: (layer: number) => Float32Array;
  readonly logits: Float32Array | null;
}

/** Reads one run of a golden file; `prefix` tells several runs apart. */
export function goldenRun(tensors: ReadonlyMap<string, GoldenTensor>, prefix = ''): GoldenRun {
  const get = (name: string): GoldenTensor => {
    const tensor = tensors.get(prefix + name);
    if (!tensor) throw new Error(`the golden file has no ${prefix}${name}`);
    return tensor;
  };
  const attentions = get('attentions');
  const hidden = get('hidden_states');
  const [layers = 0, heads = 0, n = 0] = attentions.dims;
  const width = hidden.dims[2] ?? 0;
  const part = (tensor: GoldenTensor, index: number, size: number): Float32Array =>
    (tensor.data as Float32Array).subarray(index * size, (index + 1) * size);
  return {
    ids: Array.from(get('input_ids').data as BigInt64Array, Number),
    layers,
    heads,
    width,
    attention: (layer) => part(attentions, layer, heads * n * n),
    hidden: (layer) => part(hidden, layer, n * width),
    logits: (tensors.get(`${prefix}logits`)?.data as Float32Array | undefined) ?? null,
  };
}

/** How far a probed decoder is from a golden run, as largest differences over all layers. */
export interface Distance {
  readonly attention: number;
  readonly hidden: number;
  readonly logits: number;
  /** Everything that leaves the last block: [n, width]. */
  readonly lastHidden: Float32Array;
  /** Attention probabilities by layer: [heads, n, n]. */
  readonly probabilities: readonly Float32Array[];
}

/** Runs the whole text in one pass, with everything probed. */
export async function distanceInOnePass(decoder: ProbedDecoder, golden: GoldenRun): Promise<Distance> {
  const { plan } = decoder;
  const result = await decoder.run(golden.ids);
  const probabilities = plan.attention.map(({ output }) => floats(result[output]));
  const hidden = plan.hidden.map(({ output }) => floats(result[output]));
  const distances = (found: readonly Float32Array[], expected: (layer: number) => Float32Array): number =>
    Math.max(...found.map((tensor, layer) => largestDifference(tensor, expected(layer))));
  return {
    attention: distances(probabilities, golden.attention),
    hidden: distances(hidden.slice(0, golden.layers), golden.hidden),
    logits: golden.logits ? largestDifference(floats(result[plan.logits.output]), golden.logits) : NaN,
    lastHidden: hidden.at(-1) as Float32Array,
    probabilities,
  };
}

/** Runs a file with everything probed, hands the decoder to `use`, and releases it. */
export async function withProbed<T>(path: string, use: (decoder: ProbedDecoder) => Promise<T>): Promise<T> {
  const decoder = await loadProbed(path, everything);
  try {
    return await use(decoder);
  } finally {
    await decoder.release();
  }
}

/** Rows of [n, width] divided by their root mean square, or by their deviation from the mean: norms without weights. */
export function normalise(rows: Float32Array, width: number, kind: 'rms' | 'layer', epsilon: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const mean = kind === 'layer' ? row.reduce((sum, x) => sum + x, 0) / width : 0;
    const square = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / width;
    for (let i = 0; i < width; i++) result[start + i] = ((row[i] as number) - mean) / Math.sqrt(square + epsilon);
  }
  return result;
}
