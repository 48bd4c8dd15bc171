import { size } from '../known';
import { each, fourthOutput, fusedForm, intOf, widthOf } from './fused';

/**
 * The standard's `Attention` (opset 23 on): its fourth output after the softmax. No operator is added; the score is kept.
 * https://onnx.ai/onnx/operators/onnx__Attention.html
 */
export const onnxAttention = fusedForm({
  kind: 'onnx-attention',
  how: 'fourth output of Attention',
  domain: '',
  operators: { Attention: { cache: [4, 5], masks: [3] } },
  heads: (graph, node) => {
    const query = graph.shape(node.inputs[0] ?? '');
    const is4d = query?.length === 4;
    const heads = intOf(node, 'q_num_heads') ?? (is4d ? size(query[1]) : null);
    const kvHeads = intOf(node, 'kv_num_heads') ?? (is4d ? size(graph.shape(node.inputs[1] ?? '')?.[1]) : null);
    const sizeOf = (input: number, count: number | null): number | null => {
      const width = widthOf(graph, node, input);
      return is4d ? width : each(width, count);
    };
    return { heads, kvHeads, headSize: sizeOf(0, heads), valueSize: sizeOf(2, kvHeads) };
  },
  value: (editor, node) => fourthOutput(editor, node, { name: 'qk_matmul_output_mode', value: 3 }),
});
