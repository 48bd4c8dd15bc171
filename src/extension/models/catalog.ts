import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ProblemData } from '../../protocol/errors';
import type { ModelRoot, ModelSummary } from '../../protocol/models';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import { BrokenFolders } from './brokenFolders';

/**
 * The model folders that can be chosen: bundled ones, those of a trusted workspace, and those that the user added.
 * Listed by the engine on first use and again when folders or settings change.
 */
export class ModelCatalog implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<readonly ModelSummary[]>();
  readonly onChange = this.changed.event;

  private listed: Promise<readonly ModelSummary[]> | undefined;
  private pendingRefresh: NodeJS.Timeout | undefined;
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly broken = new BrokenFolders(watchFolder, () => this.refreshSoon());

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly engine: EditorEngine,
    private readonly log: Log,
  ) {
    const watcher = vscode.workspace.createFileSystemWatcher('**/{*.onnx,config.json,tokenizer.json}');
    this.subscriptions.push(
      this.broken,
      watcher,
      watcher.onDidCreate(() => this.refreshSoon()),
      watcher.onDidChange(() => this.refreshSoon()),
      watcher.onDidDelete(() => this.refreshSoon()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refreshSoon()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refreshSoon()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('vivarium.models')) this.refreshSoon();
      }),
    );
  }

  /** The models, listed once and kept. Rejects with a Problem; the next call then tries again. */
  list(): Promise<readonly ModelSummary[]> {
    return (this.listed ??= this.read());
  }

  /** Lists again and tells every view. */
  async refresh(): Promise<readonly ModelSummary[]> {
    const reading = this.read();
    this.listed = reading;
    const models = await reading;
    // A later refresh tells the views itself.
    if (this.listed === reading) this.changed.fire(models);
    return models;
  }

  /** The models, or an empty list and the reason. */
  async tryList(): Promise<{ models: readonly ModelSummary[]; problem?: ProblemData }> {
    try {
      return { models: await this.list() };
    } catch (error) {
      return { models: [], problem: this.log.problem('Listing the models', error).toData() };
    }
  }

  /** Adds a folder to the settings. */
  async addFolder(folder: string): Promise<void> {
    const folders = addedFolders();
    if (!folders.includes(folder)) await setAddedFolders([...folders, folder]);
    await this.refresh();
  }

  /** Takes every added root that is or holds this folder out of the settings. */
  async removeFolder(folder: string): Promise<void> {
    const folders = addedFolders();
    const kept = folders.filter((added) => !isWithin(folder, added));
    if (kept.length < folders.length) await setAddedFolders(kept);
    await this.refresh();
  }

  dispose(): void {
    clearTimeout(this.pendingRefresh);
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.changed.dispose();
  }

  private roots(): ModelRoot[] {
    const roots: ModelRoot[] = [
      { path: vscode.Uri.joinPath(this.context.extensionUri, 'models').fsPath, origin: 'bundled' },
    ];
    if (vscode.workspace.isTrusted) {
      for (const folder of vscode.workspace.workspaceFolders ?? []) {
        if (folder.uri.scheme === 'file') roots.push({ path: folder.uri.fsPath, origin: 'workspace' });
      }
      for (const folder of addedFolders()) roots.push({ path: folder, origin: 'added' });
    }
    return roots;
  }

  private read(): Promise<readonly ModelSummary[]> {
    const reading = this.engine.call('listModels', { roots: this.roots() });
    reading.then(
      (models) => {
        if (this.listed === reading) this.broken.watch(models.flatMap(({ folder, problem }) => (problem ? [folder] : [])));
      },
      () => {
        if (this.listed === reading) this.listed = undefined;
      },
    );
    return reading;
  }

  /** Several files change at once when a model is copied in; nothing is read before somebody has asked for the list. */
  private refreshSoon(): void {
    if (!this.listed) return;
    clearTimeout(this.pendingRefresh);
    this.pendingRefresh = setTimeout(() => {
      this.refresh().catch((error: unknown) => this.log.problem('Listing the models', error));
    }, 400);
  }
}

/** Watches a folder and `onnx/` in it by themselves: outside the workspace everything below could be a whole disk. */
function watchFolder(folder: string, changed: () => void): vscode.Disposable {
  const watchers = [folder, path.join(folder, 'onnx')].map((each) =>
    vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(each), '*')),
  );
  const events = watchers.flatMap((watcher) => [
    watcher.onDidCreate(changed),
    watcher.onDidChange(changed),
    watcher.onDidDelete(changed),
  ]);
  return vscode.Disposable.from(...watchers, ...events);
}

function addedFolders(): readonly string[] {
  const value: unknown = vscode.workspace.getConfiguration('vivarium.models').get('folders');
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
}

/** Writes the list where the one in force stands: a workspace's own list hides the user's. */
async function setAddedFolders(folders: readonly string[]): Promise<void> {
  const settings = vscode.workspace.getConfiguration('vivarium.models');
  const inWorkspace = settings.inspect('folders')?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await settings.update('folders', folders, inWorkspace ? Workspace : Global);
}

/** Whether a folder is `root` or below it, however the two are written (slashes, case on Windows). */
function isWithin(folder: string, root: string): boolean {
  const [step] = path.relative(root, folder).split(path.sep);
  return step !== '..' && !path.isAbsolute(path.relative(root, folder));
}
