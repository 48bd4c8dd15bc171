import type { BreakEven } from '../../../core/lens/break-even';
import { counted } from '../../components/format';
import { milliseconds, times } from './numbers';

/** Whether drafting paid: `even` where it is within 2 % of plain decoding, `unknown` where that was not measured. */
export type Outcome = 'wins' | 'loses' | 'even' | 'unknown';

const EVEN = 0.02;

export function outcomeOf({ measured }: BreakEven): Outcome {
  if (measured === null) return 'unknown';
  if (Math.abs(measured - 1) <= EVEN) return 'even';
  return measured > 1 ? 'wins' : 'loses';
}

/** Whether drafting paid on this machine, and why, in plain sentences. */
export function breakEvenSentence(found: BreakEven): string {
  const { measured, plain, perToken, usual, draft, best } = found;
  if (measured === null || plain === null) {
    return (
      `A token took ${milliseconds(perToken)} with drafts. Speculation wins on this machine where a pass over one token ` +
      'takes longer than that. Too few passes of this run were fed one token, so what that takes is not known here.'
    );
  }
  const held = `${milliseconds(perToken)} a token, against ${milliseconds(plain.milliseconds)} for a pass without a draft`;
  const outcome = outcomeOf(found);
  if (outcome === 'wins') return `Speculation wins on this machine: ${held}.${advice(found)}`;
  if (outcome === 'even') return `Speculation makes no difference on this machine: ${held}.${advice(found)}`;
  const verifying = usual.milliseconds / plain.milliseconds;
  const tokens = counted(usual.gamma + 1, 'token');
  const why =
    `A pass over ${tokens} takes ${times(verifying)} as long as one over 1, drafting ${usual.gamma} takes ` +
    `${milliseconds(draft * usual.gamma)}, and a pass brings ${usual.tokens.toFixed(2)} tokens.`;
  const none = best === 0 ? ' No draft length up to the longest that was measured would win.' : advice(found);
  return `Speculation loses on this machine: ${held}. ${why}${none}`;
}

/** The length to draft with, where another than the run's own is predicted to be better. */
function advice({ best, lengths, usual }: BreakEven): string {
  const entry = lengths.find(({ gamma }) => gamma === best);
  if (!entry || entry === usual || entry.speedUp === null) return '';
  return ` Drafts of ${entry.gamma} should do best: ${times(entry.speedUp)}.`;
}
