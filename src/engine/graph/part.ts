import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { DecoderAnatomy, DecoderBody } from './decoder';
import { type ElementType, elementTypeCode } from './elementType';
import { encodeNode } from './encode';
import { type AddedNode, writeExtract } from './extract';
import { type CacheTensor, type DecoderInput, realInputs } from './interface';
import { inputsOf, type OnnxModel, type OnnxNode, type OnnxValue } from './onnx';
import type { AttentionProbe, HiddenProbe, ProbeOutput, ProbePlan } from './probes/plan';
import { type Cut, residualTensor, shapeOps, skipNorms } from './residual';
import { Scope } from './scope';
import type { ByteSource } from './source';

/** Some of a decoder's blocks as a model of their own. Shapes are those of the whole one, batch size 1. */
export interface DecoderPart {
  readonly bytes: Uint8Array;
  /** Input of the hidden states that enter the first block, float32, of the form that the part below gives; null: token ids. */
  readonly hiddenInput: string | null;
  /** Dimensions of what it takes there, as far as the file tells: 3 unless it tells 2. */
  readonly hiddenRank: number;
  /** Token ids; null where the part does not take them. Of a part that takes hidden states only their number matters. */
  readonly ids: OnnxValue | null;
  readonly inputs: readonly DecoderInput[];
  /** The cache of its own blocks. */
  readonly cache: readonly CacheTensor[];
  /** Caches of other blocks that it takes for their shape alone: how many tokens have gone before. */
  readonly shapes: readonly CacheTensor[];
  /** Hidden states that leave the last block [1, sequence, width], float32; or the logits. */
  readonly rows: ProbeOutput;
  readonly attention: readonly AttentionProbe[];
  /** What enters or leaves its blocks; what is fed is not among them. */
  readonly hidden: readonly HiddenProbe[];
}

/** A decoder with its probes, whose parts are wanted. */
export interface ProbedDecoder {
  /** As read from `source`: the file with the edits of `plan`. */
  readonly model: OnnxModel;
  readonly source: ByteSource;
  /** Of the file without the edits. */
  readonly anatomy: DecoderAnatomy;
  /** With all hidden states. */
  readonly plan: ProbePlan;
}

/** Blocks `from` to `to`, `to` not included; `to` = `logits`: up to the logits, with the final norm and the head. */
export interface PartRange {
  readonly from: number;
  readonly to: number | 'logits';
}

/** Values that the parts have and the file does not. */
const HIDDEN_INPUT = 'vivarium/part_input';
const HIDDEN_OUTPUT = 'vivarium/part_output';

/**
 * Makes some blocks a model of their own: every node that its outputs need, up to the hidden state that enters the first of
 * them. What comes before the first block and says no more than how many tokens there are (masks, positions) is repeated.
 * From `layers` to the logits it is the logit lens: final norm and head.
 * @throws Problem `not-available` with the reason, where the blocks cannot be told apart, or share more than the hidden state.
 */
