import { CoreError } from '../../core/errors';
import type { LifeBoard } from '../../core/life/edit/board';
import { openBoard } from '../../core/life/edit/document';
import { Timeline } from '../../core/life/edit/timeline';
import type { Universe } from '../../core/life/universe/universe';
import { count, counted } from '../components/format';
import { AS_FAST } from './state';
import { knowCells } from './shown-cells';
import type { Store } from './store';

/** Steps that may be made up for after a slow frame. */
const MOST_OWED = 8;
/** What stepping may take of a frame: the rest is the page's, so that a key or a press is heard within a tenth of a second. */
const STEPPING_MS = 24;
const PACE_EVERY_MS = 500;
const COUNT_AFTER_MS = 60;
/** While the board moves the next step is counted so often, where that takes no longer than so much. */
const COUNT_EVERY_MS = 250;
const MOST_COUNTING_MS = { moving: 20, still: 80 };
/** Milliseconds a live cell: a guess until it was measured. */
const FIRST_COST = 1e-4;
/** What counting takes of a board with hardly a cell, as cells. */
const COUNTED_ANYWAY = 20_000;

/** What is on show: steps the board forth and back. Nothing of it touches the document. */
export class Player {
  private timeline: Timeline;
  private playedAt = 0;
  private owed = 0;
  private counting: ReturnType<typeof setTimeout> | null = null;
  private countedAt = 0;
  /** What counting took of late. */
  private countingCost = FIRST_COST;
  private paced = { since: 0, steps: 0 };

  constructor(private readonly store: Store) {
    this.timeline = new Timeline(store.state.universe, 0);
  }

  get isStart(): boolean {
    return this.timeline.isStart;
  }

  get universe(): Universe {
    return this.timeline.universe;
  }

  /** Shows a board, at its own generation. @throws CoreError `life-too-large`. */
  load(board: LifeBoard): void {
    const { universe, whyStill } = openBoard(board);
    this.timeline = new Timeline(universe, board.settings.generation);
    this.store.update({ playing: false, going: null, pace: null, whyStill });
    this.show();
    knowCells(this.store.state, board.cells);
  }

  /** On by the chosen number of generations. */
  step(): void {
    const { stride } = this.store.state;
    if (stride > 1) return this.goTo(this.timeline.generation + stride);
    this.pause();
    if (!this.tryStep()) return;
    this.show();
    this.speakGeneration();
  }

  back(): void {
    this.pause();
    if (this.isStart) {
      this.store.speak(`This is generation ${count(this.timeline.generation)}, the file's.`);
      return;
    }
    this.timeline.back();
    this.show();
    this.speakGeneration();
  }

  reset(): void {
    this.pause();
    this.timeline.reset();
    this.show();
    this.speakGeneration();
  }

  /** Goes to a generation, frame by frame: it can be stopped on the way, and says where it is. */
  goTo(generation: number): void {
    this.pause();
    const { first } = this.timeline;
    if (generation < first) {
      this.store.say({ kind: 'info', message: `The file begins with generation ${count(first)}.` });
      return;
    }
    if (generation > this.timeline.generation && !this.mayStep()) return;
    this.timeline.rewind(generation);
    this.store.update({ going: { from: this.timeline.generation, to: generation }, said: null });
    this.store.speak(`Going to generation ${count(generation)}.`);
    this.show();
    this.begin();
  }

  toggle(): void {
    const { playing, going } = this.store.state;
    if (!playing && !going) return this.play();
    this.pause();
    this.speakGeneration();
  }

  pause(): void {
    this.halt();
    this.countSoon(COUNT_AFTER_MS);
  }

  /** What was drawn on the universe becomes the start. */
  drawn(): void {
    this.timeline.replaceStart();
    this.show();
    knowCells(this.store.state, this.store.state.board.cells);
  }

  /** Tells the page that what lives has changed. */
  show(): void {
    const { universe, generation } = this.timeline;
    this.store.update({ universe, generation, revision: this.store.state.revision + 1 });
    this.countSoon(this.isMoving ? COUNT_EVERY_MS : COUNT_AFTER_MS);
  }

