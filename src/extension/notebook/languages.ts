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
  if (notebook.notebookType !== NOTEBOOK_TYPE || saysLanguage(notebook)) return;
  const cells = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
  const saved = cells.map(savedCell);
  const lost = lostKind(saved);
  if (lost === null) return;
  for (const [place, cell] of cells.entries()) {
    if (saved[place]?.kind === null) await vscode.languages.setTextDocumentLanguage(cell.document, LANGUAGES[lost]);
  }
  await writeLanguage(notebook);
}

/** Gives a notebook that has cells of ours and no language in its file one, into what is saved of it. */
export async function nameLanguage(notebook: vscode.NotebookDocument): Promise<void> {
  if (notebook.notebookType !== NOTEBOOK_TYPE || languageInfo(notebook)['name'] !== undefined) return;
  if (!notebook.getCells().some(({ document }) => cellKind(document.languageId))) return;
  await writeLanguage(notebook);
}

async function writeLanguage(notebook: vscode.NotebookDocument): Promise<void> {
  const given = notebook.metadata as { readonly metadata?: object };
  const ours = { ...given, metadata: { ...given.metadata, ...notebookMetadata().metadata } };
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata(ours)]);
  await vscode.workspace.applyEdit(edit);
}

/**
 * Whether a notebook's file told its language. Of a file that does not, VS Code says `python` and nothing else; a kernel of
 * Python says its version too.
 */
function saysLanguage(notebook: vscode.NotebookDocument): boolean {
  const { kernelspec } = fieldsOf(fieldsOf(notebook.metadata)['metadata']);
  const { name, ...more } = languageInfo(notebook);
  const isDefault = name === undefined || (name === 'python' && Object.keys(more).length === 0);
  return kernelspec !== undefined || !isDefault;
}

function languageInfo({ metadata }: vscode.NotebookDocument): Readonly<Record<string, unknown>> {
  return fieldsOf(fieldsOf(fieldsOf(metadata)['metadata'])['language_info']);
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
