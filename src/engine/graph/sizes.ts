import { type AttentionSite, scoresOf, valueProductOf } from './attention';
import { type Shape, size, weightDims } from './known';
import type { OnnxNode } from './onnx';
import type { Scope } from './scope';

/** Sizes of one attention. Null where the graph does not say: never computed from others that need not agree with them. */
export interface HeadCounts {
  /** Query heads: rows of the probabilities. */
  readonly heads: number | null;
  readonly kvHeads: number | null;
  /** Of queries and keys, padding included. */
  readonly headSize: number | null;
  /** Of values, where it is another. */
  readonly valueSize: number | null;
}

/** Sizes as one attention node, or the shapes around it, state them. */
export function attentionHeads(scope: Scope, site: AttentionSite): HeadCounts {
  const int = (name: string): number | null => site.node.attributes.get(name)?.int || null;
  const { inputs } = site.node;
  const shape = (index: number): Shape | null => scope.shape(inputs[index] ?? '');
  const width = (index: number): number | null => size(shape(index)?.at(-1));
  const each = (total: number | null, count: number | null): number | null =>
    total !== null && count !== null && total % count === 0 ? total / count : null;
  switch (site.kind) {
    case 'onnx-attention': {
      const is4d = shape(0)?.length === 4;
      const heads = int('q_num_heads') ?? (is4d ? size(shape(0)?.[1]) : null);
      const kvHeads = int('kv_num_heads') ?? (is4d ? size(shape(1)?.[1]) : null);
      const headSize = is4d ? width(0) : each(width(0), heads);
      return { heads, kvHeads, headSize, valueSize: is4d ? width(2) : each(width(2), kvHeads) };
    }
    case 'softmax':
      return unfusedHeads(scope, site);
    case 'group-query': {
      const [heads, kvHeads] = [int('num_heads'), int('kv_num_heads')];
      // Without keys of their own, the queries hold keys and values too.
      const parts = heads === null ? null : heads + (inputs[1] ? 0 : 2 * (kvHeads ?? 0));
      const headSize = each(width(0), parts);
      return { heads, kvHeads, headSize, valueSize: headSize };
    }
    case 'multi-head': {
      const heads = int('num_heads');
      const headSize = inputs[1] ? each(width(0), heads) : size(shape(0)?.at(-1));
      return { heads, kvHeads: heads, headSize, valueSize: inputs[2] ? each(width(2), heads) : headSize };
    }
    case 'recompute': {
      const heads = int('num_heads');
      const sizes = site.node.attributes.get('qkv_hidden_sizes')?.ints;
      const third = each(size(weightDims(scope, inputs[1] ?? '')?.at(-1)), 3);
      const headSize = each(sizes?.[0] ?? third, heads);
      return { heads, kvHeads: heads, headSize, valueSize: each(sizes?.[2] ?? third, heads) };
    }
    case 'opaque':
      return { heads: int('num_heads'), kvHeads: int('kv_num_heads'), headSize: null, valueSize: null };
  }
}

/** By the shapes of the probabilities, and of what is multiplied before and behind them. */
function unfusedHeads(scope: Scope, site: AttentionSite): HeadCounts {
  const probabilities = scope.shape(site.probabilities ?? '');
  const scores = scoresOf(scope, site.node);
  const [query = '', key = ''] = scores?.inputs ?? [];
  const heads = headsOf(probabilities) ?? headsOf(scope.shape(query));
  return {
    heads,
    kvHeads: keyHeads(scope, key),
    headSize: size(scope.shape(query)?.at(-1)),
    valueSize: size(scope.shape(valueProductOf(scope, site)?.inputs[1] ?? '')?.at(-1)),
  };
}

/** Heads of [batch, heads, …]; of three dimensions the first is heads alone where it is a size, the batch being 1. */
function headsOf(shape: Shape | null): number | null {
  if (shape?.length === 4) return size(shape[1]);
  const first = shape?.length === 3 ? size(shape[0]) : null;
  return first === 1 ? null : first;
}

/** What may stand between the keys as they were computed and their product with the queries. */
const keyOps: ReadonlySet<string> = new Set([
  ...['Add', 'Cast', 'Concat', 'Div', 'Expand', 'Identity', 'Mul', 'Reshape', 'RotaryEmbedding', 'Transpose', 'Tile'],
  ...['Unsqueeze', 'Where', 'Neg', 'Slice', 'Split', 'LayerNormalization', 'SimplifiedLayerNormalization'],
]);

/** Key-value heads: of the keys before they are repeated for the query heads that share them. */
function keyHeads(scope: Scope, key: string): number | null {
  const whole = scope.shape(key);
  let heads = whole?.length === 4 ? size(whole[1]) : null;
  const seen = new Set<OnnxNode>();
  let value: string | undefined = key;
  for (let steps = 0; value !== undefined && steps < 24; steps++) {
    const node: OnnxNode | undefined = scope.producer(value);
    if (!node || seen.has(node) || !keyOps.has(node.op)) break;
    seen.add(node);
    const data: string = node.inputs.find((input) => input && !scope.isConstant(input)) ?? '';
    if (node.op === 'Expand' && heads !== null) {
      // A dimension of its own beside that of the key-value heads: [batch, key-value heads, 1, sequence, size].
      const [before, after] = [scope.shape(data), scope.shape(value)];
      const axis = before?.length === 5 ? before.findIndex((dim, i) => dim === 1 && (size(after?.[i]) ?? 1) > 1) : -1;
      const times = size(after?.[axis]);
      if (times !== null && heads % times === 0) heads /= times;
    }
    value = data;
  }
  return heads;
}
