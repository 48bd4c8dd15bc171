import type { Scope } from './scope';

/** Operators whose result has the rank of their first input. */
const unchanged: ReadonlySet<string> = new Set([
  ...[
    'Cast',
    'Clip',
    'Concat',
    'Dropout',
    'Expand',
    'Identity',
    'Neg',
    'RotaryEmbedding',
    'Slice',
    'Softmax',
    'Split',
    'Tanh',
  ],
]);

/** Operators whose inputs broadcast. */
const broadcasting: ReadonlySet<string> = new Set([
  ...['Add', 'Div', 'FusedMatMul', 'MatMul', 'Max', 'Min', 'Mul', 'Sub', 'Where'],
]);

/** Attention is computed on [batch, heads, sequence, size]: what broadcasts with that has no more dimensions. */
const highestRank = 4;

/** The number of dimensions of `value`, where the file states it or its operators tell; else null. */
export function rankOf(scope: Scope, value: string, depth = 16): number | null {
  const dims = scope.dims(value);
  if (dims) return dims.length;
  const node = scope.producer(value);
  if (!node || depth === 0) return null;
  const of = (index: number): number | null => rankOf(scope, node.inputs[index] ?? '', depth - 1);
  if (unchanged.has(node.op)) return of(0);
  if (broadcasting.has(node.op)) {
    let highest = 0;
    let isKnown = true;
    for (let i = 0; i < node.inputs.length && highest < highestRank; i++) {
      const rank = of(i);
      if (rank === null) isKnown = false;
      else highest = Math.max(highest, rank);
    }
    return isKnown || highest === highestRank ? highest : null;
  }
  switch (node.op) {
    case 'Transpose':
      return node.attributes.get('perm')?.ints?.length ?? of(0);
    case 'Reshape':
      return lengthOf(scope, node.inputs[1] ?? '', depth - 1);
    case 'Unsqueeze': {
      const axes = node.attributes.get('axes')?.ints ?? scope.constant(node.inputs[1] ?? '')?.values;
      const rank = axes ? of(0) : null;
      return axes && rank !== null ? rank + axes.length : null;
    }
    case 'ReduceSum': {
      const rank = of(0);
      return rank !== null && node.attributes.get('keepdims')?.int === 0 ? rank - 1 : rank;
    }
    case 'EmbedLayerNormalization':
      return value === node.outputs[1] ? 1 : 3;
    default:
      return null;
  }
}

/** The number of elements of a shape that the graph builds. */
function lengthOf(scope: Scope, shape: string, depth: number): number | null {
  const stated = scope.dims(shape)?.[0];
  if (typeof stated === 'number') return stated;
  const node = scope.producer(shape);
  if (!node || depth === 0) return null;
  const of = (value: string): number | null => lengthOf(scope, value, depth - 1);
  if (node.op === 'Shape') return rankOf(scope, node.inputs[0] ?? '', depth - 1);
  // A number of the shape, taken out and put back as a list of one.
  if (node.op === 'Unsqueeze')
    return rankOf(scope, node.inputs[0] ?? '', depth - 1) === 0 ? 1 : scalarLength(scope, node.inputs[0] ?? '');
  if (node.op === 'Cast' || node.op === 'Identity') return of(node.inputs[0] ?? '');
  if (node.op !== 'Concat') return null;
  const parts = node.inputs.map(of);
  return parts.includes(null) ? null : (parts as number[]).reduce((sum, part) => sum + part, 0);
}

/** 1 where `value` is picked from a shape by a scalar index, which makes it a scalar. */
function scalarLength(scope: Scope, value: string): number | null {
  const node = scope.producer(value);
  return node?.op === 'Gather' && scope.constant(node.inputs[1] ?? '')?.dims.length === 0 ? 1 : null;
}
