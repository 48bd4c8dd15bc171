import type { KnownGraph } from './known';
import { inputsOf, type OnnxNode } from './onnx';

/** Operators whose result says something about a tensor's shape only: no data flows through them. */
export const shapeOps: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape']);

/** Adding and normalising in one operator; its fourth output is the sum. */
export const skipNorms: ReadonlySet<string> = new Set(['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization']);

/**
 * A point that everything which goes from the embeddings to the logits passes through: one tensor, or the outputs of one
 * node. Between two attention layers such a point is the residual stream.
 */
export interface Cut {
  readonly node: OnnxNode;
  /** Position in {@link DataFlow.order}. */
  readonly index: number;
  /** Whether the node adds what a block computed to what entered it. */
  readonly isResidualSum: boolean;
}

/** The part of a graph that lies on the way from the token embeddings to the logits. */
export interface DataFlow {
  /** Its nodes, each after the nodes whose outputs it takes. */
  readonly order: readonly OnnxNode[];
  readonly index: ReadonlyMap<OnnxNode, number>;
  readonly cuts: readonly Cut[];
}

/**
 * Finds what lies between `source` (the embeddings) and `target` (the logits), and the points that all of it passes.
 * Sweeping the nodes in topological order, a point is such a cut exactly where the values that are made but not yet used up
 * all come from one node.
 */
export function dataFlow(scope: KnownGraph, source: OnnxNode, target: string): DataFlow {
  const fromSource = descendants(scope, source);
  const order: OnnxNode[] = [];
  const seen = new Set<OnnxNode>();
  // Depth first from the target, with an explicit stack: graphs are thousands of nodes deep.
  const last = scope.producer(target);
  const stack: { node: OnnxNode; inputs: readonly string[]; next: number }[] = [];
  const push = (node: OnnxNode | undefined): void => {
    if (!node || seen.has(node) || !fromSource.has(node)) return;
    seen.add(node);
    stack.push({ node, inputs: node === source ? [] : inputsOf(node), next: 0 });
  };
  push(last);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (top.next < top.inputs.length) {
      push(scope.producer(top.inputs[top.next++] as string));
    } else {
      order.push(top.node);
      stack.pop();
    }
  }
  const index = new Map(order.map((node, i) => [node, i]));
  return { order, index, cuts: findCuts(scope, order, index, target) };
}

/** `source` and every node that its values reach, other than through shapes. */
function descendants(scope: KnownGraph, source: OnnxNode): Set<OnnxNode> {
  const found = new Set([source]);
  const stack = [source];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const output of node.outputs) {
      for (const user of scope.consumers(output)) {
        if (found.has(user) || shapeOps.has(user.op)) continue;
        found.add(user);
        stack.push(user);
      }
    }
  }
  return found;
}

function findCuts(
  scope: KnownGraph,
  order: readonly OnnxNode[],
  index: ReadonlyMap<OnnxNode, number>,
  target: string,
): Cut[] {
  const cuts: Cut[] = [];
  const pendingUses = new Map<OnnxNode, number>();
  // Some models (Zamba) hand the embeddings to later layers beside the stream, concatenated with it.
  const isAside = (node: OnnxNode, user: OnnxNode): boolean => node === order[0] && user.op === 'Concat';
  const uses = (node: OnnxNode): number =>
    node.outputs.reduce((sum, output) => {
      const users = scope.consumers(output).filter((user) => index.has(user) && !isAside(node, user));
      return sum + (output === target ? 1 : 0) + users.length;
    }, 0);
  order.forEach((node, i) => {
    let streams = 0;
    for (const input of inputsOf(node)) {
      const producer = scope.producer(input);
      if (!producer || !index.has(producer) || producer === node || isAside(producer, node)) continue;
      streams++;
      const left = (pendingUses.get(producer) ?? 0) - 1;
      if (left > 0) pendingUses.set(producer, left);
      else pendingUses.delete(producer);
    }
    pendingUses.set(node, uses(node));
    if (pendingUses.size !== 1) return;
    const used = node.outputs.filter((output) => output === target || scope.consumers(output).length > 0);
    if (used.length > 1 && !skipNorms.has(node.op) && node.op !== 'EmbedLayerNormalization') return;
    const isSum = node.op === 'Add' || node.op === 'Sum' || skipNorms.has(node.op);
    cuts.push({ node, index: i, isResidualSum: isSum && streams >= 2 });
  });
  return cuts;
}

/**
 * The tensor of a cut that is the residual stream: the sum of a fused skip-and-normalise operator (its fourth output, the
 * third of EmbedLayerNormalization), else the node's only output. Null where a fused operator keeps its sum to itself:
 * then it is the sum of the inputs in `missingSum`.
 */
export function residualTensor(node: OnnxNode): { tensor: string } | { missingSum: readonly string[] } {
  if (skipNorms.has(node.op)) {
    const sum = node.outputs[3];
    if (sum) return { tensor: sum };
    const bias = node.inputs[node.op === 'SkipLayerNormalization' ? 4 : 3];
    return {
      missingSum: [node.inputs[0], node.inputs[1], bias].filter(
        (input) => input !== undefined && input !== '',
      ) as string[],
    };
  }
  if (node.op === 'EmbedLayerNormalization' && node.outputs[2]) return { tensor: node.outputs[2] };
  return { tensor: node.outputs[0] ?? '' };
}
