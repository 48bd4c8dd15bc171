import { dirname } from 'node:path';
import * as ort from 'onnxruntime-node';
import {
  applyEdits,
  type CacheTensor,
  type DecoderAnatomy,
  type DecoderInput,
  findDecoder,
  halfToNumber,
  openFileSource,
  planProbes,
  type ProbePlan,
  type ProbeRequest,
  readOnnx,
} from '../../src/engine/graph/index';

/** A decoder loaded with probes, for tests: the least that runs every fixture. */
export interface ProbedDecoder {
  readonly anatomy: DecoderAnatomy;
  readonly plan: ProbePlan;
  /** One pass over `ids` after what `cache` holds; batch size 1. */
  run(
    ids: readonly number[],
    cache?: ort.InferenceSession.OnnxValueMapType,
  ): Promise<ort.InferenceSession.OnnxValueMapType>;
  release(): Promise<void>;
}

export const everything: ProbeRequest = { attention: 'all', hidden: 'all', logits: true };

export async function createSession(bytes: Uint8Array, folder: string): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    logSeverityLevel: 4,
    extra: { session: { model_external_initializers_file_folder_path: folder } },
  } as ort.InferenceSession.SessionOptions);
}

export async function loadProbed(path: string, request: ProbeRequest): Promise<ProbedDecoder> {
  const source = openFileSource(path);
  const model = readOnnx(source);
  const anatomy = findDecoder(model);
  const plan = planProbes(model, request, anatomy);
  const session = await createSession(applyEdits(source, plan.edits), dirname(path));
  source.close();
  return {
    anatomy,
    plan,
    run: (ids, cache) => session.run(decoderFeeds(anatomy, ids, cache)),
    release: () => session.release(),
  };
}

type Sizes = { sequence: number; past: number };

/** Feeds for one pass over `ids` after what `cache`, the result of an earlier pass, holds. */
export function decoderFeeds(
  { interface: io, ...anatomy }: DecoderAnatomy,
  ids: readonly number[],
  cache?: ort.InferenceSession.OnnxValueMapType,
): Record<string, ort.Tensor> {
  const feeds: Record<string, ort.Tensor> = { [io.ids.name]: integers(io.ids.elementType, ids, [1, ids.length]) };
  const grows = io.cache.find(({ past, sequenceAxis }) => past !== null && sequenceAxis !== null);
  const before = cache && grows ? cache[grows.present ?? ''] : undefined;
  const past = before ? (before.dims[grows?.sequenceAxis ?? 0] ?? 0) : 0;
  for (const tensor of io.cache) {
    if (tensor.past === null) continue;
    feeds[tensor.past] = cache?.[tensor.present ?? ''] ?? emptyCache(tensor, anatomy);
  }
  for (const input of io.inputs) feeds[input.name] = feedFor(input, { sequence: ids.length, past });
  return feeds;
}

function integers(type: string, values: readonly number[], dims: readonly number[]): ort.Tensor {
  return type === 'int32'
    ? new ort.Tensor('int32', Int32Array.from(values), dims)
    : new ort.Tensor(
        'int64',
        BigInt64Array.from(values, (value) => BigInt(value)),
        dims,
      );
}

function emptyCache(tensor: CacheTensor, sizes: Pick<DecoderAnatomy, 'kvHeads' | 'headSize'>): ort.Tensor {
  const dims = (tensor.dims ?? []).map((dim, axis) => {
    if (axis === tensor.batchAxis) return 1;
    if (axis === tensor.sequenceAxis) return 0;
    if (typeof dim === 'number') return dim;
    return (axis === tensor.headAxis ? sizes.kvHeads : sizes.headSize) ?? 0;
  });
  const count = dims.reduce((product, dim) => product * dim, 1);
  return tensor.elementType === 'float16'
    ? new ort.Tensor('float16', new Uint16Array(count), dims)
    : new ort.Tensor('float32', new Float32Array(count), dims);
}

function feedFor(input: DecoderInput, { sequence, past }: Sizes): ort.Tensor {
  const total = past + sequence;
  const positions = Array.from({ length: sequence }, (_, i) => past + i);
  const scalar = (value: number): ort.Tensor =>
    integers(
      input.elementType,
      [value],
      (input.dims ?? [1]).map(() => 1),
    );
  switch (input.role) {
    case 'attention-mask': {
      const ones = new Array<number>(total).fill(1);
      return input.elementType === 'float32'
        ? new ort.Tensor('float32', Float32Array.from(ones), [1, total])
        : integers(input.elementType, ones, [1, total]);
    }
    case 'position-ids':
      return integers(input.elementType, positions, [1, sequence]);
    case 'cache-position':
      return integers(input.elementType, positions, [sequence]);
    case 'use-cache-branch':
      return new ort.Tensor('bool', Uint8Array.of(past > 0 ? 1 : 0), [1]);
    case 'sequence-lengths':
      return scalar(total - 1);
    case 'total-sequence-length':
      return scalar(total);
    case 'past-sequence-length':
      return scalar(past);
    case 'sequence-length':
      return scalar(sequence);
    case 'logits-to-keep':
      return scalar(0);
  }
}

/** The elements of a float32 or float16 tensor. */
export function floats(tensor: ort.OnnxValue | undefined): Float32Array {
  if (!tensor || !('data' in tensor)) throw new Error('the run gave no such output');
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return Float32Array.from(data, halfToNumber);
  throw new Error(`not a tensor of floats: ${tensor.type}`);
}

/** The largest absolute difference of two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} elements against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
