import { CoreError } from '../../core/errors';
import type { LifeBoard } from '../../core/life/edit/board';
import { openBoard } from '../../core/life/edit/document';
import { Timeline } from '../../core/life/edit/timeline';
import type { Universe } from '../../core/life/universe/universe';
import { count, counted } from '../components/format';
import type { Store } from './store';

/** Steps that may be made up for after a slow frame. */
const MOST_STEPS_A_FRAME = 8;
const COUNT_AFTER_MS = 60;
/** While playing the next step is counted so often: it costs as much as a step. */
const COUNT_EVERY_MS = 250;
const MOST_COUNTED = 4_000_000;

/** What is on show: steps the board forth and back. Nothing of it touches the document. */
export class Player {
  private timeline: Timeline;
  private playedAt = 0;
  private owed = 0;
  private counting: ReturnType<typeof setTimeout> | null = null;
  private countedAt = 0;

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
    this.store.update({ playing: false, whyStill });
    this.show();
  }

  step(): void {
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

  /** Goes to a generation that was on show before; false where that would take too long. */
  seek(generation: number): boolean {
    const steps = generation - this.timeline.generation;
    if (steps < 0 || steps * Math.max(1, this.universe.population) > 20_000_000 || steps > 20_000) return false;
    try {
      this.timeline.seek(generation);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.timeline.reset();
      return false;
    } finally {
      this.show();
    }
    return true;
  }

  toggle(): void {
    if (this.store.state.playing) {
      this.pause();
      this.speakGeneration();
    } else this.play();
  }

  pause(): void {
    if (this.store.state.playing) this.store.update({ playing: false });
    this.countSoon(COUNT_AFTER_MS);
  }

  /** What was drawn on the universe becomes the start. */
  drawn(): void {
    this.timeline.replaceStart();
    this.show();
  }

  /** Tells the page that what lives has changed. */
  show(): void {
    const { universe, generation } = this.timeline;
    this.store.update({ universe, generation, revision: this.store.state.revision + 1 });
    this.countSoon(this.store.state.playing ? COUNT_EVERY_MS : COUNT_AFTER_MS);
  }

  private play(): void {
    const { whyStill } = this.store.state;
    if (whyStill !== null) {
      this.store.say({ kind: 'info', message: whyStill });
      return;
    }
    this.store.update({ playing: true });
    this.store.speak('Playing.');
    this.playedAt = performance.now();
    this.owed = 1;
    requestAnimationFrame(this.frame);
  }

  private readonly frame = (now: number): void => {
    const { playing, speed } = this.store.state;
    if (!playing) return;
    this.owed = Math.min(MOST_STEPS_A_FRAME, this.owed + ((now - this.playedAt) * speed) / 1000);
    this.playedAt = now;
    const due = Math.floor(this.owed);
    this.owed -= due;
    let done = 0;
    while (done < due && this.tryStep()) done++;
    if (done > 0) this.show();
    if (done === due) requestAnimationFrame(this.frame);
  };

  /** False where the board cannot go on: that is then said. */
  private tryStep(): boolean {
    const { whyStill } = this.store.state;
    if (whyStill !== null) {
      this.store.say({ kind: 'info', message: whyStill });
      return false;
    }
    try {
      this.timeline.step();
      return true;
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.store.update({ playing: false, said: { kind: 'info', message: error.message } });
      return false;
    }
  }

  private speakGeneration(): void {
    const { generation, universe } = this.timeline;
    this.store.speak(`Generation ${count(generation)}, ${counted(universe.population, 'cell')} alive.`);
  }

  /** Births and deaths of the next step, when nothing more urgent is to be done. */
  private countSoon(after: number): void {
    const { playing, whyStill } = this.store.state;
    if (this.counting !== null) {
      if (playing) return;
      clearTimeout(this.counting);
    }
    const wait = playing ? Math.max(0, this.countedAt + after - performance.now()) : after;
    this.counting = setTimeout(() => {
      this.counting = null;
      this.countedAt = performance.now();
      const possible = whyStill === null && this.universe.population <= MOST_COUNTED;
      this.store.update({ changes: possible ? this.changes() : null });
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
