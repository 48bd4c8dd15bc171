import type { Capture, ModelIdentity, Sampling, TraceEvent, TraceSummary } from '../core/trace/record';
import type { OptionValues } from '../core/decode/options';
import type { ModelRef } from './models';

export interface CaptureRequest {
  readonly attention: 'all' | readonly number[];
  readonly hidden: 'all' | readonly number[];
  readonly logits: boolean;
}

export interface RunRequest {
  readonly model: ModelRef;
  readonly prompt: { readonly text: string } | { readonly ids: readonly number[] };
  readonly decoder: string;
  /** Options of the decoder by name; those left out have their defaults. */
  readonly decoderOptions?: OptionValues;
  /** For decoders that need one: a model with the same vocabulary. It may be the model itself. */
  readonly draft?: ModelRef;
  readonly sampling: Sampling;
  /** 0 scores the prompt alone. */
  readonly maxNewTokens: number;
  readonly capture: CaptureRequest;
  /** Id for the trace; the caller makes it (a UUID). */
  readonly runId: string;
}

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

/** Brings a run back (after a reload, a crash, or from a file): tensors come from the file or from scoring the ids again. */
export interface RestoreRequest {
  readonly runId: string;
  readonly model: ModelIdentity;
  /** Where the model is now; absent: views that need the model say that it is missing. */
  readonly ref?: ModelRef;
  readonly ids: readonly number[];
  readonly promptLength: number;
  /** What the run recorded beside its tokens, as its header says: saved with it again, where file or model can give it. */
  readonly recorded: Pick<Capture, 'hidden' | 'logits'>;
  /** `.safetensors` beside a saved trace, with `attention.L`, `hidden.L`, `logits`. */
  readonly tensors?: string;
}

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

export interface NextLogitsRequest {
  readonly model: ModelRef;
  /** At least one token, at most the model's context. */
  readonly ids: readonly number[];
  /** Whether the same passes give the attention of the last token too. */
  readonly attention?: boolean;
}

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
