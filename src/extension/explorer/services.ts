import type * as vscode from 'vscode';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import type { ComparisonStore } from '../runs/comparisons';
import type { RunningStatus } from '../runs/running';
import type { RunStore } from '../runs/store';
import type { Servers } from '../servers/servers';

/** What an Explorer needs of the extension. */
export interface ExplorerServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EditorEngine;
  readonly catalog: ModelCatalog;
  readonly servers: Servers;
  readonly runs: RunStore;
  readonly comparisons: ComparisonStore;
  readonly running: RunningStatus;
  readonly log: Log;
}
