import { type AttentionSite, scoresOf } from './attention';
import type { OnnxNode } from './onnx';
import type { Scope } from './scope';

export interface HeadCounts {
  readonly heads: number | null;
  readonly kvHeads: number | null;
  readonly headSize: number | null;
}

/** The dimensions of a weight that may be transposed, cast or dequantised in the graph. */
export function weightDims(scope: Scope, value: string, steps = 8): readonly number[] | null {
  const constant = scope.constant(value);
  if (constant) return constant.dims;
  const node = scope.producer(value);
  if (!node || steps === 0) return !node && scope.outer ? weightDims(scope.outer, value, steps) : null;
  const dims = weightDims(scope, node.inputs[0] ?? '', steps - 1);
  if (!dims || ['Cast', 'DequantizeLinear', 'Identity'].includes(node.op)) return dims;
  if (node.op !== 'Transpose') return null;
  const perm = node.attributes.get('perm')?.ints ?? dims.map((_, i) => dims.length - 1 - i);
  return perm.map((axis) => dims[axis] ?? 0);
}

/** The size of the last dimension of `value`, as stated or by the weight that makes it. */
function lastDim(scope: Scope, value: string): number | null {
  let at = value;
  for (let steps = 0; steps < 8; steps++) {
    const stated = positive(scope.dims(at)?.at(-1));
    if (stated !== null) return stated;
    const node = scope.producer(at);
    if (!node) return null;
    if (node.op === 'MatMul') return positive(weightDims(scope, node.inputs[1] ?? '')?.at(-1));
    if (node.op === 'MatMulNBits') return node.attributes.get('N')?.int ?? null;
    at = node.inputs.find((input) => input && !scope.isConstant(input)) ?? '';
  }
  return null;
}

/** Head counts as one attention node and what feeds it state them. */
export function attentionHeads(scope: Scope, site: AttentionSite): HeadCounts {
  const int = (name: string): number | null => site.node.attributes.get(name)?.int || null;
  const inputs = site.node.inputs;
  const query = scope.dims(inputs[0] ?? '');
  switch (site.kind) {
    case 'onnx-attention': {
      const is4d = query?.length === 4;
      return {
        heads: int('q_num_heads') ?? (is4d ? positive(query[1]) : null),
        kvHeads: int('kv_num_heads') ?? (is4d ? positive(scope.dims(inputs[1] ?? '')?.[1]) : null),
        headSize: is4d ? positive(query[3]) : null,
      };
    }
    case 'softmax':
      return unfusedHeads(scope, site);
    case 'group-query': {
      const heads = int('num_heads');
      const kvHeads = int('kv_num_heads');
      const width = lastDim(scope, inputs[0] ?? '');
      const parts = (heads ?? 0) + (inputs[1] ? 0 : 2 * (kvHeads ?? 0));
      return { heads, kvHeads, headSize: width !== null && parts > 0 ? width / parts : null };
    }
    case 'multi-head': {
      const heads = int('num_heads');
      const width = inputs[1] ? lastDim(scope, inputs[0] ?? '') : null;
      return { heads, kvHeads: heads, headSize: width !== null && heads ? width / heads : null };
    }
    case 'recompute':
      return { heads: int('num_heads'), kvHeads: int('num_heads'), headSize: null };
    case 'opaque':
      return { heads: int('num_heads'), kvHeads: int('kv_num_heads'), headSize: null };
  }
}

function positive(dim: unknown): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}

/** What may stand between the reshape into heads and the product with the keys: scaling and rotary embedding. */
const queryOps = ['Mul', 'Div', 'Add', 'Concat', 'Cast', 'Identity', 'RotaryEmbedding', 'LayerNormalization'];

/** Heads by the stated shape of the probabilities, or by the reshape of the queries before their transposition. */
function unfusedHeads(scope: Scope, site: AttentionSite): HeadCounts {
  const dims = scope.dims(site.probabilities ?? '');
  const stated = dims?.length === 4 ? positive(dims[1]) : null;
  const scores = scoresOf(scope, site.node);
  const seen = new Set<OnnxNode>();
  const stack = [scores?.inputs[0] ?? ''];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = scope.producer(value);
    if (!node || seen.has(node) || seen.size > 64) continue;
    seen.add(node);
    const perm = node.attributes.get('perm')?.ints?.join();
    if (node.op === 'Transpose' && perm === '0,2,1,3') {
      const reshape = scope.producer(node.inputs[0] ?? '');
      const shape = reshape?.op === 'Reshape' ? shapeValues(scope, reshape.inputs[1] ?? '') : null;
      if (!reshape || shape?.length !== 4) continue;
      const headSize = positive(shape[3]);
      const width = lastDim(scope, reshape.inputs[0] ?? '');
      const heads = positive(shape[2]) ?? (headSize !== null && width !== null ? width / headSize : null);
      return { heads: stated ?? heads, kvHeads: null, headSize };
    }
    if (queryOps.includes(node.op)) {
      for (const input of node.inputs) if (input && !scope.isConstant(input)) stack.push(input);
    }
  }
  return { heads: stated, kvHeads: null, headSize: null };
}

/** A shape that the graph builds; null for elements that are known at run time only. */
function shapeValues(scope: Scope, value: string): readonly (number | null)[] | null {
  const constant = scope.constant(value);
  if (constant) return constant.values;
  const node = scope.producer(value);
  if (node?.op !== 'Concat') return null;
  return node.inputs.flatMap((input): readonly (number | null)[] => scope.constant(input)?.values ?? [null]);
}
