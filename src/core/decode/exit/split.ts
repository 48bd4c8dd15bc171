import type { CausalModel } from '../../sequence/causal';
import type { Trunk } from './trunk';

/** Logits of hidden states: final norm and head. @param rows [count, width]. @returns [count, vocabulary]. */
export type Lens = (rows: Float32Array, count: number) => Promise<Float32Array>;

/** A model that leaves the trunk through the lens. Where the trunk is at rows already read, it runs the lens alone. */
export class ExitModel implements CausalModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly chunk: number;
  private readonly tokens: number[] = [];

  constructor(
    private readonly trunk: Trunk,
    private readonly lens: Lens,
  ) {
    ({ vocabularySize: this.vocabularySize, contextLength: this.contextLength, chunk: this.chunk } = trunk.lower);
  }

  get length(): number {
    return this.tokens.length;
  }

  async extend(tokens: readonly number[]): Promise<Float32Array> {
    const start = this.length;
    await this.read(tokens);
    try {
      return await this.lens(this.trunk.rows(start, tokens.length), tokens.length);
    } catch (error) {
      this.tokens.length = start;
      throw error;
    }
  }

  async read(tokens: readonly number[]): Promise<void> {
    if (tokens.length === 0) throw new RangeError('no tokens to extend the sequence with');
    await this.trunk.hold([...this.tokens, ...tokens]);
    this.tokens.push(...tokens);
  }

  rollback(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new RangeError(`cannot roll back to ${length} of ${this.length} tokens`);
    }
    this.tokens.length = length;
  }
}

/**
 * The whole model over a trunk: tokens that the trunk has read are not run through the lower part again.
 */
export class SplitModel implements CausalModel {
  private readonly tokens: number[] = [];

  /** @param upper goes on from the trunk's hidden states of the tokens that it is fed, and has a cache of its own. */
  constructor(
    private readonly trunk: Trunk,
    private readonly upper: CausalModel,
  ) {}

  get vocabularySize(): number {
    return this.upper.vocabularySize;
  }

  get contextLength(): number {
    return this.upper.contextLength;
  }

  get chunk(): number {
    return this.upper.chunk;
  }

  get length(): number {
    return this.tokens.length;
  }

  async extend(tokens: readonly number[]): Promise<Float32Array> {
    if (tokens.length === 0) throw new RangeError('no tokens to extend the sequence with');
    await this.trunk.hold([...this.tokens, ...tokens]);
    const logits = await this.upper.extend(tokens);
    this.tokens.push(...tokens);
    return logits;
  }

  rollback(length: number): void {
    this.upper.rollback(length);
    this.tokens.length = length;
    // What is behind was drafted and not accepted: the next tokens are other ones.
    this.trunk.rollback(length);
  }
}
