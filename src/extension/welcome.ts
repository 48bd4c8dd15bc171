import * as vscode from 'vscode';
import { samplePrompt } from '../core/text/samples';
import type { Register } from './commands';
import type { ExplorerPanels } from './explorer/panels';
import type { Log } from './log';
import type { ModelCatalog } from './models/catalog';

const WALKTHROUGH = 'vivarium.vivarium#vivarium.start';

/** A folder that holds this file is one to begin with, as the samples are. */
const START = '.vivarium-start';

/** The ways into Vivarium for those who have never been there, and what the folder of samples begins with. */
export function registerWelcome(
  { panels, catalog, log }: { readonly panels: ExplorerPanels; readonly catalog: ModelCatalog; readonly log: Log },
  register: Register,
): vscode.Disposable {
  welcome().catch((error: unknown) => log.problem('Showing where to begin', error));
  return vscode.Disposable.from(
    register('vivarium.getStarted', openWalkthrough),
    register('vivarium.exploreSample', async () => {
      const models = await catalog.list();
      const model = models.find(({ kind, role, problem }) => kind === 'text' && role === 'target' && !problem);
      const chosen = model ? { model: { folder: model.folder, file: model.file } } : {};
      panels.open({ ...chosen, prompt: samplePrompt() }, { run: true });
    }),
  );
}

async function openWalkthrough(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}

/** In a folder to begin with, a window that shows nothing yet shows its README and the walkthrough. */
async function welcome(): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder || vscode.window.tabGroups.all.some(({ tabs }) => tabs.length > 0)) return;
  if (!(await exists(vscode.Uri.joinPath(folder.uri, START)))) return;
  const readme = vscode.Uri.joinPath(folder.uri, 'README.md');
  if (await exists(readme)) await vscode.commands.executeCommand('markdown.showPreview', readme);
  await openWalkthrough();
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
