import { quoted } from '../../core/text/quoted';
import type { AttentionSite } from './attention';
import type { ElementType } from './elementType';
import { copyAttributes, type GraphEditor } from './graphEditor';
import type { OnnxNode } from './onnx';
import { recomputeAttention } from './recompute';

/** A tensor that is to become an output, or why there is none. */
export type ProbeValue = { readonly value: string; readonly elementType: ElementType } | { readonly reason: string };

const qkOutput = 3;

/** Makes the attention of one node a tensor [1, heads, query, key] of the graph, adding what is needed. */
export function attentionValue(editor: GraphEditor, site: AttentionSite): ProbeValue {
  const { scope } = editor;
  const { node } = site;
  switch (site.kind) {
    case 'softmax': {
      const value = site.probabilities as string;
      const elementType = scope.elementType(value);
      return { value: scope.shape(value)?.length === 4 ? value : splitHeads(editor, value), elementType };
    }
    case 'onnx-attention':
      return fourthOutput(editor, node, { name: 'qk_matmul_output_mode', value: 3 });
    case 'group-query':
      return fourthOutput(editor, node, { name: 'qk_output', value: 2 });
    case 'multi-head': {
      const isMasked = node.op === 'DecoderMaskedMultiHeadAttention';
      const scores = fourthOutput(editor, node, isMasked ? { name: 'output_qk', value: 1 } : null);
      if ('reason' in scores) return scores;
      editor.stateType(scores.value, scores.elementType);
      return { ...scores, value: editor.node('Softmax', [scores.value], { axis: -1 }) };
    }
    case 'recompute':
      return recomputeAttention(editor, node);
    case 'opaque':
      return { reason: site.reason as string };
  }
}

/** The fourth output of a fused operator, in the mode that `attribute` sets. */
function fourthOutput(
  editor: GraphEditor,
  node: OnnxNode,
  attribute: { name: string; value: number } | null,
): ProbeValue {
  const { scope } = editor;
  const elementType = scope.elementType(node.inputs[0] ?? '');
  const existing = node.outputs[qkOutput];
  if (!existing) return { value: editor.extend(node, qkOutput, attribute), elementType };
  const mode = attribute ? node.attributes.get(attribute.name)?.int : undefined;
  if (mode === attribute?.value) return { value: existing, elementType };
  // The file takes another intermediate result from the operator already: ask a second operator beside it.
  const copied = copyAttributes(node);
  if (!copied || !attribute)
    return { reason: `The file takes ${quoted(existing)} from its ${node.op} operator already.` };
  const outputs = node.outputs.map((output) => output && editor.unique(node.op));
  editor.copy(node, node.inputs, outputs, { ...copied, [attribute.name]: attribute.value });
  return { value: outputs[qkOutput] as string, elementType };
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
