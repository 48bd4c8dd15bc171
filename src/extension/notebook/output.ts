import * as vscode from 'vscode';
import type { Shown } from '../../core/notebook/shown';
import { RESULT_MIME, resultText, runResult, type ResultAttention } from '../../core/notebook/result';
import { runPicture } from '../../core/picture/run';
import type { Trace } from '../../core/trace/record';

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
