import { served } from '../../protocol/request';
import { whyTooLarge } from '../../core/life/edit/board';
import { runsOf } from '../../core/life/edit/runs';
import type { LifeEdit } from '../../core/life/edit/board';
import type { Caller, Handlers } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import {
  LIFE_EDITOR,
  type EditMessage,
  type LifeApi,
  type LifeNotifications,
  type LifeSnapshot,
} from '../../protocol/lifeEditor';
import type { ExplorerEditor } from '../explorer/ports';
import { l10n } from '../l10n';
import type { ModelCatalog } from '../models/catalog';
import type { RunningStatus } from '../runs/running';
import type { LifeDocument } from './document';
import type { LifeModels } from './models';
import { Rollouts } from './rollouts';
import { rolloutFile } from './rolloutFile';
import { editOfMessage } from './editOfMessage';

/** What Life editors need of the world around them: a window gives its own, a test what is in memory. */
export interface LifeServices {
  readonly engine: Caller<EngineApi>;
  readonly catalog: Pick<ModelCatalog, 'list' | 'onChange'>;
  readonly models: Pick<LifeModels, 'predict' | 'rolled' | 'explore'>;
  readonly running: Pick<RunningStatus, 'begin'>;
  readonly editor: Pick<ExplorerEditor, 'showLog' | 'save'>;
}

/** What a view shows of a document. */
export type ShownDocument = Pick<
  LifeDocument,
  'onEvent' | 'version' | 'warnings' | 'problem' | 'fileName' | 'pattern' | 'board'
>;

/** The page of one view of a pattern, which may be hidden, moved and loaded again at any time, and the editor around it. */
export interface LifePage {
  tell<N extends keyof LifeNotifications>(name: N, data: LifeNotifications[N]): unknown;
  /** Brings it to the front. */
  reveal(): void;
  /** Does an edit in the editor's own history. */
  perform(edit: LifeEdit, from: LifeSession): void;
  undo(): PromiseLike<unknown>;
  redo(): PromiseLike<unknown>;
  openAsText(): PromiseLike<unknown>;
}

/** The host's side of one view of a pattern. */
export class LifeSession {
  /** Answers what a page asks. */
  readonly handlers: Handlers<LifeApi>;
  private readonly subscriptions: readonly { dispose(): unknown }[];
  private readonly rollouts: Rollouts;

  constructor(
    private readonly services: LifeServices,
    private readonly document: ShownDocument,
    private readonly page: LifePage,
  ) {
    const { engine, running, catalog } = services;
    const show = (): void => page.reveal();
    this.rollouts = new Rollouts({
      engine,
      begin: ({ name }, steps, stop) =>
        running.begin({ label: l10n.t('{0}, {1} steps of Life', name, steps), show, stop }),
    });
    this.handlers = served(LIFE_EDITOR, this.answers());
    this.subscriptions = [
      document.onEvent((event) => {
        if (event.type === 'reloaded') page.tell('reloaded', { why: event.why });
        else if (event.type === 'warnings') page.tell('warnings', { warnings: document.warnings });
        else if (event.from !== this) {
          page.tell('changed', { version: document.version, edit: messageOf(event.edit), by: event.by });
        }
      }),
      catalog.onChange((models) => page.tell('models', { models: lifeModels(models) })),
    ];
  }

  dispose(): void {
    this.rollouts.stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private answers(): Handlers<LifeApi> {
    const { page } = this;
    const { catalog, models, editor } = this.services;
    const done = async (action: PromiseLike<unknown>): Promise<null> => {
      await action;
      return null;
    };
    return {
      snapshot: () => {
        // A page that asks for the whole is new, and waits for nothing that one before it asked for.
        this.rollouts.stop();
        return this.snapshot();
      },
      edit: ({ version, edit }) => this.edit(version, edit),
      undo: () => done(page.undo()),
      redo: () => done(page.redo()),
      openAsText: () => done(page.openAsText()),
      showLog: () => {
        editor.showLog();
        return null;
      },
      models: async () => ({ models: lifeModels(await catalog.list()) }),
      predict: (request, { signal }) => models.predict(request, signal),
      roll: async ({ model, ...request }, { signal, emit }) =>
        this.rollouts.roll(await models.rolled(model), request, signal, emit),
      saveRollout: async ({ model, ...request }) => ({
        path: await editor.save(rolloutFile(await models.rolled(model), request)),
      }),
      explore: (request) => done(models.explore(request)),
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
        message: l10n.t('The pattern was changed elsewhere at the same moment: this change was not made.'),
        action: l10n.t('Make it again.'),
      });
    }
    const edit = editOfMessage(message, document.board.settings);
    const why = whyTooLarge(edit);
    if (why !== null) throw new Problem({ code: 'bad-request', message: why });
    this.page.perform(edit, this);
    return { version: document.version };
  }
}

function messageOf({ kind, flips, settings }: LifeEdit): EditMessage {
  return { kind, flips: runsOf(flips), settings: settings?.after ?? null };
}

function lifeModels(models: readonly ModelSummary[]): readonly ModelSummary[] {
  return models.filter(({ life, role, problem }) => life && role === 'target' && !problem);
}
