import type { GraphEditor } from '../graphEditor';
import { type KnownGraph, type Shape, size } from '../known';
import type { OnnxNode } from '../onnx';
import type { AttentionForm, CacheUse, HeadCounts } from './form';

/**
 * Attention that is spelt out: MatMul, scale, mask, Softmax, MatMul. The Softmax's output is there already, and nothing is
 * added where it has four dimensions.
 */
export const softmax: AttentionForm = {
  kind: 'softmax',
  how: 'Softmax output',
  matches: (graph, node) => node.op === 'Softmax' && scoresOf(graph, node) !== null && weighed(graph, node) !== null,
  heads: unfusedHeads,
  masks: (graph, node) => ({ values: [node.inputs[0] ?? ''], scores: scoresOf(graph, node) }),
  value: (editor, node) => {
    const { scope } = editor;
    const value = weighed(scope, node)?.probabilities ?? '';
    const elementType = scope.elementType(value);
    return { value: scope.shape(value)?.length === 4 ? value : splitHeads(editor, value), elementType };
  },
  cacheUse: unfusedCache,
};

/** What may stand between scores and Softmax: scale, mask, soft cap, position biases, attention sinks. */
const scoreOps: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Where', 'Cast', 'Reshape', 'Unsqueeze', 'Squeeze', 'Min', 'Max', 'Clip'],
  ...['Tanh', 'Concat', 'Identity', 'Transpose', 'DequantizeLinear'],
]);

/** What may stand between Softmax and the values. */
const probabilityOps: ReadonlySet<string> = new Set([
  ...['Cast', 'Dropout', 'Identity', 'Where', 'Mul', 'Reshape', 'Unsqueeze', 'Squeeze', 'Slice', 'Transpose'],
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear'],
]);

const products: ReadonlySet<string> = new Set([
  ...['MatMul', 'FusedMatMul', 'Einsum', 'MatMulInteger', 'QLinearMatMul', 'Gemm'],
]);

/** Where the probabilities of an unfused attention meet the values. */
interface Weighed {
  /** Their product. */
  readonly product: OnnxNode;
  /** The output of the Softmax; after an attention sink, what the Slice leaves of it. */
  readonly probabilities: string;
}

/** The product of the probabilities of an unfused attention with its values; null for any other Softmax. */
function weighed(graph: KnownGraph, node: OnnxNode): Weighed | null {
  const output = node.outputs[0] ?? '';
  const stack: { value: string; kept: string; depth: number }[] = [{ value: output, kept: output, depth: 0 }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    for (const user of graph.consumers(top.value)) {
      if (products.has(user.op) && isProductOfComputed(graph, user)) return { product: user, probabilities: top.kept };
      if (!probabilityOps.has(user.op) || top.depth > 8) continue;
      const value = user.outputs[0] ?? '';
      stack.push({ value, kept: user.op === 'Slice' ? value : top.kept, depth: top.depth + 1 });
    }
  }
  return null;
}

/** The product of queries and keys that a Softmax normalises, or null. */
function scoresOf(graph: KnownGraph, softmax: OnnxNode): OnnxNode | null {
  const seen = new Set<OnnxNode>();
  const stack = [softmax.inputs[0] ?? ''];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = graph.producer(value);
    if (!node || seen.has(node)) continue;
    seen.add(node);
    if (products.has(node.op) && isProductOfComputed(graph, node)) return node;
    if (!scoreOps.has(node.op)) continue;
    // Last in, first out: the first input, which is the scores more often than the mask, is followed first.
    for (const input of node.inputs.toReversed()) if (input && !graph.isConstant(input)) stack.push(input);
  }
  return null;
}

function isProductOfComputed(graph: KnownGraph, node: OnnxNode): boolean {
  const factors = node.op === 'QLinearMatMul' ? [node.inputs[0], node.inputs[3]] : node.inputs.slice(0, 2);
  return factors.length === 2 && factors.every((factor) => factor && !graph.isConstant(factor));
}

