import { type OnnxNode, operatorName } from './onnx';
import type { DataFlow } from './residual';
import type { Scope } from './scope';

/** How the attention of one node can be read; see {@link AttentionSite}. */
export type AttentionKind =
  /** MatMul, scale, mask, Softmax, MatMul: the Softmax's output is there already. */
  | 'softmax'
  /** The standard's `Attention` (opset 23 on): a fourth output after the softmax. */
  | 'onnx-attention'
  /** com.microsoft `GroupQueryAttention`: a fourth output after the softmax. */
  | 'group-query'
  /** com.microsoft `MultiHeadAttention` and `DecoderMaskedMultiHeadAttention`: a fourth output of masked scores, then Softmax. */
  | 'multi-head'
  /** com.microsoft `Attention` and `QAttention`: computed again from queries and keys. */
  | 'recompute'
  /** A fused operator that gives nothing to compute attention from. */
  | 'opaque';

/** A node that computes attention, and how it can be read. */
export interface AttentionSite {
  readonly kind: AttentionKind;
  readonly node: OnnxNode;
  /** The operator, as `domain::Op`. */
  readonly operator: string;
  /** For `softmax`: the tensor of probabilities. */
  readonly probabilities: string | null;
  /** For `opaque`: why its attention cannot be read, as a sentence. */
  readonly reason: string | null;
}

/** The attention nodes among `flow`, in its order. */
export function findAttention(scope: Scope, flow: DataFlow): AttentionSite[] {
  return flow.order.flatMap((node) => attentionSite(scope, node) ?? []);
}

/** The attention that `node` computes, or null. */
export function attentionSite(scope: Scope, node: OnnxNode): AttentionSite | null {
  const operator = operatorName(node);
  const site = (kind: AttentionKind, reason: string | null = null): AttentionSite => ({
    kind,
    node,
    operator,
    probabilities: null,
    reason,
  });
  if (node.op === 'Softmax') {
    const probabilities = attentionProbabilities(scope, node);
    return probabilities === null ? null : { ...site('softmax'), probabilities };
  }
  if (node.domain === '' && node.op === 'Attention') return site('onnx-attention');
  if (!/Attention/.test(node.op)) return null;
  if (node.domain === 'com.microsoft') {
    if (node.op === 'GroupQueryAttention') return site('group-query');
    if (node.op === 'MultiHeadAttention' || node.op === 'DecoderMaskedMultiHeadAttention') return site('multi-head');
    if (node.op === 'Attention' || node.op === 'QAttention') return site('recompute');
  }
  return site('opaque', `The operator ${operator} does not give its attention.`);
}

/** What may stand between scores and Softmax: scale, mask, soft cap, position biases, attention sinks. */
const scoreOps: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Where',
  'Cast',
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Min',
  'Max',
  'Clip',
  'Tanh',
  'Concat',
  'Identity',
  'Transpose',
  'DequantizeLinear',
]);

/** What may stand between Softmax and the values. */
const probabilityOps: ReadonlySet<string> = new Set([
  'Cast',
  'Dropout',
  'Identity',
  'Where',
  'Mul',
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Slice',
  'Transpose',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
]);

const products: ReadonlySet<string> = new Set([
  'MatMul',
  'FusedMatMul',
  'Einsum',
  'MatMulInteger',
  'QLinearMatMul',
  'Gemm',
]);

/**
 * The probabilities of an unfused attention: the output of a Softmax over a product of two computed tensors, which is
 * multiplied with a third. After an attention sink, what the Slice leaves of it. Null for any other Softmax.
 */
function attentionProbabilities(scope: Scope, softmax: OnnxNode): string | null {
  return scoresOf(scope, softmax) ? (weighed(scope, softmax)?.probabilities ?? null) : null;
}

/** The product of the probabilities of an unfused attention with its values, or null. */
export function valueProductOf(scope: Scope, { node }: AttentionSite): OnnxNode | null {
  return weighed(scope, node)?.product ?? null;
}

function weighed(scope: Scope, softmax: OnnxNode): { product: OnnxNode; probabilities: string } | null {
  const output = softmax.outputs[0] ?? '';
  const stack: { value: string; kept: string; depth: number }[] = [{ value: output, kept: output, depth: 0 }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    for (const user of scope.consumers(top.value)) {
      if (products.has(user.op) && isProductOfComputed(scope, user)) return { product: user, probabilities: top.kept };
      if (!probabilityOps.has(user.op) || top.depth > 8) continue;
      const value = user.outputs[0] ?? '';
      stack.push({ value, kept: user.op === 'Slice' ? value : top.kept, depth: top.depth + 1 });
    }
  }
  return null;
}

/** The product of queries and keys that a Softmax normalises, or null. */
export function scoresOf(scope: Scope, softmax: OnnxNode): OnnxNode | null {
  const seen = new Set<OnnxNode>();
  const stack = [softmax.inputs[0] ?? ''];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = scope.producer(value);
    if (!node || seen.has(node)) continue;
    seen.add(node);
    if (products.has(node.op) && isProductOfComputed(scope, node)) return node;
    if (!scoreOps.has(node.op)) continue;
    // Last in, first out: the first input, which is the scores more often than the mask, is followed first.
    for (const input of node.inputs.toReversed()) if (input && !scope.isConstant(input)) stack.push(input);
  }
  return null;
}

function isProductOfComputed(scope: Scope, node: OnnxNode): boolean {
  const factors = node.op === 'QLinearMatMul' ? [node.inputs[0], node.inputs[3]] : node.inputs.slice(0, 2);
  return factors.length === 2 && factors.every((factor) => factor && !scope.isConstant(factor));
}
