import { quoted } from '../../../core/text/quoted';
import { copyAttributes, type GraphEditor, type ProbeValue } from '../graphEditor';
import { type KnownGraph, size } from '../known';
import type { OnnxNode } from '../onnx';
import type { AttentionForm, FusedOperator } from './form';

/** What a form says that is one operator, or several of a kind. */
interface FusedForm extends Pick<AttentionForm, 'kind' | 'how' | 'heads' | 'value'> {
  readonly domain: string;
  readonly operators: Readonly<Record<string, FusedOperator>>;
  /** Whether later tokens are hidden also where no attribute says so. */
  readonly isCausal?: boolean;
}

/** A form that is found by the names of its operators. */
export function fusedForm({ domain, operators, isCausal = false, ...form }: FusedForm): AttentionForm {
  const named = new Map(Object.entries(operators));
  return {
    ...form,
    operators: named,
    matches: (_, node) => node.domain === domain && named.has(node.op),
    masks: (_, node) => {
      if (isCausal || intOf(node, 'unidirectional') === 1 || intOf(node, 'is_causal') === 1) return 'causal';
      const places = named.get(node.op)?.masks;
      return places ? { values: places.map((place) => node.inputs[place] ?? ''), scores: null } : 'unknown';
    },
  };
}

/** An attribute that is a whole number; null where it is absent or 0. */
export function intOf(node: OnnxNode, attribute: string): number | null {
  return node.attributes.get(attribute)?.int || null;
}

/** The last dimension of an input; null where it is not stated. */
export function widthOf(graph: KnownGraph, node: OnnxNode, input: number): number | null {
  return size(graph.shape(node.inputs[input] ?? '')?.at(-1));
}

/** What one of `count` has of `total`; null where either is not known or they do not fit. */
export function each(total: number | null, count: number | null): number | null {
  return total !== null && count !== null && total % count === 0 ? total / count : null;
}

const qkOutput = 3;

/** The fourth output of a fused operator, in the mode that `attribute` sets. */
export function fourthOutput(
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
