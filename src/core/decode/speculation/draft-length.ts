import type { KeptState } from '../decoder';

/**
 * How the draft length changes: not at all; by Hugging Face's heuristic (transformers `candidate_generator.py`), 2 longer
 * after a draft that was accepted whole and 1 shorter, at least 1, after another. `heuristic` goes on from run to run,
 * `heuristic_transient` begins each with gamma.
 */
export const SCHEDULES = ['constant', 'heuristic', 'heuristic_transient'] as const;
export type Schedule = (typeof SCHEDULES)[number];

export class DraftLength {
  private length: number;

  /** @param kept where the length of `heuristic` is kept between runs. */
  constructor(
    gamma: number,
    private readonly schedule: Schedule,
    private readonly kept: KeptState = {},
  ) {
    this.length = (schedule === 'heuristic' ? kept.draftLength : undefined) ?? gamma;
  }

  get current(): number {
    return this.length;
  }

  learn(drafted: number, accepted: number): void {
    if (this.schedule === 'constant') return;
    this.length = accepted === drafted ? this.length + 2 : Math.max(1, this.length - 1);
    if (this.schedule === 'heuristic') this.kept.draftLength = this.length;
  }
}
