import type { OptionValues } from '../core/decode/options';
import type {
  Capture,
  ModelIdentity,
  ModelTask,
  LifeGrid,
  Sampling,
  TraceEvent,
  TraceSummary,
} from '../core/trace/record';
import type { Call } from './call';

/** Raised with every change of what follows; client and engine refuse each other where it differs. */
export const ENGINE_PROTOCOL = 7;

/** A model folder, and which of its ONNX files (relative, forward slashes); without `file` the engine picks one. */
export interface ModelRef {
  readonly folder: string;
  readonly file?: string;
}

export type ModelOrigin = 'bundled' | 'workspace' | 'added';

export interface ModelRoot {
  readonly path: string;
  readonly origin: ModelOrigin;
}

/** One ONNX file of a folder that can be run. */
export interface ModelVariant {
  readonly file: string;
  readonly dtype: string;
  /** Bytes on disk, external data included. */
  readonly bytes: number;
}

/** A model folder as lists show it. Made from the files' heads; no session is opened. */
export interface ModelSummary {
  readonly name: string;
  readonly folder: string;
  readonly origin: ModelOrigin;
  readonly kind: ModelTask;
  readonly role: 'target' | 'draft';
  readonly architecture: string;
  /** The file that is run when none is chosen, and all that could be. */
  readonly file: string;
  readonly variants: readonly ModelVariant[];
  readonly dtype: string;
  readonly bytes: number;
  /** Elements of the weights; null where unreadable. */
  readonly parameters: number | null;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly vocabularySize: number | null;
  readonly contextLength: number | null;
  readonly tokenizer: 'tokenizer.json' | 'none';
  readonly life?: LifeGrid;
  readonly probes: ProbeReport;
  /** Why the folder cannot be run: one sentence and what to do; absent where it can. */
  readonly problem?: { readonly code: string; readonly message: string; readonly action?: string };
}

/** What can be looked at in a file, and why not where it cannot. */
export interface ProbeReport {
  readonly attention: ProbeAnswer;
  readonly hidden: ProbeAnswer;
  readonly logits: ProbeAnswer;
}

export interface ProbeAnswer {
  readonly available: boolean;
  /** How it is read (`Softmax output`, `GroupQueryAttention`, ...), or why it cannot be. */
  readonly how: string;
}

/** The whole answer of `vivarium inspect`. */
export interface ModelReport {
  readonly summary: ModelSummary;
  readonly file: string;
  readonly sha256: string;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly operators: readonly { readonly name: string; readonly count: number }[];
  readonly cache: string;
  readonly estimate: MemoryEstimate;
  readonly notes: readonly string[];
}

export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  /** Numbers, or names of symbolic dimensions. */
  readonly shape: readonly (number | string)[];
}

/** Bytes. `available` is what the machine has free now; `fits` compares. */
export interface MemoryEstimate {
  readonly model: number;
  readonly cache: number;
  readonly capture: number;
  readonly total: number;
  readonly available: number;
  readonly fits: boolean;
  /** One sentence with the cheaper choice where it does not fit or is large. */
  readonly advice?: string;
}

export interface TokenInfo {
  readonly id: number;
  readonly text: string;
  readonly bytes: readonly number[];
  readonly special: boolean;
}

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

/** A prompt for a server; the key is in the engine's environment. */
export interface ServerRunRequest {
  readonly address: string;
  readonly model?: string;
  readonly prompt: RunRequest['prompt'];
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  /** Most probable tokens to ask for at each place. */
  readonly alternatives: number;
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
}

export interface NextLogits {
  /** [vocabulary] raw logits of the token after the last. */
  readonly logits: Float32Array;
}

export interface VocabularyPage {
  readonly tokens: readonly TokenInfo[];
}

/** Statistics of a head over the rows of the sequence; the first row (one key) is left out of entropy and distance. */
export interface HeadStatistics {
  readonly layer: number;
  readonly head: number;
  /** Mean over queries of the entropy of the row, in bits. */
  readonly entropy: number;
  /** Mean over queries of sum_k A[q,k] (q - k), in tokens. */
  readonly distance: number;
  /** Mean over queries of A[q,0]. */
  readonly firstToken: number;
}

