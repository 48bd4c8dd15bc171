/**
 * Does a piece of work for the latest of many changes: after a while without another one, one at a time. A change stops
 * what is under way for an earlier one, and the next begins once that has ended.
 */
export class Latest {
  private stopper: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private due = false;

  /** @param work is given a signal of its own; must not throw. */
  constructor(
    private readonly quietMilliseconds: number,
    private readonly work: (signal: AbortSignal) => Promise<void>,
  ) {}

  changed(): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.due = true;
      void this.run();
    }, this.quietMilliseconds);
  }

  /** Whether something is under way or to come. */
  get pending(): boolean {
    return this.running || this.due || this.timer !== undefined;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.due = false;
    this.stopper?.abort();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      while (this.due) {
        this.due = false;
        this.stopper = new AbortController();
        await this.work(this.stopper.signal);
      }
    } finally {
      this.running = false;
      this.stopper = undefined;
    }
  }
}
