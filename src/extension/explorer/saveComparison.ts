import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Comparison } from '../../core/compare/comparison';
import { comparisonCsv, comparisonDocument } from '../../core/compare/document';
import { jsonText } from '../../core/text/json';
import { Problem } from '../../protocol/errors';
import { writeAtomically } from '../files';

const FORMS = {
  csv: { name: 'CSV', write: comparisonCsv },
  json: {
    name: 'JSON',
    write: (comparison: Comparison) => `${jsonText(comparisonDocument(comparison))}\n`,
  },
} as const;

/**
 * Asks where, and writes the comparison there, atomically on a disk.
 * @returns the path, or null where the user changed their mind.
 * @throws Problem `file` where it cannot be written.
 */
export async function saveComparison(comparison: Comparison, form: keyof typeof FORMS): Promise<string | null> {
  const { name, write } = FORMS[form];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const parts = ['compare', comparison.setup?.model.name ?? '', comparison.createdAt.slice(0, 19).replace('T', '-')];
  // The model's name comes from a file: what names no file is replaced.
  const suggested = `${parts.filter((part) => part !== '').join('-')}.${form}`.replace(/[\\/:*?"<>|]/g, '-');
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, suggested) } : {}),
    filters: { [name]: [form] },
    title: vscode.l10n.t('Save Comparison'),
  });
  if (!target) return null;
  const text = write(comparison);
  try {
    if (target.scheme === 'file') await writeAtomically(target.fsPath, text);
    else await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    throw new Problem(
      {
        code: 'file',
        message: vscode.l10n.t('{0} could not be written: {1}', target.path, Problem.from(error).message),
        action: vscode.l10n.t('Choose a folder that can be written to and has space left.'),
      },
      { cause: error },
    );
  }
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
  return target.scheme === 'file' ? target.fsPath : target.toString(true);
}
