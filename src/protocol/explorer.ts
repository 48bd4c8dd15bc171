import type { Comparison } from '../core/compare/comparison';
import type { OptionValues } from '../core/decode/options';
import type { DecoderSummary } from '../core/decode/registry';
import type { Trace, TraceEvent, Sampling } from '../core/trace/record';
import type { Call } from './call';
import type { ProblemData } from './errors';
import type { EngineApi } from './engine';
import type { LifeSweep, SweepRequest } from './sweep';
import type { MemoryEstimate, ModelRef, ModelSummary, TokenInfo } from './models';
import type { RollEnd, RolledBoard, RollRequest, SaveRolloutRequest } from './rollout';

/** What the Explorer's controls hold; kept by the webview (`setState`) and by the host per panel. */
export interface ExplorerSettings {
  readonly model: ModelRef | null;
  readonly decoder: string;
  /** What was set of each decoder's options, by the decoder's name; the rest has its defaults. */
  readonly decoderOptions: Readonly<Record<string, OptionValues>>;
  /** For decoders that draft with a model; null: the likeliest (`draftOf`). */
  readonly draft: ModelRef | null;
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  /** Text, or ids separated by commas or blanks where the model has no tokenizer. */
  readonly prompt: string;
}

/** Where the view stands: kept through hide, move and reload. */
export interface ExplorerView {
  readonly tab: string;
  /** Selected token (index in the sequence) or null. */
  readonly selected: number | null;
  /** The rest belongs to the tabs, one entry each, JSON only. */
  readonly tabs: Readonly<Record<string, unknown>>;
}

/** Persisted with `setState` and given back on revival. */
export interface ExplorerState {
  readonly version: 1;
  readonly settings: ExplorerSettings;
  readonly view: ExplorerView;
  /** The run on show, or null. */
  readonly runId: string | null;
  /** The comparison of decoders on show; absent or null where there is none. */
  readonly comparisonId?: string | null;
}

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

/** A decoder that is to be compared, with what was set of its options. */
export interface AskedDecoder {
  readonly decoder: string;
  readonly options: OptionValues;
}

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

/** What is asked of the run on show, and answered by the engine as it is. */
export type RunQuestion =
  | 'positionLogits'
  | 'attentionOverview'
  | 'attentionHead'
  | 'attentionRow'
  | 'attentionPair'
  | 'attentionKeys'
  | 'gridAttention'
  | 'logitLens';

/** Requests of an Explorer webview to the extension. Every parameter is validated by the host. */
export interface ExplorerApi extends Pick<EngineApi, RunQuestion | 'tokenize'> {
  snapshot: Call<{ readonly state: ExplorerState | null }, ExplorerSnapshot>;
  /** What the controls hold now: a command that fills in some of them runs with the others as they were last set. */
  controls: Call<{ readonly settings: ExplorerSettings }, null>;
  run: Call<{ readonly settings: ExplorerSettings }, { readonly runId: string }>;
  stop: Call<Record<string, never>, null>;
  /** Makes the run on show anew, in an Explorer of its own: for a page that only shows. */
  runAgain: Call<{ readonly runId: string }, null>;
  estimate: Call<{ readonly settings: ExplorerSettings }, MemoryEstimate>;
  refreshModels: Call<Record<string, never>, readonly ModelSummary[]>;
  save: Call<{ readonly runId: string }, { readonly path: string | null }>;
  copy: Call<{ readonly text: string }, null>;
  /** Runs the prompt under each of the decoders, so many rounds; the first is what the others are compared with. */
  compare: Call<
    {
      readonly settings: ExplorerSettings;
      readonly decoders: readonly AskedDecoder[];
      readonly rounds: number;
    },
    { readonly comparisonId: string }
  >;
  /** Ends the comparison; rows that are finished stay. */
  stopComparison: Call<Record<string, never>, null>;
  /** Asks where, and writes the comparison on show there. */
  saveComparison: Call<
    { readonly comparisonId: string; readonly form: 'csv' | 'json' },
    { readonly path: string | null }
  >;
  /** Shows the run that stands for a row of the comparison, and fills the controls with what made it. */
  openComparedRun: Call<{ readonly runId: string }, null>;
  /** Feeds the model of the run its own boards, greedily, from a board on; another that is under way gives way. */
  rollLife: Call<RollRequest & { readonly runId: string }, RollEnd, RolledBoard>;
  /** Asks where, and writes a rollout of the run's model there. */
  saveRollout: Call<SaveRolloutRequest & { readonly runId: string }, { readonly path: string | null }>;
  /** Asks a Life model what follows random boards of each density. */
  sweepLife: Call<SweepRequest, { readonly sweepId: string }>;
  /** Ends the sweep; what is known stays. */
  stopSweep: Call<Record<string, never>, null>;
  /** Asks where, and writes the figures there as CSV. */
  saveSweep: Call<{ readonly sweep: LifeSweep }, { readonly path: string | null }>;
  showLog: Call<Record<string, never>, null>;
  openWalkthrough: Call<Record<string, never>, null>;
  describeTokens: Call<
    { readonly runId: string; readonly ids: readonly number[] },
    { readonly tokens: readonly TokenInfo[] }
  >;
}

/** What the host tells a webview unasked. */
export interface ExplorerNotifications {
  /** A new run begins. The one on show stays until this one has a token, and for good where it ends without any. */
  runStarted: { readonly runId: string };
  trace: { readonly runId: string; readonly events: readonly TraceEvent[] };
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
