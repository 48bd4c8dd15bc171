import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import { type DecoderBlock, findBlocks, formOps } from './blocks';
import { readingOf, type Reading } from './causality';
import type { HeadCounts } from './forms/form';
import { attentionSite } from './forms/registry';
import {
  type CacheTensor,
  cacheName,
  type DecoderInterface,
  findCache,
  findIds,
  findLogits,
  realInputs,
  sortInputs,
} from './interface';
import { size, weightDims } from './known';
import { findMixers, firstInFlow } from './mixing';
import type { OnnxModel, OnnxNode } from './onnx';
import { type Cut, type DataFlow, dataFlow } from './residual';
import { Scope } from './scope';
import { checkGraph } from './check';

export type { DecoderBlock } from './blocks';

/**
 * What a decoder is made of. Sizes are those that the graph states, by attributes, weights and shapes; null where it does
 * not: the tensors of a pass tell them.
 */
export interface DecoderAnatomy extends HeadCounts {
  readonly interface: DecoderInterface;
  /** Blocks of the residual stream, with attention or without. */
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number | null;
  readonly vocabularySize: number | null;
  /** Positions that its tables have; null where it has none, and any number of tokens can be computed. */
  readonly positions: number | null;
  /** `both-ways` is refused, so that it is never met here. */
  readonly reading: Exclude<Reading, 'both-ways'>;
  /** The layer that each tensor of the cache belongs to: some exporters number the layers with attention alone. */
  readonly cacheLayer: (tensor: CacheTensor) => number;
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

/**
 * Finds the parts of a decoder: token ids in, logits out, attention and the residual stream between.
 * Fails with a {@link Problem} `onnx-not-a-decoder` that says what is missing, or `onnx-invalid` for a graph with loose ends.
 */
export function findDecoder(model: OnnxModel): DecoderAnatomy {
  checkGraph(model);
  const io = findInterface(model);
  const scope = new Scope(model.graph);
  const bodies = findBodies(model, scope, io);
  const [body] = bodies as [DecoderBody];
  const embedding = embeddingDims(body);
  const columns = size(io.logits.dims?.at(-1)) ?? size(body.scope.shape(body.logits)?.at(-1));
  if (columns !== null && embedding && columns * 2 < embedding.rows) {
    throw notADecoder(
      model,
      `its output ${io.logits.name} has ${columns} columns for a vocabulary of ${embedding.rows} tokens`,
    );
  }
  const takesCache = io.cache.some(({ past }) => past !== null);
  const reading = takesCache ? 'undecided' : readingOf(body.scope, body.blocks, io.ids.name);
  if (reading === 'both-ways') throw readsBothWays(model.name, 'nothing hides later tokens from its attention');
  const cacheLayer = layersOfCache(bodies, io.cache);
  return {
    interface: io,
    layers: Math.max(
      0,
      ...body.blocks.map(({ layer }) => layer + 1),
      ...io.cache.map((tensor) => cacheLayer(tensor) + 1),
    ),
    ...headCounts(body, io.cache),
    hiddenSize: streamWidth(body) ?? embedding?.width ?? null,
    vocabularySize: columns ?? embedding?.rows ?? null,
    positions: positionsOf(body, io),
    reading,
    cacheLayer,
    bodies,
  };
}

function notADecoder(model: Pick<OnnxModel, 'name'>, reason: string): Problem {
  return new Problem({
    code: 'onnx-not-a-decoder',
    message: `${model.name} is not a decoder of text: ${quoted(reason)}.`,
    action: 'Choose a model that predicts the next token, exported for text generation.',
  });
}

/** The refusal of a model whose tokens see later ones. @param how the evidence, as part of a sentence. */
export function readsBothWays(file: string, how: string): Problem {
  return notADecoder({ name: file }, `it reads both ways (${how})`);
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
  const logits = findLogits(graph, ids.name);
  if (!logits) throw notADecoder(model, `it has no output of logits (outputs: ${list(graph.outputs)})`);
  if (logits.dims && logits.dims.length !== 3) {
    throw notADecoder(model, `its output ${logits.name} does not have one row of logits a token`);
  }
  const cache = findCache(graph);
  return { ids, ...sortInputs(graph, ids, cache), cache, logits };
}

function findBodies(model: OnnxModel, scope: Scope, io: DecoderInterface): DecoderBody[] {
  const logits = io.logits.name;
  const maker = scope.producer(logits);
  if (!maker) throw notADecoder(model, `no operator makes its output ${logits}`);
  if (maker.op !== 'If') return [findBody(model, scope, io, logits, null)];
  const index = maker.outputs.indexOf(logits);
  return (['then_branch', 'else_branch'] as const).map((name) => {
    const graph = maker.attributes.get(name)?.graph;
    const output = graph?.outputs[index]?.name;
    if (!graph || output === undefined) throw notADecoder(model, `its If operator has no ${name} that gives ${logits}`);
    return findBody(model, new Scope(graph, scope), io, output, { node: maker, name });
  });
}

function findBody(
  model: OnnxModel,
  scope: Scope,
  io: DecoderInterface,
  logits: string,
  branch: DecoderBody['branch'],
): DecoderBody {
  const ids = io.ids.name;
  const embeddings = findEmbedding(scope, ids);
  if (!embeddings) throw notADecoder(model, `nothing looks up the embeddings of ${ids}`);
  const flow = dataFlow(scope, embeddings, logits);
  if (!flow.index.has(embeddings)) throw notADecoder(model, `its logits do not depend on ${ids}`);
  const sites = flow.order.flatMap((node) => attentionSite(scope, node) ?? []);
  const mixers = findMixers(scope, flow, sites, io.cache, size(io.ids.dims?.[1]));
  const { blocks, exit } = findBlocks(scope, flow, mixers);
  return { branch, scope, flow, blocks: numberedByCache(scope, blocks), exit, logits };
}

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
 * Blocks with the numbers of the caches that they read, where nothing but attention was recognised and these leave room for
 * layers that were not: they are layers all the same.
 */
function numberedByCache(scope: Scope, blocks: readonly DecoderBlock[]): readonly DecoderBlock[] {
  const found = blocks.map(({ attention }) => attention && layerOfCache(scope, attention.node));
  const isHigher = found.every((layer, i) => layer !== null && layer >= i && layer > (found[i - 1] ?? -1));
  return isHigher ? blocks.map((block, i) => ({ ...block, layer: found[i] as number })) : blocks;
}

/** The layer of each tensor of the cache: the block in which it is taken or made, else the number in its name. */
function layersOfCache(bodies: readonly DecoderBody[], cache: readonly CacheTensor[]): (tensor: CacheTensor) => number {
  const found = new Map(cache.map((tensor) => [tensor, blockOfCache(bodies, tensor)]));
  const isWhole = [...found.values()].every((layer) => layer !== null);
  return (tensor) => (isWhole ? found.get(tensor) : null) ?? tensor.layer;
}

function blockOfCache(bodies: readonly DecoderBody[], { past, present }: CacheTensor): number | null {
  for (const { scope, flow, blocks } of bodies) {
    if (blocks.some(({ entry }) => !entry)) return null;
    const taker =
      past === null
        ? null
        : firstInFlow(
            flow,
            past,
            (value) => scope.consumers(value),
            (node) => node.outputs,
          );
    const maker =
      present === null
        ? null
        : firstInFlow(
            flow,
            present,
            (value) => [scope.producer(value)].filter((node) => node !== undefined),
            (node) => node.inputs,
          );
    const index = flow.index.get(taker ?? (maker as OnnxNode));
    if (index === undefined) continue;
    return blocks.findLast(({ entry }) => (entry?.index ?? Infinity) < index)?.layer ?? null;
  }
  return null;
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

/** Width of the residual stream between the blocks. */
function streamWidth({ scope, blocks, exit }: DecoderBody): number | null {
  for (const cut of [...blocks.map(({ entry }) => entry), exit]) {
    const width = cut && size(scope.shape(cut.node.outputs[0] ?? '')?.at(-1));
    if (width) return width;
  }
  // By the weight of a fused norm.
  return (exit && scope.constant(exit.node.inputs[2] ?? '')?.dims[0]) ?? null;
}

/** Rows of the tables of positions: learnt ones that are added to the embeddings, those of rotations inside operators. */
function positionsOf({ scope, flow, blocks }: DecoderBody, { inputs }: DecoderInterface): number | null {
  const given = new Set(inputs.filter(({ role }) => role.includes('position')).map(({ name }) => name));
  const tables: number[] = [];
  const add = (table: string | undefined): void => {
    const dims = table ? scope.constant(table)?.dims : undefined;
    if (dims?.length === 2) tables.push(dims[0] as number);
  };
  const [first] = flow.order;
  const end = blocks[0]?.entry?.index ?? 0;
  for (const node of flow.order.slice(1, end + 1)) {
    for (const input of node.inputs) {
      let lookup = scope.producer(input);
      while (lookup && formOps.has(lookup.op)) lookup = scope.producer(lookup.inputs[0] ?? '');
      if (lookup?.op !== 'Gather' || flow.index.has(lookup)) continue;
      if (arePositions(scope, lookup.inputs[1] ?? '', given)) add(lookup.inputs[0]);
    }
  }
  if (first?.op === 'EmbedLayerNormalization') add(first.inputs[3]);
  for (const { attention } of blocks) {
    const table = attention?.form.operators?.get(attention.node.op)?.positions;
    if (attention && table !== undefined) add(attention.node.inputs[table]);
  }
  return tables.length > 0 ? Math.min(...tables) : null;
}

/** Whether indices count the tokens: one of the inputs of positions, a range, or the sum of a mask so far. */
function arePositions(scope: Scope, indices: string, given: ReadonlySet<string>): boolean {
  const stack = [indices];
  for (let steps = 0; steps < 32; steps++) {
    const value = stack.pop();
    if (value === undefined) return false;
    if (given.has(value)) return true;
    const node = scope.producer(value);
    if (node?.op === 'Range' || node?.op === 'CumSum') return true;
    if (node && node.op !== 'Shape') stack.push(...node.inputs);
  }
  return false;
}

/**
 * Of the first layer with attention. Key-value heads by the cache first: some exports repeat the keys before an operator that
 * then sees one for every query head.
 */
function headCounts({ scope, blocks }: DecoderBody, cache: readonly CacheTensor[]): HeadCounts {
  const site = blocks.find(({ attention }) => attention)?.attention;
  const counts = site
    ? site.form.heads(scope, site.node)
    : { heads: null, kvHeads: null, headSize: null, valueSize: null };
  const tensor = cache.find(({ part }) => part !== 'state');
  const stated = (axis: number | null): number | null => (axis === null ? null : size(tensor?.dims?.at(axis)));
  return {
    ...counts,
    kvHeads: stated(tensor?.headAxis ?? null) ?? counts.kvHeads,
    headSize: counts.headSize ?? (tensor?.part === 'key' ? stated(-1) : null),
  };
}
