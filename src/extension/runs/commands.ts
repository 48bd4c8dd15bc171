import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Trace } from '../../core/trace/record';
import { draftsCsv, tokensCsv, traceJson } from '../../core/trace/tables';
import { serializeTrace } from '../../core/trace/vivtrace';
import { Problem } from '../../protocol/errors';
import type { Register } from '../commands';
import type { ExplorerPanels } from '../explorer/panels';
import { writeAtomically } from '../files';
import type { RunStore } from './store';
import type { RunTree } from './tree';

/** Commands of the "Runs" view: of what is given, else of what is selected there. */
export function registerRunCommands(
  runs: RunStore,
  tree: RunTree,
  panels: ExplorerPanels,
  register: Register,
): vscode.Disposable[] {
  const chosen = (node: unknown, nodes: unknown): readonly string[] => {
    const given = (Array.isArray(nodes) && nodes.length > 0 ? nodes : [node]).map(idOf);
    const ids = given.filter((id) => id !== undefined);
    return ids.length > 0 ? ids : tree.selection.map(({ id }) => id);
  };
  const each =
    (action: (id: string) => Promise<void>) =>
    async (node: unknown, nodes: unknown): Promise<void> => {
      for (const id of chosen(node, nodes)) await action(id);
    };
  return [
    register('vivarium.openRun', async (node) => {
      const id = idOf(node) ?? (await pickRun(runs));
      if (id !== undefined) panels.openRun(await traceOf(runs, id));
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
      const id = chosen(node, nodes)[0] ?? (await pickRun(runs));
      if (id !== undefined) await exportRun((await traceOf(runs, id)).trace);
    }),
  ];
}

function idOf(node: unknown): string | undefined {
  const id = typeof node === 'object' && node !== null ? (node as { id?: unknown }).id : node;
  return typeof id === 'string' ? id : undefined;
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

async function pickRun(runs: RunStore): Promise<string | undefined> {
  const list = await runs.list();
  if (list.length === 0) {
    throw new Problem({
      code: 'run-unknown',
      message: vscode.l10n.t('There is no run yet.'),
      action: vscode.l10n.t('Make one with "Vivarium: Explore Prompt".'),
    });
  }
  const items = list.map(({ id, name, prompt, model, decoder, createdAt }) => ({
    label: name ?? (prompt || vscode.l10n.t('(empty prompt)')),
    description: [model, decoder, new Date(createdAt).toLocaleString()].join(' · '),
    id,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Choose a run'),
    matchOnDescription: true,
  });
  return chosen?.id;
}

async function confirmed(count: number): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const question =
    count === 1 ? vscode.l10n.t('Delete this run from the history?') : vscode.l10n.t('Delete {0} runs?', count);
  return (await vscode.window.showWarningMessage(question, { modal: true }, remove)) === remove;
}

/** What a run can be written as; the file name's extension says which is meant. */
const FORMS: readonly {
  readonly extension: string;
  readonly name: string;
  readonly write: (trace: Trace) => string;
}[] = [
  { extension: 'vivtrace', name: 'Vivarium trace', write: serializeTrace },
  { extension: 'json', name: 'JSON', write: traceJson },
  { extension: 'tokens.csv', name: 'Tokens as CSV', write: tokensCsv },
  { extension: 'drafts.csv', name: 'Drafted tokens as CSV', write: draftsCsv },
];

async function exportRun(trace: Trace): Promise<void> {
  const forms = FORMS.filter(
    ({ extension }) => extension !== 'drafts.csv' || trace.passes.some(({ speculation }) => speculation),
  );
  const form = await vscode.window.showQuickPick(
    forms.map((each) => ({ label: each.name, description: `.${each.extension}`, ...each })),
    { placeHolder: vscode.l10n.t('Export the run as') },
  );
  if (!form) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const { model, createdAt } = trace.header;
  const name = `${model.name}-${createdAt.slice(0, 19).replace('T', '-')}.${form.extension}`.replace(
    /[\\/:*?"<>|]/g,
    '-',
  );
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: { [form.name]: [path.extname(`x.${form.extension}`).slice(1)] },
    title: vscode.l10n.t('Export Run'),
  });
  if (!target) return;
  const text = form.write(trace);
  if (target.scheme === 'file') await writeAtomically(target.fsPath, text);
  else await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
