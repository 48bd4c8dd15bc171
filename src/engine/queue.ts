import type { CancelSignal } from '../protocol/call';
import { cancelled } from '../protocol/rpc';
import type { TakeTurn } from './model/types';

/** How urgent a task is: what a person waits for with the pointer on it, then runs, then scans. */
export type Urgency = 'interactive' | 'run' | 'background';

const ORDER: Readonly<Record<Urgency, number>> = { interactive: 0, run: 1, background: 2 };

interface WaitingTurn {
  readonly order: number;
  /** Counts up: the task with the smaller began first. */
  readonly task: number;
  readonly start: () => void;
}

/** Messages are read at least this often while passes follow one another, a pass's own time on top: Stop is seen in time. */
const ROUND_MILLISECONDS = 30;

/**
 * The process's one queue. Sessions are run one turn (a pass) at a time; between turns, at the latest after
 * `ROUND_MILLISECONDS`, the event loop goes round, so that messages are read and Stop is seen. The next turn goes to the most urgent task that waits, among equals to the
 * one that began first.
 */
export class TurnQueue {
  private readonly waiting: WaitingTurn[] = [];
  private busy = false;
  private tasks = 0;
  private lastRound = 0;

  /** @param roundMilliseconds 0 lets the event loop go round after every turn. */
  constructor(private readonly roundMilliseconds = ROUND_MILLISECONDS) {}

  /**
   * The turns of one task. A turn that is asked for after the signal was aborted, or that still waits then, is
   * rejected as `cancelled`; one that has begun is not interrupted. Turns do not nest.
   */
  task(urgency: Urgency, signal: CancelSignal): TakeTurn {
    const task = this.tasks++;
    return (work) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(cancelled());
          return;
        }
        const start = (): void => {
          // The chain makes a rejection of what `work` throws at once.
          void Promise.resolve()
            .then(work)
            .then(resolve, reject)
            .finally(() => this.release());
        };
        // Nothing runs, so nothing waits either.
        if (!this.busy) {
          this.busy = true;
          start();
          return;
        }
        const onAbort = (): void => {
          this.waiting.splice(this.waiting.indexOf(turn), 1);
          reject(cancelled());
        };
        const turn: WaitingTurn = {
          order: ORDER[urgency],
          task,
          start: () => {
            signal.removeEventListener('abort', onAbort);
            start();
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        this.enqueue(turn);
      });
  }

  private enqueue(turn: WaitingTurn): void {
    const { order, task } = turn;
    const place = this.waiting.findIndex(
      (other) => other.order > order || (other.order === order && other.task > task),
    );
    this.waiting.splice(place < 0 ? this.waiting.length : place, 0, turn);
  }

  private release(): void {
    // Nobody else waits and messages were read a moment ago: the task may go straight on. A round of the event loop
    // between any two passes costs about a tenth of their time.
    if (this.waiting.length === 0 && performance.now() - this.lastRound < this.roundMilliseconds) {
      this.busy = false;
      return;
    }
    // The task that had the turn goes on first and may ask for its next one; then the event loop goes round.
    setImmediate(() => {
      this.lastRound = performance.now();
      this.busy = false;
      this.next();
    });
  }

  private next(): void {
    const turn = this.waiting.shift();
    if (!turn) return;
    this.busy = true;
    turn.start();
  }
}
