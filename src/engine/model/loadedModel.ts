import { quoted } from '../../core/text/quoted';
import type { ModelIdentity } from '../../core/trace/record';
import type { ModelSummary, ProbeReport } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import type { FolderTokenizer } from '../tokenizer';
import { type CacheSlot, cacheSlots, slotKeys } from './cacheLayout';
import type { ModelConfig } from './config';
import { readEmbeddings } from './embeddings';
import { exitPair, lensOf } from './exits';
import type { ExitSessions } from './exitSessions';
import type { MeasuredSizes } from './sizes';
import { chunkSize } from './memory';
import type { ModelGraph } from './modelGraph';
import { knownSizes } from './sizes';
import { type FileLimits, OnnxSequence } from './sequence';
import { type DecoderSession, wholeStage } from './session';
import { Stage } from './stage';
import type { LoadedModel, OpenExit, Sequence, SequenceOptions, TakeTurn } from './types';

/** Everything of a model that is open, and kept as long as its session. */
export interface OpenParts {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly summary: ModelSummary;
  readonly sha256: string;
  readonly tokenizer: FolderTokenizer;
  /** The file that is run; of a pair the one that goes on from a cache. */
  readonly main: DecoderSession;
  /** Of a pair the one without past. */
  readonly first: DecoderSession | null;
  /** Sizes as its tensors have them; null where no pass could tell. */
  readonly measured: MeasuredSizes | null;
  /** As the model was asked for: of a pair the file without past. */
  readonly file: string;
  readonly limits: FileLimits;
  /** Its parts, for drafts that leave it early. */
  readonly exits: ExitSessions;
}

/** A model ready to run, its passes taking turns through `turn`. */
export function loadedModel(parts: OpenParts, turn: TakeTurn): LoadedModel {
  const { folder, file, config, summary, tokenizer, main } = parts;
  const { anatomy } = main.graph;
  const sizes = modelSizes(main.graph, config, tokenizer, parts.measured);
  const layout = cacheOf(parts);
  const sequence = {
    vocabularySize: sizes.vocabularySize,
    contextLength: sizes.contextLength ?? Infinity,
    chunk: chunkSize({
      ...sizes,
      layers: anatomy.layers,
      contextLength: sizes.contextLength ?? Infinity,
      parameters: main.graph.facts.parameters,
    }),
    lastLogitsOnly: main.plan.unavailable.some(({ what }) => what === 'logits'),
    turn,
  };
  const stage = (decoder: DecoderSession): Stage => new Stage(wholeStage(decoder), layout.keys);
  const openSequence = (options: SequenceOptions): Sequence =>
    new OnnxSequence(
      {
        ...sequence,
        first: parts.first ? stage(parts.first) : null,
        main: stage(main),
        slots: layout.slots,
        limits: parts.limits,
      },
      options,
    );
  return {
    ref: { folder, file },
    identity: identityOf(parts, sizes),
    summary,
    tokenizer,
    endIds: config.endIds,
    probes: shownProbes(summary.probes, parts.measured),
    layers: anatomy.layers,
    heads: sizes.heads,
    width: sizes.width,
    embeddings: () => readEmbeddings(main.graph),
    openSequence,
    openLens: async () => lensOf(await parts.exits.openLens(), sequence),
    openExit: async (layer): Promise<OpenExit> => {
      const cut = await parts.exits.take(layer);
      const { cache } = anatomy.interface;
      const context = {
        sequence,
        cache: layout.slots.length > 0 ? cache : [],
        slots: layout.slots,
        openWhole: openSequence,
      };
      return {
        layer,
        note: cut.reason,
        openPair: (options) => exitPair(cut, context, options),
        release: () => parts.exits.release(layer),
      };
    },
  };
}

interface ModelSizes {
  readonly vocabularySize: number;
  readonly heads: number;
  readonly width: number;
  readonly contextLength: number | null;
}

/**
 * Sizes that a run needs: from the tensors of a pass, else from the graph, else from the config.
 * @throws Problem `config-invalid` where neither says, `vocabulary-mismatch` where the tokenizer is larger than the model.
 */
