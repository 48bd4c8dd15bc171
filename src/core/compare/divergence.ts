import { rankedTop } from '../trace/partial';
import type { Judgement } from '../trace/record';

/** A distribution of which the most probable tokens are known, as a trace keeps it and a server tells it. */
export interface KnownDistribution {
  /** Probability of the tokens that are known, by id. */
  readonly known: ReadonlyMap<number, number>;
  /** Probability of all others together, in [0, 1]; 0 where every token is known. */
  readonly outside: number;
  /** The most that one token outside can have. */
  readonly cap: number;
}

/** What is known of how far two distributions are apart. */
export interface Divergence {
  /** Least Kullback–Leibler divergence D(p‖q) in bits that fits what is known; Infinity where q rules out what p has. */
  readonly klAtLeast: number;
  /** Whether `klAtLeast` is the divergence itself. Otherwise nothing bounds it from above: q may be next to 0 anywhere outside. */
  readonly exact: boolean;
  /** Ends of the total variation distance ½ Σ |p − q|, in [0, 1]; equal where `exact`. */
  readonly tv: { readonly low: number; readonly high: number };
}

/**
 * The distribution behind a judgement.
 * @param id the token that was judged, whose probability is known though it may be none of the most probable.
 * @param vocabularySize 0 where it is not known.
 */
export function knownDistribution(judgement: Judgement, id: number, vocabularySize: number): KnownDistribution {
  const { top, probability } = judgement;
  const known = new Map(top.map((each) => [each.id, each.probability]));
  const cap = rankedTop(judgement, id).reduce((least, each) => Math.min(least, each.probability), 1);
  known.set(id, probability);
  const whole = vocabularySize > 0 && known.size >= vocabularySize;
  const sum = [...known.values()].reduce((total, value) => total + value, 0);
  return { known, outside: whole ? 0 : Math.min(1, Math.max(0, 1 - sum)), cap };
}

/**
 * How far q is from p.
 *
 * Tokens known in both count as they are. Of what is known in one alone the other has a share that is not known: A in p
 * alone, with q's unknown mass `n` for them and the rest; B in q alone, with p's unknown mass `m`. By the log-sum inequality
 * (Cover and Thomas 2006, theorem 2.7.1) the least divergence has one ratio of p to q over all of them, (A + m)/(B + n);
 * where that would need more than the unknown masses, which is where A·B > m·n, q's goes to A and p's to B whole.
 * The overlap Σ min(p, q) lies between that of the tokens known in both and what caps and masses allow beside it.
 */
export function divergence(p: KnownDistribution, q: KnownDistribution): Divergence {
  let [kl, overlap, onlyP, onlyQ, mostP, mostQ] = [0, 0, 0, 0, 0, 0];
  for (const [id, here] of p.known) {
    const there = q.known.get(id);
    if (there === undefined) {
      onlyP += here;
      mostP += Math.min(here, q.cap);
      continue;
    }
    kl += term(here, there);
    overlap += Math.min(here, there);
  }
  for (const [id, there] of q.known) {
    if (p.known.has(id)) continue;
    onlyQ += there;
    mostQ += Math.min(there, p.cap);
  }
  kl +=
    onlyP * onlyQ > p.outside * q.outside
      ? term(onlyP, q.outside) + term(p.outside, onlyQ)
      : term(onlyP + p.outside, onlyQ + q.outside);
  const more = Math.min(p.outside + Math.min(mostP, q.outside), q.outside + Math.min(mostQ, p.outside));
  return {
    klAtLeast: Math.max(0, kl),
    exact: p.outside === 0 && q.outside === 0,
    tv: { low: Math.max(0, 1 - overlap - more), high: Math.min(1, Math.max(0, 1 - overlap)) },
  };
}

/** p log2(p/q), with 0 log 0 = 0. */
function term(p: number, q: number): number {
  return p > 0 ? p * Math.log2(p / q) : 0;
}
