import * as vscode from 'vscode';
import { boolean, object, oneOf, optional, orElse, readOrNull, string } from '../../core/check/check';
import { runDefaults } from '../../core/life/prompt';
import type { ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import type { Register } from '../commands';
import { chooseEditorModel, choiceOf, readsTexts } from '../editor/model';
import type { EditorEngine } from '../engine/engine';
import type { ExplorerPanels } from '../explorer/panels';
import { defaultSettings } from '../explorer/defaults';
import type { LifeEditor } from '../life/editor';
import { askedPattern, lifeModels, patternSettings } from '../life/prompt';
import type { Log } from '../log';
import type { Servers } from '../servers/servers';
import type { ModelCatalog } from './catalog';
import { modelIn } from './listed';
import { describeModel } from './tree';

const text = string({ max: 100_000_000 });
const named = object({ folder: text });
/** A model in the tree of models. */
const modelNode = object({ type: oneOf('model'), model: named });
/** What a command may be given; what of it is not as it should be is as if it were not there. */
const asked = object({
  prompt: orElse(text, null),
  model: orElse(object({ folder: text, file: optional(text) }), null),
  run: orElse(boolean(), null),
});

/** Commands about models and what is done with them. */
export function registerModelCommands(
  catalog: ModelCatalog,
  servers: Servers,
  engine: EditorEngine,
  panels: ExplorerPanels,
  patterns: LifeEditor,
  log: Log,
  register: Register,
): vscode.Disposable[] {
  return [
    register('vivarium.explorePrompt', (argument) => explorePrompt(catalog, panels, patterns, argument)),
    register('vivarium.compareDecoders', (argument) => compareDecoders(panels, argument)),
    register('vivarium.sweepDensity', () => sweepDensity(catalog, panels)),
    register('vivarium.newExplorer', () => panels.open({}, { fresh: true })),
    register('vivarium.exploreModel', async (node) => {
      const remote = servers.find(readOrNull(object({ model: named }), node)?.model.folder ?? '');
      const model = remote ?? (await modelOf(catalog, node)) ?? (await pickModel([...(await catalog.list()), ...servers.list()]));
      if (!model) return;
      const begin = model.life ? runDefaults(model, defaultSettings()) : {};
      panels.open({ model: { folder: model.folder, file: model.file }, ...begin });
    }),
    register('vivarium.addModelFolder', async (folder) => {
      if (folder instanceof vscode.Uri && folder.scheme === 'file') {
        await catalog.addFolder(folder.fsPath);
        return;
      }
      const chosen = await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: vscode.l10n.t('Add Model Folder'),
        title: vscode.l10n.t('A folder with config.json, tokenizer.json and an ONNX file, or a folder of such folders'),
      });
      if (chosen?.[0]) await catalog.addFolder(chosen[0].fsPath);
    }),
    register('vivarium.removeModelFolder', async (node) => {
      const model = await modelOf(catalog, node);
      if (model) await catalog.removeFolder(model.folder);
    }),
    register('vivarium.revealModelFolder', async (node) => {
      const model = await modelOf(catalog, node);
      if (model) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(model.folder));
    }),
    register('vivarium.copyModelPath', async (node) => {
      const model = await modelOf(catalog, node);
      if (model) await vscode.env.clipboard.writeText(model.folder);
    }),
    register('vivarium.inspectModel', async (node) => {
      const model = (await modelOf(catalog, node)) ?? (await pickModel(await catalog.list()));
      if (model) await inspect(engine, model);
    }),
    register('vivarium.useBesideText', async (node) => {
      const usable = (await catalog.list()).filter(readsTexts);
      const model = (await modelOf(catalog, node)) ?? (await pickModel(usable));
      if (model) await chooseEditorModel(choiceOf(model, usable));
    }),
    register('vivarium.refreshModels', () => catalog.refresh()),
    register('vivarium.restartEngine', () => engine.restart()),
    register('vivarium.showLog', () => log.channel.show()),
  ];
}

/**
 * Runs a prompt: the one that is given, else what is in front, which is a pattern of Life or the selected text, else one that is
 * asked for.
 * @param argument `{ prompt?: string, model?: { folder, file? }, run?: boolean }`, or the file of a pattern
 */
async function explorePrompt(
  catalog: ModelCatalog,
  panels: ExplorerPanels,
  patterns: LifeEditor,
  argument: unknown,
): Promise<void> {
  const given = readOrNull(asked, argument);
  if (given?.prompt == null) {
    const pattern = await askedPattern(argument, patterns.inFront, (uri) => patterns.shown(uri));
    if (pattern) return panels.open(await patternSettings(pattern, catalog, panels.chosenModel), { run: true });
  }
  const prompt = given?.prompt ?? selectedText() ?? (await askForPrompt(vscode.l10n.t('Explore Prompt')));
  if (prompt === undefined) return;
  const model = given?.model;
  const run = given?.run ?? prompt.trim() !== '';
  panels.open({ prompt, ...(model ? { model } : {}) }, { run });
}

/**
 * Goes to the Compare tab of the Explorer in use with the selected text, or with the prompt that it has.
 * @param argument `{ prompt?: string, model?: { folder, file? } }`
 */
async function compareDecoders(panels: ExplorerPanels, argument: unknown): Promise<void> {
  const given = readOrNull(asked, argument);
  let prompt = given?.prompt ?? selectedText();
  if (prompt === undefined && !panels.isOpen) {
    prompt = await askForPrompt(vscode.l10n.t('Compare Decoders'));
    if (prompt === undefined) return;
  }
  const model = given?.model;
  panels.open({ ...(prompt === undefined ? {} : { prompt }), ...(model ? { model } : {}) }, { tab: 'compare' });
}

/** Goes to the Sweep tab of the Explorer in use, with the model of Life that it has, or with the first. */
async function sweepDensity(catalog: ModelCatalog, panels: ExplorerPanels): Promise<void> {
  const chosen = panels.chosenModel;
  const [model] = await lifeModels(catalog, chosen);
  if (!model) return;
  const isChosen = model.folder === chosen?.folder;
  panels.open(isChosen ? {} : { model: { folder: model.folder, file: model.file } }, { tab: 'sweep' });
}


function askForPrompt(title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('A sentence for the model to read and go on with'),
    placeHolder: vscode.l10n.t('In the beginning'),
    ignoreFocusOut: true,
  });
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

async function pickModel(listed: readonly ModelSummary[]): Promise<ModelSummary | undefined> {
  const models = listed.filter((model) => !model.problem);
  if (models.length === 0) {
    throw new Problem({
      code: 'model-not-found',
      message: vscode.l10n.t('No model that can be run was found.'),
      action: vscode.l10n.t('Add a folder with "Vivarium: Add Model Folder".'),
    });
  }
  const chosen = await vscode.window.showQuickPick(
    models.map((model) => ({ label: model.name, description: model.server?.address ?? describeModel(model), model })),
    { placeHolder: vscode.l10n.t('Choose a model'), ignoreFocusOut: true },
  );
  return chosen?.model;
}

/**
 * Tree commands are given the tree's node. What it names is looked up again: the list may have changed since.
 * @throws Problem `model-not-found` where the folder is not listed
 */
async function modelOf(catalog: ModelCatalog, node: unknown): Promise<ModelSummary | undefined> {
  const folder = readOrNull(modelNode, node)?.model.folder;
  if (folder === undefined) return undefined;
  return modelIn(await catalog.list(), folder);
}

