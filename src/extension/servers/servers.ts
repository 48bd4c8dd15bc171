import * as vscode from 'vscode';
import type { CancelSignal } from '../../protocol/call';
import type { ModelSummary } from '../../protocol/models';
import type { RunEvent, RunResult } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { ServerAccess, ServerMetrics, ServerReport, ServerRunRequest } from '../../protocol/servers';
import type { EditorEngine } from '../engine/engine';
import { serverKey, type ServerEntry } from './entry';
import { ServerReports } from './reports';
import {
  SERVERS_SETTING,
  addServerEntry,
  removeServerEntry,
  requireTrust,
  serverEntries,
  setServerChat,
} from './settings';
import { serverSummary } from './summary';
import { editorTransport } from './transport';

/** A prompt for a model of a server: what is not known of the server is added. */
export interface ServerRun extends Pick<ServerRunRequest, 'sampling' | 'maxNewTokens' | 'runId'> {
  /** Sent as it is, or as a message of the user, as the settings of the model say. */
  readonly prompt: string;
}

interface RunOptions {
  readonly signal: CancelSignal;
  readonly priority: 'background';
  readonly onEvent: (event: RunEvent) => void;
}

/** As many of the most probable tokens as a trace keeps. */
const ALTERNATIVES = 20;

/** OpenAI's own limit where a prompt is a text and no message. */
const MOST_OF_TEXT = 5;

/**
 * The models of servers that the user added. Nothing is asked of a server unless the user adds, checks, runs or measures
 * it, and nothing at all in a workspace that is not trusted. Keys are in the editor's secret storage and leave it with a
 * request to the server they belong to, and in no other way.
 */
export class Servers implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onChange = this.changed.event;
  private readonly reports: ServerReports;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly engine: EditorEngine,
  ) {
    this.reports = new ServerReports(context.globalState);
    this.subscriptions = [
      this.changed,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SERVERS_SETTING)) this.changed.fire();
      }),
    ];
  }

  /** Each as a model among models: nothing is asked of a server for it. */
  list(): readonly ModelSummary[] {
    if (!vscode.workspace.isTrusted) return [];
    return serverEntries().map((entry) => serverSummary(entry, this.reports.of(serverKey(entry))));
  }

  find(key: string): ModelSummary | undefined {
    return this.list().find((model) => model.folder === key);
  }

  /** Adds a model that was checked. */
  async add(entry: ServerEntry, report: ServerReport): Promise<void> {
    requireTrust();
    await this.reports.keep(serverKey(entry), report);
    await addServerEntry(entry);
    this.changed.fire();
  }

  /** Takes a model out of the settings; the key goes with the last model of its address. */
  async remove(entry: ServerEntry): Promise<void> {
    await removeServerEntry(entry);
    await this.reports.forget(serverKey(entry));
    if (!serverEntries().some(({ address }) => address === entry.address)) await this.setKey(entry.address, undefined);
    this.changed.fire();
  }

  /**
   * Asks a server what it is and what it can give.
   * @param key in place of the one that is kept.
   */
  async inspect(
    { address, model }: { readonly address: string; readonly model?: string },
    signal: AbortSignal,
    key?: string,
  ): Promise<ServerReport> {
    requireTrust();
    const server = { address, ...(model === undefined ? {} : { model }) };
    const access = await this.access(address, key);
    return this.engine.call('inspectServer', { server, access }, { signal });
  }

  /** The same of a model in the list, and keeps the answer. */
  async check(entry: ServerEntry, signal: AbortSignal): Promise<ServerReport> {
    const report = await this.inspect(entry, signal);
    await this.reports.keep(serverKey(entry), report);
    this.changed.fire();
    return report;
  }

  async metrics({ address, model }: ServerEntry): Promise<ServerMetrics> {
    requireTrust();
    return this.engine.call('serverMetrics', { server: { address, model }, access: await this.access(address) });
  }

  /** Runs a prompt. @throws Problem `model-not-found` where the model is not in the settings any more. */
  async run(key: string, { prompt, ...run }: ServerRun, options: RunOptions): Promise<RunResult> {
    requireTrust();
    const entry = serverEntries().find((each) => serverKey(each) === key);
    if (!entry) throw serverNotListed(key);
    const access = await this.access(entry.address);
    const report = this.reports.of(key) ?? (await this.firstReport(entry, access, options.signal));
    const request: ServerRunRequest = {
      server: { address: entry.address, model: entry.model },
      prompt: entry.chat ? { messages: [{ role: 'user', content: prompt }] } : { text: prompt },
      access,
      kind: report.kind,
      ...run,
      alternatives: alternativesOf(report, entry),
    };
    if (options.signal.aborted) throw new Problem({ code: 'cancelled', message: vscode.l10n.t('Stopped.') });
    return this.engine.call('runServer', request, options);
  }

  /** A model that stands in the settings without having been checked is, before its first run. */
  private async firstReport(entry: ServerEntry, access: ServerAccess, signal: CancelSignal): Promise<ServerReport> {
    const server = { address: entry.address, model: entry.model };
    const report = await this.engine.call('inspectServer', { server, access }, { signal });
    await this.reports.keep(serverKey(entry), report);
    this.changed.fire();
    return report;
  }

  async setChat(entry: ServerEntry, chat: boolean): Promise<void> {
    await setServerChat(entry, chat);
    this.changed.fire();
  }

  async hasKey(address: string): Promise<boolean> {
    return (await this.context.secrets.get(secretName(address))) !== undefined;
  }

  /** Keeps a key for an address; undefined forgets it. */
  async setKey(address: string, key: string | undefined): Promise<void> {
    if (key === undefined || key === '') await this.context.secrets.delete(secretName(address));
    else await this.context.secrets.store(secretName(address), key);
    this.changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async access(address: string, given?: string): Promise<ServerAccess> {
    const key = given ?? (await this.context.secrets.get(secretName(address)));
    return { ...(key === undefined || key === '' ? {} : { key }), transport: editorTransport(address) };
  }
}

function alternativesOf({ kind, can }: ServerReport, { chat }: ServerEntry): number {
  if (can.alternatives === 'whole') return ALTERNATIVES;
  const most = kind === 'openai' && !chat ? MOST_OF_TEXT : ALTERNATIVES;
  return Math.min(can.alternatives, most);
}

function secretName(address: string): string {
  return `vivarium.server:${address}`;
}

/** The problem for a model of a server that is not (or no longer) in the settings. */
export function serverNotListed(key: string): Problem {
  return new Problem({
    code: 'model-not-found',
    message: vscode.l10n.t('{0} is not among the servers of this window.', key),
    action: vscode.l10n.t('Add it with "Vivarium: Add Server", or choose another model.'),
  });
}
