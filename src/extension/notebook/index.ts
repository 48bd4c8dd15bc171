import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import { readLifeResult, type LifeResult } from '../../core/notebook/life-result';
import { readRunResult } from '../../core/notebook/result';
import type { ModelIdentity } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import type { ModelSummary } from '../../protocol/models';
import type { Register } from '../commands';
import type { EditorEngine } from '../engine/engine';
import type { ExplorerPanels } from '../explorer/panels';
import type { LifeModels } from '../life/models';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import type { RunningStatus } from '../runs/running';
import type { RunStore } from '../runs/store';
import type { Servers } from '../servers/servers';
import { HeaderLanguage } from './header';
import { VivariumKernel } from './kernel';
import { nameLanguage, NOTEBOOK_TYPE, notebookMetadata, recoverLanguages } from './languages';
import { CellRunner } from './runner';

interface NotebookServices {
  readonly engine: EditorEngine;
  readonly catalog: ModelCatalog;
  readonly servers: Servers;
  readonly runs: RunStore;
  readonly panels: ExplorerPanels;
  readonly lifeModels: LifeModels;
  readonly running: RunningStatus;
  readonly log: Log;
}

/** Everything about notebooks: the kernel, help with the headers of cells, the command that makes a new one. */
export function registerNotebooks(
  { engine, catalog, servers, runs, panels, lifeModels, running, log }: NotebookServices,
  register: Register,
): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging('vivarium.renderer');
  const kernel = new VivariumKernel(new CellRunner(engine, catalog, servers, runs), running, log);
  const opened = async (notebook: vscode.NotebookDocument): Promise<void> => {
    try {
      await recoverLanguages(notebook);
    } catch (error) {
      log.problem('Reading the languages of a notebook', error);
    }
    kernel.prefer(notebook);
  };
  for (const notebook of vscode.workspace.notebookDocuments) void opened(notebook);
  return vscode.Disposable.from(
    kernel,
    new HeaderLanguage(catalog, servers),
    vscode.workspace.onDidOpenNotebookDocument((notebook) => void opened(notebook)),
    // Whatever changes: a copy that VS Code keeps of what was not saved is read as the file is.
    vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => void nameLanguage(notebook)),
    messaging.onDidReceiveMessage(({ message }) => {
      openFromResult({ panels, catalog, lifeModels }, message).catch((error: unknown) =>
        log.show('Opening a result', error),
      );
    }),
    register('vivarium.newNotebook', newNotebook),
  );
}

/** A renderer's message is as trustworthy as the file that it drew: the trace is read field by field. */
async function openFromResult(
  { panels, catalog, lifeModels }: Pick<NotebookServices, 'panels' | 'catalog' | 'lifeModels'>,
  message: unknown,
): Promise<void> {
  const { type, result, step } = (typeof message === 'object' && message !== null ? message : {}) as Record<
    string,
    unknown
  >;
  if (type === 'openBoard') return openBoard(readLifeResult(result), step, await catalog.list(), lifeModels);
  if (type !== 'openRun') return;
  const { trace, notes } = readRunResult(result);
  const { header } = trace;
  const model = await here(header.model, catalog);
  // Under an id of its own: a file may call its run by the id of another.
  panels.openRun({ trace: { ...trace, header: { ...header, model, id: crypto.randomUUID() } }, notes });
}

/** The model of a result as it stands here: a notebook may come from another machine, where its folder lies elsewhere. */
async function here(model: ModelIdentity, catalog: ModelCatalog): Promise<ModelIdentity> {
  const { models } = await catalog.tryList();
  if (models.some(({ folder }) => folder === model.folder)) return model;
  const same = models.find(({ name, dtype, problem }) => name === model.name && dtype === model.dtype && !problem);
  return same ? { ...model, folder: same.folder } : model;
}

/** Asks the model of a result again what follows one of its boards, in an Explorer. */
async function openBoard(
  { model: name, boards, width, height }: LifeResult,
  step: unknown,
  models: readonly ModelSummary[],
  lifeModels: LifeModels,
): Promise<void> {
  const model = models.find(
    (each) => each.name === name && !each.problem && each.life?.width === width && each.life.height === height,
  );
  if (!model) {
    throw new Problem({
      code: 'model-not-found',
      message: vscode.l10n.t('There is no Life model {0} of {1} × {2} cells in this window.', name, width, height),
      action: vscode.l10n.t('Add its folder with "Vivarium: Add Model Folder".'),
    });
  }
  const board = boards[typeof step === 'number' ? step : 0] ?? boards[0] ?? '';
  await lifeModels.explore({
    model: { folder: model.folder, file: model.file },
    cells: Uint8Array.from(board, Number),
  });
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
  data.metadata = notebookMetadata();
  await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, data));
}
