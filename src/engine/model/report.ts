import { join } from 'node:path';
import { TENSOR_BUDGET_BYTES } from '../tensors/plan';
import type { MemoryEstimate, ModelRef, ModelReport, TensorInfo } from '../../protocol/models';
import type { CaptureRequest } from '../../protocol/runs';
import type { Dimension, OnnxGraph, OnnxValue } from '../graph';
import { openTokenizer } from '../tokenizer';
import { fileSha256 } from './fileHash';
import { chooseFile, readFolder } from './folder';
import { modelSizes, refuseUnfeedable } from './loadedModel';
import { estimate, type EstimateRequest } from './memory';
import { measuredBefore, type ModelGraph, readModelGraph } from './modelGraph';
import { sizeNotes } from './sizes';
import { summarizeModel } from './summary';

/** Tokens that the estimate of a report is made for. */
const reportTokens = 512;

/**
 * Everything that can be said of a model without opening a session: the whole answer of `vivarium inspect`.
 * @throws Problem for a folder or file that cannot be read; the same as `ModelStore.open` would.
 */
export async function inspectModel(ref: ModelRef): Promise<ModelReport> {
  const folder = await readFolder(ref.folder);
  const chosen = chooseFile(folder, ref);
  const graph = readModelGraph(folder.folder, chosen.partner ?? chosen.file);
  refuseUnfeedable(graph, false);
  const tokenizer = await openTokenizer(folder.folder);
  const measured = measuredBefore(join(folder.folder, chosen.file));
  const { vocabularySize, contextLength } = modelSizes(graph, folder.config, tokenizer, measured);
  const summary = await summarizeModel(folder, chosen, 'added');
  const { model } = chosen.partner === null ? graph : readModelGraph(folder.folder, chosen.file);
  const tokens = Math.min(reportTokens, contextLength ?? Infinity);
  const capture: CaptureRequest = { attention: 'all', hidden: [], logits: false };
  return {
    summary,
    file: chosen.file,
    sha256: await fileSha256(join(folder.folder, chosen.file)),
    producer: model.producer,
    opsets: [...model.opsets].map(([domain, version]) => ({ domain: domain || 'ai.onnx', version })),
    inputs: model.graph.inputs.filter(({ name }) => !model.graph.initializers.has(name)).map(tensorInfo),
    outputs: model.graph.outputs.map(tensorInfo),
    operators: countOperators(model.graph),
    cache: describeCache(graph),
    estimate: estimate(graph, folder.config, {
      tokens,
      capture,
      isLoaded: false,
      budget: TENSOR_BUDGET_BYTES,
    }),
    notes: [
      ...sizeNotes(graph.file, graph.facts.sizes, folder.config, measured),
      ...notesOf(graph.file, folder.config.isStated, tokenizer.vocabularySize, vocabularySize),
      estimateNote(tokens),
    ],
  };
}

/** What a run takes: see {@link EstimateRequest}. Fails like {@link inspectModel}. */
export async function estimateMemory(ref: ModelRef, request: EstimateRequest): Promise<MemoryEstimate> {
  const folder = await readFolder(ref.folder);
  const chosen = chooseFile(folder, ref);
  return estimate(readModelGraph(folder.folder, chosen.partner ?? chosen.file), folder.config, request);
}

function estimateNote(tokens: number): string {
  return `The estimate of memory is for ${tokens} tokens with the attention of every layer kept.`;
}

function tensorInfo({ name, elementType, dims }: OnnxValue): TensorInfo {
  return { name, type: elementType, shape: (dims ?? []).map((dim: Dimension) => dim ?? '?') };
}

/** Operators by how often they occur, those inside the branches of an `If` included. */
function countOperators(graph: OnnxGraph): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  const visit = ({ nodes }: OnnxGraph): void => {
    for (const { op, domain, attributes } of nodes) {
      const name = domain === '' ? op : `${domain}.${op}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const attribute of attributes.values()) if (attribute.graph) visit(attribute.graph);
    }
  };
  visit(graph);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function describeCache({ anatomy }: ModelGraph): string {
  const { cache } = anatomy.interface;
  if (cache.length === 0) return 'none: every token is computed from the whole sequence again';
  if (cache.some(({ past }) => past === null)) return 'given but not taken: the whole sequence is computed again';
  const layers = new Set(cache.map(({ layer }) => layer)).size;
  const [first] = cache;
  const form = cache.some(({ part }) => part === 'state')
    ? 'recurrent states'
    : first?.part === 'key-value'
      ? 'keys and values stacked'
      : 'keys and values';
  const shape = first?.dims?.map((dim) => dim ?? '?').join(', ') ?? 'unstated shape';
  return `${layers} layers of ${form}, ${first?.elementType ?? ''} [${shape}]`;
}

function notesOf(file: string, isStated: boolean, tokenizerSize: number, vocabularySize: number): string[] {
  const notes: string[] = [];
  if (tokenizerSize > 0 && tokenizerSize < vocabularySize) {
    const unused = vocabularySize - tokenizerSize;
    notes.push(`The model has room for ${unused} more tokens than its tokenizer has; they stand for no text.`);
  }
  if (!isStated) {
    notes.push(
      `There is no config.json: what the model is, ${file} says; what it leaves open, such as which token ends a text, is not known.`,
    );
  }
  if (tokenizerSize === 0) notes.push('There is no tokenizer.json: prompts are token ids.');
  return notes;
}
