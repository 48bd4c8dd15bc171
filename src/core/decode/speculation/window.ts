import type { DecodeRequest } from '../decoder';
import type { NumberOption } from '../options';
import type { Guesser } from './guesses';
import type { Drafter } from './speculate';
import type { Proposal } from './verify';

/** Tokens a pass where nothing else is said: that of the scripts of Speculative Jacobi Decoding. */
const TEXT_WINDOW = 16;

export const WINDOW_OPTION: NumberOption = {
  kind: 'integer',
  about: `Tokens a pass: the newest one and the guesses after it; 0 = ${TEXT_WINDOW}, or for a grid its whole answer.`,
  default: 0,
  min: 0,
  max: 4096,
  zero: 'automatic',
};

/** Guesses in a whole window: all tokens of a pass but the newest of the sequence, which is known. */
export function guessesOf(window: number, { aids }: DecodeRequest): number {
  if (window > 0) return window - 1;
  const life = aids?.life;
  // The first token of the answer is the prompt's pass's.
  return (life ? Math.max(1, life.answer(life.cells).length - life.answered) : TEXT_WINDOW) - 1;
}

/** A guess of a place, and what its next refresh needs of it. */
export interface Slot extends Proposal {
  /** [vocabulary] noise of the place, the same at every refresh. */
  readonly noise?: Float64Array;
}

/** A new guess of a place from what the target says there, given the guesses before it. */
export type Refresh = (row: Float32Array, index: number, old: Slot | undefined) => Slot;

export interface WindowOptions {
  /** Guesses of a whole window. */
  readonly size: number;
  /** Filled up before each pass; else it shrinks as places are decided, and a new one begins after the last. */
  readonly slides: boolean;
  readonly guess: Guesser;
  readonly refresh: Refresh;
}

/**
 * Drafts of Jacobi iteration: guesses of the places after the sequence, each made anew from the pass in which it was fed.
 * What the target says after a rejected guess belongs to a sequence that is not this one; it is where the next guess comes
 * from, and the rule then judges that.
 */
export class WindowDrafter implements Drafter {
  private slots: readonly Slot[] = [];
  private start = 0;
  private row: Float32Array = new Float32Array();
  /** The refresh that the last pass allows; done when the next draft is wanted, so that its time counts as drafting. */
  private pending: (() => readonly Slot[]) | null = null;

  constructor(private readonly options: WindowOptions) {}

  begin(_: readonly number[], row: Float32Array): Promise<void> {
    this.row = row;
    return Promise.resolve();
  }

  propose(sequence: readonly number[], most: number): Promise<readonly Proposal[]> {
    const { size, slides, guess } = this.options;
    this.start = sequence.length;
    const newest = sequence.at(-1) as number;
    const slots = [...(this.pending?.() ?? this.slots)];
    this.pending = null;
    if (slides || slots.length === 0) {
      while (slots.length < Math.min(size, most)) {
        const left = slots.at(-1)?.id ?? newest;
        const slot = guess({ index: this.start + slots.length, left, row: this.row });
        if (slot === null) break;
        slots.push(slot);
      }
    }
    this.slots = slots;
    return Promise.resolve(slots.slice(0, most));
  }

  learn(drafted: number, accepted: number, row: (i: number) => Float32Array): void {
    const { refresh, slides } = this.options;
    const { slots, start } = this;
    this.row = row(drafted);
    this.pending = () => {
      // The row after the last guess is of a place of which there was none yet, unless the draft was cut.
      const places = slides && accepted < drafted ? Math.max(slots.length, drafted + 1) : slots.length;
      const kept: Slot[] = [];
      for (let i = accepted + 1; i < places; i++) {
        kept.push(i <= drafted ? refresh(row(i), start + i, slots[i]) : (slots[i] as Slot));
      }
      return kept;
    };
  }
}
