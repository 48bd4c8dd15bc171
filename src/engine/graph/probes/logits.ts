import type { DecoderBody } from '../decoder';
import { copyAttributes, type GraphEditor, type ProbeValue } from '../graphEditor';
import type { OnnxNode } from '../onnx';
import type { Scope } from '../scope';

const pruningOps: ReadonlySet<string> = new Set(['Slice', 'Gather', 'GatherND', 'GatherElements']);

/**
 * Logits at every position. Where the file picks positions between the last block and the logits, what follows the pick
 * is added a second time without it, with the same weights.
 */
export function allLogits(body: DecoderBody, editor: GraphEditor): ProbeValue {
  const { scope, logits, flow } = body;
  const elementType = scope.elementType(logits);
  const after = body.exit?.index ?? -1;
  const pick = flow.cuts.find(
    (cut) => cut.index > after && pruningOps.has(cut.node.op) && !keepsAll(scope, cut.node),
  )?.node;
  if (!pick || after < 0) return { value: logits, elementType };
  const picked = pick.outputs[0] ?? '';
  const nodes = between(scope, picked, logits);
  const renamed = new Map([[picked, pick.inputs[0] ?? '']]);
  if (pick.op !== 'Slice' && removesAxis(scope, pick)) {
    // A pick of one position drops the dimension; what puts it back is left out with it.
    const [restore, ...others] = scope.consumers(picked);
    if (restore?.op !== 'Unsqueeze' || others.length > 0) {
      return { reason: 'The file computes logits for the last token only.' };
    }
    renamed.set(restore.outputs[0] ?? '', pick.inputs[0] ?? '');
    nodes.splice(nodes.indexOf(restore), 1);
  }
  for (const node of nodes) {
    const attributes = copyAttributes(node);
    if (!attributes) return { reason: 'The file computes logits for the last token only.' };
    for (const output of node.outputs) if (output) renamed.set(output, `vivarium/all/${output}`);
    const rename = (value: string): string => renamed.get(value) ?? value;
    editor.copy(node, node.inputs.map(rename), node.outputs.map(rename), attributes);
  }
  return { value: renamed.get(logits) ?? logits, elementType };
}

/** Whether a Slice takes everything, as exporters write `x[:, 0:]`. */
function keepsAll(scope: Scope, node: OnnxNode): boolean {
  if (node.op !== 'Slice') return false;
  const values = (index: number, name: string): readonly number[] | undefined =>
    node.attributes.get(name)?.ints ?? scope.constant(node.inputs[index] ?? '')?.values ?? undefined;
  const starts = values(1, 'starts');
  const ends = values(2, 'ends');
  const step = values(4, 'steps') ?? [1];
  return Boolean(
    starts?.every((start) => start === 0) && ends?.every((end) => end >= 2 ** 31 - 1) && step.every((by) => by === 1),
  );
}

function removesAxis(scope: Scope, node: OnnxNode): boolean {
  return node.op === 'Gather' ? scope.dims(node.inputs[1] ?? '')?.length === 0 : true;
}

/** The nodes that depend on `from` and that `to` depends on, in the graph's order. */
function between(scope: Scope, from: string, to: string): OnnxNode[] {
  const below = new Set<OnnxNode>();
  const down = [from];
  for (let value = down.pop(); value !== undefined; value = down.pop()) {
    for (const node of scope.consumers(value)) {
      if (below.has(node)) continue;
      below.add(node);
      down.push(...node.outputs);
    }
  }
  const above = new Set<OnnxNode>();
  const up = [to];
  for (let value = up.pop(); value !== undefined; value = up.pop()) {
    const node = scope.producer(value);
    if (!node || above.has(node)) continue;
    above.add(node);
    up.push(...node.inputs);
  }
  return scope.graph.nodes.filter((node) => below.has(node) && above.has(node));
}
