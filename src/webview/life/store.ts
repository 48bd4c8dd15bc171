import { EMPTY_SETTINGS } from '../../core/life/edit/board';
import { openBoard } from '../../core/life/edit/document';
import { Cells } from '../../core/life/cells';
import type { LifeState, Said, SavedView } from './state';

/** The one state of the page, and who wants to know when it changes. */
export class Store {
  private current: LifeState;
  private readonly listeners = new Set<() => void>();

  constructor(saved: SavedView | null) {
    const board = { cells: Cells.none, settings: EMPTY_SETTINGS };
    this.current = {
      phase: 'opening',
      about: null,
      problem: null,
      warnings: [],
      board,
      version: 0,
      universe: openBoard(board).universe,
      revision: 0,
      generation: 0,
      changes: null,
      whyStill: null,
      playing: false,
      going: null,
      speed: saved?.speed ?? 10,
      pace: null,
      stride: saved?.stride ?? 1,
      tool: saved?.tool ?? 'draw',
      density: saved?.density ?? 0.5,
      extent: { width: 0, height: 0 },
      view: saved?.view ?? null,
      cursor: saved?.cursor ?? { x: 0, y: 0 },
      hover: null,
      selection: saved?.selection ?? null,
      dragged: null,
      placing: null,
      asking: false,
      models: null,
      dock: saved?.dock ?? { open: true, asked: false, folder: null, shows: 'error' },
      said: null,
      spoken: '',
    };
  }

  get state(): LifeState {
    return this.current;
  }

  update(change: Partial<LifeState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** A sentence for everybody, until it is put away or another comes. */
  say(said: Said | null): void {
    this.update({ said });
  }

  /** A sentence for those who do not see what changed. */
  speak(spoken: string): void {
    // A live region says nothing where its text stays the same: a blank more or less makes it another.
    this.update({ spoken: spoken === this.current.spoken ? `${spoken}\u00a0` : spoken });
  }
}
