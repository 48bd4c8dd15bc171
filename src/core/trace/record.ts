/**
 * The trace: the record of one run, from which every view is drawn.
 * On disk a `.vivtrace` is JSON Lines, one event a line, in the order in which they happened,
 * so that an interrupted run leaves a readable file. Tensors stand beside it in `.safetensors`.
 */

import type { DraftSource, Verdict } from '../decode/drafted';
import type { Sampling } from '../decode/sampling';
import type { NextOrigin, TokenOrigin } from '../sequence/pass';

export const TRACE_VERSION = 2;

export type ModelTask = 'text' | 'life';

/**
 * How a layer lets tokens see others: `recurrence` hands a state from token to token (Mamba, RG-LRU, linear attention);
 * `unknown` in no way that is known here.
 */
export const MIXINGS = ['attention', 'convolution', 'recurrence', 'unknown'] as const;
export type Mixing = (typeof MIXINGS)[number];

/** The layers that have attention. */
export function layersWithAttention({ layers, mixing }: Pick<ModelIdentity, 'layers' | 'mixing'>): number[] {
  const all = Array.from({ length: layers }, (_, layer) => layer);
  return mixing ? all.filter((layer) => mixing[layer] === 'attention') : all;
}

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
  /** Blocks of the residual stream, with attention or without: their numbers are those of attention and hidden states. */
  readonly layers: number;
  readonly heads: number;
  /** How each layer lets tokens see others; absent where all do by attention. */
  readonly mixing?: readonly Mixing[];
  readonly vocabularySize: number;
  /** Longest sequence that the model takes, in tokens; null where neither file nor config says. */
  readonly contextLength: number | null;
  /** Grid of a Life model. */
  readonly life?: LifeGrid;
  /**
   * The server that ran it; absent for a model of this machine. Of what a server does not say, `folder`, `file` and
   * `sha256` are empty, and `layers`, `heads` and `vocabularySize` are 0.
   */
  readonly server?: ServerIdentity;
}

/** Servers by what they tell: vLLM, llama.cpp's own, and others that speak as OpenAI's. */
export const SERVER_KINDS = ['vllm', 'llama.cpp', 'openai'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** Which server ran a model; never with a key. */
export interface ServerIdentity {
  readonly kind: ServerKind;
  /** Scheme, host, port and path: no user, password, query or fragment. */
  readonly address: string;
  /** null where the server does not say. */
  readonly version: string | null;
  /**
   * True where the server names tokens by their text alone: the ids of the trace then number the different texts of this run,
   * from 0, and are no ids of a vocabulary.
   */
  readonly namesOnly?: boolean;
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
  readonly sequence: SequenceForm;
  readonly tokenizer: 'tokenizer.json' | 'none';
  /** The prompt as typed; absent where ids were given. */
  readonly promptText?: string;
  /**
   * Tokens of the prompt, special tokens included: the first `promptLength` tokens of the trace. 0 where a server tells
   * nothing of them.
   */
  readonly promptLength: number;
  readonly decoder: TraceDecoder;
  readonly sampling: Sampling;
  /** Upper bound of generated tokens. */
  readonly maxNewTokens: number;
  /** Tokens that end generation. */
  readonly endIds: readonly number[];
  /** What was recorded beside the tokens, for `saveRun` and the views. */
  readonly capture: Capture;
}

/**
 * How a run's sequence is filled: `causal`, from left to right, as long as it becomes; `canvas`, so many places in any order, those
 * that are empty fed to the model as `maskId`.
 */
export type SequenceForm =
  { readonly form: 'causal' } | { readonly form: 'canvas'; readonly places: number; readonly maskId: number };

export interface Capture {
  /** Layers whose attention was kept. */
  readonly attention: readonly number[];
  /** Residual stream entering block L for L < layers, leaving the last block for L = layers. */
  readonly hidden: readonly number[];
  /** Whether the logits of every position were kept. */
  readonly logits: boolean;
}

export interface TraceDecoder {
  readonly name: string;
  /** Emits the target's (filtered) distribution exactly. */
  readonly exact: boolean;
  /** All options with their values; absent in traces of decoders that have none. */
  readonly options?: Readonly<Record<string, number | string | boolean>>;
  /** The draft model, where there was one. */
  readonly draft?: ModelIdentity;
}

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
  /** Present where only a part of the distribution is known: what the fields above then are. */
  readonly partial?: PartialJudgement;
}

/** A judgement by a server that tells the most probable tokens only: `entropy` is then the least that it can be. */
export interface PartialJudgement {
  /** Probability of the tokens that were not told, in [0, 1]. */
  readonly outside: number;
  /** The most that the entropy can be, in bits; null where the size of the vocabulary is not known. */
  readonly entropyAtMost: number | null;
  /** Whether `rank` is the token's rank; otherwise it is the best that it can have. */
  readonly rankKnown: boolean;
}

export const ALTERNATIVES_KEPT = 20;

/** A token that was given or written: it stands at its place until that is erased. */
export interface TraceToken {
  readonly type: 'token';
  /** Place in the sequence, from 0. */
  readonly index: number;
  readonly id: number;
  /** What the token reads as; bytes that are no whole character are shown as `<0xE2>`. */
  readonly text: string;
  /** Bytes that the token stands for in the decoded text; empty for special tokens. */
  readonly bytes: readonly number[];
  /** Whether the token is special (never part of the text). */
  readonly special: boolean;
  readonly origin: TokenOrigin;
  /** null for the first token of the sequence, which nothing predicted, and where a server told no probability. */
  readonly judgement: Judgement | null;
}

