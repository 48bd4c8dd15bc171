import { isFloat } from './elementType';
import type { CacheUse } from './forms/form';
import { cacheUse, fusedOperator } from './forms/registry';
import { weightDims } from './known';
import type { Dimension, OnnxGraph, OnnxNode, OnnxValue } from './onnx';
import { allScopes, Scope } from './scope';

/**
 * What inputs and outputs are for where their names say nothing: by type, shape, and what the graph does with them. Each
 * answer is one that the graph forces; where several fit there is none.
 */

/** A tensor of the cache as the graph uses it: what goes in, comes out longer, and which part of which attention it is. */
export interface UnnamedCache {
  readonly past: OnnxValue;
  readonly present: OnnxValue;
  readonly part: 'key' | 'value';
  /** The n-th attention that takes such a cache, in the order of the graph's nodes. */
  readonly layer: number;
}

/** Operators that change no value, only the form or the type. */
const sameValues: ReadonlySet<string> = new Set([
  ...['Cast', 'Reshape', 'Identity', 'Unsqueeze', 'Squeeze', 'Flatten', 'Expand', 'Tile'],
]);

/** Rows of the largest table that `value` is an index into; 0 where it is none. */
export function lookupRows(graph: OnnxGraph, value: string): number {
  let rows = 0;
  for (const { scope, node, from } of uses(graph, value, sameValues)) {
    if (node.op === 'EmbedLayerNormalization' && node.inputs[0] === from) return Infinity;
    const isIndex = (node.op === 'Gather' || node.op === 'GatherBlockQuantized') && node.inputs[1] === from;
    const dims = isIndex ? weightDims(scope, node.inputs[0] ?? '') : null;
    if (dims?.length === 2) rows = Math.max(rows, dims[0] ?? 0);
  }
  return rows;
}

/**
 * The input of token ids: whole numbers [1, sequence] by which rows of a table are looked up that has one for each number of
 * the logits. Where no output has as many, the table with the most rows (positions are fewer than tokens, mostly).
 */
export function unnamedIds(graph: OnnxGraph, candidates: readonly OnnxValue[]): OnnxValue | undefined {
  const looked = candidates
    .filter(({ dims }) => dims === null || dims.length === 2)
    .map((input) => ({ input, rows: lookupRows(graph, input.name) }))
    .filter(({ rows }) => rows > 0);
  const columns = new Set(graph.outputs.filter(mayBeLogits).map((output) => columnsOf(graph, output)));
  const fitting = looked.filter(({ rows }) => columns.has(rows));
  if (fitting.length > 0) return fitting.length === 1 ? fitting[0]?.input : undefined;
  const [first, second] = looked.sort((x, y) => y.rows - x.rows);
  return first && first.rows !== second?.rows ? first.input : undefined;
}

/** The output of logits: the only one of floats with one number for each row of the table of embeddings. */
export function unnamedLogits(graph: OnnxGraph, candidates: readonly OnnxValue[], ids: string): OnnxValue | undefined {
  const rows = lookupRows(graph, ids);
  const found = candidates.filter((output) => rows > 0 && mayBeLogits(output) && columnsOf(graph, output) === rows);
  return found.length === 1 ? found[0] : undefined;
}

function mayBeLogits({ elementType, dims }: OnnxValue): boolean {
  return isFloat(elementType) && (dims === null || dims.length === 3);
}

/** Numbers in a row of an output, as stated or by the weight that makes it. */
function columnsOf(graph: OnnxGraph, { name, dims }: OnnxValue): number | undefined {
  const stated = dims?.at(-1);
  if (typeof stated === 'number') return stated;
  const scope = new Scope(graph);
  const maker = scope.producer(name);
  return maker?.op === 'MatMul' ? weightDims(scope, maker.inputs[1] ?? '')?.at(-1) : undefined;
}

/** Rows that a table of positions has at least; one of kinds of token has two. */
const fewestPositions = 8;

/**
 * What an input of two dimensions is for, by those of the cache: a mask has one number for every token in it and every new
 * one, which is what its outputs have; positions have one for every new token, and are looked up or multiplied with fixed
 * numbers (rotary embedding).
 * @param total the dimension of the cache's outputs that grows.
 */
export function unnamedRole(
  graph: OnnxGraph,
  { name, elementType, dims }: OnnxValue,
  ids: OnnxValue,
  total: Dimension | undefined,
): 'attention-mask' | 'position-ids' | null {
  const [, fed] = ids.dims ?? [];
  const [, length] = dims ?? [];
  if (dims?.length !== 2 || typeof length !== 'string' || typeof total !== 'string' || total === fed) return null;
  const isWhole = elementType === 'int64' || elementType === 'int32';
  if (length === total && (isWhole || elementType === 'bool' || elementType === 'float32')) return 'attention-mask';
  if (length !== fed || !isWhole) return null;
  const isFactor = uses(graph, name, sameValues).some(
    ({ scope, node, from }) =>
      ['MatMul', 'Mul', 'Einsum'].includes(node.op) &&
      node.inputs.some((input) => input !== from && scope.isConstant(input)),
  );
  return isFactor || lookupRows(graph, name) >= fewestPositions ? 'position-ids' : null;
}

