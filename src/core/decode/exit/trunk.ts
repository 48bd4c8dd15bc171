/** The lower part of a model: tokens in, hidden states out. */
export interface LowerPart {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly chunk: number;
  readonly length: number;
  /** As of a CausalModel, but row i is the hidden state that leaves the part at tokens[i]: [tokens.length, width]. */
  extend(tokens: readonly number[]): Promise<Float32Array>;
  rollback(length: number): void;
}

/**
 * The lower part of a model and the hidden states that it gave, shared by the two who go on from them: the draft, which
 * leaves here, and the model, which runs its upper part. What is asked for is compared with the tokens that it was given,
 * so that no hidden state of another continuation is ever read.
 */
export class Trunk {
  private readonly tokens: number[] = [];
  /** [tokens or more, width], growing. */
  private states = new Float32Array();
  private width = 0;

  constructor(readonly lower: LowerPart) {}

  get length(): number {
    return this.tokens.length;
  }

  /**
   * Runs the lower part where it has not seen the sequence: afterwards the trunk begins with it, and may hold more behind.
   * @throws what a pass fails with; what was read before it stays.
   */
  async hold(sequence: readonly number[]): Promise<void> {
    const differs = sequence.findIndex((id, i) => i < this.tokens.length && this.tokens[i] !== id);
    if (differs >= 0) this.rollback(differs);
    while (this.length < sequence.length) {
      const start = this.length;
      const tokens = sequence.slice(start, start + this.lower.chunk);
      this.keep(start, tokens.length, await this.lower.extend(tokens));
      for (const token of tokens) this.tokens.push(token);
    }
  }

  /** Forgets everything after the first `length` tokens. */
  rollback(length: number): void {
    if (length >= this.length) return;
    this.lower.rollback(length);
    this.tokens.length = length;
  }

  /** Hidden states [count, width] of the tokens from `start` on, which are held. */
  rows(start: number, count: number): Float32Array {
    if (start + count > this.length) throw new RangeError(`no hidden states of ${start + count} tokens`);
    return this.states.subarray(start * this.width, (start + count) * this.width);
  }

  private keep(start: number, count: number, rows: Float32Array): void {
    this.width = rows.length / count;
    const needed = (start + count) * this.width;
    if (needed > this.states.length) {
      const grown = new Float32Array(Math.max(needed, this.states.length * 2));
      grown.set(this.states);
      this.states = grown;
    }
    this.states.set(rows, start * this.width);
  }
}
