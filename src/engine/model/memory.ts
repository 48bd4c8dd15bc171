import { givenLayers, type MemoryEstimate } from '../../protocol/models';
import type { CaptureRequest } from '../../protocol/runs';
import { planTensors } from '../tensors/plan';
import { Problem } from '../../protocol/errors';
import { cacheBytes, cacheSlots } from './cacheLayout';
import type { ModelConfig } from './config';
import { freeMemory } from './freeMemory';
import { measuredBefore, type ModelGraph } from './modelGraph';
import { knownSizes } from './sizes';

/**
 * Bytes that loading takes at its peak: the weights as onnxruntime packs them for its matrix products, those that it maps
 * and has touched, and the largest one a second time while it is transformed. Measured with onnxruntime-node 1.30 on 540 MB
 * of float32 (0.80 GB), 137 MB of int8 (0.31 GB), 181 MB of 4-bit weights (0.45 GB) and 1.4 MB (0.04 GB).
 */
export function loadBytes(fileBytes: number): number {
  return Math.ceil(fileBytes * 1.3 + Math.min(fileBytes * 1.5, 135e6) + 40e6);
}

/** Logits of one pass are kept within this many bytes: see {@link chunkSize}. */
const logitBytes = 64 * 2 ** 20;
/** Attention maps that one pass makes, of all layers, are kept within this many bytes. */
const mapBytes = 256 * 2 ** 20;
/** Weights times tokens of one pass: about a quarter of a second on a small CPU, so that Stop is seen. */
const passWork = 16e9;

export interface PassSizes {
  readonly vocabularySize: number;
  readonly layers: number;
  readonly heads: number;
  /** Tokens that maps may reach over. */
  readonly contextLength: number;
  readonly parameters: number;
}

/** Most tokens that one pass should be given. It depends on nothing that changes, so that runs repeat exactly. */
export function chunkSize({ vocabularySize, layers, heads, contextLength, parameters }: PassSizes): number {
  const keys = Math.min(contextLength, 2048);
  const bound = Math.min(
    logitBytes / (vocabularySize * 4),
    mapBytes / (Math.max(1, layers * heads) * keys * 4),
    passWork / Math.max(1, parameters),
    512,
  );
  return Math.max(1, bound < 16 ? Math.min(16, Math.floor(logitBytes / (vocabularySize * 4))) : Math.floor(bound));
}

export interface EstimateRequest {
  /** Length of the sequence at its end, prompt and generated. */
  readonly tokens: number;
  readonly capture: CaptureRequest;
  /** Whether the model is in memory already. */
  readonly isLoaded: boolean;
  /** Bytes of tensors that are kept over all runs. */
  readonly budget: number;
  /** What a draft model takes beside it. */
  readonly draft?: Pick<MemoryEstimate, 'model' | 'cache'>;
}

/** Bytes that a run needs beyond what is taken now, against what is free. */
export function estimate(
  graph: ModelGraph,
  config: ModelConfig,
  request: EstimateRequest,
  available = freeMemory(),
): MemoryEstimate {
  const { anatomy, bytes, facts } = graph;
  const { tokens, capture, draft } = request;
  const { layers } = anatomy;
  const known = knownSizes(facts.sizes, config, measuredBefore(graph.path));
  const [heads, width, vocabulary] = [known.heads ?? 0, known.width ?? 0, known.vocabularySize ?? 0];
  const count = (wanted: CaptureRequest['attention'], all: number): number => (wanted === 'all' ? all : wanted.length);

  const model = (request.isLoaded ? 0 : loadBytes(bytes)) + (draft?.model ?? 0);
  // A pass takes the cache and gives it anew: both are there at once.
  const cache = 2 * cacheBytes(cacheSlots(anatomy, config, graph.file), tokens) + (draft?.cache ?? 0);
  const pass = Math.min(tokens, 512) * vocabulary * 4 + mapBytes;
  // What does not fit the budget is kept as codes, or computed again when it is looked at.
  const { bytes: captured } = planTensors(
    {
      attentionLayers: count(capture.attention, givenLayers(facts.probes.attention, layers).length),
      heads,
      hiddenBlocks: count(capture.hidden, layers + 1),
      width,
      vocabularySize: capture.logits ? vocabulary : 0,
      tokens,
    },
    request.budget,
  );
  const total = model + cache + captured + pass;
  const fits = total <= available;
  const advice = adviceFor({ model, captured, total, available });
  return { model, cache, capture: captured + pass, total, available, fits, ...(advice ? { advice } : {}) };
}

function adviceFor(sizes: { model: number; captured: number; total: number; available: number }): string | null {
  const { model, captured, total, available } = sizes;
  if (total <= available * 0.75) return null;
  const need = `This needs about ${megabytes(total)} of memory, and ${megabytes(available)} are free`;
  return captured > model
    ? `${need}; keeping the attention of fewer layers, or a shorter prompt, needs less.`
    : `${need}; a smaller file of the model (int8, q4) needs less.`;
}

/** @throws Problem `memory` where loading the model alone would take more than is free. */
export function refuseTooLarge(graph: ModelGraph, available: number): void {
  const needed = loadBytes(graph.bytes);
  if (needed <= available) return;
  throw new Problem({
    code: 'memory',
    message: `Loading ${graph.file} takes about ${megabytes(needed)} of memory, and ${megabytes(available)} are free.`,
    action: 'Choose a smaller file of the model (int8, q4) or a smaller model, or close other programs.',
  });
}

export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
