import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Trace } from '../../core/trace/record';
import { serializeTrace } from '../../core/trace/vivtrace';
import { Problem } from '../../protocol/errors';
import { fileDate } from '../files';
import { formatBytes } from '../format';
import type { Log } from '../log';
import { askWhere, writeTo } from '../saveDialog';

/**
 * Asks where, and writes the trace as `.vivtrace` with its tensors in `.safetensors` beside it, each atomically.
 * @returns the trace's path, or null where the user changed their mind.
 */
export async function saveRun(
  trace: Trace,
  writeTensors: (path: string) => Promise<{ readonly bytes: number }>,
  log: Log,
): Promise<string | null> {
  const { model, createdAt } = trace.header;
  const target = await askWhere({
    title: vscode.l10n.t('Save Run'),
    name: `${model.name}-${fileDate(createdAt)}.vivtrace`,
    form: vscode.l10n.t('Vivarium trace'),
    extension: 'vivtrace',
  });
  if (!target) return null;
  if (target.scheme !== 'file') {
    throw new Problem({
      code: 'file',
      message: vscode.l10n.t('A run can only be saved on the disk of the machine that ran it.'),
      action: vscode.l10n.t('Choose a folder there.'),
    });
  }
  const chosen = target.fsPath;
  const file = path.extname(chosen).toLowerCase() === '.vivtrace' ? chosen : `${chosen}.vivtrace`;
  const tensorFile = tensorsBeside(file);
  if (!(await mayReplace(chosen, file, tensorFile))) return null;
  await writeTo(vscode.Uri.file(file), serializeTrace(trace));
  try {
    const { bytes } = await writeTensors(tensorFile);
    void vscode.window.setStatusBarMessage(
      vscode.l10n.t('Saved {0} and {1} of tensors', path.basename(file), formatBytes(bytes)),
      5000,
    );
  } catch (error) {
    // The trace itself is safe; say what is missing beside it.
    const problem = log.problem('Saving the tensors', error);
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The trace was saved, its tensors were not: {0}', problem.message),
    );
  }
  return file;
}

/**
 * The dialog has asked about the file that was chosen. What else would be replaced is asked about here: above all
 * weights of a model, where the trace gets the name of a `.safetensors` that is not its own.
 */
async function mayReplace(chosen: string, file: string, tensorFile: string): Promise<boolean> {
  const others = file === chosen && existsSync(file) ? [] : [file, tensorFile].filter((other) => existsSync(other));
  if (others.length === 0) return true;
  const replace = vscode.l10n.t('Replace');
  const names = others.map((other) => path.basename(other)).join(', ');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Saving replaces what is there already: {0}.', names),
    { modal: true, detail: path.dirname(file) },
    replace,
  );
  return answer === replace;
}

/** `run.vivtrace` -> `run.safetensors` */
export function tensorsBeside(traceFile: string): string {
  return path.join(path.dirname(traceFile), `${path.basename(traceFile, path.extname(traceFile))}.safetensors`);
}
