import * as vscode from 'vscode';
import { CoreError } from '../../core/errors';
import { applyEdit, inverse, reachOf, type LifeBoard, type LifeEdit } from '../../core/life/edit/board';
import { boardOfPattern, openBoard, patternOfBoard } from '../../core/life/edit/document';
import { covers } from '../../core/life/edit/runs';
import { formOfName, readPattern, writePattern } from '../../core/life/formats';
import type { Pattern } from '../../core/life/pattern';
import { Problem } from '../../protocol/errors';
import type { Log } from '../log';
import { readBackup, writeBackup } from './backup';

/** What happened to a document, for the views that show it. */
export type DocumentEvent =
  | { readonly type: 'changed'; readonly edit: LifeEdit; readonly by: 'edit' | 'undo' | 'redo'; readonly from: unknown }
  | { readonly type: 'reloaded'; readonly why: 'revert' | 'disk' }
  | { readonly type: 'warnings' };

/** What was read of a file: a pattern, or why it is none. */
type Content = { readonly pattern: Pattern; readonly board: LifeBoard } | { readonly problem: Problem };

/**
 * A pattern file that is open: its bytes are the host's, and so is the board. A file that could not be read is shown with the
 * reason and never written to.
 */
export class LifeDocument implements vscode.CustomDocument {
  private readonly happened = new vscode.EventEmitter<DocumentEvent>();
  readonly onEvent = this.happened.event;
  private readonly watcher: vscode.FileSystemWatcher | null;

  /** Counts every change, also those that undo others. */
  version = 0;
  warnings: readonly string[] = [];
  /** Edits done less edits undone, and where that stood when the file was last read or written; NaN: nowhere to go back to. */
  private depth = 0;
  private savedDepth = 0;
  /** Edits made before the file was loaded again belong to another board: undoing them does nothing. */
  private epoch = 0;

  private constructor(
    readonly uri: vscode.Uri,
    private content: Content,
    /** The file as it was last read or written, to tell changes of others from our own. */
    private bytes: Uint8Array,
    private readonly log: Log,
  ) {
    this.watcher = uri.scheme === 'untitled' ? null : watcherOf(uri);
    this.watcher?.onDidChange(() => void this.changedOnDisk());
    this.watcher?.onDidCreate(() => void this.changedOnDisk());
  }

  /** @param backup of a window that was closed with changes that were not saved. */
  static async open(
    uri: vscode.Uri,
    backup: string | undefined,
    given: Uint8Array | undefined,
    log: Log,
  ): Promise<LifeDocument> {
    const bytes = given ?? (uri.scheme === 'untitled' ? new Uint8Array() : await vscode.workspace.fs.readFile(uri));
    const document = new LifeDocument(uri, read(bytes, uri, log), bytes, log);
    if (backup !== undefined) await document.restore(vscode.Uri.parse(backup));
    return document;
  }

  dispose(): void {
    this.watcher?.dispose();
    this.happened.dispose();
  }

  get fileName(): string {
    return this.uri.path.split('/').at(-1) ?? '';
  }

  /** Why the file is not shown as a pattern; null where it is. */
  get problem(): Problem | null {
    return 'problem' in this.content ? this.content.problem : null;
  }

  /** @throws Problem `pattern-invalid` where the file could not be read. */
  get board(): LifeBoard {
    return this.readable.board;
  }

  get pattern(): Pattern {
    return this.readable.pattern;
  }

  get isDirty(): boolean {
    return this.depth !== this.savedDepth;
  }

  /**
   * Does an edit, tells the views, and gives the editor what undoes and redoes it.
   * @param from the view that made it and shows it already.
   * @throws Problem `bad-request` where it would bring cells to life outside the grid.
   */
  perform(edit: LifeEdit, from: unknown): { undo(): void; redo(): void } {
    this.change(edit, 'edit', from);
    // What was undone before is now beyond reach: a save that stood there cannot be come back to.
    if (this.savedDepth > this.depth) this.savedDepth = NaN;
    this.depth++;
    const { epoch } = this;
    const again = (one: LifeEdit, by: 'undo' | 'redo', step: number): void => {
      if (epoch !== this.epoch) return;
      this.change(one, by, null);
      this.depth += step;
    };
    return { undo: () => again(inverse(edit), 'undo', -1), redo: () => again(edit, 'redo', 1) };
  }

