import { argmax } from '../../numeric/softmax';
import type { Guesser } from './guesses';
import { NgramPool } from './ngram-pool';
import type { Drafter } from './speculate';
import type { Proposal } from './verify';

export interface LookaheadOptions {
  /** Guesses after the sequence (W). */
  readonly window: number;
  /** Tokens of an n-gram (N). */
  readonly ngram: number;
  /** N-grams kept for each first token (G). */
  readonly guesses: number;
  /** Whether n-grams of the sequence are kept as well. */
  readonly fromSequence: boolean;
  readonly guess: Guesser;
}

/** A token of the window, and those that led to it: each was said of its place after the one before it was fed. */
interface Guess extends Proposal {
  /** At most n − 1 tokens, the nearest last. */
  readonly trail: readonly number[];
}

/**
 * Drafts of lookahead decoding in one line of tokens: an n-gram that begins with the newest token, where one is known, laid
 * over the first places of a Jacobi window; the window alone where none is. Every pass renews the guesses behind the first
 * rejection, and what led to each of them is collected: the n-grams are diagonals through the window's past, as in the paper.
 */
export class LookaheadDrafter implements Drafter {
  private readonly pool: NgramPool;
  private window: readonly Guess[] = [];
  private fed: readonly Guess[] = [];
  private sequence: readonly number[] = [];
  private row: Float32Array = new Float32Array();

  constructor(private readonly options: LookaheadOptions) {
    this.pool = new NgramPool(options.guesses);
  }

  begin(_: readonly number[], row: Float32Array): Promise<void> {
    this.row = row;
    return Promise.resolve();
  }

  propose(sequence: readonly number[], most: number): Promise<readonly Proposal[]> {
    const { window, ngram, guess, fromSequence } = this.options;
    if (fromSequence) {
      for (let end = Math.max(ngram, this.sequence.length + 1); end <= sequence.length; end++) {
        this.collect(sequence.slice(end - ngram, end));
      }
    }
    this.sequence = [...sequence];
    const newest = sequence.at(-1) as number;
    const found = this.choose(newest).slice(0, most);
    const fed = found.map((id, i): Guess => {
      const trail = [...sequence, ...found.slice(0, i)].slice(1 - ngram);
      return { id, q: null, source: 'pool', trail };
    });
    const size = Math.min(window, most);
    fed.push(...this.window.slice(fed.length, size));
    while (fed.length < size) {
      const left = fed.at(-1)?.id ?? newest;
      const first = guess({ index: sequence.length + fed.length, left, row: this.row });
      if (first === null) break;
      fed.push({ ...first, trail: [] });
    }
    this.fed = fed;
    return Promise.resolve(fed);
  }

  learn(drafted: number, accepted: number, row: (i: number) => Float32Array): void {
    const { ngram } = this.options;
    const next: Guess[] = [];
    for (let i = accepted + 1; i <= drafted; i++) {
      const before = this.fed[i - 1] as Guess;
      const trail = [...before.trail, before.id].slice(1 - ngram);
      const { id } = argmax(row(i));
      this.collect([...trail, id]);
      next.push({ id, q: null, source: 'previous-pass', trail });
    }
    // What a draft that was cut did not feed stays as it was.
    this.window = [...next, ...this.fed.slice(drafted + 1)];
    this.row = row(drafted);
  }

  private collect(tokens: readonly number[]): void {
    const [first, ...rest] = tokens;
    if (tokens.length === this.options.ngram && first !== undefined) this.pool.add(first, rest);
  }

  /** Of the n-grams after that token the one that goes with the window furthest, the newest among equals. */
  private choose(newest: number): readonly number[] {
    let best: readonly number[] = [];
    let longest = 0;
    for (const one of this.pool.find(newest)) {
      const differs = one.findIndex((id, i) => id !== this.window[i]?.id);
      const length = differs < 0 ? one.length : differs;
      if (length < longest) continue;
      best = one;
      longest = length;
    }
    return best;
  }
}
