import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Comparison } from '../../core/compare/comparison';
import { comparisonCsv, comparisonDocument } from '../../core/compare/document';
import { jsonText } from '../../core/text/json';
import { askWhere, fileDate, writeTo } from '../saveDialog';

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
  const parts = ['compare', comparison.setup?.model.name ?? '', fileDate(comparison.createdAt)];
  const target = await askWhere({
    title: vscode.l10n.t('Save Comparison'),
    name: `${parts.filter((part) => part !== '').join('-')}.${form}`,
    form: name,
    extension: form,
  });
  if (!target) return null;
  const written = await writeTo(target, write(comparison));
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
  return written;
}
