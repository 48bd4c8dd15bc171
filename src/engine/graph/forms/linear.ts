import type { OnnxNode } from '../onnx';
import { countsTokens, type OtherForm, type Surroundings } from './other';

/**
 * Linear attention in its matrix form: scores of every token for every other, without a softmax. Its other form is a
 * recurrence. https://arxiv.org/abs/2006.16236
 */
export const linear: OtherForm = {
  mixing: 'recurrence',
  matches: (node, around) => {
    const { graph, ofAttention, fixedLength } = around;
    if (ofAttention.has(node) || !isProduct(node)) return false;
    const sides = graph.shape(node.outputs[0] ?? '')?.slice(-2) ?? [];
    const isSquare = sides.length === 2 && sides.every((dim) => countsTokens(dim, fixedLength));
    return isSquare && node.inputs.filter((input) => isFromTokens(input, around)).length >= 2;
  },
};

/** Whether a node multiplies matrices, by whatever operator. */
export function isProduct({ op }: OnnxNode): boolean {
  return /MatMul|Einsum|Gemm/.test(op);
}

/** Whether a value is made from the tokens, not looked up in weights by them as the experts of a mixture are. */
function isFromTokens(value: string, { graph, flow }: Surroundings): boolean {
  let at = value;
  for (let steps = 0; steps < 8; steps++) {
    const node = graph.producer(at);
    if (!node || !flow.index.has(node)) return false;
    if (node.op.startsWith('Gather') && graph.isConstant(node.inputs[0] ?? '')) return false;
    if (!sameValues.has(node.op)) return true;
    at = node.inputs[0] ?? '';
  }
  return true;
}

/** Operators that change no value, only its form. */
const sameValues: ReadonlySet<string> = new Set([
  ...['Cast', 'Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze', 'Slice', 'Split', 'DequantizeLinear'],
]);
