/** How often a result on show is drawn anew while its run goes on, at most. */
const LEAST_MILLISECONDS = 150;
/** Time left to the run for each that drawing takes: a drawing of a long run is large, and is made again whole. */
const REST = 12;

/** Draws a result that grows, one drawing after the other, and never so often that the run waits for it. */
export class Redraw {
  private due = 0;
  private drawing: Promise<void> = Promise.resolve();
  private busy = false;

  /** Draws what `make` gives, unless the last drawing is too recent or still under way: then nothing is made. */
  soon(make: () => Thenable<void>): void {
    if (this.busy || Date.now() < this.due) return;
    this.draw(make);
  }

  /** Draws what `make` gives after all that came before. */
  async last(make: () => Thenable<void>): Promise<void> {
    await this.drawing;
    this.draw(make);
    await this.drawing;
  }

  private draw(make: () => Thenable<void>): void {
    const started = Date.now();
    this.busy = true;
    this.drawing = (async () => {
      try {
        await make();
      } finally {
        this.busy = false;
        this.due = Date.now() + Math.max(LEAST_MILLISECONDS, REST * (Date.now() - started));
      }
    })();
    // Whoever waits for the last drawing is told; a run does not end for one between.
    this.drawing.catch(() => undefined);
  }
}