  private get isMoving(): boolean {
    return this.store.state.playing || this.store.state.going !== null;
  }

  private play(): void {
    if (!this.mayStep()) return;
    this.store.update({ playing: true });
    this.store.speak('Playing.');
    this.begin();
  }

  private begin(): void {
    this.playedAt = performance.now();
    this.paced = { since: this.playedAt, steps: 0 };
    this.owed = 1;
    requestAnimationFrame(this.frame);
  }

  private halt(): void {
    if (this.isMoving || this.store.state.pace !== null) this.store.update({ playing: false, going: null, pace: null });
  }

  private readonly frame = (now: number): void => {
    if (!this.isMoving) return;
    const due = this.dueBy(now);
    const until = performance.now() + STEPPING_MS;
    let done = 0;
    // One step at least, however long it takes: the board would stand still otherwise.
    while (done < due && (done === 0 || performance.now() < until)) {
      if (!this.tryStep()) break;
      done++;
    }
    this.owed -= Math.min(done, this.owed);
    this.keepPace(now, done);
    if (done > 0) this.show();
    const { going } = this.store.state;
    if (going && this.timeline.generation >= going.to) {
      this.pause();
      this.speakGeneration();
    } else requestAnimationFrame(this.frame);
  };

  /** Steps that are to be made now, as far as time allows. */
  private dueBy(now: number): number {
    const { going, speed } = this.store.state;
    if (going) return going.to - this.timeline.generation;
    if (speed === AS_FAST) return Infinity;
    this.owed = Math.min(MOST_OWED, this.owed + ((now - this.playedAt) * speed) / 1000);
    this.playedAt = now;
    return Math.floor(this.owed);
  }

  private keepPace(now: number, steps: number): void {
    this.paced.steps += steps;
    const took = now - this.paced.since;
    if (took < PACE_EVERY_MS) return;
    this.store.update({ pace: (1000 * this.paced.steps) / took });
    this.paced = { since: now, steps: 0 };
  }

  /** Whether the board is stepped; where it is not, why is said. */
  private mayStep(): boolean {
    const { whyStill } = this.store.state;
    if (whyStill !== null) this.store.say({ kind: 'info', message: whyStill });
    return whyStill === null;
  }

  /** False where the board cannot go on: that is then said. */
  private tryStep(): boolean {
    if (!this.mayStep()) return false;
    try {
      this.timeline.step();
      return true;
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.halt();
      this.store.say({ kind: 'info', message: error.message });
      return false;
    }
  }

  private speakGeneration(): void {
    const { generation, universe } = this.timeline;
    this.store.speak(`Generation ${count(generation)}, ${counted(universe.population, 'cell')} alive.`);
  }

  /** Births and deaths of the next step, when nothing more urgent is to be done. */
  private countSoon(after: number): void {
    const { whyStill } = this.store.state;
    const moving = this.isMoving;
    if (this.counting !== null) {
      if (moving) return;
      clearTimeout(this.counting);
    }
    const wait = moving ? Math.max(0, this.countedAt + after - performance.now()) : after;
    this.counting = setTimeout(() => {
      this.counting = null;
      this.countedAt = performance.now();
      const { population } = this.universe;
      const most = this.isMoving ? MOST_COUNTING_MS.moving : MOST_COUNTING_MS.still;
      const weight = population + COUNTED_ANYWAY;
      const possible = whyStill === null && weight * this.countingCost <= most;
      this.store.update({ changes: possible ? this.changes() : null });
      if (possible) this.countingCost = (performance.now() - this.countedAt) / weight;
    }, wait);
  }

  private changes(): { births: number; deaths: number } | null {
    try {
      return this.timeline.changes();
    } catch (error) {
      // The next step is beyond what is kept; stepping says so.
      if (error instanceof CoreError) return null;
      throw error;
    }
  }
}
