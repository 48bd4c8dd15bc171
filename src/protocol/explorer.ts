import { array, integer, nullable, object, oneOf, orElse, string, type Checked } from '../core/check/check';
import { MOST_ROUNDS, MOST_ROWS, type Comparison } from '../core/compare/comparison';
import type { DecoderSummary } from '../core/decode/registry';
import type { Trace, TraceEvent } from '../core/trace/record';
import type { AttentionOverview } from './attention';
import type { Progress } from './call';
import type { ProblemData } from './errors';
import {
  LONGEST_PROMPT,
  explorerSettings,
  explorerState,
  runId,
  type ExplorerSettings,
  type ExplorerView,
} from './explorerState';
import { modelRef, type MemoryEstimate, type ModelSummary, type TokenInfo } from './models';
import { runQuestions, without } from './questions';
import { nothing, request, type ApiOf } from './request';
import { rollRequest, saveRolloutRequest, type RollEnd, type RolledBoard } from './rollout';
import { decoderName, optionValues } from './runShape';
import { lifeSweep, sweepRequest, type LifeSweep } from './sweep';

export type EngineStatus =
  | { readonly state: 'stopped' }
  | { readonly state: 'starting' }
  | { readonly state: 'ready' }
  | { readonly state: 'crashed'; readonly message: string };

export type RunStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'loading'; readonly message: string }
  | {
      readonly state: 'running';
      readonly tokens: number;
      readonly total: number;
      readonly tokensPerSecond: number | null;
    }
  | { readonly state: 'done' }
  | { readonly state: 'problem'; readonly problem: ProblemData };

const askedDecoder = object({ decoder: decoderName, options: optionValues });
/** A decoder that is to be compared, with what was set of its options. */
export type AskedDecoder = Checked<typeof askedDecoder>;

/** What a comparison of decoders is at. */
export interface ComparisonProgress {
  /** The row that runs. */
  readonly row: number;
  /** From 1; 0 for the run before, which does not count. */
  readonly round: number;
  /** What is waited for before the first token; null while tokens come. */
  readonly message: string | null;
  /** Tokens of the run so far, prompt included, of so many at most. */
  readonly tokens: number;
  readonly total: number;
}

/** The whole of what the host knows, asked for once when a view appears (again). */
export interface ExplorerSnapshot {
  readonly mode: 'explorer' | 'viewer';
  readonly models: readonly ModelSummary[];
  readonly decoders: readonly DecoderSummary[];
  readonly modelsProblem?: ProblemData;
  readonly settings: ExplorerSettings;
  readonly view: ExplorerView | null;
  readonly trace: Trace | null;
  /** The run's id, for requests; null without a trace. */
  readonly runId: string | null;
  /** The run under way that has no token yet: the one before it stays on show until then. */
  readonly begun: string | null;
  readonly status: RunStatus;
  /** Decoders side by side: the last comparison, which may go on. */
  readonly comparison: Comparison | null;
  readonly comparisonProgress: ComparisonProgress | null;
  /** A Life model over random boards: the last sweep, which may go on. */
  readonly sweep: LifeSweep | null;
  readonly engine: EngineStatus;
  /** Notes on a trace that was read from a file (cut in the middle, model missing): one sentence each. */
  readonly notes: readonly string[];
  readonly trusted: boolean;
  /** A command asked for the prompt before the page was there. */
  readonly focus?: 'prompt';
}

