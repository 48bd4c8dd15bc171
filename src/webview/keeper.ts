const EVERY_MS = 250;

/**
 * Keeps the state of a page for the time after it. A change is kept at once, those that follow it closely together a moment later: a
 * page may go at any time, and what it says when it goes may not arrive.
 */
export class Keeper {
  private waiting: ReturnType<typeof setTimeout> | null = null;
  private due = false;

  /** @param save hands the state to the editor. */
  constructor(private readonly save: () => void) {}

  /** There is something to keep. */
  soon(): void {
    this.due = true;
    // What changes in the same turn is kept with it.
    if (this.waiting === null) queueMicrotask(() => this.flush());
  }

  /** Keeps what has not been kept yet: the page is about to go. */
  flush(): void {
    if (!this.due) return;
    this.due = false;
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.flush();
    }, EVERY_MS);
    this.save();
  }
}