/** One run of the target model. The tokens that it wrote follow it. */
export interface TracePass {
  readonly type: 'pass';
  readonly step: number;
  /** Tokens in the cache before the pass; 0 where each pass reads the whole sequence. */
  readonly cached: number;
  /** Tokens fed in the pass. */
  readonly fed: number;
  /** How many tokens it wrote, or scored. */
  readonly writes: number;
  /** Indices of written places that it emptied, before anything was written; absent where it emptied none. */
  readonly erases?: readonly number[];
  /** Wall time of the pass in milliseconds; with a draft, the time to verify it. */
  readonly milliseconds: number;
  /** Wall time of drafting for the pass; with the prompt: the draft model's reading of it. Absent where nothing was drafted. */
  readonly draftMilliseconds?: number;
  /** Absent where the pass verified no draft. */
  readonly speculation?: TraceSpeculation;
}

/** The draft that a pass verified; p, q and residual are after temperature, top-k, top-p and min-p. */
export interface TraceSpeculation {
  /** Index in the sequence of the first drafted token. */
  readonly start: number;
  readonly drafted: readonly TraceDraft[];
  /** Drafted tokens that stand in the sequence: a prefix. */
  readonly accepted: number;
  /** What the replacement was drawn from; null where nothing was rejected. */
  readonly residual: TraceResidual | null;
  /** The token after the accepted ones; null where the sequence ended with an accepted token. */
  readonly next: { readonly id: number; readonly text: string; readonly origin: NextOrigin } | null;
}

export interface TraceDraft {
  readonly id: number;
  readonly text: string;
  readonly source: DraftSource;
  /** Probability with which it was drafted; 1 where the draft is no distribution. */
  readonly q: number;
  /** Target's probability; null after the first rejection, where it was not asked. */
  readonly p: number | null;
  /** What r is compared with, uncapped: p/q, for a relaxed rule (p + borrowed)/q; null with p. */
  readonly ratio: number | null;
  /** Uniform in [0, 1): accepted where r < ratio. null where the rule draws nothing. */
  readonly r: number | null;
  readonly verdict: Verdict;
  /** Total variation between p and q; null with p. */
  readonly tv: number | null;
  /** Total variation between what a lossy rule emits here and p; absent for exact rules, null where not computed. */
  readonly outputTv?: number | null;
  /** Probability of neighbours that a relaxed rule counted in. */
  readonly borrowed?: number;
  /** Probability that p had to exceed (typical acceptance). */
  readonly threshold?: number;
}

export interface TraceResidual {
  /** Mass before normalisation; Σ max(0, p − q) for the exact rule. */
  readonly mass: number;
  /** The most probable tokens of the normalised residual, best first: `RESIDUAL_KEPT` of those above 0. */
  readonly top: readonly Alternative[];
}

export const RESIDUAL_KEPT = 10;

/** What speculation brought, as vLLM counts it (`v1/spec_decode/metrics.py`): over the passes that verified a draft. */
export interface SpeculationSummary {
  /** Passes that verified a draft; 0 where a server tells what it drafted, but not in how many. */
  readonly passes: number;
  readonly drafted: number;
  readonly accepted: number;
  /** accepted / drafted; null where nothing was drafted. Not {@link alpha}: tokens after a rejection count as drafted. */
  readonly acceptanceRate: number | null;
  /** 1 + accepted / passes, the replacement or bonus token included; null where nothing was drafted, or passes are not told. */
  readonly meanAcceptanceLength: number | null;
  /** Entry i: passes whose draft token i was accepted. Sums to `accepted` and never rises. */
  readonly acceptedByPosition: readonly number[];
  /** Leviathan's α: mean of Σ min(p, q) over the drafted tokens that were judged; null where there are none. */
  readonly alpha: number | null;
  /** Of a lossy decoder: total variation between what it emits and p, over the judged tokens where it was computed. */
  readonly outputTv?: { readonly mean: number; readonly max: number; readonly tokens: number } | null;
}

/** A draft of which only the counts are known: which tokens were rejected, p, q and r are not reported. */
export interface ReportedDraft {
  /** Index in the sequence of its first token; null where the server does not show between which tokens it stood. */
  readonly start: number | null;
  readonly drafted: number;
  /** Drafted tokens that the target accepted; of the last draft some may lie after the end of the sequence. */
  readonly accepted: number;
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
  /** Absent where the decoder drafts nothing. */
  readonly speculation?: SpeculationSummary;
  /** Draft by draft, where a server counts its own; the trace then has no passes. */
  readonly reported?: readonly ReportedDraft[];
  /** What was not kept, and why: one sentence each. */
  readonly notes: readonly string[];
}

export type TraceEvent = TraceHeader | TraceToken | TracePass | TraceSummary;

/** A trace in memory. `summary` is missing while the run goes on, or where the file was cut. */
export interface Trace {
  readonly header: TraceHeader;
  /** What stands, in the order of the places: token i is at index i, but for a canvas with places that are empty. */
  readonly tokens: readonly TraceToken[];
  readonly passes: readonly TracePass[];
  /** Every token in the order in which it was written; absent where these are `tokens`, as in every causal run without erasing. */
  readonly written?: readonly TraceToken[];
  readonly summary?: TraceSummary;
}
