import { Keeper } from '../keeper';
import {
  applyEdit,
  editBetween,
  whyTooLarge,
  type EditKind,
  type LifeBoard,
  type LifeEdit,
} from '../../core/life/edit/board';
import { cellsOfRuns, runsOf } from '../../core/life/edit/runs';
import { Cells } from '../../core/life/cells';
import { Problem } from '../../protocol/errors';
import type { EditMessage, LifeApi, LifeNotifications, LifeSnapshot } from '../../protocol/lifeEditor';
import { isRpcMessage, RpcClient } from '../../protocol/rpc';
import { counted } from '../components/format';
import type { WebviewHost } from '../host';
import type { Player } from './player';
import { readSavedView, type SavedView } from './state';
import type { Store } from './store';

/** What was changed, for the ear. */
const DONE: Record<EditKind, string> = {
  draw: 'drawing',
  erase: 'erasing',
  move: 'moving',
  rotate: 'rotating',
  flip: 'flipping',
  fill: 'random fill',
  clear: 'clearing',
  cut: 'cutting',
  paste: 'pasting',
  place: 'placing a pattern',
  rule: 'another rule',
  grid: 'another topology',
  start: 'another start',
};

/**
 * Keeps the page and the document of the host the same: edits are shown at once and sent, what changes elsewhere comes back.
 * Where the two disagree the host is right, and the page asks for the whole.
 */
export class Sync {
  readonly api: RpcClient<LifeApi>;
  private readonly keeper = new Keeper(() => this.save());
  private asked = 0;
  /** What the page showed before it was loaded again; used once. */
  private revived: SavedView | null;

  constructor(
    private readonly host: WebviewHost,
    private readonly store: Store,
    private readonly player: Player,
  ) {
    this.api = new RpcClient<LifeApi>({ post: (message) => host.postMessage(message) });
    this.revived = readSavedView(host.getState());
    store.subscribe(() => this.keeper.soon());
  }

  /** Feed it every message of the window; it ignores those that are not for it. */
  receive(data: unknown): void {
    if (!isRpcMessage(data)) return;
    if (data.rpc === 'notify') this.notified(data.name, data.data);
    else this.api.receive(data);
  }

  /** Asks the host for the whole: at the start, when the page shows again, and where the two disagree. */
  async open(): Promise<void> {
    const ask = ++this.asked;
    try {
      const snapshot = await this.api.call('snapshot', {});
      if (ask === this.asked) this.take(snapshot);
    } catch (error) {
      if (ask !== this.asked) return;
      const { phase } = this.store.state;
      this.store.update({ phase: phase === 'opening' ? 'failed' : phase, problem: Problem.from(error).toData() });
    }
  }

  /** Makes the document this board. @returns false where it is too much at once; that is then said. */
  change(kind: EditKind, to: LifeBoard): boolean {
    const edit = editBetween(kind, this.store.state.board, to);
    if (!edit) return true;
    if (!this.send(edit)) return false;
    this.player.load(this.store.state.board);
    return true;
  }

  /** Does an edit that is on show already. */
  send(edit: LifeEdit): boolean {
    const why = whyTooLarge(edit);
    if (why !== null) {
      this.store.say({ kind: 'error', message: why });
      return false;
    }
    const { board, version } = this.store.state;
    this.store.update({ board: applyEdit(board, edit), version: version + 1, said: null });
    const message: EditMessage = {
      kind: edit.kind,
      flips: runsOf(edit.flips),
      settings: edit.settings?.after ?? null,
    };
    // What the host was asked for before is of the board before.
    if (this.asked > 0) this.asked++;
    this.api.call('edit', { version, edit: message }).catch((error: unknown) => {
      this.store.say({ kind: 'error', ...Problem.from(error).toData() });
      // The page shows what the host does not have, whatever its number.
      this.store.update({ version: -1 });
      void this.open();
    });
    return true;
  }

