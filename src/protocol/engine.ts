import type {
  MemoryEstimate,
  ModelRef,
  ModelReport,
  ModelRoot,
  ModelSummary,
  TokenInfo,
  VocabularyPage,
} from './models';
import type {
  NextLogits,
  NextLogitsRequest,
  PositionLogits,
  RestoreRequest,
  RestoreResult,
  RunEvent,
  RunRequest,
  RunResult,
} from './runs';
import type {
  AttentionHead,
  AttentionKeys,
  AttentionOverview,
  AttentionPair,
  AttentionRow,
  GridAttention,
  GridRequest,
  LeftOut,
} from './attention';
import type { LogitLens, LogitLensRequest } from './lens';
import type { ServerMetrics, ServerPrompt, ServerReport, ServerRequest, ServerRunRequest } from './servers';
import type { Call, Progress } from './call';

/** Raised with every change of what follows; client and engine refuse each other where it differs. */
export const ENGINE_PROTOCOL = 10;

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
  /**
   * The ids of a text and how the vocabulary spells each; the folder needs a tokenizer alone.
   * `special`: with what the tokenizer adds to every text, as a prompt has it.
   */
  encodeText: Call<
    { readonly model: ModelRef; readonly text: string; readonly special: boolean },
    { readonly ids: readonly number[]; readonly tokens: readonly string[] }
  >;
  /** Texts of token ids, for ids that a trace does not carry. */
  describeTokens: Call<{ readonly model: ModelRef; readonly ids: readonly number[] }, VocabularyPage>;
  estimate: Call<{ readonly run: RunRequest }, MemoryEstimate>;
  run: Call<RunRequest, RunResult, RunEvent>;
  /** What is at an address and what it can give; asks for a token or two where that cannot be known otherwise. */
  inspectServer: Call<ServerRequest, ServerReport>;
  /** @throws Problem `not-available` where the server does not tell tokens. */
  tokenizeOnServer: Call<ServerRequest & { readonly prompt: ServerPrompt }, { readonly tokens: readonly TokenInfo[] }>;
  /** As `run`: streamed, stopped with what there is, and where it fails in the middle the trace ends with a summary `failed`. */
  runServer: Call<ServerRunRequest, RunResult, RunEvent>;
  /** @throws Problem `not-available` where the server has no counters. */
  serverMetrics: Call<ServerRequest, ServerMetrics>;
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
  attentionOverview: Call<{ readonly runId: string; readonly size: number } & LeftOut, AttentionOverview, Progress>;
  attentionHead: Call<
    { readonly runId: string; readonly layer: number; readonly head: number | null } & LeftOut,
    AttentionHead
  >;
  attentionRow: Call<
    { readonly runId: string; readonly layer: number; readonly head: number | null; readonly query: number } & LeftOut,
    AttentionRow
  >;
  attentionPair: Call<
    { readonly runId: string; readonly query: number; readonly key: number } & LeftOut,
    AttentionPair
  >;
  /** @throws Problem `not-available` where the model's file cannot be cut before its final norm. */
  logitLens: Call<LogitLensRequest, LogitLens, Progress>;
  attentionKeys: Call<
    { readonly runId: string; readonly query: number; readonly from: number; readonly count: number },
    AttentionKeys
  >;
  gridAttention: Call<GridRequest, GridAttention, Progress>;
}

export type EngineMethod = keyof EngineApi;