export function decoderPart(decoder: ProbedDecoder, range: PartRange): DecoderPart {
  const { model, source, anatomy, plan } = decoder;
  const { from, to } = range;
  const refuse: Refuse = (reason) => {
    throw new Problem({
      code: 'not-available',
      message: `${model.name} cannot be cut at layer ${from > 0 ? from : to}: ${quoted(reason)}.`,
      action: 'Choose another layer, or another export of the model.',
    });
  };
  const body = onlyBody(decoder, refuse);
  const scope = new Scope(model.graph);
  const end = to === 'logits' ? anatomy.layers : to;
  const isWithin = ({ layer }: { readonly layer: number }): boolean => layer >= from && layer < end;

  const start = from > 0 ? beginning(decoder, scope, from, refuse) : null;
  const cache = takesCache(anatomy) ? anatomy.interface.cache : [];
  const own = cache.filter((tensor) => isWithin({ layer: anatomy.cacheLayer(tensor) }));
  const attention = plan.attention.filter(isWithin);
  const hidden = plan.hidden.filter(({ layer }) => layer <= end && (start ? layer > from : true));
  const given = to === 'logits' ? plan.logits : plan.hidden.find(({ layer }) => layer === to);
  if (!given) return refuse(hiddenReason(plan, end));

  const probes = [...attention, ...hidden];
  const wanted = [given.output, ...probes.map(({ output }) => output), ...own.map(({ present }) => present ?? '')];
  const kept = ancestors(scope, wanted, start?.replaced ?? new Set());
  if (start) refuseCrossing(body, start.cut, scope, kept, refuse);
  const nodes = model.graph.nodes.filter((node) => kept.has(node));
  const taken = new Set(nodes.flatMap((node) => inputsOf(node)));
  const shapes = cache.filter((tensor) => !own.includes(tensor) && taken.has(tensor.past ?? ''));
  const foreign = shapes.find(({ past }) => !isForShape(scope, past ?? '', kept));
  if (foreign)
    return refuse(
      `the part ${from > 0 ? 'above' : 'below'} also reads the cache of layer ${anatomy.cacheLayer(foreign)}`,
    );

  const used = ({ name }: OnnxValue): boolean => taken.has(name);
  const rows: ProbeOutput = to === 'logits' ? given : { output: HIDDEN_OUTPUT, elementType: 'float32' };
  const toFloat = to === 'logits' ? [] : [castNode(given.output, HIDDEN_OUTPUT, 'float32')];
  const outputs = new Map([
    [rows.output, rows.elementType],
    ...own.map(({ present, elementType }) => [present ?? '', elementType] as const),
    ...probes.map(({ output, elementType }) => [output, elementType] as const),
  ]);
  const bytes = writeExtract(model, source, {
    nodes,
    added: [...(start?.nodes ?? []), ...toFloat],
    inputs: [
      ...realInputs(model.graph).filter(used),
      ...(start ? [{ name: HIDDEN_INPUT, elementType: 'float32', dims: null } as const] : []),
    ],
    outputs: [...outputs].map(([name, elementType]) => ({ name, elementType })),
  });
  return {
    bytes,
    hiddenInput: start && HIDDEN_INPUT,
    hiddenRank: (start && scope.shape(start.state)?.length) ?? 3,
    ids: used(anatomy.interface.ids) ? anatomy.interface.ids : null,
    inputs: anatomy.interface.inputs.filter(used),
    cache: own,
    shapes,
    rows,
    attention,
    hidden,
  };
}

type Refuse = (reason: string) => never;

function onlyBody({ model, anatomy }: ProbedDecoder, refuse: Refuse): DecoderBody {
  const [body, second] = anatomy.bodies;
  if (!body || second || body.branch) {
    return refuse('it holds the decoder twice, with and without a cache, in the branches of an If');
  }
  if (model.functions.length > 0) return refuse('it defines operators of its own');
  return body;
}

function takesCache({ interface: { cache } }: DecoderAnatomy): boolean {
  return cache.every(({ past, present }) => past !== null && present !== null);
}

/** Why there is no hidden state, as the end of a sentence. */
function hiddenReason({ unavailable }: ProbePlan, layer: number): string {
  const found = unavailable.find((entry) => entry.what === 'hidden' && entry.layer === layer)?.reason;
  if (!found) return `where layer ${layer} begins could not be recognised`;
  return found[0]?.toLowerCase() + found.slice(1).replace(/\.$/, '');
}

/** How a part begins whose hidden states are fed: the values that the node of the cut gave, made from the input. */
interface Beginning {
  readonly cut: Cut;
  /** The hidden state. */
  readonly state: string;
  /** The outputs of the cut's node. */
  readonly replaced: ReadonlySet<string>;
  /** Nodes that give them. */
  readonly nodes: readonly AddedNode[];
}

