import { served } from '../../protocol/request';
import * as vscode from 'vscode';
import { whyTooLarge } from '../../core/life/edit/board';
import { runsOf } from '../../core/life/edit/runs';
import type { LifeEdit } from '../../core/life/edit/board';
import type { Handlers } from '../../protocol/call';
import type { ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import {
  LIFE_EDITOR,
  type EditMessage,
  type LifeApi,
  type LifeNotifications,
  type LifeSnapshot,
} from '../../protocol/lifeEditor';
import { isRpcMessage, RpcServer } from '../../protocol/rpc';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import type { LifeDocument } from './document';
import type { EditorEngine } from '../engine/engine';
import type { RunningStatus } from '../runs/running';
import { saveText } from '../saveDialog';
import type { LifeModels } from './models';
import { Rollouts } from './rollouts';
import { rolloutFile } from './rolloutFile';
import { editOfMessage } from './editOfMessage';

/** What a Life editor needs of the extension. */
export interface LifeServices {
  readonly context: vscode.ExtensionContext;
  readonly catalog: ModelCatalog;
  readonly engine: EditorEngine;
  readonly models: LifeModels;
  readonly running: RunningStatus;
  readonly log: Log;
}

/** The host's side of one view of a pattern: answers the page, which may be hidden, moved and loaded again at any time. */
export class LifeSession implements vscode.Disposable {
  private readonly server: RpcServer<LifeApi>;
  private readonly subscriptions: vscode.Disposable[];
  private readonly rollouts: Rollouts;

  constructor(
    private readonly services: LifeServices,
    private readonly document: LifeDocument,
    private readonly webview: vscode.Webview,
    /** Does an edit in the editor's own history. */
    private readonly perform: (edit: LifeEdit, from: LifeSession) => void,
    /** Brings the view to the front. */
    reveal: () => void,
  ) {
    const { engine, running } = services;
    this.rollouts = new Rollouts({
      engine,
      begin: ({ name }, steps, stop) =>
        running.begin({ label: vscode.l10n.t('{0}, {1} steps of Life', name, steps), show: reveal, stop }),
    });
    this.server = new RpcServer<LifeApi>(
      { post: (message) => void this.webview.postMessage(message) },
      served(LIFE_EDITOR, this.handlers()),
      { onError: (method, problem) => void services.log.problem(`Life editor, ${method}`, problem) },
    );
    this.subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => {
        if (isRpcMessage(message)) this.server.receive(message);
      }),
      document.onEvent((event) => {
        if (event.type === 'reloaded') this.notify('reloaded', { why: event.why });
        else if (event.type === 'warnings') this.notify('warnings', { warnings: document.warnings });
        else if (event.from !== this) {
          this.notify('changed', { version: document.version, edit: messageOf(event.edit), by: event.by });
        }
      }),
      services.catalog.onChange((models) => this.notify('models', { models: lifeModels(models) })),
    ];
  }

  dispose(): void {
    this.server.abortAll();
    this.rollouts.stop();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private handlers(): Handlers<LifeApi> {
    const { catalog, models, log } = this.services;
    const run = async (command: string, ...parameters: unknown[]): Promise<null> => {
      await vscode.commands.executeCommand(command, ...parameters);
      return null;
    };
    return {
      snapshot: () => {
        // A page that asks for the whole is new, and waits for nothing that one before it asked for.
        this.rollouts.stop();
        return this.snapshot();
      },
      edit: ({ version, edit }) => this.edit(version, edit),
      undo: () => run('undo'),
      redo: () => run('redo'),
      openAsText: () => run('vscode.openWith', this.document.uri, 'default'),
      showLog: () => {
        log.channel.show();
        return null;
      },
      models: async () => ({ models: lifeModels(await catalog.list()) }),
      predict: (request, { signal }) => models.predict(request, signal),
      roll: async ({ model, ...request }, { signal, emit }) =>
        this.rollouts.roll(await models.rolled(model), request, signal, emit),
      saveRollout: async ({ model, ...request }) => ({
        path: await saveText(rolloutFile(await models.rolled(model), request)),
      }),
      explore: async (request) => {
        await models.explore(request);
        return null;
      },
    };
  }

  private snapshot(): LifeSnapshot {
    const { document } = this;
    const { problem, fileName: file } = document;
    if (problem) return { state: 'unreadable', about: { file }, problem: problem.toData() };
    const { format, notes } = document.pattern;
    const { cells, states = [], settings } = document.board;
    return {
      state: 'open',
      version: document.version,
      board: { cells: runsOf(cells), states: states.map(runsOf), settings },
      about: { file, format, notes: notes.map(({ kind, text }) => ({ kind, text })) },
      warnings: document.warnings,
    };
  }

  private edit(version: number, message: EditMessage): { version: number } {
    const { document } = this;
    if (version !== document.version) {
      throw new Problem({
        code: 'stale-edit',
        message: vscode.l10n.t('The pattern was changed elsewhere at the same moment: this change was not made.'),
        action: vscode.l10n.t('Make it again.'),
      });
    }
    const edit = editOfMessage(message, document.board.settings);
    const why = whyTooLarge(edit);
    if (why !== null) throw new Problem({ code: 'bad-request', message: why });
    this.perform(edit, this);
    return { version: document.version };
  }

  private notify<N extends keyof LifeNotifications>(name: N, data: LifeNotifications[N]): void {
    void this.webview.postMessage({ rpc: 'notify', name, data });
  }
}

function messageOf({ kind, flips, settings }: LifeEdit): EditMessage {
  return { kind, flips: runsOf(flips), settings: settings?.after ?? null };
}

function lifeModels(models: readonly ModelSummary[]): readonly ModelSummary[] {
  return models.filter(({ life, role, problem }) => life && role === 'target' && !problem);
}