export function modelSizes(
  graph: ModelGraph,
  config: ModelConfig,
  tokenizer: FolderTokenizer,
  measured: MeasuredSizes | null,
): ModelSizes {
  const { file } = graph;
  const known = knownSizes(graph.facts.sizes, config, measured);
  const vocabularySize = known.vocabularySize ?? (tokenizer.vocabularySize || null);
  if (vocabularySize === null) {
    throw new Problem({
      code: 'config-invalid',
      message: `Neither ${file} nor config.json says how many tokens the model knows.`,
      action: 'Add vocab_size to config.json.',
    });
  }
  if (tokenizer.modelVocabularySize > vocabularySize) {
    throw new Problem({
      code: 'vocabulary-mismatch',
      message: `The tokenizer knows ${tokenizer.modelVocabularySize} tokens, but ${file} only ${vocabularySize}.`,
      action: 'Put the tokenizer.json that belongs to this model into its folder.',
    });
  }
  return { vocabularySize, heads: known.heads ?? 0, width: known.width ?? 0, contextLength: known.contextLength };
}

/** Attention whose layers differ in their heads is not shown as if they did not. */
function shownProbes(probes: ProbeReport, measured: MeasuredSizes | null): ProbeReport {
  if (!measured?.headRange) return probes;
  const [fewest, most] = measured.headRange;
  const how = `Its layers have different numbers of heads, from ${fewest} to ${most}, which cannot be shown beside each other.`;
  return { ...probes, attention: { available: false, how } };
}

/** The cache that is handed from pass to pass. */
export function cacheOf({ main, config }: Pick<OpenParts, 'main' | 'config'>): { keys: string[]; slots: CacheSlot[] } {
  const { anatomy, file } = main.graph;
  const { cache } = anatomy.interface;
  // A file that gives a cache but takes none reads the whole sequence each time.
  if (!cache.every(({ past, present }) => past !== null && present !== null)) return { keys: [], slots: [] };
  return { keys: slotKeys(cache), slots: cacheSlots(anatomy, config, file) };
}

function identityOf(parts: OpenParts, sizes: ModelSizes): ModelIdentity {
  const { folder, file, config, summary, sha256, main } = parts;
  const { mixing } = main.graph.facts;
  return {
    name: summary.name,
    folder,
    file,
    sha256,
    dtype: summary.dtype,
    architecture: config.architecture,
    task: config.kind,
    layers: main.graph.anatomy.layers,
    heads: sizes.heads,
    ...(mixing ? { mixing } : {}),
    vocabularySize: sizes.vocabularySize,
    contextLength: sizes.contextLength,
    ...(config.life ? { life: config.life } : {}),
  };
}

/** Types that pass between JavaScript and onnxruntime. */
const exchanged: readonly string[] = ['float32', 'float16', 'float64', 'int64', 'int32', 'bool', 'int8', 'uint8'];
const otherTypes = 'Export the model with float32 or float16 inputs and outputs.';

/**
 * Refuses what cannot be fed before a session is opened.
 * @throws Problem `onnx-unsupported`, `onnx-not-a-decoder`.
 */
export function refuseUnfeedable(graph: ModelGraph, isFirstOfPair: boolean): void {
  const { file, anatomy } = graph;
  const { ids, inputs, unknown, cache, logits } = anatomy.interface;
  const refuse = (what: string, action: string): never => {
    throw new Problem({ code: 'onnx-unsupported', message: `${file} ${what}.`, action });
  };
  if (unknown.length > 0) {
    const names = quoted(unknown.map(({ name }) => name).join(', '));
    refuse(`needs inputs whose purpose is not known (${names})`, 'Export the model for text generation, without them.');
  }
  const strange = [ids, ...inputs, ...cache].find(({ elementType }) => !exchanged.includes(elementType));
  if (strange) {
    refuse(`takes tensors of type ${strange.elementType}, which onnxruntime-node cannot be given`, otherTypes);
  }
  if (!exchanged.includes(logits.elementType)) {
    refuse(`gives logits of type ${logits.elementType}, which onnxruntime-node cannot read`, otherTypes);
  }
  const [batch, step] = ids.dims ?? [];
  if (typeof batch === 'number' && batch !== 1) {
    refuse(`takes exactly ${batch} sequences at a time`, 'Export the model with a batch of one, or of any size.');
  }
  const takesCache = cache.some(({ past }) => past !== null);
  if (typeof step === 'number' && step > 1 && takesCache) {
    refuse(`takes exactly ${step} tokens at a time`, 'Export the model with a sequence of any length.');
  }
  if (takesCache && cache.some(({ present }) => present === null) && !isFirstOfPair) {
    refuse('takes a cache but does not give it back', 'Export the model with present outputs.');
  }
}
