import * as vscode from 'vscode';
import { object, readOrNull, string } from '../../core/check/check';
import { plainAddress } from '../../core/server/address';
import { Problem } from '../../protocol/errors';
import type { ServerReport } from '../../protocol/servers';
import type { Register } from '../commands';
import type { ExplorerPanels } from '../explorer/panels';
import type { Log } from '../log';
import type { ModelTree } from '../models/tree';
import type { ServerCounting } from './counting';
import { serverKey, type ServerEntry } from './entry';
import { addressProblem, requireTrust, serverEntries } from './settings';
import type { Servers } from './servers';
import { softwareOf } from './summary';

/** Commands about servers. Each asks a server only because the user asked for it. */
export function registerServerCommands(
  servers: Servers,
  counting: ServerCounting,
  models: ModelTree,
  panels: ExplorerPanels,
  log: Log,
  register: Register,
): vscode.Disposable[] {
  return [
    register('vivarium.addServer', () => addServer(servers, models, panels, log)),
    register('vivarium.removeServer', async (node) => {
      const entry = await entryOf(node, vscode.l10n.t('Remove Server'));
      if (entry) await servers.remove(entry);
    }),
    register('vivarium.setServerKey', async (node) => {
      requireTrust();
      const entry = await entryOf(node, vscode.l10n.t('Set Server Key'));
      if (!entry) return;
      const key = await askForKey(entry.address);
      if (key !== undefined) await servers.setKey(entry.address, key);
    }),
    register('vivarium.toggleServerChat', async (node) => {
      const entry = await entryOf(node, vscode.l10n.t('Send Prompts as Chat or Text'));
      if (entry) await servers.setChat(entry, entry.chat !== true);
    }),
    register('vivarium.startCounting', async (node) => {
      requireTrust();
      const entry = await entryOf(node, vscode.l10n.t('Start Counting on Server'));
      if (entry) await counting.start(entry);
    }),
    register('vivarium.stopCounting', () => counting.stop()),
    register('vivarium.checkServer', async (node) => {
      requireTrust();
      const entry = await entryOf(node, vscode.l10n.t('Check Server'));
      if (!entry) return;
      const report = await asking(entry.address, (signal) => servers.check(entry, signal));
      void vscode.window.showInformationMessage(found(entry, report));
    }),
  ];
}

/** Address, what is there, which model, and a key where the server wants one. Nothing is kept before all of it is known. */
async function addServer(servers: Servers, models: ModelTree, panels: ExplorerPanels, log: Log): Promise<void> {
  requireTrust();
  const title = vscode.l10n.t('Add Server');
  const typed = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Address of a vLLM, llama.cpp or other OpenAI-compatible server'),
    placeHolder: 'http://127.0.0.1:8000',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : addressProblem(text)),
  });
  if (typed === undefined || typed.trim() === '') return;
  const problem = addressProblem(typed);
  if (problem !== undefined) throw new Problem({ code: 'bad-request', message: problem });
  const address = plainAddress(new URL(typed.trim()));
  const answer = await inspectWithKey(servers, address, log);
  if (!answer) return;
  const { report: first } = answer;
  const names = first.models.map(({ name }) => name);
  if (names.length === 0) {
    throw new Problem({
      code: 'model-not-found',
      message: vscode.l10n.t('The server at {0} has no model.', address),
      action: vscode.l10n.t('Start it with one, and add it again.'),
    });
  }
  const model =
    names.length === 1
      ? names[0]
      : await vscode.window.showQuickPick(names, {
          title,
          placeHolder: vscode.l10n.t('Which of its models'),
          ignoreFocusOut: true,
        });
  if (model === undefined) return;
  const entry: ServerEntry = { address: first.address, model };
  const report =
    model === names[0] ? first : await asking(address, (signal) => servers.inspect(entry, signal, answer.key));
  // A server may show its models to everyone, and complete for those with a key.
  const key =
    answer.key ??
    ((await servers.hasKey(entry.address))
      ? undefined
      : await askForKey(address, vscode.l10n.t('Leave it empty where the server asks for none.')));
  if (key !== undefined && key !== '') await servers.setKey(entry.address, key);
  await servers.add(entry, report);
  await models.reveal(serverKey(entry));
  const explore = vscode.l10n.t('Explore');
  void vscode.window.showInformationMessage(found(entry, report), explore).then((chosen) => {
    if (chosen === explore) panels.open({ model: { folder: serverKey(entry), file: model } });
  });
}

/** Asks again with a key, as often as the user gives one. @returns undefined where the user gave up. */
async function inspectWithKey(
  servers: Servers,
  address: string,
  log: Log,
): Promise<{ readonly report: ServerReport; readonly key: string | undefined } | undefined> {
  let key: string | undefined;
  for (;;) {
    try {
      return { report: await asking(address, (signal) => servers.inspect({ address }, signal, key)), key };
    } catch (error) {
      const problem = log.problem('Adding a server', error);
      if (problem.code === 'cancelled') return undefined;
      const give = vscode.l10n.t('Enter Key');
      const retry = vscode.l10n.t('Try Again');
      const said = [problem.message, problem.action].filter(Boolean).join(' ');
      const wantsKey = problem.code === 'server-key';
      const chosen = await vscode.window.showErrorMessage(said, wantsKey ? give : retry);
      if (chosen === undefined) return undefined;
      if (chosen === give) {
        const given = await askForKey(address);
        if (given === undefined) return undefined;
        key = given;
      }
    }
  }
}

function askForKey(address: string, more = vscode.l10n.t('Empty forgets the key.')): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Key of {0}', address),
    prompt: vscode.l10n.t('Kept in the secret storage of the editor, and sent to this address alone. {0}', more),
    password: true,
    ignoreFocusOut: true,
  });
}

/** Asks a server while a notification says so, which can stop it. */
function asking<T>(address: string, ask: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Asking {0}', address), cancellable: true },
    (_, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      return ask(stop.signal);
    },
  );
}

/** What is there, in one sentence, and what a person should know of it. */
function found({ address, model }: ServerEntry, report: ServerReport): string {
  const sentence = vscode.l10n.t('{0} on {1} at {2}.', model, softwareOf(report), address);
  return [sentence, ...report.notes].join(' ');
}

/** The entry of a tree's node, looked up again, or one that is picked. */
export async function entryOf(node: unknown, title: string): Promise<ServerEntry | undefined> {
  const entries = serverEntries();
  const key = keyOf(node);
  if (key !== undefined) return entries.find((entry) => serverKey(entry) === key);
  if (entries.length === 0) {
    throw new Problem({
      code: 'model-not-found',
      message: vscode.l10n.t('No server was added.'),
      action: vscode.l10n.t('Add one with "Vivarium: Add Server".'),
    });
  }
  const chosen = await vscode.window.showQuickPick(
    entries.map((entry) => ({ label: entry.model, description: entry.address, entry })),
    { title, placeHolder: vscode.l10n.t('Choose a server'), ignoreFocusOut: true },
  );
  return chosen?.entry;
}

const serverNode = object({ model: object({ folder: string({ max: 100_000 }) }) });

function keyOf(node: unknown): string | undefined {
  return readOrNull(serverNode, node)?.model.folder;
}
