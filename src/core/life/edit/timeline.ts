import type { Universe } from '../universe/universe';
import { difference } from './runs';

/** Generations that are kept to go back to; when there are more, every second one is let go. */
const MOST_KEPT = 64;
const FIRST_STRIDE = 8;

/**
 * A universe that can be stepped back: some generations are kept, and those between are stepped again from the one before.
 * Generations count from the one that the board is.
 */
export class Timeline {
  private current: Universe;
  private kept: { readonly at: number; readonly universe: Universe }[];
  private stride = FIRST_STRIDE;
  /** Generation of the universe less what it counts itself. */
  private readonly offset: number;

  /** @param start is not changed by what comes after, except by {@link replaceStart}. */
  constructor(
    private start: Universe,
    /** The generation that the start is. */
    readonly first: number,
  ) {
    this.current = start.clone();
    this.offset = first - start.generation;
    this.kept = [{ at: first, universe: start }];
  }

  get universe(): Universe {
    return this.current;
  }

  get generation(): number {
    return this.current.generation + this.offset;
  }

  get isStart(): boolean {
    return this.generation === this.first;
  }

  /** @throws CoreError `life-too-large` where it grows beyond what is kept. */
  step(): void {
    this.current.step();
    const { generation } = this;
    const last = this.kept.at(-1);
    if (!last || generation < last.at + this.stride) return;
    this.kept.push({ at: generation, universe: this.current.clone() });
    if (this.kept.length <= MOST_KEPT) return;
    this.kept = this.kept.filter((_, index) => index % 2 === 0);
    this.stride *= 2;
  }

  /** One generation back; at the first one nothing happens. */
  back(): void {
    if (!this.isStart) this.seek(this.generation - 1);
  }

  reset(): void {
    this.seek(this.first);
  }

  /** Goes to a generation, at least the first one. */
  seek(generation: number): void {
    this.rewind(generation);
    while (this.generation < generation) this.step();
  }

  /** Goes as near before a generation as it stands or is kept: what is left is to be stepped. */
  rewind(generation: number): void {
    const from = this.kept.findLast(({ at }) => at <= generation);
    if (generation < this.generation || (from && from.at > this.generation)) {
      this.current = (from?.universe ?? this.start).clone();
    }
  }

  /** Takes the board on show, which was drawn on, as the start. Only at the first generation. */
  replaceStart(): void {
    this.start = this.current.clone();
    this.kept = [{ at: this.first, universe: this.start }];
    this.stride = FIRST_STRIDE;
  }

  /** Cells that come alive and cells that die in the next step. */
  changes(): { readonly births: number; readonly deaths: number } {
    const next = this.current.clone();
    next.step();
    const flips = difference(this.current.cells(), next.cells()).population;
    const gained = next.population - this.current.population;
    return { births: (flips + gained) / 2, deaths: (flips - gained) / 2 };
  }
}