  /** @throws Problem where the file's form cannot hold what the pattern is, or the file could not be read at first. */
  async save(target: vscode.Uri = this.uri): Promise<void> {
    const name = target.path.split('/').at(-1) ?? '';
    const own = target.toString() === this.uri.toString();
    // The same pattern could be written in other words: a file that nobody edited keeps its own.
    if (own && !this.isDirty) return;
    const pattern = patternOfBoard(this.pattern, this.board);
    const format = own ? pattern.format : (formOfName(name)?.format ?? pattern.format);
    const bytes = written(pattern, format);
    // Told from the changes of others by what they wrote: this must be known before the watcher says so.
    const before = this.bytes;
    if (own) this.bytes = bytes;
    try {
      await vscode.workspace.fs.writeFile(target, bytes);
    } catch (error) {
      this.bytes = before;
      throw error;
    }
    if (!own) return;
    this.content = { pattern, board: this.board };
    this.savedDepth = this.depth;
    this.warn([]);
  }

  /** Reads the file again; every change since is gone. */
  async reload(why: 'revert' | 'disk'): Promise<void> {
    const bytes = this.uri.scheme === 'untitled' ? new Uint8Array() : await vscode.workspace.fs.readFile(this.uri);
    this.bytes = bytes;
    this.content = read(bytes, this.uri, this.log);
    this.version++;
    this.epoch++;
    this.depth = this.savedDepth = 0;
    this.warnings = [];
    this.happened.fire({ type: 'reloaded', why });
  }

  async backUp(destination: vscode.Uri): Promise<void> {
    await vscode.workspace.fs.writeFile(destination, writeBackup(this.bytes, this.board));
  }

  private get readable(): Exclude<Content, { problem: Problem }> {
    if ('problem' in this.content) throw this.content.problem;
    return this.content;
  }

  private async restore(backup: vscode.Uri): Promise<void> {
    const kept = readBackup(await vscode.workspace.fs.readFile(backup));
    const content = read(kept.file, this.uri, this.log);
    if ('problem' in content) throw content.problem;
    this.content = { pattern: content.pattern, board: kept.board };
    this.savedDepth = NaN;
    const changed = !Buffer.from(kept.file).equals(this.bytes);
    if (changed) {
      this.warnings = [
        vscode.l10n.t('The file was changed on disk while the editor was closed: saving writes over it.'),
      ];
    }
  }

  private change(edit: LifeEdit, by: 'edit' | 'undo' | 'redo', from: unknown): void {
    const { pattern, board } = this.readable;
    const after = applyEdit(board, edit);
    const box = reachOf(after.settings.grid);
    if (box && after.cells.box && !covers(box, after.cells.box)) {
      throw new Problem({ code: 'bad-request', message: vscode.l10n.t('Cells cannot live outside the grid.') });
    }
    this.content = { pattern, board: after };
    this.version++;
    this.happened.fire({ type: 'changed', edit, by, from });
  }

  private async changedOnDisk(): Promise<void> {
    try {
      const bytes = await vscode.workspace.fs.readFile(this.uri);
      if (Buffer.from(bytes).equals(this.bytes)) return;
      if (!this.isDirty) return await this.reload('disk');
      this.warn([
        vscode.l10n.t('The file was changed on disk: saving writes over it, Revert File shows what is there now.'),
      ]);
    } catch (error) {
      this.log.problem(`Reading ${this.uri.toString(true)} again`, error);
    }
  }

  private warn(warnings: readonly string[]): void {
    if (warnings.length === 0 && this.warnings.length === 0) return;
    this.warnings = warnings;
    this.happened.fire({ type: 'warnings' });
  }
}

function read(bytes: Uint8Array, uri: vscode.Uri, log: Log): Content {
  try {
    const pattern = readPattern(bytes, uri.path);
    const board = boardOfPattern(pattern);
    // Said now, not when it is drawn.
    openBoard(board);
    return { pattern, board };
  } catch (error) {
    const cause = log.problem(`Opening ${uri.toString(true)}`, error);
    const message =
      error instanceof CoreError ? error.message : vscode.l10n.t('It cannot be shown: {0}', cause.message);
    return {
      problem: new Problem({
        code: 'pattern-invalid',
        message,
        action: vscode.l10n.t('The file is left as it is. Open it as text to see what it holds.'),
      }),
    };
  }
}

function written(pattern: Pattern, format: Pattern['format']): Uint8Array {
  try {
    return writePattern(pattern, format);
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    throw new Problem({ code: 'pattern-invalid', message: error.message });
  }
}

function watcherOf(uri: vscode.Uri): vscode.FileSystemWatcher {
  const folder = vscode.Uri.joinPath(uri, '..');
  const name = (uri.path.split('/').at(-1) ?? '').replace(/[[\]{}*?]/g, '[$&]');
  return vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name), false, false, true);
}