export interface AttentionOverview {
  readonly runId: string;
  /** Layers in the order of the data below. */
  readonly layers: readonly number[];
  readonly heads: number;
  /** Tokens that the maps cover. */
  readonly tokens: number;
  /** Pixels of a thumbnail's side: min(tokens, requested). */
  readonly size: number;
  /** [layers, heads, size, size] codes (see `core/numeric/codes`), query down, key right, max-pooled where tokens > size. */
  readonly thumbnails: Uint8Array;
  /** Row-major by layer then head. */
  readonly statistics: readonly HeadStatistics[];
  /** How the weights are kept: exact, or as 8-bit codes. */
  readonly kept: 'float32' | 'codes';
}

export interface AttentionHead {
  readonly layer: number;
  /** null = mean over the heads of the layer. */
  readonly head: number | null;
  readonly tokens: number;
  /** Packed lower triangle: row q starts at q(q+1)/2 and has q+1 codes. */
  readonly codes: Uint8Array;
}

export interface AttentionRow {
  readonly layer: number;
  readonly head: number | null;
  readonly query: number;
  /** [query + 1] weights, exact (float32) where `exact`; else decoded from 8-bit codes. */
  readonly weights: Float32Array;
  readonly exact: boolean;
}

export interface AttentionPair {
  readonly query: number;
  readonly key: number;
  /** [layers, heads] in the order of the overview. */
  readonly weights: Float32Array;
  readonly exact: boolean;
}

export interface LogitLensRequest {
  readonly runId: string;
  /** First token, and how many; the last of them may be beyond the end of the run. */
  readonly start: number;
  readonly count: number;
  /** Most probable tokens of each layer to give. */
  readonly top: number;
}

/**
 * The logit lens over tokens of a run: entry i is of the hidden state at token `start` + i, which speaks of the token after
 * it. Arrays are row-major by state, then token.
 */
export interface LogitLens {
  readonly runId: string;
  readonly start: number;
  readonly count: number;
  /** The states that are read, ascending: l = after l layers, 0 the embeddings; the last is the model's own word. */
  readonly states: readonly number[];
  readonly top: number;
  /** [states, count, top] the most probable tokens, best first. */
  readonly ids: Uint32Array;
  /** [states, count, top] */
  readonly probabilities: Float32Array;
  /** [states, count] entropy in bits. */
  readonly entropy: Float32Array;
  /** [states, count] KL(p_L‖p_l) in bits, from the last state to this one. */
  readonly divergence: Float32Array;
  /** [states − 1, count] ‖h' − h‖ from each state to the next. */
  readonly velocity: Float32Array;
  /** [states − 1, count] 1 − cos(h' − h, h_L − h), in [0, 2]: 0 straight to where the last state is. */
  readonly turn: Float32Array;
  /** Every token among `ids` once, by id. */
  readonly tokens: readonly TokenInfo[];
}

/** Where every head looks from one query, on some of the keys. */
export interface AttentionKeys {
  readonly query: number;
  /** First key. */
  readonly from: number;
  readonly layers: readonly number[];
  readonly heads: number;
  /** [layers, heads, count] weights. */
  readonly weights: Float32Array;
  /** float32 as the model gave it; else decoded from 8-bit codes. */
  readonly exact: boolean;
}

/** Which rows and columns of a run's attention are a board of Life: one token a cell, row by row. */
export interface GridRequest {
  readonly runId: string;
  readonly width: number;
  readonly height: number;
  readonly topology: 'torus' | 'plane';
  /** Token that is the first cell of the board that was given. */
  readonly firstKey: number;
  /** Query that predicts cell 0 of the answer: the token before it. */
  readonly firstQuery: number;
  /** Cells of the answer, from the first, whose rows are read. */
  readonly cells: number;
}

