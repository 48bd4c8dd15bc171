/**
 * The trace: the record of one run, from which every view is drawn.
 * On disk a `.vivtrace` is JSON Lines, one event a line, in the order in which they happened,
 * so that an interrupted run leaves a readable file. Tensors stand beside it in `.safetensors`.
 */

export const TRACE_VERSION = 1;

export type ModelTask = 'text' | 'life';

/** Which model made a trace: enough to find it again and to see that it is the same. */
export interface ModelIdentity {
  readonly name: string;
  /** The model folder, as it was given. */
  readonly folder: string;
  /** The ONNX file, relative to the folder, with forward slashes. */
  readonly file: string;
  /** SHA-256 of the ONNX file, lower-case hex; external data is not part of it. */
  readonly sha256: string;
  /** `fp32`, `fp16`, `int8`, `q4`, ... as the file's name or its weights say. */
  readonly dtype: string;
  /** `model_type` of the config, or `unknown`. */
  readonly architecture: string;
  readonly task: ModelTask;
  readonly layers: number;
  readonly heads: number;
  readonly vocabularySize: number;
  /** Longest sequence that the model takes, in tokens; null where neither file nor config says. */
  readonly contextLength: number | null;
  /** Grid of a Life model. */
  readonly life?: LifeGrid;
}

export interface LifeGrid {
  readonly width: number;
  readonly height: number;
  readonly topology: 'torus' | 'plane';
  /** B/S notation, for example `B3/S23`. */
  readonly rule: string;
  /** Prompt and answer templates; `{cells}` stands for width x height characters 0 or 1, row by row. */
  readonly prompt: string;
  readonly answer: string;
}

/**
 * Filters of the next-token distribution, applied in Hugging Face's order: temperature, top-k, top-p, min-p,
 * each on the renormalised distribution that the one before left.
 */
export interface Sampling {
  /** 0 = greedy (the filters then change nothing); 1 = the model's own distribution. */
  readonly temperature: number;
  /** Keep the k most probable tokens; 0 = off. */
  readonly topK: number;
  /** Keep the smallest set of most probable tokens whose mass reaches p; 1 = off. */
  readonly topP: number;
  /** Keep tokens with at least this fraction of the largest probability; 0 = off. */
  readonly minP: number;
  /** Seed of the generator in `core/numeric/random.ts`; an unsigned 32-bit integer. */
  readonly seed: number;
}

export interface TraceHeader {
  readonly type: 'header';
  readonly version: typeof TRACE_VERSION;
  /** Unique id of the run. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly software: {
    readonly vivarium: string;
    readonly onnxruntime: string;
    readonly node: string;
    readonly platform: string;
  };
  readonly model: ModelIdentity;
  readonly tokenizer: 'tokenizer.json' | 'none';
  /** The prompt as typed; absent where ids were given. */
  readonly promptText?: string;
  /** Tokens of the prompt, special tokens included: the first `promptLength` tokens of the trace. */
  readonly promptLength: number;
  readonly decoder: { readonly name: string; readonly exact: boolean };
  readonly sampling: Sampling;
  /** Upper bound of generated tokens. */
  readonly maxNewTokens: number;
  /** Tokens that end generation. */
  readonly endIds: readonly number[];
  /** What was recorded beside the tokens, for `saveRun` and the views. */
  readonly capture: Capture;
}

export interface Capture {
  /** Layers whose attention was kept. */
  readonly attention: readonly number[];
  /** Residual stream entering block L for L < layers, leaving the last block for L = layers. */
  readonly hidden: readonly number[];
  /** Whether the logits of every position were kept. */
  readonly logits: boolean;
}

/** How a token came to be; speculative decoders will add theirs. */
export type TokenOrigin = 'prompt' | 'sampled';

/** One alternative: token id and its probability (softmax of the raw logits, temperature 1, no filter). */
export interface Alternative {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/**
 * The model's judgement of a token, before it was seen: from the raw logits of the position before it
 * (temperature 1, no filter). Natural logarithms are not used: bits everywhere.
 */
export interface Judgement {
  /** p(token | tokens before it), in [0, 1]. */
  readonly probability: number;
  /** 1 = most probable; ties share the better rank. */
  readonly rank: number;
  /** -log2 p, in bits; the float64 log-sum-exp, so finite where p underflows. */
  readonly surprisal: number;
  /** Entropy of the distribution in bits: the surprisal that the model expected. */
  readonly entropy: number;
  /** The most probable tokens, best first: `ALTERNATIVES_KEPT` of them or the whole vocabulary where it is smaller. */
  readonly top: readonly Alternative[];
}

export const ALTERNATIVES_KEPT = 20;

export interface TraceToken {
  readonly type: 'token';
  /** Position in the sequence, from 0. */
  readonly index: number;
  readonly id: number;
  /** What the token reads as; bytes that are no whole character are shown as `<0xE2>`. */
  readonly text: string;
  /** Bytes that the token stands for in the decoded text; empty for special tokens. */
  readonly bytes: readonly number[];
  /** Whether the token is special (never part of the text). */
  readonly special: boolean;
  readonly origin: TokenOrigin;
  /** null for the first token of the sequence: nothing predicted it. */
  readonly judgement: Judgement | null;
}

/** One run of the target model. */
export interface TracePass {
  readonly type: 'pass';
  readonly step: number;
  /** Tokens in the cache before the pass. */
  readonly contextLength: number;
  /** Tokens fed in the pass. */
  readonly fed: number;
  /** Wall time of the pass in milliseconds. */
  readonly milliseconds: number;
}

export type FinishReason = 'end-of-text' | 'length' | 'context-full' | 'cancelled' | 'failed';

export interface TraceSummary {
  readonly type: 'summary';
  readonly finish: FinishReason;
  /** One sentence where `finish` is `failed`. */
  readonly message?: string;
  readonly passes: number;
  readonly promptTokens: number;
  readonly generatedTokens: number;
  /** Wall time from the first pass to the last token, in seconds. */
  readonly seconds: number;
  /** Wall time of the passes that read the prompt, in seconds. */
  readonly prefillSeconds: number;
  /**
   * Tokens generated after the first (the prompt's passes give that one), per second since the prompt was read; null where
   * fewer than two were generated.
   */
  readonly tokensPerSecond: number | null;
  /** What was not kept, and why: one sentence each. */
  readonly notes: readonly string[];
}

export type TraceEvent = TraceHeader | TraceToken | TracePass | TraceSummary;

/** A trace in memory. `summary` is missing while the run goes on, or where the file was cut. */
export interface Trace {
  readonly header: TraceHeader;
  readonly tokens: readonly TraceToken[];
  readonly passes: readonly TracePass[];
  readonly summary?: TraceSummary;
}
