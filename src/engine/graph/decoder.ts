import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import { type AttentionSite, findAttention } from './attention';
import {
  type CacheTensor,
  cacheName,
  type DecoderInput,
  type DecoderInterface,
  findCache,
  findIds,
  findLogits,
  inputRole,
  realInputs,
} from './interface';
import type { OnnxModel, OnnxNode } from './onnx';
import { type Cut, type DataFlow, dataFlow } from './residual';
import { Scope } from './scope';
import { checkGraph } from './check';
import { attentionHeads, type HeadCounts, weightDims } from './sizes';

/** What a decoder is made of. Sizes that the file does not give are null: take them from the config. */
export interface DecoderAnatomy {
  readonly interface: DecoderInterface;
  readonly layers: number;
  /** Query heads. */
  readonly heads: number | null;
  readonly kvHeads: number | null;
  /** As the file has it, padding included. */
  readonly headSize: number | null;
  /** Width of the residual stream. */
  readonly hiddenSize: number | null;
  readonly vocabularySize: number | null;
  /** One for a plain file; two for a merged decoder, whose `If` holds the decoder twice, with and without cache. */
  readonly bodies: readonly DecoderBody[];
}

/** One whole decoder: the graph itself, or a branch of the `If` of a merged decoder. */
export interface DecoderBody {
  readonly branch: { readonly node: OnnxNode; readonly name: 'then_branch' | 'else_branch' } | null;
  readonly scope: Scope;
  /** From the token embeddings to the logits. */
  readonly flow: DataFlow;
  readonly blocks: readonly DecoderBlock[];
  /** Where the residual stream leaves the last block; null where the blocks cannot be told apart. */
  readonly exit: Cut | null;
  /** The tensor of the logits in this body. */
  readonly logits: string;
}

export interface DecoderBlock {
  readonly layer: number;
  /** Null for a layer without attention, or one whose attention is not recognised. */
  readonly attention: AttentionSite | null;
  /** Where the residual stream enters the block; null where it is not one tensor. */
  readonly entry: Cut | null;
}

/**
 * Finds the parts of a decoder: token ids in, logits out, attention and the residual stream between.
 * Fails with a {@link Problem} `onnx-not-a-decoder` that says what is missing, or `onnx-invalid` for a graph with loose ends.
 */
export function findDecoder(model: OnnxModel): DecoderAnatomy {
  checkGraph(model);
  const io = findInterface(model);
  const scope = new Scope(model.graph);
  const bodies = findBodies(model, scope, io.ids.name, io.logits.name);
  const embedding = embeddingDims(bodies[0] as DecoderBody);
  const stated = io.logits.dims?.at(-1);
  const columns = typeof stated === 'number' && stated > 0 ? stated : null;
  if (columns !== null && embedding && columns * 2 < embedding.rows) {
    throw notADecoder(
      model,
      `its output ${io.logits.name} has ${columns} columns for a vocabulary of ${embedding.rows} tokens`,
    );
  }
  const width = embedding?.width ?? normWidth(bodies[0] as DecoderBody);
  const counts = headCounts(bodies[0] as DecoderBody, io.cache, width);
  const layers = Math.max(
    ...bodies.map((body) => (body.blocks.at(-1)?.layer ?? -1) + 1),
    ...io.cache.map((tensor) => tensor.layer + 1),
    0,
  );
  return {
    interface: io,
    layers,
    ...counts,
    hiddenSize: width,
    vocabularySize: columns ?? embedding?.rows ?? null,
    bodies,
  };
}

function notADecoder(model: OnnxModel, reason: string): Problem {
  return new Problem({
    code: 'onnx-not-a-decoder',
    message: `${model.name} is not a decoder of text: ${quoted(reason)}.`,
    action: 'Choose a model that predicts the next token, exported for text generation.',
  });
}

