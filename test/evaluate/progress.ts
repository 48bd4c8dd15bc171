const INTERVAL_MILLISECONDS = 10_000;

/** Says on standard error how far a long measurement is; counts are said every ten seconds. */
export class Progress {
  constructor(
    private readonly model: string,
    private readonly print: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  ) {}

  say(text: string): void {
    this.print(`${this.model}: ${text}`);
  }

  /** @returns to be called after each of `total` steps. */
  counter(what: string, total: number): () => void {
    const started = performance.now();
    let [done, said] = [0, started];
    return () => {
      done++;
      const now = performance.now();
      if (done < total && now - said < INTERVAL_MILLISECONDS) return;
      said = now;
      this.say(`${what}: ${done} of ${total}, ${((now - started) / done).toFixed(0)} ms each`);
    };
  }
}
