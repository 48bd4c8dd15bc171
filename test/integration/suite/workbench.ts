/** What the suites see of the workbench, through the public API alone. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const DEADLINE_MILLISECONDS = 60_000;

/** Asks again, after every change of tabs and between times, until there is an answer. */
export async function eventually<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MILLISECONDS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function tabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

export function explorerTabs(): readonly vscode.Tab[] {
  // VS Code puts a prefix of its own before the type of a webview.
  return tabs().filter(
    ({ input }) => input instanceof vscode.TabInputWebview && /vivarium\.explorer$/.test(input.viewType),
  );
}

/** Waits until so many Explorers are open. */
export async function untilExplorers(count: number): Promise<readonly vscode.Tab[]> {
  return eventually(`${count} Explorer tabs`, () => {
    const open = explorerTabs();
    return open.length === count ? open : undefined;
  });
}

export async function closeAllTabs(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isUntitled || !document.isDirty) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.window.tabGroups.close(tabs());
  await eventually('the tabs to close', () => (tabs().length === 0 ? true : undefined));
  // A document goes after its tab.
  await eventually('the documents to close', () =>
    vscode.workspace.textDocuments.some(({ isUntitled }) => isUntitled) ? undefined : true,
  );
}

let texts = 0;

/**
 * A new document with this text, in an editor. Each has a name of its own: VS Code gives `Untitled-1` again as soon as
 * it is free, and with it the backup of the one before, where that has not been deleted yet.
 */
export async function showNewText(content: string): Promise<vscode.TextEditor> {
  const uri = vscode.Uri.from({ scheme: 'untitled', path: `/text-${++texts}.txt` });
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), content));
  editor.selection = new vscode.Selection(0, 0, 0, 0);
  return editor;
}

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('vivarium.vivarium');
  assert.ok(found, 'VS Code does not know the extension');
  return found;
}

/** The folder of a model that comes with the extension. */
export function bundledModel(name: string): string {
  return vscode.Uri.joinPath(extension().extensionUri, 'models', name).fsPath;
}

/** What the Models view gives to the commands of its menus. */
export function treeNode(folder: string): unknown {
  return { type: 'model', model: { folder } };
}
