import { type DecoderAnatomy, type DecoderBody, findDecoder } from '../decoder';
import { type Edit, type NestedEdit, withLengths } from '../edits';
import type { ElementType } from '../elementType';
import type { AttentionForm } from '../forms/form';
import { GraphEditor, type ProbeValue } from '../graphEditor';
import type { OnnxModel } from '../onnx';
import { WireWriter } from '../protobuf';
import { Scope } from '../scope';
import { referToWeights, type WeightPlace } from '../weights';
import { attentionOf } from './attention';
import { hiddenState } from './hidden';
import { allLogits } from './logits';

/** What to read from a decoder. Layers are numbered from 0. */
export interface ProbeRequest {
  readonly attention: readonly number[] | 'all' | 'none';
  /** The residual stream that enters these layers; the number of layers stands for what leaves the last one. */
  readonly hidden: readonly number[] | 'all' | 'none';
  /** Logits at every position, also where the file computes them for the last one only. */
  readonly logits: boolean;
}

/** An output that the edited file has. Batch size is 1 throughout. */
export interface ProbeOutput {
  /** Its name, for `session.run`. */
  readonly output: string;
  /** float32, or float16 where the model computes in it. */
  readonly elementType: ElementType;
}

/** Attention probabilities [1, heads, query, key], key = past + query; rows sum to 1, keys that are hidden are 0. */
export interface AttentionProbe extends ProbeOutput {
  readonly layer: number;
  readonly form: AttentionForm;
  /** Null where the file does not say: take it from the tensor. */
  readonly heads: number | null;
}

/** The residual stream [1, sequence, width] that enters `layer`; for `layer` = layers, what leaves the last, before the final norm. */
export interface HiddenProbe extends ProbeOutput {
  readonly layer: number;
}

/** What was asked for and cannot be had. */
export interface Unavailable {
  readonly what: 'attention' | 'hidden' | 'logits';
  /** Null where it concerns no single layer. */
  readonly layer: number | null;
  /** A sentence. */
  readonly reason: string;
}

/** How a file must be changed to give what was asked for: {@link applyEdits} does it. */
export interface ProbePlan {
  /** In the order of their offsets. Empty where the file gives everything already. */
  readonly edits: readonly Edit[];
  readonly attention: readonly AttentionProbe[];
  readonly hidden: readonly HiddenProbe[];
  /** [1, sequence, vocabulary]: every position where `logits` was asked for and is not unavailable, else as the file has it. */
  readonly logits: ProbeOutput;
  readonly unavailable: readonly Unavailable[];
  /** Bytes that are new in the edited file, and bytes of the original that it leaves out; the rest, weights included, is untouched. */
  readonly insertedBytes: number;
  readonly replacedBytes: number;
}

/** One thing asked for: found in each body of the decoder by `find`, turned into an output by `use`. */
interface Wish {
  readonly what: Unavailable['what'];
  readonly layer: number | null;
  find(body: DecoderBody, editor: GraphEditor): ProbeValue;
  use(output: ProbeOutput): void;
}

/**
 * Plans the outputs that `request` needs. Nothing is read but the graph. What the file cannot give is listed with the
 * reason. Fails like {@link findDecoder} for a file that is no decoder; pass `anatomy` where it is known already.
 *
 * With `weights` at `inline` the edited file holds them as the original does. With `{ from: name }` it leaves them in the
 * original, which must then be called `name` in the folder that onnxruntime is told of
 * (`session.model_external_initializers_file_folder_path`): the edited file is small, and no weight is read or copied here.
 *
 * Operators that are added run in every pass, also when their output is not fetched: each form of attention says which.
 */
export function planProbes(
  model: OnnxModel,
  request: ProbeRequest,
  anatomy = findDecoder(model),
  weights: WeightPlace = 'inline',
): ProbePlan {
  const attention: AttentionProbe[] = [];
  const hidden: HiddenProbe[] = [];
  let logits: ProbeOutput = {
    output: anatomy.interface.logits.name,
    elementType: anatomy.interface.logits.elementType,
  };
  const wishes: Wish[] = [
    ...layerList(request.attention, anatomy.layers).map((layer): Wish => ({
      what: 'attention',
      layer,
      find: (body, editor) => attentionOf(body, editor, layer, anatomy.layers),
      use: (output) => {
        const site = anatomy.bodies[0]?.blocks.find((block) => block.layer === layer)?.attention;
        if (site) attention.push({ layer, form: site.form, heads: anatomy.heads, ...output });
      },
    })),
    ...layerList(request.hidden, anatomy.layers + 1).map((layer): Wish => ({
      what: 'hidden',
      layer,
      find: (body, editor) => hiddenState(body, editor, layer, anatomy.layers),
      use: (output) => hidden.push({ layer, ...output }),
    })),
  ];
  if (request.logits) {
    wishes.push({
      what: 'logits',
      layer: null,
      find: allLogits,
      use: (output) => {
        logits = output;
      },
    });
  }
  const { edits, unavailable } = fulfil(model, anatomy, wishes, weights);
  return {
    edits,
    attention,
    hidden,
    logits,
    unavailable,
    insertedBytes: edits.reduce((sum, edit) => sum + edit.insert.length, 0),
    replacedBytes: edits.reduce((sum, edit) => sum + edit.deleteLength, 0),
  };
}

