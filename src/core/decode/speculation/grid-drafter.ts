import type { DraftSource } from '../drafted';
import type { Drafter } from './speculate';
import type { Proposal } from './verify';

/**
 * Drafts an answer that is known beforehand, token by token at its own place: what was said instead changes nothing, for
 * a cell is one token wherever it stands.
 */
export class GridDrafter implements Drafter {
  private promptLength = 0;

  /**
   * @param answer tokens of the whole answer.
   * @param answered how many of them the prompt holds.
   * @param gamma most tokens a draft.
   */
  constructor(
    private readonly answer: readonly number[],
    private readonly answered: number,
    private readonly gamma: number,
    private readonly source: DraftSource,
  ) {}

  begin(prompt: readonly number[]): Promise<void> {
    this.promptLength = prompt.length;
    return Promise.resolve();
  }

  propose(sequence: readonly number[], most: number): Promise<readonly Proposal[]> {
    const place = sequence.length - this.promptLength + this.answered;
    const drafted = this.answer.slice(place, place + Math.min(this.gamma, most));
    return Promise.resolve(drafted.map((id) => ({ id, q: null, source: this.source })));
  }

  learn(): void {
    // The draft is fixed.
  }
}
