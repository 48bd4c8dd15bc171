import type { OnnxNode } from '../onnx';
import { countsTokens, type OtherForm, type Surroundings } from './other';

const operators: ReadonlySet<string> = new Set(['Scan', 'Loop', 'CumSum', 'CumProd', 'RNN', 'GRU', 'LSTM']);
/** Contrib operators and those of local functions, by their names. */
const names = /delta_?net|linear_?attention|mamba|selective_?scan|ssm|ssd_|rwkv|wkv|rg_?lru|retention/i;

/** A recurrence: an operator that is one, or a loop over the tokens that the exporter wrote out. */
export const recurrence: OtherForm = {
  mixing: 'recurrence',
  matches: (node, around) => operators.has(node.op) || names.test(node.op) || isUnrolled(node, around),
};

/** Whether a node takes one of several tokens that are taken one by one. */
function isUnrolled(node: OnnxNode, { graph, fixedLength }: Surroundings): boolean {
  const place = (each: OnnxNode): number | null =>
    each.op === 'Gather' ? (graph.constant(each.inputs[1] ?? '')?.values?.[0] ?? null) : null;
  if (place(node) === null) return false;
  const value = node.inputs[0] ?? '';
  const axis = node.attributes.get('axis')?.int ?? 0;
  if (!countsTokens(graph.shape(value)?.at(axis), fixedLength)) return false;
  const places = graph.consumers(value).map(place);
  return new Set(places.filter((each) => each !== null)).size >= writtenOut;
}

/** Places of one value that are taken one by one in a loop; the first, the last and the like are fewer. */
const writtenOut = 4;
