import { ALTERNATIVES_KEPT, type Alternative, type Judgement } from '../trace/record';
import { entropyBounds } from './entropy';

/** A token that a server told beside the chosen one: by its id, or where it names tokens by their text alone, without. */
export interface ToldAlternative {
  readonly id: number | null;
  readonly text: string;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
}

export interface Told {
  readonly id: number;
  readonly text: string;
  /** Natural logarithm of the probability of the chosen token. */
  readonly logProbability: number;
  /** The rank, where the server says it. */
  readonly rank: number | null;
  /** The most probable tokens, the chosen one among them where it is one. */
  readonly alternatives: readonly ToldAlternative[];
  /** How many of the most probable tokens were asked for; −1 for all. */
  readonly asked: number;
  /** Tokens of the vocabulary; null or absent where that is not known. */
  readonly vocabularySize?: number | null;
}

/**
 * What a server told of a token, as a judgement. Servers give the N most probable tokens and, where it is none of them,
 * the chosen one. Where they are named by their text, tokens of the same text have fallen into one: fewer than N are left,
 * and then neither the rank nor the most that another token can have is known.
 */
export function judgementOf({ id, text, logProbability, rank, alternatives, asked, vocabularySize }: Told): Judgement {
  const sorted = [...alternatives].sort((a, b) => b.logProbability - a.logProbability);
  const named = sorted.every((each) => each.id !== null);
  const whole = asked < 0 && named;
  const complete = whole || (asked > 0 && sorted.length >= asked);
  const probability = Math.exp(logProbability);

  const probabilities = sorted.map((each) => Math.exp(each.logProbability));
  // Of texts that fell into one it is not known whether the chosen token is told: only its own probability is sure.
  const known = complete ? probabilities : [probability];
  const outside = whole ? 0 : clamp(1 - known.reduce((sum, p) => sum + p, 0));
  const cap = complete ? (probabilities[(whole ? sorted.length : asked) - 1] ?? 1) : 1;
  const others = whole ? 0 : vocabularySize == null ? null : Math.max(0, vocabularySize - known.length);
  const bounds = entropyBounds(known, outside, cap, others);

  const better = sorted.filter((each) => each.logProbability > logProbability).length;
  const rankKnown = rank !== null || whole || (complete && better < asked);
  const own: Alternative = { id, text, probability };
  return {
    probability,
    rank: rank ?? better + 1,
    surprisal: -logProbability / Math.LN2,
    entropy: bounds.atLeast,
    top: named && complete ? sorted.slice(0, ALTERNATIVES_KEPT).flatMap(alternativeOf) : [own],
    ...(whole ? {} : { partial: { outside, entropyAtMost: bounds.atMost, rankKnown } }),
  };
}

function alternativeOf({ id, text, logProbability }: ToldAlternative): Alternative[] {
  return id === null ? [] : [{ id, text, probability: Math.exp(logProbability) }];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
