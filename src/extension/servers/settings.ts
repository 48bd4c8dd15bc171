import * as vscode from 'vscode';
import { object, oneOf, orElse, readOrNull, string } from '../../core/check/check';
import { plainAddress } from '../../core/server/address';
import { Problem } from '../../protocol/errors';
import { serverKey, type ServerEntry } from './entry';

const SECTION = 'vivarium';
const NAME = 'servers';
export const SERVERS_SETTING = `${SECTION}.${NAME}`;

/** The entries that can be used; what is no entry is left out. Where two are the same, one. */
export function serverEntries(): readonly ServerEntry[] {
  const entries = new Map<string, ServerEntry>();
  for (const each of written()) {
    const entry = readEntry(each);
    if (entry) entries.set(serverKey(entry), entry);
  }
  return [...entries.values()];
}

export async function addServerEntry(entry: ServerEntry): Promise<void> {
  if (serverEntries().some((each) => serverKey(each) === serverKey(entry))) return;
  await write([...written(), entry]);
}

/** Sends prompts as messages of a chat, or as they are. */
export async function setServerChat(entry: ServerEntry, chat: boolean): Promise<void> {
  const { address, model } = entry;
  await write(
    written().map((each) => {
      const other = readEntry(each);
      return other && serverKey(other) === serverKey(entry) ? { address, model, ...(chat ? { chat } : {}) } : each;
    }),
  );
}

/** What is no entry stays for the user to mend. */
export async function removeServerEntry(entry: ServerEntry): Promise<void> {
  await write(
    written().filter((each) => {
      const other = readEntry(each);
      return other === undefined || serverKey(other) !== serverKey(entry);
    }),
  );
}

function written(): readonly unknown[] {
  const value: unknown = vscode.workspace.getConfiguration(SECTION).get(NAME);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

async function write(entries: readonly unknown[]): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update(NAME, entries, vscode.ConfigurationTarget.Global);
}

const entryCheck = object({
  address: string({ max: 100_000 }),
  model: string({ min: 1, max: 100_000 }),
  chat: orElse(oneOf(true), null),
});

function readEntry(value: unknown): ServerEntry | undefined {
  const read = readOrNull(entryCheck, value);
  if (read === null || addressProblem(read.address) !== undefined) return undefined;
  const { address, model, chat } = read;
  return { address: plainAddress(new URL(address.trim())), model, ...(chat ? { chat } : {}) };
}

/** Why an address is none: one sentence; undefined where it is one. */
export function addressProblem(typed: string): string | undefined {
  let url: URL;
  try {
    url = new URL(typed.trim());
  } catch {
    return vscode.l10n.t('An address begins with http:// or https://, such as http://127.0.0.1:8000.');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return vscode.l10n.t('An address begins with http:// or https://, such as http://127.0.0.1:8000.');
  }
  if (url.username !== '' || url.password !== '') {
    return vscode.l10n.t('An address holds no user and no password: a key is asked for by itself, and kept in secret.');
  }
  if (url.search !== '' || url.hash !== '') {
    return vscode.l10n.t('An address holds no "?" and no "#": a key is asked for by itself, and kept in secret.');
  }
  return undefined;
}

/** @throws Problem `not-available` in a workspace that is not trusted. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Problem({
    code: 'not-available',
    message: vscode.l10n.t('This workspace is not trusted, so no server is asked anything.'),
    action: vscode.l10n.t('Trust the workspace to use servers.'),
  });
}
