import type { ElementType } from './elementType';
import type { Dimension, OnnxGraph, OnnxValue } from './onnx';
import { unnamedCache, unnamedIds, unnamedLogits, unnamedRole } from './unnamed';

/** One tensor of the cache: an input that takes what an output of the previous pass gave. */
export interface CacheTensor {
  readonly layer: number;
  /**
   * `key`, `value`: the attention cache. `key-value`: both in one tensor (`past_N`, first dimension 2, or GPT-BigCode's
   * `key_value`). `state`: of a convolution or a recurrence, with no dimension that grows.
   */
  readonly part: 'key' | 'value' | 'key-value' | 'state';
  /** Name of the input; null where the file gives the cache but does not take it. */
  readonly past: string | null;
  /** Name of the output; null where the file takes the cache but does not give it. */
  readonly present: string | null;
  readonly elementType: ElementType;
  /** As the file states them, symbols included; null where it does not. */
  readonly dims: readonly Dimension[] | null;
  /** Which of `dims` is the batch: feed 1. */
  readonly batchAxis: number;
  /** Which of `dims` grows by one a token: feed 0 at the start. Null for `state`, whose sizes are fixed. */
  readonly sequenceAxis: number | null;
  /** Which of `dims` counts key-value heads, where one does. */
  readonly headAxis: number | null;
}

/**
 * What an input of a decoder is for, other than token ids and the cache. Shapes are for batch size 1, `sequence` new tokens
 * and `past` tokens in the cache.
 */
export type InputRole =
  /** 1 for each of past + sequence tokens: [1, total]. */
  | 'attention-mask'
  /** past, past + 1, ...: [1, sequence]; [3, 1, sequence] where three dimensions are stated (all three rows alike). */
  | 'position-ids'
  /** past, past + 1, ...: [sequence]. */
  | 'cache-position'
  /** Whether the cache is to be used: bool [1]; false exactly when the cache is empty. */
  | 'use-cache-branch'
  /** past + sequence - 1: int32 [1]. */
  | 'sequence-lengths'
  /** past + sequence: scalar or [1]. */
  | 'total-sequence-length'
  /** past: scalar or [1]. */
  | 'past-sequence-length'
  /** sequence: scalar or [1]. */
  | 'sequence-length'
  /** How many logits to compute, counted from the end; 0 for all: scalar or [1]. */
  | 'logits-to-keep';

export interface DecoderInput extends OnnxValue {
  readonly role: InputRole;
}

/** The inputs and outputs of a decoder, sorted by what they are for. */
export interface DecoderInterface {
  /** Token ids: [1, sequence], int64 or int32. */
  readonly ids: OnnxValue;
  readonly inputs: readonly DecoderInput[];
  /** In the order of layers, key before value. Empty for a file without a cache. */
  readonly cache: readonly CacheTensor[];
  /** Inputs whose purpose is not known: such a file cannot be run. */
  readonly unknown: readonly OnnxValue[];
  /** [1, sequence, vocabulary]. */
  readonly logits: OnnxValue;
}

const idNames = [
  'input_ids',
  'input_ids:0',
  'ids',
  'tokens',
  'token_ids',
  'input',
  'input1',
  'idx',
  'decoder_input_ids',
];
const logitNames = ['logits', 'output', 'output1', 'lm_logits', 'prediction_scores'];

const roles: readonly (readonly [InputRole, RegExp])[] = [
  ['attention-mask', /^(attention_mask|attn_mask|mask)$/i],
  ['position-ids', /^(position_ids|positions?|pos_ids)$/i],
  ['cache-position', /^cache_position$/i],
  ['use-cache-branch', /^use_cache_branch$/i],
  ['sequence-lengths', /^(seqlens_k|seq_?lens_k|seqlens_k_minus_one)$/i],
  ['total-sequence-length', /^(total_sequence_length|total_seq_?len(gth)?)$/i],
  ['past-sequence-length', /^(past_sequence_length|past_seq_?len(gth)?|past_length)$/i],
  ['sequence-length', /^(current_sequence_length|sequence_length|seq_?len(gth)?)$/i],
  ['logits-to-keep', /^(num_)?logits_to_keep$/i],
];

