import * as vscode from 'vscode';
import { Problem } from '../../protocol/errors';
import { labelOf } from './digest';
import type { RunStore } from './store';

/**
 * Asks for a run of the history.
 * @param without runs that are not to be chosen
 * @returns undefined where the user changed their mind
 * @throws Problem `run-unknown` where there is none
 */
export async function askForRun(
  runs: RunStore,
  placeHolder: string,
  without: readonly string[] = [],
): Promise<string | undefined> {
  const list = (await runs.list()).filter(({ id }) => !without.includes(id));
  if (list.length === 0) {
    throw new Problem({
      code: 'run-unknown',
      message: without.length === 0 ? vscode.l10n.t('There is no run yet.') : vscode.l10n.t('There is no other run.'),
      action: vscode.l10n.t('Make one with "Vivarium: Explore Prompt".'),
    });
  }
  const items = list.map((run) => ({
    label: labelOf(run) || vscode.l10n.t('(empty prompt)'),
    description: [run.model, run.decoder, new Date(run.createdAt).toLocaleString()].join(' · '),
    id: run.id,
  }));
  // The page that had the focus takes it back late after the first of two questions, and would close the second.
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.id;
}
