import type { TraceEvent } from '../../core/trace/record';
import type { RunEvent } from '../../protocol/runs';

/** Milliseconds between two messages with trace events: as often as a reader sees text grow smoothly, 10 a second. */
const TRACE_INTERVAL = 100;
const PROGRESS_INTERVAL = 250;
/** Events of one message: with 20 alternatives a token is about 1 kB, so a message stays well under 16 MB. */
const EVENTS_A_MESSAGE = 2_000;

/** Sends trace events in order, the first at once and the rest batched. */
export class EventStream {
  private waiting: TraceEvent[] = [];
  private traceSent = -Infinity;
  private progressSent = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly emit: (event: RunEvent) => void) {}

  push(event: TraceEvent): void {
    this.waiting.push(event);
    if (this.waiting.length >= EVENTS_A_MESSAGE) this.flush();
    // Where what comes next takes long, what is known already is shown meanwhile.
    else this.timer ??= setTimeout(() => this.flush(), TRACE_INTERVAL);
  }

  /** All events of a pass are in: sends them unless others were sent just before. */
  endOfPass(): void {
    if (performance.now() - this.traceSent >= TRACE_INTERVAL) this.flush();
  }

  /** @param tokens of `total` that are done, prompt included. */
  progress(tokens: number, total: number, tokensPerSecond: number | null): void {
    if (performance.now() - this.progressSent < PROGRESS_INTERVAL) return;
    this.progressSent = performance.now();
    this.emit({ type: 'progress', tokens, total, tokensPerSecond });
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.traceSent = performance.now();
    this.emit({ type: 'trace', events: this.waiting });
    this.waiting = [];
  }
}
