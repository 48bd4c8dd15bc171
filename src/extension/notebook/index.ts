import * as vscode from 'vscode';
import type { Register } from '../commands';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import type { RunStore } from '../runs/store';
import { HeaderLanguage } from './header';
import { VivariumKernel } from './kernel';
import { NOTEBOOK_TYPE } from './languages';
import { CellRunner } from './runner';

interface NotebookServices {
  readonly engine: EditorEngine;
  readonly catalog: ModelCatalog;
  readonly runs: RunStore;
  readonly log: Log;
}

/** Everything about notebooks: the kernel, help with the headers of cells, the command that makes a new one. */
export function registerNotebooks(
  { engine, catalog, runs, log }: NotebookServices,
  register: Register,
): vscode.Disposable {
  const kernel = new VivariumKernel(new CellRunner(engine, catalog, runs), log);
  for (const notebook of vscode.workspace.notebookDocuments) kernel.prefer(notebook);
  return vscode.Disposable.from(
    kernel,
    new HeaderLanguage(catalog),
    vscode.workspace.onDidOpenNotebookDocument((notebook) => kernel.prefer(notebook)),
    register('vivarium.newNotebook', newNotebook),
  );
}

async function newNotebook(): Promise<void> {
  const { Code, Markup } = vscode.NotebookCellKind;
  const data = new vscode.NotebookData([
    new vscode.NotebookCellData(
      Markup,
      vscode.l10n.t(
        'Write a prompt below and run the cell. Lines like "temperature: 0.7" before a blank line change how.',
      ),
      'markdown',
    ),
    new vscode.NotebookCellData(Code, 'temperature: 0.7\n\nIn the beginning', 'vivarium-prompt'),
  ]);
  await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, data));
}
