import type { Random } from '../../numeric/random';
import { chooseToken } from '../autoregressive';
import type { DecodeRequest, SpeculationStep } from '../decoder';
import type { AcceptanceRule } from './rule';
import { verifyDraft, type Draft } from './verify';

/** How tokens are chosen from the target's rows: where something was drafted, and where nothing was. */
export interface Judge {
  /**
   * @param row [vocabulary] logits of the token.
   * @param place its index in the sequence.
   * @throws CoreError `logits-invalid`.
   */
  choose(row: Float32Array, place: number): number;
  /** @throws CoreError `logits-invalid`. */
  verify(draft: Draft): SpeculationStep;
}

/** Accepts by a rule that compares draws with p and q; every draw is a new one. */
export function judgeByRule(
  rule: AcceptanceRule,
  random: Random,
  { sampling, endIds }: Pick<DecodeRequest, 'sampling' | 'endIds'>,
): Judge {
  const ends = new Set(endIds);
  return {
    choose: (row) => chooseToken(row, sampling, random),
    verify: (draft) => verifyDraft({ ...draft, sampling, rule, random, endIds: ends }),
  };
}
