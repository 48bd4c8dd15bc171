import { elementTypeCode } from '../elementType';
import type { GraphEditor, ProbeValue } from '../graphEditor';
import { size, weightDims } from '../known';
import type { OnnxNode } from '../onnx';
import { each, fusedForm, intOf } from './fused';

/**
 * com.microsoft `Attention` and `QAttention`: computed again from queries and keys, so that each layer projects these once
 * more: ask for the layers that are looked at.
 */
export const recompute = fusedForm({
  kind: 'recompute',
  how: 'computed again from queries and keys',
  domain: 'com.microsoft',
  operators: {
    Attention: { masks: [3, 5] },
    QAttention: { masks: [5], auxiliary: [3, 4, 6, 7], typeOf: 3 },
  },
  heads: (graph, node) => {
    const heads = intOf(node, 'num_heads');
    const sizes = node.attributes.get('qkv_hidden_sizes')?.ints;
    const third = each(size(weightDims(graph, node.inputs[1] ?? '')?.at(-1)), 3);
    const headSize = each(sizes?.[0] ?? third, heads);
    return { heads, kvHeads: heads, headSize, valueSize: each(sizes?.[2] ?? third, heads) };
  },
  value: recomputed,
});

const float32 = elementTypeCode('float32');
const bool = elementTypeCode('bool');

/** Where the inputs of com.microsoft Attention and QAttention are. -1: the operator has no such input. */
const inputPlaces = {
  Attention: { bias: 2, mask: 3, past: 4, scoreBias: 5 },
  QAttention: { bias: 2, mask: 5, past: 8, scoreBias: -1 },
} as const;

/**
 * Computes the attention of com.microsoft `Attention` or `QAttention` again, in float32, by new nodes beside it:
 * softmax(scale * Q K^T + bias + mask), as in onnxruntime's contrib operator documentation. Keys come from the cache that
 * the operator gives, where it gives one.
 */
function recomputed(editor: GraphEditor, node: OnnxNode): ProbeValue {
  const places = inputPlaces[node.op as keyof typeof inputPlaces];
  const input = (place: number): string => (place < 0 ? '' : (node.inputs[place] ?? ''));
  const int = (name: string): number => node.attributes.get(name)?.int ?? 0;
  const heads = int('num_heads');
  if (heads <= 0) return { reason: `Its ${node.op} operator does not say how many heads it has.` };
  if (editor.opset < 11) {
    return { reason: `Recomputing attention needs operator set 11 or later; this file has ${editor.opset}.` };
  }
  if (int('do_rotary'))
    return { reason: `Its ${node.op} operator rotates queries inside, which cannot be repeated outside.` };
  if (int('past_present_share_buffer')) {
    return { reason: `Its ${node.op} operator keeps the cache in one shared buffer.` };
  }
  const sizes = node.attributes.get('qkv_hidden_sizes')?.ints;
  const mask = input(places.mask);
  const maskRank = mask ? (editor.scope.shape(mask)?.length ?? null) : 0;
  const maskReason = checkMask(editor, mask, maskRank);
  if (maskReason) return { reason: maskReason };

  const { query, key } = project(editor, node, input(places.bias), heads, sizes);
  const keys = allKeys(editor, node, input(places.past), key);
  let scores = editor.node('MatMul', [query, editor.node('Transpose', [keys], { perm: [0, 1, 3, 2] })]);
  const scale = node.attributes.get('scale')?.float;
  scores = editor.node('Mul', [scores, scale ? editor.constant('float32', [scale], []) : inverseRoot(editor, query)]);
  const scoreBias = input(places.scoreBias);
  if (scoreBias) scores = editor.node('Add', [scores, toFloat(editor, scoreBias)]);
  if (mask && maskRank) {
    const filter = node.attributes.get('mask_filter_value')?.float ?? -10000;
    scores = addMask(editor, scores, mask, maskRank, filter);
  }
  if (int('unidirectional')) scores = causal(editor, scores);
  return { value: editor.node('Softmax', [scores], { axis: -1 }), elementType: 'float32' };
}

/** Why a mask of this form cannot be repeated, or null. */
function checkMask(editor: GraphEditor, mask: string, rank: number | null): string | null {
  if (!mask) return null;
  if (rank === null) return `The form of the mask ${mask} of its attention is not stated.`;
  const size = editor.scope.dims(mask)?.[0];
  if (rank === 1 && typeof size === 'number' && size > 1)
    return 'Its attention masks by start and end positions of a batch.';
  return rank > 3 ? 'Its attention has a mask of four dimensions.' : null;
}

function toFloat(editor: GraphEditor, value: string): string {
  return editor.scope.elementType(value) === 'float32' ? value : editor.node('Cast', [value], { to: float32 });
}

