import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import { LifeModel } from '../../core/life/ask';
import { rollForward } from '../../core/life/rollout';
import { boardOfText } from '../../core/life/board-text';
import type { CellSettings } from '../../core/notebook/cell';
import type { ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { lifeWriter } from '../../protocol/life';
import type { EditorEngine } from '../engine/engine';
import { lifeOutput } from './output';

/**
 * Runs a Life cell: the model writes what follows the board of the cell, then what follows that, and so on; the result grows
 * with every step.
 * @returns false where it was stopped
 */
export async function runLife(
  execution: vscode.NotebookCellExecution,
  engine: EditorEngine,
  settings: CellSettings,
  body: string,
  models: readonly ModelSummary[],
): Promise<boolean> {
  const { name, folder, file, life: grid } = lifeModelNamed(settings.model, models);
  if (!grid) throw new Problem({ code: 'internal', message: 'A Life model without a grid.' });
  const stopper = new AbortController();
  execution.token.onCancellationRequested(() => stopper.abort());
  const { signal } = stopper;
  const start = boardOfText(body, grid);
  const writer = lifeWriter(engine, { folder, file }, crypto.randomUUID(), { signal, priority: 'background' });
  const model = new LifeModel(grid, writer);
  const made = [start];
  let drawing: Promise<unknown> = Promise.resolve();
  const draw = (boards: readonly Uint8Array[], notes: readonly string[] = []): void => {
    const output = lifeOutput(name, grid, boards, notes);
    drawing = drawing.then(() => execution.replaceOutput(output));
  };
  draw(made);
  try {
    const { boards, broken } = await rollForward(
      start,
      settings.steps,
      async (board) => {
        const reading = await model.answer(board);
        if (reading.cells) {
          made.push(reading.cells);
          draw([...made]);
        }
        return reading;
      },
      { signal },
    );
    draw(boards, broken === null ? [] : [vscode.l10n.t('Step {0} is no board: {1}', boards.length, broken)]);
  } catch (error) {
    if (Problem.from(error).code !== 'cancelled') throw error;
  } finally {
    await drawing;
  }
  return !signal.aborted;
}

/** @throws Problem `model-not-found` */
function lifeModelNamed(name: string | null, models: readonly ModelSummary[]): ModelSummary {
  const runnable = models.filter(({ kind, problem }) => kind === 'life' && !problem);
  const model =
    name === null ? runnable.find(({ role }) => role === 'target') : runnable.find((each) => each.name === name);
  if (model) return model;
  throw new Problem({
    code: 'model-not-found',
    message:
      name === null
        ? vscode.l10n.t('No Life model that can be run was found.')
        : vscode.l10n.t('There is no Life model named "{0}" that can be run.', name),
    action: vscode.l10n.t('There are {0}.', runnable.map((each) => each.name).join(', ') || '–'),
  });
}
