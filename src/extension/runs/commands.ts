import * as vscode from 'vscode';
import { anything, array, object, orElse, readOrNull, string } from '../../core/check/check';
import { Problem } from '../../protocol/errors';
import type { Register } from '../commands';
import type { ExplorerPanels } from '../explorer/panels';
import { exportRun, type ExportServices } from './export';
import type { RunPairPanels } from './pair/panels';
import { askForRun } from './pick';
import type { RunStore } from './store';
import type { RunTree } from './tree';

interface RunCommandServices {
  readonly runs: RunStore;
  readonly tree: RunTree;
  readonly panels: ExplorerPanels;
  readonly pairs: RunPairPanels;
  readonly exports: ExportServices;
}

/** Commands of the "Runs" view: of what is given, else of what is selected there. */
export function registerRunCommands(
  { runs, tree, panels, pairs, exports }: RunCommandServices,
  register: Register,
): vscode.Disposable[] {
  const chosen = (node: unknown, nodes: unknown): readonly string[] => {
    const ids = (Array.isArray(nodes) && nodes.length > 0 ? nodes : [node]).flatMap(idsOf);
    return [...new Set(ids.length > 0 ? ids : tree.selection.flatMap(idsOf))];
  };
  const each =
    (action: (id: string) => Promise<void>) =>
    async (node: unknown, nodes: unknown): Promise<void> => {
      for (const id of chosen(node, nodes)) await action(id);
    };
  const compare = async (node: unknown, nodes: unknown): Promise<void> => {
    const pair = await chosenPair(runs, chosen(node, nodes));
    if (pair) pairs.open(...pair);
  };
  return [
    register('vivarium.openRun', async (node) => {
      const id = idsOf(node)[0] ?? (await askForRun(runs, vscode.l10n.t('Choose a run')));
      if (id !== undefined) await exploreRun(runs, panels, id);
    }),
    register('vivarium.searchRuns', async () => {
      const id = await askForRun(runs, vscode.l10n.t('Search prompts, what was generated, decoders and models'));
      if (id !== undefined) await exploreRun(runs, panels, id);
    }),
    register('vivarium.runAgain', async (node, nodes) => {
      const id = chosen(node, nodes)[0] ?? (await askForRun(runs, vscode.l10n.t('Choose a run to run again')));
      if (id !== undefined) await panels.runAgain((await traceOf(runs, id)).trace);
    }),
    register(
      'vivarium.pinRun',
      each((id) => runs.change(id, { pinned: true })),
    ),
    register(
      'vivarium.unpinRun',
      each((id) => runs.change(id, { pinned: false })),
    ),
    register('vivarium.renameRun', async (node, nodes) => {
      const [id] = chosen(node, nodes);
      const run = (await runs.list()).find((candidate) => candidate.id === id);
      if (!run) return;
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t('Rename Run'),
        prompt: vscode.l10n.t('A name for the list; empty shows the prompt'),
        value: run.name ?? '',
        ignoreFocusOut: true,
      });
      if (name !== undefined) await runs.change(run.id, { name });
    }),
    register('vivarium.deleteRun', async (node, nodes) => {
      const ids = chosen(node, nodes);
      if (ids.length > 0 && (await confirmed(ids.length))) await runs.remove(ids);
    }),
    register('vivarium.deleteAllRuns', async () => {
      const ids = (await runs.list()).filter(({ pinned }) => !pinned).map(({ id }) => id);
      if (ids.length > 0 && (await confirmed(ids.length))) await runs.remove(ids);
    }),
    register('vivarium.exportRun', async (node, nodes) => {
      const id = chosen(node, nodes)[0] ?? (await askForRun(runs, vscode.l10n.t('Choose a run')));
      if (id !== undefined) await exportRun((await traceOf(runs, id)).trace, exports);
    }),
    register('vivarium.compareRuns', compare),
    register('vivarium.compareRunWith', compare),
  ];
}

/** Shows a run of the history in an Explorer of its own. @throws Problem `run-unknown` */
export async function exploreRun(runs: RunStore, panels: ExplorerPanels, id: string): Promise<void> {
  panels.openRun(await traceOf(runs, id));
}

/** Two runs, the older first: those that are given, and others are asked for. */
async function chosenPair(runs: RunStore, given: readonly string[]): Promise<[a: string, b: string] | undefined> {
  if (given.length > 2) {
    throw new Problem({
      code: 'bad-request',
      message: vscode.l10n.t('{0} runs are selected, and two can be compared.', given.length),
      action: vscode.l10n.t('Select two.'),
    });
  }
  const one = given[0] ?? (await askForRun(runs, vscode.l10n.t('Choose the first run')));
  if (one === undefined) return undefined;
  const other = given[1] ?? (await askForRun(runs, vscode.l10n.t('Choose the run to compare it with'), [one]));
  if (other === undefined) return undefined;
  const made = new Map((await runs.list()).map(({ id, createdAt }) => [id, createdAt]));
  return (made.get(one) ?? '') <= (made.get(other) ?? '') ? [one, other] : [other, one];
}

const runNode = object({
  id: orElse(string({ max: 1_000 }), null),
  members: orElse(array(anything(), { max: 1_000_000 }), null),
});

/** Ids of the runs that a node of the view is or holds; an id stands for itself. */
function idsOf(node: unknown): readonly string[] {
  if (typeof node === 'string') return [node];
  const read = readOrNull(runNode, node);
  if (read?.members) return read.members.flatMap(idsOf);
  return read?.id == null ? [] : [read.id];
}

async function traceOf(runs: RunStore, id: string) {
  const found = await runs.find(id);
  if (found) return found;
  throw new Problem({
    code: 'run-unknown',
    message: vscode.l10n.t('This run is not kept any more.'),
    action: vscode.l10n.t('Run the prompt again.'),
  });
}

async function confirmed(count: number): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const question =
    count === 1 ? vscode.l10n.t('Delete this run from the history?') : vscode.l10n.t('Delete {0} runs?', count);
  return (await vscode.window.showWarningMessage(question, { modal: true }, remove)) === remove;
}