/** What the model must be fed: its inputs without the initialisers that old files list among them. */
export function realInputs(graph: OnnxGraph): OnnxValue[] {
  return graph.inputs.filter((input) => !graph.initializers.has(input.name));
}

export function findIds(graph: OnnxGraph): OnnxValue | undefined {
  const candidates = realInputs(graph).filter(
    (input) => input.elementType === 'int64' || input.elementType === 'int32',
  );
  for (const name of idNames) {
    const found = candidates.find((input) => input.name === name);
    if (found) return found;
  }
  const nameless = candidates.filter((input) => cacheName(input.name) === null && inputRole(input) === null);
  return candidates.find((input) => /input_?ids|token_?ids|^tokens/i.test(input.name)) ?? unnamedIds(graph, nameless);
}

/** @param ids the name of the input of token ids. */
export function findLogits(graph: OnnxGraph, ids: string): OnnxValue | undefined {
  const candidates = graph.outputs.filter((output) => cacheName(output.name) === null);
  for (const name of logitNames) {
    const found = candidates.find((output) => output.name === name);
    if (found) return found;
  }
  return candidates.find((output) => /logits/i.test(output.name)) ?? unnamedLogits(graph, candidates, ids);
}

interface CacheName {
  readonly layer: number;
  readonly part: CacheTensor['part'];
  /** Whether it is of the attention over an encoder's output. */
  readonly cross: boolean;
}

/** Layer and part of names such as past_key_values.3.key, present.3.value, past_3, past_key_3, past_conv.3, cache_k_3. */
export function cacheName(name: string): CacheName | null {
  if (!/^(past|present|cache|kv|new_)/i.test(name)) return null;
  const layer = /(?:^|[._])(\d+)(?=[._]|$)/.exec(name)?.[1];
  if (layer === undefined) return null;
  const rest = name.replace(/key_values/i, '');
  const has = (pattern: RegExp): boolean => pattern.test(rest);
  let part: CacheTensor['part'] = 'key-value';
  if (has(/conv|recurrent|ssm|state/i)) part = 'state';
  else if (has(/(^|[._])(key|k)([._]|$)/i) && !has(/key_value/i)) part = 'key';
  else if (has(/(^|[._])(value|v)([._]|$)/i) && !has(/key_value/i)) part = 'value';
  return { layer: Number(layer), part, cross: /encoder|cross/i.test(name) };
}

/** What an input is for besides token ids and cache, by its name and form; null where it is not known. */
export function inputRole({ name, dims }: OnnxValue): InputRole | null {
  // Tracers number what they name: `attention_mask.1`, `position_ids:0`.
  const plain = name.replace(/[.:]\d+$/, '');
  const role = roles.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
  // A mask over queries and keys is made by rules of the model's own.
  return role === 'attention-mask' && dims && dims.length !== 2 ? null : role;
}

/** The other inputs by what they are for, and those of which it is not known. */
export function sortInputs(
  graph: OnnxGraph,
  ids: OnnxValue,
  cache: readonly CacheTensor[],
): Pick<DecoderInterface, 'inputs' | 'unknown'> {
  const pasts = new Set(cache.map(({ past }) => past));
  const inputs: DecoderInput[] = [];
  const unknown: OnnxValue[] = [];
  for (const input of realInputs(graph)) {
    if (input.name === ids.name || pasts.has(input.name)) continue;
    const role = inputRole(input) ?? unnamedRole(graph, input, ids, totalOf(graph, cache));
    if (role) inputs.push({ ...input, role });
    else unknown.push(input);
  }
  return { inputs, unknown };
}

/** The dimension of the cache's outputs that grows, as the file calls it. */
function totalOf(graph: OnnxGraph, cache: readonly CacheTensor[]): Dimension | undefined {
  const grown = cache.find(({ sequenceAxis, present }) => sequenceAxis !== null && present !== null);
  const dims = graph.outputs.find(({ name }) => name === grown?.present)?.dims;
  return dims?.[grown?.sequenceAxis ?? 0];
}

