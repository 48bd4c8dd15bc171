import * as vscode from 'vscode';
import { commandsOf } from './commands';
import { StripView } from './cursor/stripView';
import { CursorViews } from './cursor/views';
import { registerSurprisalCommands } from './editor/commands';
import { SurprisalColours } from './editor/surprisal';
import { EditorEngine } from './engine/engine';
import { defaultSettings } from './explorer/defaults';
import { explorerEditor } from './explorer/editor';
import { ExplorerPanels } from './explorer/panels';
import { RunTensors } from './explorer/tensors';
import { TraceViewer } from './explorer/viewer';
import { LifeEditor } from './life/editor';
import { LifeModels } from './life/models';
import { translateWith } from './l10n';
import { Log } from './log';
import { ModelCatalog } from './models/catalog';
import { registerModelCommands } from './models/commands';
import { ModelTree } from './models/tree';
import { registerNotebooks } from './notebook/index';
import { exploreRun, registerRunCommands } from './runs/commands';
import { comparisonHistory, runHistory } from './runs/history';
import { RunPairPanels } from './runs/pair/panels';
import { RunningStatus } from './runs/running';
import { RunTree } from './runs/tree';
import { registerServerCommands } from './servers/commands';
import { ServerCounting } from './servers/counting';
import { Servers } from './servers/servers';
import { registerWelcome } from './welcome';

/** Composes the extension and returns; no model is read and no process is started before something is asked for. */
export function activate(context: vscode.ExtensionContext): void {
  translateWith((message, ...values) => vscode.l10n.t(message, ...values));
  const log = new Log();
  const engine = new EditorEngine(context, log);
  const catalog = new ModelCatalog(context, engine, log);
  const servers = new Servers(context, engine);
  const models = new ModelTree(catalog, servers);
  const counting = new ServerCounting(servers);
  const runs = runHistory(context, log, () => tree.refresh());
  const tree = new RunTree(runs);
  const register = commandsOf(log);
  const colours = new SurprisalColours(engine, catalog, log);
  const comparisons = comparisonHistory(context, runs, log);
  const running = new RunningStatus(register);
  const editor = explorerEditor(log);
  const services = { engine, catalog, servers, runs, comparisons, running, log, editor };
  const panels = new ExplorerPanels(services, context.extensionUri);
  const explore = (id: string): Promise<void> => exploreRun(runs, panels, id);
  const tensors = new RunTensors(engine, catalog, () => undefined);
  const pairs = new RunPairPanels({ extensionUri: context.extensionUri, runs, tensors, explore, log });
  const exports = { tensors, extensionUri: context.extensionUri };

  const lifeModels = new LifeModels(engine, catalog, panels, defaultSettings);
  const patterns = new LifeEditor(
    { engine, catalog, models: lifeModels, running, editor },
    context.extensionUri,
    log,
    register,
  );

  // Disposed in this order: the engine after those who ask it, the log after those who write to it.
  context.subscriptions.push(
    ...registerModelCommands(catalog, servers, engine, panels, patterns, log, register),
    ...registerServerCommands(servers, counting, models, panels, log, register),
    ...registerRunCommands({ runs, tree, panels, pairs, exports }, register),
    ...registerSurprisalCommands(colours, panels, register),
    colours,
    registerNotebooks({ engine, catalog, servers, runs, panels, lifeModels, running, log }, register),
    registerWelcome({ panels, catalog, log }, register),
    models,
    new CursorViews(context.extensionUri, engine, catalog, log),
    new StripView(context.extensionUri, { engine, catalog, colours, log }),
    tree,
    new TraceViewer(services, panels, context.extensionUri),
    patterns,
    pairs,
    panels,
    running,
    catalog,
    counting,
    servers,
    engine,
    log,
  );
}
