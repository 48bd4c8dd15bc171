import type { OptionValues } from '../core/decode/options';
import type { DecoderSummary } from '../core/decode/registry';
import type { Trace, TraceEvent, Sampling } from '../core/trace/record';
import type { Call } from './call';
import type { ProblemData } from './errors';
import type { EngineApi, MemoryEstimate, ModelRef, ModelSummary, TokenInfo } from './engine';

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
  readonly status: RunStatus;
  readonly engine: EngineStatus;
  /** Notes on a trace that was read from a file (cut in the middle, model missing): one sentence each. */
  readonly notes: readonly string[];
  readonly trusted: boolean;
}

/** What the extension passes on to the engine as it is asked, for the models and the run on show. */
type PassedOn =
  'tokenize' | 'positionLogits' | 'attentionOverview' | 'attentionHead' | 'attentionRow' | 'attentionPair';

/** Requests of an Explorer webview to the extension. Every parameter is validated by the host. */
export interface ExplorerApi extends Pick<EngineApi, PassedOn> {
  snapshot: Call<{ readonly state: ExplorerState | null }, ExplorerSnapshot>;
  run: Call<{ readonly settings: ExplorerSettings }, { readonly runId: string }>;
  stop: Call<Record<string, never>, null>;
  estimate: Call<{ readonly settings: ExplorerSettings }, MemoryEstimate>;
  refreshModels: Call<Record<string, never>, readonly ModelSummary[]>;
  save: Call<{ readonly runId: string }, { readonly path: string | null }>;
  copy: Call<{ readonly text: string }, null>;
  showLog: Call<Record<string, never>, null>;
  openWalkthrough: Call<Record<string, never>, null>;
  describeTokens: Call<
    { readonly runId: string; readonly ids: readonly number[] },
    { readonly tokens: readonly TokenInfo[] }
  >;
}

/** What the host tells a webview unasked. */
export interface ExplorerNotifications {
  /** A new run begins: forget the old one. */
  runStarted: { readonly runId: string };
  trace: { readonly runId: string; readonly events: readonly TraceEvent[] };
  status: { readonly status: RunStatus };
  engine: { readonly status: EngineStatus };
  models: { readonly models: readonly ModelSummary[] };
  /** A command (palette, tree) fills in the controls; where it also runs, the host starts the run itself. */
  settings: { readonly settings: ExplorerSettings };
}
