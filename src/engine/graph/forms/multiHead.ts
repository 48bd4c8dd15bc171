import { each, fourthOutput, fusedForm, intOf, widthOf } from './fused';

/**
 * com.microsoft `MultiHeadAttention` and `DecoderMaskedMultiHeadAttention`: a fourth output of masked scores, then one Softmax
 * a layer that is added.
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MultiHeadAttention
 */
export const multiHead = fusedForm({
  kind: 'multi-head',
  how: 'scores of MultiHeadAttention, then Softmax',
  domain: 'com.microsoft',
  operators: {
    MultiHeadAttention: { cache: [6, 7], masks: [4, 5] },
    DecoderMaskedMultiHeadAttention: { cache: [5, 6] },
  },
  heads: (graph, node) => {
    const heads = intOf(node, 'num_heads');
    const [query, value] = [widthOf(graph, node, 0), widthOf(graph, node, 2)];
    // Without keys of their own, the queries hold all three: [batch, sequence, heads, 3, size].
    const headSize = node.inputs[1] ? each(query, heads) : query;
    return { heads, kvHeads: heads, headSize, valueSize: node.inputs[2] ? each(value, heads) : headSize };
  },
  value: (editor, node) => {
    const isMasked = node.op === 'DecoderMaskedMultiHeadAttention';
    const scores = fourthOutput(editor, node, isMasked ? { name: 'output_qk', value: 1 } : null);
    if ('reason' in scores) return scores;
    editor.stateType(scores.value, scores.elementType);
    return { ...scores, value: editor.node('Softmax', [scores.value], { axis: -1 }) };
  },
});
