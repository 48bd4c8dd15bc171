import type { Trace } from '../../core/trace/record';
import type { ExplorerNotifications } from '../../protocol/explorer';
import type { EditorEngine } from '../engine/engine';
import type { TextFile } from '../files';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import type { RunningStatus } from '../runs/running';
import type { RunRecording, RunStore } from '../runs/store';
import type { Servers } from '../servers/servers';
import type { ComparisonKeeper } from './comparisons';

/**
 * What Explorers need of the world around them, and all that they need: a window gives its own, a test what is in memory.
 * Whoever implements it decides whether there is an editor at all.
 */
export interface ExplorerServices {
  readonly engine: Pick<EditorEngine, 'call' | 'status' | 'onStatus'>;
  readonly catalog: Pick<ModelCatalog, 'list' | 'tryList' | 'refresh' | 'onChange'>;
  readonly servers: Pick<Servers, 'list' | 'find' | 'run' | 'onChange'>;
  /** The history, where each run is taken down while it goes on. */
  readonly runs: Pick<RunStore, 'find'> & { record(): Pick<RunRecording, 'add' | 'end'> };
  readonly comparisons: ComparisonKeeper;
  /** Told of what goes on for long: people see it, go to it and stop it, also where its page is hidden. */
  readonly running: Pick<RunningStatus, 'begin'>;
  readonly log: Pick<Log, 'problem'>;
  readonly editor: ExplorerEditor;
}

/** What the editor does where a page asks for it. */
export interface ExplorerEditor {
  /** Whether the folder that is open is trusted. */
  workspaceTrusted(): boolean;
  copy(text: string): PromiseLike<unknown>;
  showLog(): void;
  openWalkthrough(): PromiseLike<unknown>;
  /** Asks where, and writes there. @returns the path, or null where the user changed their mind */
  save(file: TextFile): Promise<string | null>;
  /** The same for a run, with its tensors in a file beside it. @param writeTensors to a path on the disk of the engine */
  saveRun(trace: Trace, writeTensors: (path: string) => Promise<{ readonly bytes: number }>): Promise<string | null>;
}

/** The page of one Explorer, which may be hidden, moved and loaded again at any time. */
export interface ExplorerPage {
  /** @returns whether there was a page that could be told. */
  tell<N extends keyof ExplorerNotifications>(name: N, data: ExplorerNotifications[N]): PromiseLike<boolean>;
  /** Brings it to the front. */
  reveal(): void;
  /** Says which run is on show, or under way. */
  setTitle(title: string): void;
}
