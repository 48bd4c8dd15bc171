import type { Mixing } from '../../core/trace/record';
import type { AttentionSite } from './forms/form';
import type { CacheTensor } from './interface';
import { type Dimension, inputsOf, type OnnxNode } from './onnx';
import type { DataFlow } from './residual';
import type { Scope } from './scope';

/** A node by which tokens come to see others, at its position in the flow. */
export interface Mixer {
  readonly index: number;
  readonly kind: Mixing;
  readonly site: AttentionSite | null;
}

const recurrent: ReadonlySet<string> = new Set(['Scan', 'Loop', 'CumSum', 'CumProd', 'RNN', 'GRU', 'LSTM']);
/** Contrib operators and those of local functions, by their names. */
const recurrentNames = /delta_?net|linear_?attention|mamba|selective_?scan|ssm|ssd_|rwkv|wkv|rg_?lru|retention/i;
const convolutionNames = /conv/i;

/**
 * The nodes among the flow that mix tokens, in its order: attention, convolutions over more than one place, recurrences,
 * products that score every token for every other (linear attention in its matrix form), and what makes or takes the states
 * of a cache.
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
  const near = attentionNodes(scope, flow, sites);
  const stateful = stateNodes(scope, flow, cache);
  const mixers: Mixer[] = [];
  flow.order.forEach((node, index) => {
    const site = siteOf.get(node) ?? null;
    const kind = site ? 'attention' : (kindOf(scope, flow, node, near, fixedLength) ?? stateful.get(node) ?? null);
    if (kind) mixers.push({ index, kind, site });
  });
  return mixers;
}

function kindOf(
  scope: Scope,
  flow: DataFlow,
  node: OnnxNode,
  near: ReadonlySet<OnnxNode>,
  fixedLength: number | null,
): Mixing | null {
  if (node.op === 'Conv') return widthOf(scope, node) === 1 ? null : 'convolution';
  if (recurrent.has(node.op) || recurrentNames.test(node.op)) return 'recurrence';
  if (node.domain !== '' && convolutionNames.test(node.op)) return 'convolution';
  if (node.op === 'DFT') return 'unknown';
  if (isUnrolled(scope, node, fixedLength)) return 'recurrence';
  if (near.has(node) || !isProductOf(node)) return null;
  // Scores of every token for every other, without a softmax: linear attention, whose other form is a recurrence.
  const sides = scope.shape(node.outputs[0] ?? '')?.slice(-2) ?? [];
  const isSquare = sides.length === 2 && sides.every((dim) => countsTokens(dim, fixedLength));
  const computed = node.inputs.filter((input) => isFromTokens(scope, flow, input));
  return isSquare && computed.length >= 2 ? 'recurrence' : null;
}

/** Whether a dimension is that of the tokens, or of a size known at run time only. */
function countsTokens(dim: Dimension | undefined, fixedLength: number | null): boolean {
  return dim !== undefined && (typeof dim !== 'number' || dim === fixedLength);
}

/** Whether a node takes one of several tokens that are taken one by one: a loop over them that the exporter wrote out. */
function isUnrolled(scope: Scope, node: OnnxNode, fixedLength: number | null): boolean {
  const place = (each: OnnxNode): number | null =>
    each.op === 'Gather' ? (scope.constant(each.inputs[1] ?? '')?.values?.[0] ?? null) : null;
  if (place(node) === null) return false;
  const value = node.inputs[0] ?? '';
  const axis = node.attributes.get('axis')?.int ?? 0;
  if (!countsTokens(scope.shape(value)?.at(axis), fixedLength)) return false;
  const places = scope.consumers(value).map(place);
  return new Set(places.filter((each) => each !== null)).size >= writtenOut;
}

/** Places of one value that are taken one by one in a loop; the first, the last and the like are fewer. */
const writtenOut = 4;

function isProductOf({ op }: OnnxNode): boolean {
  return /MatMul|Einsum|Gemm/.test(op);
}

/** Places that a convolution covers; null where the file does not say. */
function widthOf(scope: Scope, node: OnnxNode): number | null {
  const kernel = node.attributes.get('kernel_shape')?.ints ?? scope.constant(node.inputs[1] ?? '')?.dims.slice(2);
  return kernel ? kernel.reduce((product, size) => product * size, 1) : null;
}

/** Whether a value is made from the tokens, not looked up in weights by them as the experts of a mixture are. */
function isFromTokens(scope: Scope, flow: DataFlow, value: string): boolean {
  let at = value;
  for (let steps = 0; steps < 8; steps++) {
    const node = scope.producer(at);
    if (!node || !flow.index.has(node)) return false;
    if (node.op.startsWith('Gather') && scope.isConstant(node.inputs[0] ?? '')) return false;
    if (!forms.has(node.op)) return true;
    at = node.inputs[0] ?? '';
  }
  return true;
}

/** Operators that change no value, only its form. */
const forms: ReadonlySet<string> = new Set([
  ...['Cast', 'Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze', 'Slice', 'Split', 'DequantizeLinear'],
]);

/** The products on both sides of each attention: of queries with keys, of weights with values. */
function attentionNodes(scope: Scope, flow: DataFlow, sites: readonly AttentionSite[]): Set<OnnxNode> {
  const found = new Set<OnnxNode>();
  for (const { node } of sites) {
    walk(
      node,
      (each) => (isProductOf(each) ? [] : each.inputs.flatMap((input) => scope.producer(input) ?? [])),
      flow,
      found,
    );
    walk(
      node,
      (each) => (isProductOf(each) ? [] : each.outputs.flatMap((output) => scope.consumers(output))),
      flow,
      found,
    );
  }
  return found;
}

function walk(
  from: OnnxNode,
  next: (node: OnnxNode) => readonly OnnxNode[],
  flow: DataFlow,
  found: Set<OnnxNode>,
): void {
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
    const kind = /conv/i.test(past ?? present ?? '') ? 'convolution' : 'recurrence';
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
