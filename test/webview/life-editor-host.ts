import { served } from '../../src/protocol/request';
import { randomUUID } from 'node:crypto';
import type { EngineClient } from '../../src/client/index';
import { LifeModel } from '../../src/core/life/ask';
import { applyEdit, inverse, type LifeBoard, type LifeEdit } from '../../src/core/life/edit/board';
import { boardOfPattern } from '../../src/core/life/edit/document';
import { runsOf } from '../../src/core/life/edit/runs';
import { readPattern } from '../../src/core/life/formats';
import { Rollouts } from '../../src/extension/life/rollouts';
import { editOfMessage } from '../../src/extension/life/editOfMessage';
import type { Handlers } from '../../src/protocol/call';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { lifeWriter } from '../../src/protocol/life';
import { LIFE_EDITOR, type LifeApi, type LifeNotifications, type LifeSnapshot } from '../../src/protocol/lifeEditor';
import { PageHost } from './page-host';

/**
 * The extension's side of a Life editor without VS Code: a document with the real edits behind the real checks of what a
 * page asks, and a history that undoes and redoes as the editor's own does.
 */
export class LifeHost extends PageHost<LifeApi, LifeNotifications> {
  board: LifeBoard;
  version = 0;
  readonly done: LifeEdit[] = [];
  private undone: LifeEdit[] = [];
  unreadable: Problem | null = null;
  warnings: string[] = [];
  private readonly about;
  /** The extension's own part of rolling a model forward. */
  private rollouts: Rollouts | null = null;

  constructor(
    text: string,
    file = 'pattern.rle',
    /** An engine and models of Life, where one is to be asked. */
    private readonly engine: { readonly client: EngineClient; readonly models: readonly ModelSummary[] } | null = null,
  ) {
    super();
    const pattern = readPattern(text, file);
    this.board = boardOfPattern(pattern);
    this.about = {
      file,
      format: pattern.format,
      notes: pattern.notes.map(({ kind, text: note }) => ({ kind, text: note })),
    };
  }

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
    await this.apply(inverse(edit), 'undo');
  }

  async redo(): Promise<void> {
    const edit = this.undone.pop();
    if (!edit) return;
    this.done.push(edit);
    await this.apply(edit, 'redo');
  }

  private async apply(edit: LifeEdit, by: 'undo' | 'redo'): Promise<void> {
    this.board = applyEdit(this.board, edit);
    this.version++;
    const message = { kind: edit.kind, flips: runsOf(edit.flips), settings: edit.settings?.after ?? null };
    await this.notify('changed', { version: this.version, edit: message, by });
  }

  protected override handlers(): Handlers<LifeApi> {
    return served(LIFE_EDITOR, {
      snapshot: () => this.snapshot(),
      edit: ({ version, edit }) => {
        if (version !== this.version) throw new Problem({ code: 'stale-edit', message: 'Changed elsewhere.' });
        const done = editOfMessage(edit, this.board.settings);
        this.board = applyEdit(this.board, done);
        this.version++;
        this.done.push(done);
        this.undone = [];
        return { version: this.version };
      },
      undo: async () => {
        await this.undo();
        return null;
      },
      redo: async () => {
        await this.redo();
        return null;
      },
      openAsText: () => null,
      showLog: () => null,
      models: () => ({ models: this.engine?.models ?? [] }),
      predict: async ({ model, cells }, { signal }) => {
        const grid = this.engine?.models.find(({ folder }) => folder === model.folder)?.life;
        if (!this.engine || !grid) throw new Problem({ code: 'not-available', message: 'There is no model.' });
        const writer = lifeWriter(this.engine.client, model, randomUUID(), { signal });
        const reading = await new LifeModel(grid, writer).answer(cells);
        return {
          cells: reading.cells && Uint8Array.from(reading.cells),
          reason: reading.cells ? null : reading.reason,
          milliseconds: 1,
        };
      },
      roll: ({ model, ...request }, { signal, emit }) => {
        const listed = this.engine?.models.find(({ folder }) => folder === model.folder);
        if (!this.engine || !listed?.life) throw new Problem({ code: 'not-available', message: 'There is no model.' });
        const { name, dtype, life: grid } = listed;
        this.rollouts ??= new Rollouts({ engine: this.engine.client, begin: () => ({ dispose: () => undefined }) });
        return this.rollouts.roll({ ref: model, name, dtype, grid }, request, signal, emit);
      },
      saveRollout: () => ({ path: null }),
      explore: () => null,
    });
  }

  private snapshot(): LifeSnapshot {
    const { about, board, unreadable } = this;
    if (unreadable) return { state: 'unreadable', about: { file: about.file }, problem: unreadable.toData() };
    return {
      state: 'open',
      version: this.version,
      board: { cells: runsOf(board.cells), states: (board.states ?? []).map(runsOf), settings: board.settings },
      about,
      warnings: this.warnings,
    };
  }
}
