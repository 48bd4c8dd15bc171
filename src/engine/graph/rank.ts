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
export function rankOf(scope: Scope, value: string): number | null {
  return find(scope, value, farthest, new Map());
}

/** Operators in a row that are followed. */
const farthest = 16;

type Known = Map<string, number | null>;

function find(scope: Scope, value: string, steps: number, known: Known): number | null {
  const found = known.get(value);
  if (found !== undefined) return found;
  known.set(value, null);
  const rank = scope.dims(value)?.length ?? infer(scope, value, steps, known);
  known.set(value, rank);
  return rank;
}

function infer(scope: Scope, value: string, steps: number, known: Known): number | null {
  const node = scope.producer(value);
  if (!node || steps === 0) return null;
  const of = (index: number): number | null => find(scope, node.inputs[index] ?? '', steps - 1, known);
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
      return lengthOf(scope, node.inputs[1] ?? '', steps - 1, known);
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
function lengthOf(scope: Scope, shape: string, steps: number, known: Known): number | null {
  const stated = scope.dims(shape)?.[0];
  if (typeof stated === 'number') return stated;
  const node = scope.producer(shape);
  if (!node || steps === 0) return null;
  const of = (value: string): number | null => lengthOf(scope, value, steps - 1, known);
  if (node.op === 'Shape') return find(scope, node.inputs[0] ?? '', steps - 1, known);
  // A number of the shape, taken out and put back as a list of one.
  if (node.op === 'Unsqueeze')
    return find(scope, node.inputs[0] ?? '', steps - 1, known) === 0 ? 1 : scalarLength(scope, node.inputs[0] ?? '');
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
