import * as vscode from 'vscode';
import type { Shown } from '../../core/notebook/shown';
import { RESULT_MIME, resultText, runResult, type ResultAttention } from '../../core/notebook/result';
import { runPicture } from '../../core/picture/run';
import type { LifeDecoding } from '../../core/notebook/life-decoding';
import { lifeResult, lifeText, LIFE_RESULT_MIME, readLifeBoards } from '../../core/notebook/life-result';
import { lifePicture } from '../../core/picture/boards';
import type { LifeGrid, Trace } from '../../core/trace/record';

/** A run as an output: for our renderer, as a picture and as text, so that the file reads well where Vivarium is not. */
export function runOutput(
  trace: Trace,
  show: readonly Shown[],
  notes: readonly string[],
  attention: ResultAttention | null = null,
): vscode.NotebookCellOutput {
  const result = runResult(trace, show, notes, attention);
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(result, RESULT_MIME),
    vscode.NotebookCellOutputItem.text(runPicture(result.trace), 'image/svg+xml'),
    vscode.NotebookCellOutputItem.text(resultText(result), 'text/plain'),
  ]);
}

/** A run that goes on: for our renderer alone. What other readers get is made once, at its end. */
export function growingOutput(trace: Trace, show: readonly Shown[]): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.json(runResult(trace, show), RESULT_MIME)]);
}

/** What a model made of a board, for our renderer, as a picture and as text. */
export function lifeOutput(
  model: string,
  grid: LifeGrid,
  boards: readonly Uint8Array[],
  notes: readonly string[],
  decoding: LifeDecoding | null = null,
): vscode.NotebookCellOutput {
  const result = lifeResult(model, grid, boards, notes, decoding);
  const reading = readLifeBoards(result);
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(result, LIFE_RESULT_MIME),
    vscode.NotebookCellOutputItem.text(lifePicture(result, reading), 'image/svg+xml'),
    vscode.NotebookCellOutputItem.text(lifeText(result, reading), 'text/plain'),
  ]);
}