/** By the shapes of the probabilities, and of what is multiplied before and behind them. */
function unfusedHeads(graph: KnownGraph, node: OnnxNode): HeadCounts {
  const { product, probabilities = '' } = weighed(graph, node) ?? {};
  const scores = scoresOf(graph, node);
  const [query = '', key = ''] = scores?.inputs ?? [];
  const heads = headsOf(graph.shape(probabilities)) ?? headsOf(graph.shape(query));
  return {
    heads,
    kvHeads: keyHeads(graph, key),
    headSize: size(graph.shape(query)?.at(-1)),
    valueSize: size(graph.shape(product?.inputs[1] ?? '')?.at(-1)),
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
function keyHeads(graph: KnownGraph, key: string): number | null {
  const whole = graph.shape(key);
  let heads = whole?.length === 4 ? size(whole[1]) : null;
  const seen = new Set<OnnxNode>();
  let value: string | undefined = key;
  for (let steps = 0; value !== undefined && steps < 24; steps++) {
    const node: OnnxNode | undefined = graph.producer(value);
    if (!node || seen.has(node) || !keyOps.has(node.op)) break;
    seen.add(node);
    const data: string = node.inputs.find((input) => input && !graph.isConstant(input)) ?? '';
    if (node.op === 'Expand' && heads !== null) {
      // A dimension of its own beside that of the key-value heads: [batch, key-value heads, 1, sequence, size].
      const [before, after] = [graph.shape(data), graph.shape(value)];
      const axis = before?.length === 5 ? before.findIndex((dim, i) => dim === 1 && (size(after?.[i]) ?? 1) > 1) : -1;
      const times = size(after?.[axis]);
      if (times !== null && heads % times === 0) heads /= times;
    }
    value = data;
  }
  return heads;
}

/** Keys where the cache goes into the scores before a Softmax, values where what the Softmax gives is multiplied with it. */
function unfusedCache(graph: KnownGraph, node: OnnxNode, value: string): CacheUse | null {
  if (node.op !== 'MatMul' && node.op !== 'Einsum' && node.op !== 'FusedMatMul') return null;
  const scored = graph.graph.nodes.find((each) => each.op === 'Softmax' && scoresOf(graph, each) === node);
  if (scored) return { part: 'key', site: scored };
  const before = softmaxBefore(graph, node.inputs.find((input) => input !== value) ?? '');
  return before && { part: 'value', site: before };
}

/** What is followed back from the values' product to the Softmax. */
const backOps: ReadonlySet<string> = new Set([
  ...['Cast', 'Reshape', 'Identity', 'Unsqueeze', 'Squeeze', 'Flatten', 'Expand', 'Tile'],
  ...['Dropout', 'Where', 'Slice', 'Mul', 'Transpose'],
]);

/** The Softmax whose probabilities `value` is, through what may stand between the two. */
function softmaxBefore(graph: KnownGraph, value: string): OnnxNode | null {
  for (let steps = 0, at = value; steps < 8; steps++) {
    const node = graph.producer(at);
    if (!node || node.op === 'Softmax') return node ?? null;
    if (!backOps.has(node.op)) return null;
    at = node.inputs[node.op === 'Where' ? 2 : 0] ?? '';
  }
  return null;
}

/** [heads, query, key] or any split of the heads over leading dimensions as [1, heads, query, key]. */
function splitHeads(editor: GraphEditor, value: string): string {
  const shape = editor.node('Shape', [value]);
  const last = Number.MAX_SAFE_INTEGER;
  const queryKey =
    editor.opset >= 10
      ? editor.node('Slice', [shape, editor.constant('int64', [-2]), editor.constant('int64', [last])])
      : editor.node('Slice', [shape], { starts: [-2], ends: [last] });
  const target = editor.node('Concat', [editor.constant('int64', [1, -1]), queryKey], { axis: 0 });
  return editor.node('Reshape', [value, target]);
}
