import * as vscode from 'vscode';
import { Problem } from '../../protocol/errors';
import { groupRuns, runsOf } from './groups';
import { decodedOf, labelOf, timeOf } from './labels';
import type { RunStore } from './store';
import { dayLabel } from './tree';

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
  const items = groupRuns(list, new Date()).flatMap((group) => [
    {
      label: group.kind === 'day' ? dayLabel(group.day) : vscode.l10n.t('Pinned'),
      kind: vscode.QuickPickItemKind.Separator,
      id: undefined,
    },
    ...runsOf(group).map((run) => ({
      label: labelOf(run),
      description: [decodedOf(run), timeOf(run), run.model].join(' · '),
      ...(run.generated && !run.alive ? { detail: `→ ${run.generated}` } : {}),
      id: run.id,
    })),
  ]);
  // The page that had the focus takes it back late after the first of two questions, and would close the second.
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen?.id;
}