function findInterface(model: OnnxModel): DecoderInterface {
  const { graph } = model;
  const inputs = realInputs(graph);
  const list = (values: readonly { name: string }[]): string => values.map(({ name }) => name).join(', ') || 'none';
  const encoder = inputs.find((input) => /^encoder_|(^|[._])(encoder|cross)[._]/i.test(input.name));
  if (encoder) {
    throw notADecoder(model, `it also needs the output of an encoder (input ${encoder.name})`);
  }
  const segments = inputs.find((input) => /^(token_type_ids|segment_ids)$/i.test(input.name));
  if (segments) throw notADecoder(model, `it reads whole texts, as encoders do (input ${segments.name})`);
  const ids = findIds(graph);
  if (!ids) {
    const reason = inputs.some((input) => input.name === 'inputs_embeds')
      ? 'it takes embeddings (inputs_embeds), not token ids'
      : `it has no input of token ids (inputs: ${list(inputs)})`;
    throw notADecoder(model, reason);
  }
  const logits = findLogits(graph);
  if (!logits) throw notADecoder(model, `it has no output of logits (outputs: ${list(graph.outputs)})`);
  if (logits.dims && logits.dims.length !== 3) {
    throw notADecoder(model, `its output ${logits.name} does not have one row of logits a token`);
  }
  const sorted: DecoderInput[] = [];
  const unknown = inputs.filter((input) => {
    if (input === ids || cacheName(input.name)) return false;
    const role = inputRole(input);
    if (role) sorted.push({ ...input, role });
    return role === null;
  });
  return { ids, inputs: sorted, cache: findCache(graph), unknown, logits };
}

function findBodies(model: OnnxModel, scope: Scope, ids: string, logits: string): DecoderBody[] {
  const maker = scope.producer(logits);
  if (!maker) throw notADecoder(model, `no operator makes its output ${logits}`);
  if (maker.op !== 'If') return [findBody(model, scope, ids, logits, null)];
  const index = maker.outputs.indexOf(logits);
  return (['then_branch', 'else_branch'] as const).map((name) => {
    const graph = maker.attributes.get(name)?.graph;
    const output = graph?.outputs[index]?.name;
    if (!graph || output === undefined) throw notADecoder(model, `its If operator has no ${name} that gives ${logits}`);
    return findBody(model, new Scope(graph, scope), ids, output, { node: maker, name });
  });
}

function findBody(
  model: OnnxModel,
  scope: Scope,
  ids: string,
  logits: string,
  branch: DecoderBody['branch'],
): DecoderBody {
  const embeddings = findEmbedding(scope, ids);
  if (!embeddings) throw notADecoder(model, `nothing looks up the embeddings of ${ids}`);
  const flow = dataFlow(scope, embeddings, logits);
  if (!flow.index.has(embeddings)) throw notADecoder(model, `its logits do not depend on ${ids}`);
  const sites = findAttention(scope, flow);
  const layers = layerNumbers(scope, sites);
  const at = (site: AttentionSite): number => flow.index.get(site.node) as number;
  const entries = sites.map((site, i) => {
    const from = i === 0 ? -1 : at(sites[i - 1] as AttentionSite);
    return flow.cuts.findLast((cut) => cut.index < at(site) && cut.index > from) ?? null;
  });
  const last = sites.at(-1);
  const exit = last ? findExit(flow, at(last)) : null;
  const blocks = sites.map((attention, i) => ({
    layer: layers[i] as number,
    attention,
    entry: entries[i] ?? null,
  }));
  return { branch, scope, flow, blocks, exit, logits };
}

/** The last sum after the last attention, in the form in which it is passed on. */
function findExit(flow: DataFlow, lastAttention: number): Cut | null {
  let position = flow.cuts.findLastIndex((cut) => cut.index > lastAttention && cut.isResidualSum);
  if (position < 0) return null;
  while (formOps.has(flow.cuts[position + 1]?.node.op ?? '')) position++;
  return flow.cuts[position] ?? null;
}

/** Operators that change no value, only its form. */
const formOps: ReadonlySet<string> = new Set(['Cast', 'Reshape', 'Identity', 'Unsqueeze', 'Squeeze', 'Flatten']);

