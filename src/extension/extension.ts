import type * as vscode from 'vscode';
import { EditorEngine } from './engine/engine';
import { ExplorerPanels } from './explorer/panels';
import { TraceViewer } from './explorer/viewer';
import { Log } from './log';
import { ModelCatalog } from './models/catalog';
import { registerModelCommands } from './models/commands';
import { ModelTree } from './models/tree';
import { RunStore } from './runs/store';

/** Composes the extension and returns; no model is read and no process is started before something is asked for. */
export function activate(context: vscode.ExtensionContext): void {
  const log = new Log();
  const engine = new EditorEngine(context, log);
  const catalog = new ModelCatalog(context, engine, log);
  const runs = new RunStore(context, log);
  const panels = new ExplorerPanels({ context, engine, catalog, runs, log });

  // Disposed in this order: the engine after those who ask it, the log after those who write to it.
  context.subscriptions.push(
    ...registerModelCommands(catalog, engine, panels, log),
    new ModelTree(catalog),
    new TraceViewer({ context, engine, catalog, runs, log }),
    panels,
    catalog,
    engine,
    log,
  );
}