function layerList(layers: readonly number[] | 'all' | 'none', count: number): readonly number[] {
  if (layers === 'none') return [];
  return layers === 'all' ? Array.from({ length: count }, (_, layer) => layer) : [...new Set(layers)];
}

/** Adds the outputs that the wishes need to every body of the decoder, and to the graph around them. */
function fulfil(
  model: OnnxModel,
  anatomy: DecoderAnatomy,
  wishes: readonly Wish[],
  weights: WeightPlace,
): { edits: Edit[]; unavailable: Unavailable[] } {
  const opset = model.opsets.get('') ?? 1;
  const editors = anatomy.bodies.map((body) => new GraphEditor(body.scope, opset));
  const ifNode = anatomy.bodies[0]?.branch?.node ?? null;
  const main = ifNode ? new GraphEditor(new Scope(model.graph), opset) : (editors[0] as GraphEditor);
  const unavailable: Unavailable[] = [];
  const ifOutputs = new WireWriter();
  const added = new Map<string, ProbeOutput>();
  for (const wish of wishes) {
    const found = anatomy.bodies.map((body, i) => wish.find(body, editors[i] as GraphEditor));
    const missing = found.find((value) => 'reason' in value);
    if (missing) {
      unavailable.push({ what: wish.what, layer: wish.layer, reason: (missing as { reason: string }).reason });
      continue;
    }
    const values = found as Exclude<ProbeValue, { reason: string }>[];
    const key = values.map(({ value }) => value).join('\n');
    let output = added.get(key);
    if (!output) {
      const outputs = values.map(({ value, elementType }, i) => (editors[i] as GraphEditor).output(value, elementType));
      const [first] = outputs as [(typeof outputs)[number]];
      output = { output: first.name, elementType: first.elementType };
      if (ifNode) {
        const place = anatomy.bodies[0]?.scope.graph.outputs.findIndex(({ name }) => name === first.name) ?? -1;
        if (place >= 0) output = { ...output, output: ifNode.outputs[place] ?? '' };
        else {
          output = { ...output, output: `vivarium/${wish.what}${wish.layer === null ? '' : `_${wish.layer}`}` };
          ifOutputs.text(2, output.output);
          main.declare(output.output, output.elementType);
        }
      }
      added.set(key, output);
    }
    wish.use(output);
  }
  const edits: NestedEdit[] = editors.flatMap((editor) => editor.nodeEdits);
  if (weights !== 'inline') edits.push(...referToWeights(model, weights));
  if (ifNode) {
    editors.forEach((editor) => {
      const { graph } = editor.scope;
      const fields = editor.finish();
      const within = [...graph.within, graph.span];
      if (fields) edits.push({ offset: graph.span.end, deleteLength: 0, insert: fields, within });
    });
    const insert = ifOutputs.finish();
    const within = [...ifNode.within, ifNode.span];
    if (insert.length > 0) edits.push({ offset: ifNode.span.end, deleteLength: 0, insert, within });
  }
  const fields = main.finish();
  if (fields) edits.push({ offset: model.size, deleteLength: 0, insert: appendToModel(model, fields), within: [] });
  return { edits: withLengths(edits), unavailable };
}

/**
 * Fields of a GraphProto as bytes that may follow a ModelProto: protobuf merges what comes again, so the graph grows by them.
 * https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export function appendToModel(model: OnnxModel, graphFields: Uint8Array): Uint8Array {
  const writer = new WireWriter();
  // The nodes that are added need the standard's operators, which a file of contrib operators alone need not import.
  if (!model.opsets.has('')) writer.message(8, new WireWriter().text(1, '').int(2, 17));
  return writer.bytes(7, graphFields).finish();
}
