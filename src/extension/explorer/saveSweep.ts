import * as path from 'node:path';
import * as vscode from 'vscode';
import { sweepCsv } from '../../core/life/sweep';
import type { LifeSweep } from '../../protocol/sweep';
import { askWhere, fileDate, writeTo } from '../saveDialog';

/**
 * Asks where, and writes the figures there as CSV, atomically on a disk.
 * @returns the path, or null where the user changed their mind.
 * @throws Problem `file` where it cannot be written.
 */
export async function saveSweep({ model, createdAt, figures }: LifeSweep): Promise<string | null> {
  const target = await askWhere({
    title: vscode.l10n.t('Save Sweep'),
    name: `sweep-${model.name}-${fileDate(createdAt)}.csv`,
    form: 'CSV',
    extension: 'csv',
  });
  if (!target) return null;
  const written = await writeTo(target, sweepCsv(figures));
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
  return written;
}
