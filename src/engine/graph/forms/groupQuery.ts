import { each, fourthOutput, fusedForm, intOf, widthOf } from './fused';

/**
 * com.microsoft `GroupQueryAttention`: its fourth output after the softmax. No operator is added; the score is kept.
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.GroupQueryAttention
 */
export const groupQuery = fusedForm({
  kind: 'group-query',
  how: 'fourth output of GroupQueryAttention',
  domain: 'com.microsoft',
  operators: { GroupQueryAttention: { cache: [3, 4], positions: 7, auxiliary: [5, 6, 7, 8, 9] } },
  isCausal: true,
  heads: (graph, node) => {
    const [heads, kvHeads] = [intOf(node, 'num_heads'), intOf(node, 'kv_num_heads')];
    // Without keys of their own, the queries hold keys and values too.
    const parts = heads === null ? null : heads + (node.inputs[1] ? 0 : 2 * (kvHeads ?? 0));
    const headSize = each(widthOf(graph, node, 0), parts);
    return { heads, kvHeads, headSize, valueSize: headSize };
  },
  value: (editor, node) => fourthOutput(editor, node, { name: 'qk_output', value: 2 }),
});
