import type { Mixing } from '../../core/trace/record';
import type { AttentionSite } from './forms/form';
import { isProduct } from './forms/linear';
import { otherMixing, stateMixing } from './forms/registry';
import type { CacheTensor } from './interface';
import { inputsOf, type OnnxNode } from './onnx';
import type { DataFlow } from './residual';
import type { Scope } from './scope';

/** A node by which tokens come to see others, at its position in the flow. */
export interface Mixer {
  readonly index: number;
  readonly kind: Mixing;
  readonly site: AttentionSite | null;
}

/**
 * The nodes among the flow that mix tokens, in its order: attention, the other forms, and what makes or takes the states of a
 * cache.
 * @param fixedLength tokens of a pass, where the file fixes their number.
 */
export function findMixers(
  scope: Scope,
  flow: DataFlow,
  sites: readonly AttentionSite[],
  cache: readonly CacheTensor[],
  fixedLength: number | null,
): Mixer[] {
  const siteOf = new Map(sites.map((site) => [site.node, site]));
  const around = { graph: scope, flow, ofAttention: attentionNodes(scope, flow, sites), fixedLength };
  const stateful = stateNodes(scope, flow, cache);
  const mixers: Mixer[] = [];
  flow.order.forEach((node, index) => {
    const site = siteOf.get(node) ?? null;
    const kind = site ? 'attention' : (otherMixing(node, around) ?? stateful.get(node) ?? null);
    if (kind) mixers.push({ index, kind, site });
  });
  return mixers;
}

/** What stands around each attention, up to the products on both sides: of queries with keys, of weights with values. */
function attentionNodes(scope: Scope, flow: DataFlow, sites: readonly AttentionSite[]): Set<OnnxNode> {
  const found = new Set<OnnxNode>();
  for (const { node } of sites) {
    walk(flow, node, (each) => each.inputs.flatMap((input) => scope.producer(input) ?? []), found);
    walk(flow, node, (each) => each.outputs.flatMap((output) => scope.consumers(output)), found);
  }
  return found;
}

function walk(
  flow: DataFlow,
  from: OnnxNode,
  neighbours: (node: OnnxNode) => readonly OnnxNode[],
  found: Set<OnnxNode>,
): void {
  const next = (node: OnnxNode): readonly OnnxNode[] => (isProduct(node) ? [] : neighbours(node));
  const seen = new Set([from]);
  const stack = [...next(from)];
  for (let node = stack.pop(); node && seen.size < 64; node = stack.pop()) {
    if (seen.has(node) || !flow.index.has(node)) continue;
    seen.add(node);
    found.add(node);
    stack.push(...next(node));
  }
}

/** The nodes of the flow that take a state, or that a state is made from first. */
function stateNodes(scope: Scope, flow: DataFlow, cache: readonly CacheTensor[]): Map<OnnxNode, Mixing> {
  const found = new Map<OnnxNode, Mixing>();
  for (const { part, past, present } of cache) {
    if (part !== 'state') continue;
    const kind = stateMixing(past ?? present ?? '');
    const taker = past === null ? null : firstInFlow(flow, past, (value) => scope.consumers(value), outputsOf);
    const maker =
      present === null ? null : firstInFlow(flow, present, (value) => only(scope.producer(value)), inputsOf);
    for (const node of [taker, maker]) if (node && !found.has(node)) found.set(node, kind);
  }
  return found;
}

const outputsOf = (node: OnnxNode): readonly string[] => node.outputs;
const only = (node: OnnxNode | undefined): readonly OnnxNode[] => (node ? [node] : []);

/** The node of the flow that is nearest to `value`. */
export function firstInFlow(
  flow: DataFlow,
  value: string,
  nodesAt: (value: string) => readonly OnnxNode[],
  valuesOf: (node: OnnxNode) => readonly string[],
): OnnxNode | null {
  const queue = [value];
  const seen = new Set(queue);
  for (let next = queue.shift(); next !== undefined && seen.size < 512; next = queue.shift()) {
    for (const node of nodesAt(next)) {
      if (flow.index.has(node)) return node;
      for (const other of valuesOf(node)) {
        if (!other || seen.has(other)) continue;
        seen.add(other);
        queue.push(other);
      }
    }
  }
  return null;
}