/** Requests of an Explorer webview to the extension. */
export const EXPLORER = {
  /** A state that an older version kept is no reason to show nothing: it is dropped. */
  snapshot: request(orElse(object({ state: nullable(explorerState) }), { state: null })).gives<ExplorerSnapshot>(),
  /** What the controls hold now: a command that fills in some of them runs with the others as they were last set. */
  controls: request(object({ settings: explorerSettings })).gives<null>(),
  run: request(object({ settings: explorerSettings })).gives<{ readonly runId: string }>(),
  stop: request(nothing).gives<null>(),
  /** Makes the run on show anew, in an Explorer of its own: for a page that only shows. */
  runAgain: request(object({ runId })).gives<null>(),
  tokenize: request(object({ model: modelRef, text: string({ max: LONGEST_PROMPT }) })).gives<{
    readonly tokens: readonly TokenInfo[];
  }>(),
  estimate: request(object({ settings: explorerSettings })).gives<MemoryEstimate>(),
  refreshModels: request(nothing).gives<readonly ModelSummary[]>(),
  save: request(object({ runId })).gives<{ readonly path: string | null }>(),
  copy: request(object({ text: string({ max: 50_000_000 }) })).gives<null>(),
  /** Runs the prompt under each of the decoders, so many rounds; the first is what the others are compared with. */
  compare: request(
    object({
      settings: explorerSettings,
      decoders: array(askedDecoder, { max: MOST_ROWS }),
      rounds: integer({ min: 1, max: MOST_ROUNDS }),
    }),
  ).gives<{ readonly comparisonId: string }>(),
  /** Ends the comparison; rows that are finished stay. */
  stopComparison: request(nothing).gives<null>(),
  /** Asks where, and writes the comparison on show there. */
  saveComparison: request(object({ comparisonId: runId, form: oneOf('csv', 'json') })).gives<{
    readonly path: string | null;
  }>(),
  /** Shows the run that stands for a row of the comparison, and fills the controls with what made it. */
  openComparedRun: request(object({ runId })).gives<null>(),
  /** Feeds the model of the run its own boards, greedily, from a board on; another that is under way gives way. */
  rollLife: request(object({ runId, ...rollRequest })).gives<RollEnd, RolledBoard>(),
  /** Asks where, and writes a rollout of the run's model there. */
  saveRollout: request(object({ runId, ...saveRolloutRequest })).gives<{ readonly path: string | null }>(),
  /** Asks a Life model what follows random boards of each density. */
  sweepLife: request(sweepRequest).gives<{ readonly sweepId: string }>(),
  /** Ends the sweep; what is known stays. */
  stopSweep: request(nothing).gives<null>(),
  /** Asks where, and writes the figures there as CSV. */
  saveSweep: request(object({ sweep: lifeSweep })).gives<{ readonly path: string | null }>(),
  showLog: request(nothing).gives<null>(),
  openWalkthrough: request(nothing).gives<null>(),
  describeTokens: request(object({ runId, ids: array(integer({ min: 0, max: 2 ** 31 }), { max: 10_000 }) })).gives<{
    readonly tokens: readonly TokenInfo[];
  }>(),
  ...runQuestions(runId),
  /** Pictures larger than this are not shown. */
  attentionOverview: request(object({ runId, size: integer({ min: 1, max: 512 }), without })).gives<
    AttentionOverview,
    Progress
  >(),
} as const;
export type ExplorerApi = ApiOf<typeof EXPLORER>;

/** What the host tells a webview unasked. */
export interface ExplorerNotifications {
  /** A new run begins. The one on show stays until this one has a token, and for good where it ends without any. */
  runStarted: { readonly runId: string };
  /** `from`: how many events of the run came before these. */
  trace: { readonly runId: string; readonly from: number; readonly events: readonly TraceEvent[] };
  status: { readonly status: RunStatus };
  engine: { readonly status: EngineStatus };
  models: { readonly models: readonly ModelSummary[] };
  comparison: { readonly comparison: Comparison };
  comparisonProgress: { readonly progress: ComparisonProgress | null };
  sweep: { readonly sweep: LifeSweep };
  /**
   * A command (palette, tree) fills in some of the controls, and may ask for a tab; where it also runs, the host starts the
   * run itself and tells all settings. `focus`: the next thing that is typed belongs into the prompt.
   */
  settings: { readonly settings: Partial<ExplorerSettings>; readonly tab?: string; readonly focus?: 'prompt' };
}
