import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../log';
import { ComparisonStore } from './comparisons';
import { RunStore } from './store';

const MEGABYTE = 1e6;
const DEFAULT_MEGABYTES = 200;

/** The history of all windows, within the limit of the settings. */
export function runHistory(context: vscode.ExtensionContext, log: Log, onChange: () => void): RunStore {
  let telling = false;
  return new RunStore({
    folder: path.join(context.globalStorageUri.fsPath, 'runs'),
    limit: () => {
      const set: unknown = vscode.workspace.getConfiguration('vivarium').get('runs.historyMegabytes');
      return (typeof set === 'number' && set >= 0 ? set : DEFAULT_MEGABYTES) * MEGABYTE;
    },
    report: (what, error) => void log.problem(what, error),
    onLost: (problem) => {
      // Every run of a full disk is lost: said once while the message is there.
      if (telling) return;
      telling = true;
      void log.show('The history of runs', problem).finally(() => (telling = false));
    },
    onChange,
  });
}

/** Comparisons of all windows, beside the history of runs. */
export function comparisonHistory(context: vscode.ExtensionContext, runs: RunStore, log: Log): ComparisonStore {
  const folder = path.join(context.globalStorageUri.fsPath, 'comparisons');
  return new ComparisonStore(folder, runs, (what, error) => void log.problem(what, error));
}