function beginning({ anatomy, plan }: ProbedDecoder, scope: Scope, layer: number, refuse: Refuse): Beginning {
  const [body] = anatomy.bodies as [DecoderBody];
  const cut = layer === anatomy.layers ? body.exit : body.blocks.find((block) => block.layer === layer)?.entry;
  if (!cut) return refuse(hiddenReason(plan, layer));
  const { node } = cut;
  const residual = residualTensor(node);
  const type = scope.elementType('tensor' in residual ? residual.tensor : (residual.missingSum[0] ?? ''));
  if (type === 'undefined') return refuse('the type of its hidden states is not stated');
  const state = 'tensor' in residual ? residual.tensor : 'vivarium/part_sum';
  const nodes = [castNode(HIDDEN_INPUT, state, type)];
  if (skipNorms.has(node.op) && node.outputs[0]) nodes.push(normNode(node, state));
  return { cut, state, replaced: new Set(node.outputs.filter(Boolean)), nodes };
}

/** The norm of a fused skip-and-normalise operator alone, over the sum that it would make. */
function normNode({ op, inputs, outputs, attributes }: OnnxNode, sum: string): AddedNode {
  // onnxruntime's default of the fused operators; the plain ones have another.
  const epsilon = { epsilon: { float: attributes.get('epsilon')?.float ?? 1e-12 } };
  const isSimple = op === 'SkipSimplifiedLayerNormalization';
  const weights = inputs.slice(2, isSimple ? 3 : 4).filter(Boolean);
  const plain = isSimple ? 'SimplifiedLayerNormalization' : 'LayerNormalization';
  const taken = [sum, ...weights];
  return { inputs: taken, content: encodeNode(plain, 'vivarium/part_norm', taken, [outputs[0] ?? ''], epsilon) };
}

function castNode(from: string, to: string, type: ElementType): AddedNode {
  return { inputs: [from], content: encodeNode('Cast', to, [from], [to], { to: elementTypeCode(type) }) };
}

/** The nodes that make `values`, without those behind `given`. */
function ancestors(scope: Scope, values: readonly string[], given: ReadonlySet<string>): Set<OnnxNode> {
  const found = new Set<OnnxNode>();
  const stack = values.filter((value) => !given.has(value));
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = scope.producer(value);
    if (!node || found.has(node)) continue;
    found.add(node);
    for (const input of inputsOf(node)) if (!given.has(input)) stack.push(input);
  }
  return found;
}

/**
 * Refuses where the upper part needs data of the lower blocks beside the hidden state. That it asks for the shape of the
 * embeddings, as exporters make masks from it, is no harm: they are looked up once more.
 */
function refuseCrossing(body: DecoderBody, cut: Cut, scope: Scope, kept: ReadonlySet<OnnxNode>, refuse: Refuse): void {
  const first = body.blocks[0]?.entry?.index ?? -1;
  for (const below of body.flow.order.slice(0, cut.index)) {
    const output = below.outputs.find(Boolean) ?? '';
    const node = scope.producer(output);
    if (!node || !kept.has(node)) continue;
    const index = body.flow.index.get(below) ?? 0;
    const users = node.outputs.flatMap((value) => scope.consumers(value)).filter((user) => kept.has(user));
    const isLookup = index <= first && users.every((user) => shapeOps.has(user.op) || isBefore(body, user, first));
    if (!isLookup) return refuse(`the layers above also take ${output}, which is made below`);
  }
}

function isBefore(body: DecoderBody, user: OnnxNode, last: number): boolean {
  const output = user.outputs.find(Boolean);
  return body.flow.order.slice(0, last + 1).some(({ outputs }) => outputs.includes(output ?? ''));
}

function isForShape(scope: Scope, value: string, kept: ReadonlySet<OnnxNode>): boolean {
  return scope.consumers(value).every((user) => !kept.has(user) || shapeOps.has(user.op));
}
