import * as vscode from 'vscode';
import type { ModelRef, ModelSummary } from '../../protocol/engine';
import type { EditorEngine } from '../engine/engine';
import type { ExplorerPanels } from '../explorer/panels';
import type { Log } from '../log';
import { modelNotListed, type ModelCatalog } from './catalog';
import { describeModel } from './tree';

/** Argument of "Explore Prompt" where a keybinding, a walkthrough or another extension gives one. */
interface ExploreArguments {
  readonly prompt?: string;
  readonly model?: ModelRef;
  readonly run?: boolean;
}

/** Every command of the extension; each reports its own problem and leaves nothing half-done. */
export function registerModelCommands(
  catalog: ModelCatalog,
  engine: EditorEngine,
  panels: ExplorerPanels,
  log: Log,
): vscode.Disposable[] {
  const register = (id: string, action: (argument: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      try {
        await action(argument);
      } catch (error) {
        await log.show(id, error);
      }
    });

  return [
    register('vivarium.explorePrompt', (argument) => explorePrompt(panels, argument)),
    register('vivarium.newExplorer', () => panels.open({}, { fresh: true })),
    register('vivarium.exploreModel', async (node) => {
      const model = modelOf(node) ?? (await pickModel(catalog));
      if (model) panels.open({ model: { folder: model.folder, file: model.file } });
    }),
    register('vivarium.addModelFolder', async () => {
      const chosen = await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: vscode.l10n.t('Add Model Folder'),
        title: vscode.l10n.t('A folder with config.json, tokenizer.json and an ONNX file, or a folder of such folders'),
      });
      if (chosen?.[0]) await catalog.addFolder(chosen[0].fsPath);
    }),
    register('vivarium.removeModelFolder', async (node) => {
      const model = modelOf(node);
      if (model) await catalog.removeFolder(model.folder);
    }),
    register('vivarium.revealModelFolder', async (node) => {
      const model = modelOf(node);
      if (model) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(model.folder));
    }),
    register('vivarium.copyModelPath', async (node) => {
      const model = modelOf(node);
      if (model) await vscode.env.clipboard.writeText(model.folder);
    }),
    register('vivarium.inspectModel', async (node) => {
      const model = modelOf(node) ?? (await pickModel(catalog));
      if (model) await inspect(engine, model);
    }),
    register('vivarium.refreshModels', () => catalog.refresh()),
    register('vivarium.restartEngine', () => engine.restart()),
    register('vivarium.showLog', () => log.channel.show()),
  ];
}

async function explorePrompt(panels: ExplorerPanels, argument: unknown): Promise<void> {
  const given = isRecord(argument) ? (argument as ExploreArguments) : {};
  const selection = selectedText();
  let prompt = typeof given.prompt === 'string' ? given.prompt : selection;
  if (prompt === undefined) {
    prompt = await vscode.window.showInputBox({
      title: vscode.l10n.t('Explore Prompt'),
      prompt: vscode.l10n.t('A sentence for the model to read and go on with'),
      placeHolder: vscode.l10n.t('In the beginning'),
    });
    if (prompt === undefined) return;
  }
  const model = isRecord(given.model) && typeof given.model.folder === 'string' ? { model: given.model } : {};
  panels.open({ prompt, ...model }, { run: given.run ?? prompt.trim() !== '' });
}

function selectedText(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) return undefined;
  return editor.document.getText(editor.selection);
}

/** The engine's report on a model, as a JSON document to read, search and keep. */
async function inspect(engine: EditorEngine, model: ModelSummary): Promise<void> {
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Inspecting {0}', model.name), cancellable: true },
    (_progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      return engine.call('inspectModel', { model: { folder: model.folder, file: model.file } }, { signal: stop.signal });
    },
  );
  const document = await vscode.workspace.openTextDocument({
    language: 'json',
    content: `${JSON.stringify(report, null, 2)}\n`,
  });
  await vscode.window.showTextDocument(document);
}

async function pickModel(catalog: ModelCatalog): Promise<ModelSummary | undefined> {
  const models = (await catalog.list()).filter((model) => !model.problem);
  if (models.length === 0) throw modelNotListed('');
  const chosen = await vscode.window.showQuickPick(
    models.map((model) => ({ label: model.name, description: describeModel(model), model })),
    { placeHolder: vscode.l10n.t('Choose a model') },
  );
  return chosen?.model;
}

/** Tree commands are given the tree's node. */
function modelOf(node: unknown): ModelSummary | undefined {
  return isRecord(node) && node['type'] === 'model' ? (node['model'] as ModelSummary) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
