import { array, boolean, integer, object, oneOf, optional, union, type Checked } from '../core/check/check';
import type { TraceEvent, TraceSummary } from '../core/trace/record';
import { ids, index, layer, longText, MAX_LAYERS, MAX_TOKENS, path, runId } from './bounds';
import { modelRef } from './models';
import { decoderName, optionValues } from './runShape';
import { modelIdentity, sampling } from '../core/trace/setupShape';

const layers = union(oneOf('all'), array(layer, { max: MAX_LAYERS }));

const capture = object({ attention: layers, hidden: layers, logits: boolean() });
export type CaptureRequest = Checked<typeof capture>;

export const runRequest = object({
  model: modelRef,
  prompt: union(object({ text: longText }), object({ ids })),
  decoder: decoderName,
  /** Options of the decoder by name; those left out have their defaults. */
  decoderOptions: optional(optionValues),
  /** For decoders that need one: a model with the same vocabulary. It may be the model itself. */
  draft: optional(modelRef),
  sampling,
  /** 0 scores the prompt alone. */
  maxNewTokens: integer({ min: 0, max: MAX_TOKENS }),
  capture,
  /** Id for the trace; the caller makes it (a UUID). */
  runId,
});
export type RunRequest = Checked<typeof runRequest>;

export type RunEvent =
  | { readonly type: 'loading'; readonly message: string }
  | {
      readonly type: 'progress';
      readonly tokens: number;
      readonly total: number;
      readonly tokensPerSecond: number | null;
    }
  /** In order, batched: at most about 20 messages a second. */
  | { readonly type: 'trace'; readonly events: readonly TraceEvent[] };

export interface RunResult {
  readonly runId: string;
  readonly summary: TraceSummary;
}

export const restoreRequest = object({
  runId,
  model: modelIdentity,
  /** Where the model is now; absent: views that need the model say that it is missing. */
  ref: optional(modelRef),
  ids,
  promptLength: index,
  /** What the run recorded beside its tokens, as its header says: saved with it again, where file or model can give it. */
  recorded: object({ hidden: array(layer, { max: MAX_LAYERS }), logits: boolean() }),
  /** `.safetensors` beside a saved trace, with `attention.L`, `hidden.L`, `logits`. */
  tensors: optional(path),
});
/** Brings a run back (after a reload, a crash, or from a file): tensors come from the file or from scoring the ids again. */
export type RestoreRequest = Checked<typeof restoreRequest>;

export interface RestoreResult {
  /** Layers whose attention can be shown, and from where. */
  readonly attention: {
    readonly layers: readonly number[];
    readonly source: 'file' | 'model' | 'none';
    readonly reason?: string;
  };
  readonly logits: { readonly source: 'file' | 'model' | 'none'; readonly reason?: string };
}

/** The raw logits of one position: what the what-if works on. */
export interface PositionLogits {
  readonly runId: string;
  /** The token that these logits predicted: index >= 1. */
  readonly index: number;
  /** [vocabulary] raw logits. */
  readonly logits: Float32Array;
  /** True where they were computed again by scoring the sequence, false where kept from the run. */
  readonly recomputed: boolean;
}

export const nextLogitsRequest = object({
  model: modelRef,
  /** At least one token, at most the model's context. */
  ids,
  /** Whether the same passes give the attention of the last token too. */
  attention: optional(boolean()),
});
export type NextLogitsRequest = Checked<typeof nextLogitsRequest>;

export interface NextLogits {
  /** [vocabulary] raw logits of the token after the last. */
  readonly logits: Float32Array;
  /** Where it was asked for. */
  readonly attention?: LastAttention;
}

/** Where the last token of a sequence looks, in every head; or why that cannot be had, as a sentence. */
export type LastAttention =
  | {
      readonly available: true;
      /** In the order of the weights. */
      readonly layers: readonly number[];
      readonly heads: number;
      /** [layers, heads, tokens] exact weights; those of a head sum to 1. */
      readonly weights: Float32Array;
    }
  | { readonly available: false; readonly why: string };