/** Queries and new keys, each [1, heads, sequence, head size], float32. */
function project(
  editor: GraphEditor,
  node: OnnxNode,
  bias: string,
  heads: number,
  sizes: readonly number[] | undefined,
): { query: string; key: string } {
  const isQuantised = node.op === 'QAttention';
  const [x, w] = [node.inputs[0] ?? '', node.inputs[1] ?? ''];
  const hidden = isQuantised ? dequantise(editor, x, node.inputs[3], node.inputs[6]) : toFloat(editor, x);
  const weight = isQuantised ? dequantise(editor, w, node.inputs[4], node.inputs[7]) : toFloat(editor, w);
  let projected = editor.node('MatMul', [hidden, weight]);
  if (bias) projected = editor.node('Add', [projected, toFloat(editor, bias)]);
  // The last dimension holds queries, keys and values: thirds, or the sizes that the operator states.
  const bound = (part: number): string => {
    if (sizes) return editor.constant('int64', [sizes.slice(0, part).reduce((sum, size) => sum + size, 0)]);
    if (part === 0) return editor.constant('int64', [0]);
    const width = editor.node('Gather', [editor.node('Shape', [projected]), editor.constant('int64', [2])], {
      axis: 0,
    });
    const third = editor.node('Div', [width, editor.constant('int64', [3])]);
    return editor.node('Mul', [third, editor.constant('int64', [part])]);
  };
  const part = (index: number): string => {
    const slice = editor.node('Slice', [projected, bound(index), bound(index + 1), editor.constant('int64', [2])]);
    const split = editor.node('Reshape', [slice, editor.constant('int64', [0, 0, heads, -1])]);
    return editor.node('Transpose', [split], { perm: [0, 2, 1, 3] });
  };
  return { query: part(0), key: part(1) };
}

/** (value - zero point) * scale, for one scale or one a column. */
function dequantise(editor: GraphEditor, value: string, scale = '', zeroPoint = ''): string {
  const float = editor.node('Cast', [value], { to: float32 });
  const centred = zeroPoint ? editor.node('Sub', [float, editor.node('Cast', [zeroPoint], { to: float32 })]) : float;
  return editor.node('Mul', [centred, scale]);
}

/** Past and new keys: [1, heads, total, head size]. */
function allKeys(editor: GraphEditor, node: OnnxNode, past: string, key: string): string {
  const present = node.outputs[1];
  const firstHalf = (stacked: string): string =>
    toFloat(editor, editor.node('Gather', [stacked, editor.constant('int64', [0], [])], { axis: 0 }));
  if (present) return firstHalf(present);
  return past ? editor.node('Concat', [firstHalf(past), key], { axis: 2 }) : key;
}

/** 1 / sqrt(head size) of queries [1, heads, sequence, head size]. */
function inverseRoot(editor: GraphEditor, query: string): string {
  const size = editor.node('Gather', [editor.node('Shape', [query]), editor.constant('int64', [3], [])], { axis: 0 });
  const root = editor.node('Sqrt', [editor.node('Cast', [size], { to: float32 })]);
  return editor.node('Div', [editor.constant('float32', [1], []), root]);
}

/** Positions 0 ... count - 1 as int64 [count], from dimension `axis` of `shape`. */
function positions(editor: GraphEditor, shape: string, axis: number): { range: string; count: string } {
  const scalar = (value: number): string => editor.constant('int64', [value], []);
  const count = editor.node('Gather', [shape, scalar(axis)], { axis: 0 });
  return { range: editor.node('Range', [scalar(0), count, scalar(1)]), count };
}

/** Adds `filter` where the mask hides a key: lengths [1], or 0 and 1 for each key [1, total] or query and key [1, sequence, total]. */
function addMask(editor: GraphEditor, scores: string, mask: string, rank: number, filter: number): string {
  const zero = editor.constant('float32', [0], []);
  const hidden = editor.constant('float32', [filter], []);
  let seen: string;
  if (rank === 1) {
    const { range } = positions(editor, editor.node('Shape', [scores]), 3);
    const length = editor.node('Cast', [mask], { to: elementTypeCode('int64') });
    seen = editor.node('Less', [range, length]);
  } else {
    const shape = rank === 2 ? [0, 1, 1, -1] : [0, 1, -1, 0];
    const target = rank === 2 ? editor.constant('int64', shape) : maskShape(editor, mask);
    seen = editor.node('Cast', [editor.node('Reshape', [mask, target])], { to: bool });
  }
  return editor.node('Add', [scores, editor.node('Where', [seen, zero, hidden])]);
}

/** [1, 1, sequence, total] for a mask [1, sequence, total]. */
function maskShape(editor: GraphEditor, mask: string): string {
  return editor.node('Concat', [editor.constant('int64', [1]), editor.node('Shape', [mask])], { axis: 0 });
}

/** Hides the keys after each query; query i of n stands at key total - n + i. */
function causal(editor: GraphEditor, scores: string): string {
  const shape = editor.node('Shape', [scores]);
  const query = positions(editor, shape, 2);
  const key = positions(editor, shape, 3);
  const offset = editor.node('Sub', [key.count, query.count]);
  const at = editor.node('Add', [query.range, offset]);
  const column = editor.node('Reshape', [at, editor.constant('int64', [-1, 1])]);
  const later = editor.node('Greater', [key.range, column]);
  return editor.node('Where', [later, editor.constant('float32', [-3.4028234663852886e38], []), scores]);
}
