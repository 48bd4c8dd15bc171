import { array, boolean, object } from '../core/check/check';
import { ids, longText, path, runId } from './bounds';
import {
  modelRef,
  modelRoot,
  type MemoryEstimate,
  type ModelReport,
  type ModelSummary,
  type TokenInfo,
  type VocabularyPage,
} from './models';
import { runQuestions } from './questions';
import { nothing, request, type ApiOf } from './request';
import {
  nextLogitsRequest,
  restoreRequest,
  runRequest,
  type NextLogits,
  type RestoreResult,
  type RunEvent,
  type RunResult,
} from './runs';
import {
  onServer,
  serverPrompt,
  serverRequest,
  serverRunRequest,
  type ServerMetrics,
  type ServerReport,
} from './servers';

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
export const ENGINE = {
  info: request(nothing).gives<EngineInfo>(),
  listModels: request(object({ roots: array(modelRoot, { max: 1_000 }) })).gives<readonly ModelSummary[]>(),
  inspectModel: request(object({ model: modelRef })).gives<ModelReport>(),
  tokenize: request(object({ model: modelRef, text: longText })).gives<{ readonly tokens: readonly TokenInfo[] }>(),
  /** The ids of a text and how the vocabulary spells each; the folder needs a tokenizer alone. */
  encodeText: request(
    object({
      model: modelRef,
      text: longText,
      /** With what the tokenizer adds to every text, as a prompt has it. */
      special: boolean(),
    }),
  ).gives<{ readonly ids: readonly number[]; readonly tokens: readonly string[] }>(),
  /** Texts of token ids, for ids that a trace does not carry. */
  describeTokens: request(object({ model: modelRef, ids })).gives<VocabularyPage>(),
  estimate: request(object({ run: runRequest })).gives<MemoryEstimate>(),
  run: request(runRequest).gives<RunResult, RunEvent>(),
  /** What is at an address and what it can give; asks for a token or two where that cannot be known otherwise. */
  inspectServer: request(serverRequest).gives<ServerReport>(),
  /** @throws Problem `not-available` where the server does not tell tokens. */
  tokenizeOnServer: request(object({ ...onServer, prompt: serverPrompt })).gives<{
    readonly tokens: readonly TokenInfo[];
  }>(),
  /** As `run`: streamed, stopped with what there is, and where it fails in the middle the trace ends with a summary `failed`. */
  runServer: request(serverRunRequest).gives<RunResult, RunEvent>(),
  /** @throws Problem `not-available` where the server has no counters. */
  serverMetrics: request(serverRequest).gives<ServerMetrics>(),
  restoreRun: request(restoreRequest).gives<RestoreResult>(),
  /** Frees the run's tensors. */
  closeRun: request(object({ runId })).gives<null>(),
  /** Writes the tensors that were captured: `attention.L`, `hidden.L`, `logits`, `input_ids`; atomically. */
  saveTensors: request(object({ runId, path })).gives<{
    readonly bytes: number;
    readonly tensors: readonly string[];
  }>(),
  /** What would follow these tokens, without a run: for who asks at every move of a cursor. */
  nextLogits: request(nextLogitsRequest).gives<NextLogits>(),
  ...runQuestions(runId),
} as const;
export type EngineApi = ApiOf<typeof ENGINE>;

export type EngineMethod = keyof EngineApi;
