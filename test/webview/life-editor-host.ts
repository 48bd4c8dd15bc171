import type { EngineClient } from '../../src/client/index';
import { applyEdit, inverse, type LifeBoard, type LifeEdit } from '../../src/core/life/edit/board';
import { boardOfPattern } from '../../src/core/life/edit/document';
import { readPattern } from '../../src/core/life/formats';
import type { Pattern } from '../../src/core/life/pattern';
import { freshSettings } from '../../src/extension/explorer/settings';
import type { DocumentEvent } from '../../src/extension/life/document';
import { LifeModels } from '../../src/extension/life/models';
import { LifeSession, type ShownDocument } from '../../src/extension/life/session';
import type { Handlers } from '../../src/protocol/call';
import type { LifeApi, LifeNotifications } from '../../src/protocol/lifeEditor';
import type { ModelSummary } from '../../src/protocol/models';
import type { Problem } from '../../src/protocol/errors';
import { PageHost } from './page-host';

/**
 * The extension's own session of a Life editor without VS Code, over a document in memory, with a history that undoes and
 * redoes as the editor's own does.
 */
export class LifeHost extends PageHost<LifeApi, LifeNotifications> implements ShownDocument {
  readonly pattern: Pattern;
  board: LifeBoard;
  version = 0;
  readonly done: LifeEdit[] = [];
  private undone: LifeEdit[] = [];
  /** Why the file is no pattern. */
  problem: Problem | null = null;
  warnings: string[] = [];
  private readonly session: LifeSession;
  private listener = (_event: DocumentEvent): unknown => undefined;
  /** Settles when the page has what it was told last. */
  private told: Promise<unknown> = Promise.resolve();

  constructor(
    text: string,
    readonly fileName = 'pattern.rle',
    /** An engine and models of Life, where one is to be asked. */
    asked: { readonly client: EngineClient; readonly models: readonly ModelSummary[] } | null = null,
  ) {
    super();
    this.pattern = readPattern(text, fileName);
    this.board = boardOfPattern(this.pattern);
    const engine = asked?.client ?? { call: () => Promise.reject(new Error('There is no engine.')) };
    const catalog = {
      list: async () => asked?.models ?? [],
      onChange: () => ({ dispose: () => undefined }),
    };
    const models = new LifeModels(engine, catalog, { open: () => undefined }, () => freshSettings({}));
    this.session = new LifeSession(
      {
        ...{ engine, catalog, models },
        running: { begin: () => ({ dispose: () => undefined }) },
        editor: { showLog: () => undefined, save: async () => null },
      },
      this,
      {
        tell: (name, data) => (this.told = this.notify(name, data)),
        reveal: () => undefined,
        perform: (edit, from) => {
          this.change(edit, 'edit', from);
          this.done.push(edit);
          this.undone = [];
        },
        undo: () => this.undo(),
        redo: () => this.redo(),
        openAsText: async () => undefined,
      },
    );
  }

  onEvent: ShownDocument['onEvent'] = (listener) => {
    this.listener = listener;
    return { dispose: () => undefined };
  };

  /** Live cells as `row,column`. */
  get alive(): string[] {
    const cells: string[] = [];
    this.board.cells.forEachRun((y, start, end) => {
      for (let x = start; x < end; x++) cells.push(`${y},${x}`);
    });
    return cells;
  }

  /** Settles when so many edits have been done. */
  async edited(times: number): Promise<LifeEdit> {
    await this.until(() => this.done.length >= times);
    return this.done[times - 1]!;
  }

  async undo(): Promise<void> {
    const edit = this.done.pop();
    if (!edit) return;
    this.undone.push(edit);
    this.change(inverse(edit), 'undo', null);
    await this.told;
  }

  async redo(): Promise<void> {
    const edit = this.undone.pop();
    if (!edit) return;
    this.done.push(edit);
    this.change(edit, 'redo', null);
    await this.told;
  }

  protected override handlers(): Handlers<LifeApi> {
    return this.session.handlers;
  }

  private change(edit: LifeEdit, by: 'edit' | 'undo' | 'redo', from: unknown): void {
    this.board = applyEdit(this.board, edit);
    this.version++;
    this.listener({ type: 'changed', edit, by, from });
  }
}
