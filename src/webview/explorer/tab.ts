import type { FunctionComponent } from 'preact';
import type { Comparison } from '../../core/compare/comparison';
import type { DecoderSummary } from '../../core/decode/registry';
import type { Trace } from '../../core/trace/record';
import type { Caller } from '../../protocol/call';
import type { ModelSummary } from '../../protocol/models';
import type { AskedDecoder, ComparisonProgress, EngineStatus, ExplorerApi, RunStatus } from '../../protocol/explorer';
import type { ExplorerSettings } from '../../protocol/explorerState';
import type { LifeSweep, SweepRequest } from '../../protocol/sweep';
import type { ThemeInfo } from '../components/theme';

/** What the shell gives to the tab on show. Tabs that are not on show are not mounted. */
export interface TabProps {
  /** What the controls hold, and what can be done with it beside a run; null in the viewer. */
  readonly bench: TabBench | null;
  /** Goes to another tab; to the first where that one is not offered. */
  readonly onTab: (id: string) => void;
  /**
   * The run on show. A new object for every batch of events, but `tokens` is one growing array for the whole run:
   * depend on `trace.tokens.length`, never copy the array for each batch.
   */
  readonly trace: Trace | null;
  /** For requests about the run; null without a trace. Changes when another run is shown: forget what was fetched. */
  readonly runId: string | null;
  /** `viewer`: a saved trace, without prompt and run; the model may be missing. */
  readonly mode: 'explorer' | 'viewer';
  readonly status: RunStatus;
  readonly engine: EngineStatus;
  /** The trace's model as the list knows it (what can be probed, and why not); null where it is not in the list. */
  readonly model: ModelSummary | null;
  readonly api: Caller<ExplorerApi>;
  /** Runs the prompt again with these settings changed; null in the viewer, and while a run is under way. */
  readonly runAgain: ((change: Partial<ExplorerSettings>) => void) | null;
  /** Selected token, index in the sequence, shared by all tabs; null only without tokens. */
  readonly selected: number | null;
  /** What the user has chosen, which a run under way may not have reached yet; null where that is nothing. */
  readonly chosen: number | null;
  readonly onSelect: (index: number | null) => void;
  /** Token under the pointer: a preview that is not kept. */
  readonly hovered: number | null;
  readonly onHover: (index: number | null) => void;
  /** What the tab last kept (JSON), through hide, move and reload; undefined at first. Validate it: it may be old. */
  readonly state: unknown;
  /** Merges into the tab's state. */
  readonly setState: (partial: Readonly<Record<string, unknown>>) => void;
  readonly theme: ThemeInfo;
  /** Says something in the page's one polite live region. */
  readonly announce: (text: string) => void;
}

/** The controls above the tabs, for tabs that run something themselves. */
export interface TabBench {
  readonly settings: ExplorerSettings;
  readonly onChange: (change: Partial<ExplorerSettings>) => void;
  /** Another board in the prompt of a Life model: runs again soon, unless the user wants to run it themselves. */
  readonly onBoard: (prompt: string) => void;
  /** The chosen model; null where it is not in the list. */
  readonly model: ModelSummary | null;
  readonly models: readonly ModelSummary[];
  readonly decoders: readonly DecoderSummary[];
  /** Decoders side by side: the last comparison, which may go on, and what it is at. */
  readonly comparison: Comparison | null;
  readonly progress: ComparisonProgress | null;
  readonly compare: (decoders: readonly AskedDecoder[], rounds: number) => Promise<void>;
  readonly stopComparison: () => Promise<void>;
  readonly saveComparison: (form: 'csv' | 'json') => Promise<string | null>;
  /** A Life model over random boards: the last sweep, which may go on. */
  readonly sweep: LifeSweep | null;
  readonly startSweep: (request: SweepRequest) => Promise<boolean>;
  readonly stopSweep: () => Promise<void>;
  readonly saveSweep: (sweep: LifeSweep) => Promise<string | null>;
  /** Shows the run of a row of the comparison. @returns whether it is there */
  readonly openComparedRun: (runId: string) => Promise<boolean>;
}

export type TabView = FunctionComponent<TabProps>;

/** One tab of the Explorer. Tabs live in `registry.ts`: this much of each is loaded with the page. */
export interface Tab {
  /** Stable: the key of the tab's state. */
  readonly id: string;
  readonly title: string;
  /**
   * Loads what fills the space under the tab titles and scrolls by itself: `() => import('./x-view')…`, so that each tab is
   * a chunk of its own, with a budget in `scripts/lib/bundles.mjs`. May be asked again after it failed.
   */
  readonly load: () => Promise<TabView>;
  /** Whether the tab is offered for the run on show (null: no run yet), and for the model that is chosen. */
  readonly available: (trace: Trace | null, mode: TabProps['mode'], chosen: ModelSummary | null) => boolean;
  /** Whether a run opens on the tab where nobody has chosen one yet; the first tab otherwise. */
  readonly opens?: (trace: Trace) => boolean;
  /** Whether it shows something before there is a run, in place of the page that says how to begin. */
  readonly withoutRun?: boolean;
  /** What the tab keeps of every run that ends, whichever tab is on show: merged into its state. null: nothing. */
  readonly learn?: (trace: Trace) => Readonly<Record<string, unknown>> | null;
  /** Facts for the status at the right of the titles while the tab is on show, such as `5 layers × 8 heads`. */
  readonly facts?: (trace: Trace) => string;
}