/** Operators between a tensor of the cache that goes in and the longer one that comes out. */
const carrying: ReadonlySet<string> = new Set([
  ...sameValues,
  ...['Concat', 'Transpose', 'Slice', 'ScatterND', 'ScatterElements', 'Gather', 'Where', 'Pad', 'Mul'],
]);

/**
 * The cache among inputs and outputs that no name tells: an output that an input was made longer to become, by operators
 * that keep its values, of one type and rank; keys where it goes into the scores before a Softmax, values where what the
 * Softmax gives is multiplied with it. Empty unless every tensor of the cache has its partner, and every key its values.
 */
export function unnamedCache(
  graph: OnnxGraph,
  inputs: readonly OnnxValue[],
  outputs: readonly OnnxValue[],
): UnnamedCache[] {
  const pasts = inputs.filter(mayBeCache);
  const found: (CacheUse & { readonly past: OnnxValue; readonly present: OnnxValue })[] = [];
  const order = new Map<OnnxNode, number>();
  for (const { graph: each } of allScopes(graph)) for (const node of each.nodes) order.set(node, order.size);
  for (const present of outputs.filter(mayBeCache)) {
    const sources = pastsOf(graph, present.name, new Set(pasts.map(({ name }) => name)));
    const past = pasts.find(({ name }) => sources.length === 1 && name === sources[0]);
    if (past?.elementType !== present.elementType || past.dims?.length !== present.dims?.length) continue;
    const use = useOf(graph, past.name);
    if (use) found.push({ past, present, ...use });
  }
  const sites = [...new Set(found.map(({ site }) => site))].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const isWhole = sites.every((site) => {
    const parts = found.filter((each) => each.site === site).map(({ part }) => part);
    return parts.length === 2 && parts.includes('key') && parts.includes('value');
  });
  if (!isWhole || found.length !== pasts.length) return [];
  return found.map(({ past, present, part, site }) => ({ past, present, part, layer: sites.indexOf(site) }));
}

/** Floats of three dimensions or four. */
function mayBeCache({ elementType, dims }: OnnxValue): boolean {
  return isFloat(elementType) && dims !== null && (dims.length === 3 || dims.length === 4);
}

/** The inputs among `pasts` whose values `present` holds. */
function pastsOf(graph: OnnxGraph, present: string, pasts: ReadonlySet<string>): string[] {
  const scopes = new Map(allScopes(graph).map((scope) => [scope.graph, scope]));
  const found = new Set<string>();
  const seen = new Set<string>();
  const stack: { scope: Scope | null | undefined; value: string }[] = [{ scope: scopes.get(graph), value: present }];
  for (let top = stack.pop(); top && seen.size < farthest; top = stack.pop()) {
    const { scope, value } = top;
    if (!scope || value === '') continue;
    const node = scope.producer(value);
    if (!node) {
      if (pasts.has(value) && !scope.outer) found.add(value);
      else stack.push({ scope: scope.outer, value });
      continue;
    }
    const key = `${node.span.start} ${value}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const index = node.outputs.indexOf(value);
    // Operators of attention give keys and values as outputs 1 and 2.
    const taken = fusedOperator(node.op)?.cache?.[index - 1];
    if (taken !== undefined) stack.push({ scope, value: node.inputs[taken] ?? '' });
    else if (carrying.has(node.op)) stack.push(...node.inputs.map((input) => ({ scope, value: input })));
    else if (node.op === 'If') {
      for (const { graph: branch } of node.attributes.values()) {
        if (branch) stack.push({ scope: scopes.get(branch), value: branch.outputs[index]?.name ?? '' });
      }
    }
  }
  return [...found];
}

/** Whether a tensor of the cache holds the keys or the values of an attention. */
function useOf(graph: OnnxGraph, past: string): CacheUse | null {
  for (const { scope, node, from } of uses(graph, past, carrying)) {
    const use = cacheUse(scope, node, from);
    if (use) return use;
  }
  return null;
}

/** Nodes that are looked at on one way. */
const farthest = 512;

interface Use {
  readonly scope: Scope;
  readonly node: OnnxNode;
  /** The name under which the node takes the value. */
  readonly from: string;
}

/** The nodes that take `value`, also through operators of `through` and inside the branches of an If; nearest first. */
function uses(graph: OnnxGraph, value: string, through: ReadonlySet<string>): Use[] {
  const scopes = allScopes(graph);
  const found: Use[] = [];
  const queue = [value];
  const seen = new Set(queue);
  for (let at = queue.shift(); at !== undefined && found.length < farthest; at = queue.shift()) {
    for (const scope of scopes) {
      for (const node of scope.consumers(at)) {
        found.push({ scope, node, from: at });
        const [output = ''] = node.outputs;
        if (!through.has(node.op) || seen.has(output)) continue;
        seen.add(output);
        queue.push(output);
      }
    }
  }
  return found;
}
