import { CoreError } from '../errors';
import type { CausalModel } from './causal';

export interface CausalTableOptions {
  readonly vocabularySize: number;
  /** Probabilities of the token after these: [vocabularySize], 0 or more, summing to 1. Must depend on nothing else. */
  readonly distribution: (context: readonly number[]) => ArrayLike<number>;
  readonly contextLength?: number;
  readonly chunk?: number;
}

/** A model whose distributions are known exactly: what decoders are tested on, and what lessons explain them with. */
export class CausalTable implements CausalModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly chunk: number;
  /** Passes run so far, for those who count them. */
  passes = 0;
  private tokens: number[] = [];
  private readonly distribution: CausalTableOptions['distribution'];

  constructor(options: CausalTableOptions) {
    this.vocabularySize = options.vocabularySize;
    this.contextLength = options.contextLength ?? Infinity;
    this.chunk = options.chunk ?? 512;
    this.distribution = options.distribution;
  }

  /**
   * A Markov chain of order n.
   * @param table the distribution after each context, keyed by its last n ids joined with commas (`''` for order 0).
   *              Shorter contexts, at the start of a sequence, and contexts that are missing are uniform.
   */
  static markov(
    vocabularySize: number,
    order: number,
    table: Readonly<Record<string, readonly number[]>>,
    options: Partial<CausalTableOptions> = {},
  ): CausalTable {
    const uniform = new Array<number>(vocabularySize).fill(1 / vocabularySize);
    const distribution = (context: readonly number[]): readonly number[] =>
      table[(order === 0 ? [] : context.slice(-order)).join(',')] ?? uniform;
    return new CausalTable({ ...options, vocabularySize, distribution });
  }

  get length(): number {
    return this.tokens.length;
  }

  extend(tokens: readonly number[]): Promise<Float32Array> {
    const length = this.tokens.length + tokens.length;
    if (tokens.length === 0 || length > this.contextLength) {
      const message =
        tokens.length === 0 ? 'No tokens to feed.' : `${length} tokens do not fit a context of ${this.contextLength}.`;
      return Promise.reject(new CoreError('request-invalid', message));
    }
    this.passes++;
    const logits = new Float32Array(tokens.length * this.vocabularySize);
    tokens.forEach((token, i) => {
      this.tokens.push(token);
      const p = this.distribution(this.tokens);
      for (let id = 0; id < this.vocabularySize; id++) logits[i * this.vocabularySize + id] = Math.log(p[id] as number);
    });
    return Promise.resolve(logits);
  }

  rollback(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.tokens.length) {
      throw new CoreError('request-invalid', `Cannot roll back ${this.tokens.length} tokens to ${length}.`);
    }
    this.tokens.length = length;
  }
}
