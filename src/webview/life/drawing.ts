import { CellsBuilder } from '../../core/life/cells';
import { placeOn, type LifeEdit } from '../../core/life/edit/board';
import type { Player } from './player';
import type { Store } from './store';
import type { Sync } from './sync';
import { lineBetween, type Place } from './view';

/** A line that is being drawn: shown cell by cell as it comes, and one edit when it ends. */
export class Drawing {
  private alive = true;
  private last: Place | null = null;
  /** Cells that have changed so far; each changes once, because a line is all of one state. */
  private changed: Place[] = [];

  constructor(
    private readonly store: Store,
    private readonly player: Player,
    private readonly sync: Sync,
  ) {}

  get isUnderWay(): boolean {
    return this.last !== null;
  }

  /** The pen takes the state that the first cell does not have; the eraser always takes life. */
  begin(place: Place, erases: boolean): void {
    this.alive = !erases && !this.player.universe.get(place.x, place.y);
    this.changed = [];
    this.last = place;
    this.set(place);
    this.player.show();
  }

  to(place: Place): void {
    if (!this.last || (this.last.x === place.x && this.last.y === place.y)) return;
    for (const each of lineBetween(this.last, place)) this.set(each);
    this.last = place;
    this.player.show();
  }

  /** @returns how many cells were changed. */
  end(): number {
    if (!this.last) return 0;
    this.last = null;
    if (this.changed.length === 0) return 0;
    const flips = new CellsBuilder();
    for (const { x, y } of this.changed) flips.add(y, x, x + 1);
    const edit: LifeEdit = { kind: this.alive ? 'draw' : 'erase', flips: flips.build(), settings: null };
    if (this.sync.send(edit)) this.player.drawn();
    else this.player.load(this.store.state.board);
    return this.changed.length;
  }

  cancel(): void {
    if (!this.last) return;
    this.last = null;
    this.player.load(this.store.state.board);
  }

  private set({ x, y }: Place): void {
    const place = placeOn(this.store.state.board.settings.grid, x, y);
    const { universe } = this.player;
    if (!place || universe.get(...place) === this.alive) return;
    universe.set(...place, this.alive);
    this.changed.push({ x: place[0], y: place[1] });
  }
}
