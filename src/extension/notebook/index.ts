import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import { readRunResult } from '../../core/notebook/result';
import type { Register } from '../commands';
import type { EditorEngine } from '../engine/engine';
import type { ExplorerPanels } from '../explorer/panels';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import type { RunningStatus } from '../runs/running';
import type { RunStore } from '../runs/store';
import type { Servers } from '../servers/servers';
import { HeaderLanguage } from './header';
import { VivariumKernel } from './kernel';
import { NOTEBOOK_TYPE } from './languages';
import { CellRunner } from './runner';

interface NotebookServices {
  readonly engine: EditorEngine;
  readonly catalog: ModelCatalog;
  readonly servers: Servers;
  readonly runs: RunStore;
  readonly panels: ExplorerPanels;
  readonly running: RunningStatus;
  readonly log: Log;
}

/** Everything about notebooks: the kernel, help with the headers of cells, the command that makes a new one. */
export function registerNotebooks(
  { engine, catalog, servers, runs, panels, running, log }: NotebookServices,
  register: Register,
): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging('vivarium.renderer');
  const kernel = new VivariumKernel(new CellRunner(engine, catalog, servers, runs), running, log);
  for (const notebook of vscode.workspace.notebookDocuments) kernel.prefer(notebook);
  return vscode.Disposable.from(
    kernel,
    new HeaderLanguage(catalog, servers),
    vscode.workspace.onDidOpenNotebookDocument((notebook) => kernel.prefer(notebook)),
    messaging.onDidReceiveMessage(({ message }) => {
      try {
        openFromResult(panels, message);
      } catch (error) {
        void log.show('Opening a result', error);
      }
    }),
    register('vivarium.newNotebook', newNotebook),
  );
}

/** A renderer's message is as trustworthy as the file that it drew: the trace is read field by field. */
function openFromResult(panels: ExplorerPanels, message: unknown): void {
  const { type, result } = (typeof message === 'object' && message !== null ? message : {}) as Record<string, unknown>;
  if (type !== 'openRun') return;
  const { trace, notes } = readRunResult(result);
  // Under an id of its own: a file may call its run by the id of another.
  panels.openRun({ trace: { ...trace, header: { ...trace.header, id: crypto.randomUUID() } }, notes });
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
    new vscode.NotebookCellData(
      Markup,
      vscode.l10n.t('A pattern of the Game of Life goes into a cell of its own: RLE, or rows of dots and O.'),
      'markdown',
    ),
    new vscode.NotebookCellData(Code, 'decoder: exact-rule\nsteps: 4\n\nbo$2bo$3o!', 'vivarium-life'),
  ]);
  await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, data));
}