/** The operator that looks up the token embeddings. */
function findEmbedding(scope: Scope, ids: string): OnnxNode | null {
  const queue = [ids];
  for (let value = queue.shift(); value !== undefined; value = queue.shift()) {
    for (const node of scope.consumers(value)) {
      if (node.op === 'EmbedLayerNormalization') return node;
      const isLookup = node.op === 'Gather' || node.op === 'GatherBlockQuantized';
      if (isLookup && node.inputs[1] === value && scope.isConstant(node.inputs[0] ?? '')) return node;
      if (formOps.has(node.op) && queue.length < 64) queue.push(node.outputs[0] ?? '');
    }
  }
  return null;
}

/** Rows (vocabulary) and width of the token embeddings. */
function embeddingDims(body: DecoderBody): { rows: number; width: number } | null {
  const node = body.flow.order[0];
  if (!node) return null;
  const dims = weightDims(body.scope, node.inputs[node.op === 'EmbedLayerNormalization' ? 2 : 0] ?? '');
  const [rows, width] = dims ?? [];
  if (rows === undefined || width === undefined || dims?.length !== 2) return null;
  const type = body.scope.constant(node.inputs[0] ?? '')?.elementType;
  // GatherBlockQuantized packs two or four values in a byte when its type is uint8.
  const packed =
    node.op === 'GatherBlockQuantized' && type === 'uint8' ? 8 / (node.attributes.get('bits')?.int ?? 4) : 1;
  return { rows, width: width * packed };
}

/**
 * The layer of each attention: by the cache that it reads where that tells all of them apart (hybrid models have layers
 * without attention), else in order.
 */
function layerNumbers(scope: Scope, sites: readonly AttentionSite[]): number[] {
  const found = sites.map((site) => layerOfCache(scope, site.node));
  const increasing = found.every((layer, i) => layer !== null && (i === 0 || layer > (found[i - 1] ?? 0)));
  return increasing ? (found as number[]) : sites.map((_, i) => i);
}

/** Operators between the cache and the attention that reads it. */
const cacheOps: ReadonlySet<string> = new Set([
  ...['Concat', 'Transpose', 'Reshape', 'Unsqueeze', 'Expand', 'Identity', 'Cast', 'Mul', 'Tile', 'Gather', 'Squeeze'],
  ...['Add', 'Div', 'Where', 'MatMul', 'Split', 'Softmax', 'ScatterND', 'ScatterElements'],
]);

function layerOfCache(scope: Scope, node: OnnxNode): number | null {
  const queue = [node];
  const seen = new Set(queue);
  for (let next = queue.shift(); next && seen.size < 256; next = queue.shift()) {
    for (const input of next.inputs) {
      const cache = /^past|^cache/i.test(input) ? cacheName(input) : null;
      if (cache && cache.part !== 'state') return cache.layer;
      const producer = scope.producer(input);
      if (producer && cacheOps.has(producer.op) && !seen.has(producer)) {
        seen.add(producer);
        queue.push(producer);
      }
    }
  }
  return null;
}

/** Width of the residual stream by the weight of the last fused norm. */
function normWidth(body: DecoderBody): number | null {
  const node = body.exit?.node;
  return (node && body.scope.constant(node.inputs[2] ?? '')?.dims[0]) ?? null;
}

function headCounts(body: DecoderBody, cache: readonly CacheTensor[], width: number | null): HeadCounts {
  const site = body.blocks[0]?.attention;
  const fromGraph = site ? attentionHeads(body.scope, site) : { heads: null, kvHeads: null, headSize: null };
  const tensor = cache.find(({ part }) => part !== 'state');
  const size = (axis: number | null): number | null => {
    const dim = axis === null ? null : tensor?.dims?.at(axis);
    return typeof dim === 'number' && dim > 0 ? dim : null;
  };
  const headSize = fromGraph.headSize ?? size(-1);
  // The cache first: some exports repeat the keys before an operator that then sees one per query head.
  const kvHeads = size(tensor?.headAxis ?? null) ?? fromGraph.kvHeads;
  const guess = width !== null && headSize !== null && width % headSize === 0 ? width / headSize : null;
  return { heads: fromGraph.heads ?? guess, kvHeads, headSize };
}