/** The tensors of the cache in the order of layers, key before value: by their names, else by what the graph does with them. */
export function findCache(graph: OnnxGraph): CacheTensor[] {
  const named = namedCache(graph);
  // Named on one side only, it is a half unless the graph tells the other.
  if (named.some(({ past, present }) => past !== null && present !== null)) return named;
  const inputs = realInputs(graph).filter((input) => inputRole(input) === null);
  const used = unnamedCache(graph, inputs, graph.outputs);
  if (used.length === 0) return named;
  return used
    .sort((a, b) => a.layer - b.layer || (a.part < b.part ? -1 : 1))
    .map(({ layer, part, past, present }) => ({
      layer,
      part,
      past: past.name,
      present: present.name,
      elementType: past.elementType,
      dims: past.dims,
      ...cacheAxes(part, past.dims),
    }));
}

/** Pairs the cache's inputs with its outputs. `state` tensors of one layer are told apart by their names. */
function namedCache(graph: OnnxGraph): CacheTensor[] {
  const found = new Map<string, { past: OnnxValue | null; present: OnnxValue | null } & CacheName>();
  const collect = (values: readonly OnnxValue[], side: 'past' | 'present'): void => {
    for (const value of values) {
      const cache = cacheName(value.name);
      if (!cache) continue;
      // past_key_values.0.conv_state and present.0.conv_state; past_conv.0 and present_conv.0
      const suffix = cache.part === 'state' ? value.name.replace(/^(past|present)(_key_values)?/i, '') : '';
      const key = `${cache.layer} ${cache.part} ${cache.cross} ${suffix}`;
      const entry = found.get(key) ?? { ...cache, past: null, present: null };
      entry[side] = value;
      found.set(key, entry);
    }
  };
  collect(realInputs(graph), 'past');
  collect(graph.outputs, 'present');
  const rank = { key: 0, value: 1, 'key-value': 0, state: 2 };
  return [...found.values()]
    .sort((a, b) => a.layer - b.layer || rank[a.part] - rank[b.part])
    .map(({ layer, part, past, present }) => {
      const dims = past?.dims ?? present?.dims ?? null;
      return {
        layer,
        part,
        past: past?.name ?? null,
        present: present?.name ?? null,
        elementType: (past ?? present)?.elementType ?? 'undefined',
        dims,
        ...cacheAxes(part, dims),
      };
    });
}

/** [batch, heads, sequence, size], [2, batch, heads, sequence, size]; otherwise told by the symbols. */
function cacheAxes(
  part: CacheTensor['part'],
  dims: readonly Dimension[] | null,
): Pick<CacheTensor, 'batchAxis' | 'sequenceAxis' | 'headAxis'> {
  const rank = dims?.length ?? 4;
  const named = dims?.findIndex((dim) => typeof dim === 'string' && /past|seq|length|total/i.test(dim)) ?? -1;
  const batch = dims?.findIndex((dim) => typeof dim === 'string' && /batch/i.test(dim)) ?? -1;
  const stacked = part === 'key-value' && rank === 5;
  const batchAxis = batch >= 0 ? batch : stacked ? 1 : 0;
  if (part === 'state') return { batchAxis, sequenceAxis: null, headAxis: null };
  // Where no name tells, the only other dimension without a size is the one that grows.
  const open = (dims ?? []).flatMap((dim, axis) => (typeof dim === 'number' || axis === batchAxis ? [] : [axis]));
  const usual = stacked ? 3 : rank === 4 ? 2 : 1;
  const sequenceAxis = named >= 0 ? named : open.length === 1 ? (open[0] as number) : usual;
  const headAxis = stacked ? (sequenceAxis === 3 ? 2 : 3) : rank === 4 ? (sequenceAxis === 2 ? 1 : 2) : null;
  return { batchAxis, sequenceAxis, headAxis };
}