  /** A request whose answer is of no matter, and whose problem is said. */
  ask(method: 'undo' | 'redo' | 'openAsText' | 'showLog'): void {
    this.api.call(method, {}).catch((error: unknown) => {
      this.store.say({ kind: 'error', ...Problem.from(error).toData() });
    });
  }

  async loadModels(): Promise<void> {
    this.store.update({ dock: { ...this.store.state.dock, asked: true } });
    try {
      this.store.update(await this.api.call('models', {}));
    } catch (error) {
      this.store.say({ kind: 'error', ...Problem.from(error).toData() });
    }
  }

  /** Keeps what has not been kept yet: the page is about to go. */
  flush(): void {
    this.keeper.flush();
  }

  private save(): void {
    const { phase, tool, speed, stride, density, view, cursor, selection, generation, going, dock } = this.store.state;
    if (phase !== 'open' || !view) return;
    const at = going ? going.to : generation;
    const saved: SavedView = {
      ...{ version: 2, tool, speed, stride, density, view, cursor, selection, dock },
      generation: at,
    };
    this.host.setState(saved);
  }

  private take(snapshot: LifeSnapshot): void {
    if (snapshot.state === 'unreadable') {
      const { about, problem } = snapshot;
      this.store.update({ phase: 'unreadable', about: { ...about, format: 'rle', notes: [] }, problem });
      return;
    }
    const { version, about, warnings, board } = snapshot;
    const isSame = this.store.state.phase === 'open' && version === this.store.state.version;
    this.store.update({ phase: 'open', version, about, warnings, problem: null });
    // A page that was only hidden goes on where it was.
    if (isSame) return;
    const states = board.states.map((runs) => cellsOfRuns(runs) ?? Cells.none);
    const taken: LifeBoard = {
      cells: cellsOfRuns(board.cells) ?? Cells.none,
      ...(states.length > 0 ? { states } : {}),
      settings: board.settings,
    };
    this.store.update({ board: taken, asking: false });
    this.player.load(taken);
    this.revive();
  }

  /** After the page was loaded again: the generation that was on show, or that was gone to. */
  private revive(): void {
    const { revived } = this;
    this.revived = null;
    if (revived?.dock.asked) void this.loadModels();
    const { generation } = this.store.state.board.settings;
    if (revived && revived.generation > generation && this.store.state.whyStill === null) {
      this.player.goTo(revived.generation);
    }
  }

  private notified(name: string, data: unknown): void {
    if (name === 'changed') this.changed(data as LifeNotifications['changed']);
    else if (name === 'models') {
      // Nobody is told of models before somebody asked for one.
      const { models } = data as LifeNotifications['models'];
      if (this.store.state.models) this.store.update({ models });
    } else if (name === 'warnings') {
      this.store.update({ warnings: (data as LifeNotifications['warnings']).warnings });
    } else if (name === 'reloaded') {
      const { why } = data as LifeNotifications['reloaded'];
      // Whatever the page shows is of the file as it was.
      this.store.update({ version: -1, said: null });
      void this.open().then(() => {
        this.store.speak(why === 'disk' ? 'The file was changed on disk and loaded again.' : 'Reverted.');
      });
    }
  }

  private changed({ version, edit, by }: LifeNotifications['changed']): void {
    const { board } = this.store.state;
    const flips = cellsOfRuns(edit.flips);
    if (version !== this.store.state.version + 1 || !flips) {
      void this.open();
      return;
    }
    const settings = edit.settings && { before: board.settings, after: edit.settings };
    const after = applyEdit(board, { kind: edit.kind, flips, settings });
    this.store.update({ board: after, version, asking: false, dragged: null });
    this.player.load(after);
    const what = { undo: `Undone: ${DONE[edit.kind]}.`, redo: `Done again: ${DONE[edit.kind]}.`, edit: 'Changed.' }[by];
    this.store.speak(`${what} ${counted(after.cells.population, 'cell')} alive.`);
  }
}
