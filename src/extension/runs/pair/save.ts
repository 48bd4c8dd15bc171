import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunPair } from '../../../core/compare/runPair';
import { runPairCsv, runPairDocument } from '../../../core/compare/runPairDocument';
import { jsonText } from '../../../core/text/json';
import { askWhere, fileDate, writeTo } from '../../saveDialog';

const FORMS = {
  csv: { name: 'CSV', write: runPairCsv },
  json: { name: 'JSON', write: (pair: RunPair) => `${jsonText(runPairDocument(pair))}\n` },
} as const;

/**
 * Asks where, and writes both runs side by side there.
 * @returns the path, or null where the user changed their mind.
 * @throws Problem `file` where it cannot be written.
 */
export async function saveRunPair(pair: RunPair, form: keyof typeof FORMS): Promise<string | null> {
  const { name, write } = FORMS[form];
  const target = await askWhere({
    title: vscode.l10n.t('Save Comparison'),
    name: `runs-${pair.a.model}-${fileDate(pair.a.createdAt)}-and-${pair.b.model}-${fileDate(pair.b.createdAt)}.${form}`,
    form: name,
    extension: form,
  });
  if (!target) return null;
  const written = await writeTo(target, write(pair));
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
  return written;
}