/** Where a head looks on the board: means over the cells that it predicts. See `core/lens/life-attention`. */
export interface GridHead {
  readonly layer: number;
  readonly head: number;
  /** Mass on the 3 × 3 cells around the predicted one, on the rest of the board, and outside of it: together 1. */
  readonly neighbourhood: number;
  readonly elsewhere: number;
  readonly outside: number;
  /** Of the whole row, in bits. */
  readonly entropy: number;
  /** Mass on the 3 × 3 cells, over the cells of a kind; null where there are none. */
  readonly bulk: number | null;
  readonly edge: number | null;
  readonly corner: number | null;
}

export interface GridAttention {
  readonly layers: readonly number[];
  readonly heads: number;
  /** Cells whose rows were read. */
  readonly cells: number;
  /** Row-major by layer then head. */
  readonly statistics: readonly GridHead[];
  readonly radius: number;
  /** [layers, heads, 2 radius + 1, 2 radius + 1] mean weight by offset, dy down, dx right. */
  readonly byOffset: Float32Array;
  readonly exact: boolean;
}

export interface EngineInfo {
  readonly pid: number;
  readonly protocol: number;
  readonly onnxruntime: string;
  readonly node: string;
  /** Resident bytes of the engine process. */
  readonly memory: number;
  readonly sessions: readonly { readonly folder: string; readonly file: string }[];
}

/** Everything that the engine answers. Implemented in `src/engine`, called through `src/client`. */
export interface EngineApi {
  info: Call<Record<string, never>, EngineInfo>;
  listModels: Call<{ readonly roots: readonly ModelRoot[] }, readonly ModelSummary[]>;
  inspectModel: Call<{ readonly model: ModelRef }, ModelReport>;
  tokenize: Call<{ readonly model: ModelRef; readonly text: string }, { readonly tokens: readonly TokenInfo[] }>;
  /** Texts of token ids, for ids that a trace does not carry. */
  describeTokens: Call<{ readonly model: ModelRef; readonly ids: readonly number[] }, VocabularyPage>;
  estimate: Call<{ readonly run: RunRequest }, MemoryEstimate>;
  run: Call<RunRequest, RunResult, RunEvent>;
  /** The events of the whole run, once it has ended. */
  runServer: Call<ServerRunRequest, null, { readonly events: readonly TraceEvent[] }>;
  restoreRun: Call<RestoreRequest, RestoreResult>;
  /** Frees the run's tensors. */
  closeRun: Call<{ readonly runId: string }, null>;
  /** Writes the tensors that were captured: `attention.L`, `hidden.L`, `logits`, `input_ids`; atomically. */
  saveTensors: Call<
    { readonly runId: string; readonly path: string },
    { readonly bytes: number; readonly tensors: readonly string[] }
  >;
  positionLogits: Call<{ readonly runId: string; readonly index: number }, PositionLogits>;
  /** What would follow these tokens, without a run: for who asks at every move of a cursor. */
  nextLogits: Call<NextLogitsRequest, NextLogits>;
  attentionOverview: Call<
    { readonly runId: string; readonly size: number },
    AttentionOverview,
    { readonly done: number; readonly total: number }
  >;
  attentionHead: Call<{ readonly runId: string; readonly layer: number; readonly head: number | null }, AttentionHead>;
  attentionRow: Call<
    { readonly runId: string; readonly layer: number; readonly head: number | null; readonly query: number },
    AttentionRow
  >;
  attentionPair: Call<{ readonly runId: string; readonly query: number; readonly key: number }, AttentionPair>;
  /** @throws Problem `not-available` where the model's file cannot be cut before its final norm. */
  logitLens: Call<LogitLensRequest, LogitLens>;
  attentionKeys: Call<
    { readonly runId: string; readonly query: number; readonly from: number; readonly count: number },
    AttentionKeys
  >;
  gridAttention: Call<GridRequest, GridAttention, { readonly done: number; readonly total: number }>;
}

export type EngineMethod = keyof EngineApi;
