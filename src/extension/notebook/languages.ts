import * as vscode from 'vscode';
import type { CellKind } from '../../core/notebook/keys';
import { lostKind, type SavedCell } from '../../core/notebook/lost-language';

const LANGUAGES: Readonly<Record<CellKind, string>> = { prompt: 'vivarium-prompt', life: 'vivarium-life' };

/** Languages of the cells that the kernel runs. */
export const CELL_LANGUAGES: Readonly<Record<string, CellKind>> = {
  [LANGUAGES.prompt]: 'prompt',
  [LANGUAGES.life]: 'life',
};

export const NOTEBOOK_TYPE = 'jupyter-notebook';

/** Documents that are cells of ours. */
export const CELL_SELECTOR = Object.keys(CELL_LANGUAGES).map((language) => ({ language, notebookType: NOTEBOOK_TYPE }));

export function cellKind(languageId: string): CellKind | undefined {
  return CELL_LANGUAGES[languageId];
}

/**
 * What a notebook of ours says of itself in its file (nbformat's `language_info`). Without it VS Code leaves the language of
 * the first cell out of the file, and reads the cell as Python when it is opened again.
 */
export function notebookMetadata(): { readonly metadata: object } {
  return { metadata: { language_info: { name: LANGUAGES.prompt } } };
}

/** Gives the cells of an opened notebook the language that its file did not name. */
export async function recoverLanguages(notebook: vscode.NotebookDocument): Promise<void> {
  if (notebook.notebookType !== NOTEBOOK_TYPE || namesLanguage(notebook)) return;
  const cells = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
  const saved = cells.map(savedCell);
  const lost = lostKind(saved);
  if (lost === null) return;
  for (const [place, cell] of cells.entries()) {
    if (saved[place]?.kind === null) await vscode.languages.setTextDocumentLanguage(cell.document, LANGUAGES[lost]);
  }
  await nameLanguage(notebook);
}

/** Writes the language of a notebook that has cells of ours and names none into what is saved of it. */
export async function nameLanguage(notebook: vscode.NotebookDocument): Promise<void> {
  if (notebook.notebookType !== NOTEBOOK_TYPE || namesLanguage(notebook)) return;
  if (!notebook.getCells().some(({ document }) => cellKind(document.languageId))) return;
  const given = notebook.metadata as { readonly metadata?: object };
  const ours = { ...given, metadata: { ...given.metadata, ...notebookMetadata().metadata } };
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata(ours)]);
  await vscode.workspace.applyEdit(edit);
}

function namesLanguage({ metadata }: vscode.NotebookDocument): boolean {
  const { language_info: info, kernelspec } = fieldsOf(fieldsOf(metadata)['metadata']);
  return [fieldsOf(info)['name'], fieldsOf(kernelspec)['language']].some((name) => typeof name === 'string');
}

function savedCell(cell: vscode.NotebookCell): SavedCell {
  const { languageId } = fieldsOf(fieldsOf(fieldsOf(cell.metadata)['metadata'])['vscode']);
  // A cell that has a language of ours has it from somewhere, whatever the file says.
  const kind = cellKind(cell.document.languageId) ?? (typeof languageId === 'string' ? 'other' : null);
  return {
    kind,
    text: cell.document.getText(),
    outputs: cell.outputs.flatMap(({ items }) => items.map(({ mime }) => mime)),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
