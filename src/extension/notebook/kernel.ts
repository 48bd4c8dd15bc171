import * as vscode from 'vscode';
import type { Log } from '../log';
import type { Running, RunningStatus } from '../runs/running';
import type { CellRunner } from './runner';
import { CELL_LANGUAGES, NOTEBOOK_TYPE } from './languages';

/** The kernel "Vivarium" of ordinary notebooks: runs cells one after the other, each streams, each can be stopped. */
export class VivariumKernel implements vscode.Disposable {
  private readonly controller: vscode.NotebookController;
  /** Execution orders, counted for each notebook. */
  private readonly orders = new WeakMap<vscode.NotebookDocument, number>();
  /** Cells of one notebook run in turn, however many are asked for at once. */
  private readonly last = new WeakMap<vscode.NotebookDocument, Promise<void>>();

  constructor(
    private readonly runner: CellRunner,
    private readonly running: RunningStatus,
    private readonly log: Log,
  ) {
    this.controller = vscode.notebooks.createNotebookController('vivarium.kernel', NOTEBOOK_TYPE, 'Vivarium');
    this.controller.supportedLanguages = Object.keys(CELL_LANGUAGES);
    this.controller.supportsExecutionOrder = true;
    this.controller.description = vscode.l10n.t('Small transformers on this machine');
    this.controller.executeHandler = (cells, notebook) => this.executeAll(cells, notebook);
  }

  /** The kernel to choose for notebooks that have cells of ours. */
  prefer(notebook: vscode.NotebookDocument): void {
    const ours = notebook.getCells().some(({ document }) => document.languageId in CELL_LANGUAGES);
    if (ours && notebook.notebookType === NOTEBOOK_TYPE) {
      this.controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
    }
  }

  dispose(): void {
    this.controller.dispose();
  }

  private async executeAll(cells: readonly vscode.NotebookCell[], notebook: vscode.NotebookDocument): Promise<void> {
    const before = this.last.get(notebook) ?? Promise.resolve();
    const executions = cells.map((cell) => this.controller.createNotebookCellExecution(cell));
    const running = before.then(async () => {
      let stopped = false;
      for (const execution of executions) stopped = (await this.execute(execution, stopped)) || stopped;
    });
    this.last.set(notebook, running);
    await running;
  }

  /** @returns whether the rest is not to be run: this one failed or was stopped. */
  private async execute(execution: vscode.NotebookCellExecution, skipped: boolean): Promise<boolean> {
    const { notebook } = execution.cell;
    if (skipped || execution.token.isCancellationRequested) {
      // An execution that was announced has to begin before it can end.
      execution.start();
      execution.end(undefined);
      return skipped;
    }
    const order = (this.orders.get(notebook) ?? 0) + 1;
    this.orders.set(notebook, order);
    execution.executionOrder = order;
    execution.start(Date.now());
    const shown = this.running.begin(runningCell(execution.cell));
    try {
      const finished = await this.runner.run(execution);
      if (!finished && execution.cell.outputs.length === 0) await execution.appendOutput(stoppedOutput());
      execution.end(finished ? true : undefined, Date.now());
      return !finished;
    } catch (error) {
      const problem = this.log.problem('Running a cell', error);
      const shown = new Error([problem.message, problem.action].filter(Boolean).join(' '));
      shown.name = vscode.l10n.t('Vivarium');
      shown.stack = '';
      const item = vscode.NotebookCellOutputItem.error(shown);
      // What the run brought before it failed stays.
      await execution.appendOutput(new vscode.NotebookCellOutput([item]));
      execution.end(problem.code === 'cancelled' ? undefined : false, Date.now());
      return true;
    } finally {
      shown.dispose();
    }
  }
}

/** Of a cell that was stopped before it had anything to show. */
function stoppedOutput(): vscode.NotebookCellOutput {
  const text = vscode.l10n.t('Stopped before the first token.');
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.text(text, 'text/plain')]);
}

/** A cell that runs, to go to and to stop. Where it stands is asked when it is needed: cells move. */
export function runningCell(cell: vscode.NotebookCell): Running {
  const { notebook } = cell;
  const range = (): vscode.NotebookRange => new vscode.NotebookRange(cell.index, cell.index + 1);
  const name = notebook.uri.path.split('/').at(-1) ?? '';
  return {
    label: vscode.l10n.t('{0}, cell {1}', name, cell.index + 1),
    show: () => vscode.window.showNotebookDocument(notebook, { selections: [range()] }),
    stop: () => {
      const { start, end } = range();
      const asked = { ranges: [{ start, end }], document: notebook.uri };
      return vscode.commands.executeCommand('notebook.cell.cancelExecution', asked);
    },
  };
}
