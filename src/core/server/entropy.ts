/** Bounds of an entropy, in bits. */
export interface EntropyBounds {
  readonly atLeast: number;
  /** null where the size of the vocabulary is not known. */
  readonly atMost: number | null;
}

/**
 * Between what the entropy of a distribution can be of which some probabilities are known.
 * Entropy is concave, so it is least where the mass of the others lies on as few tokens as may be, `cap` on each, and
 * largest where all share it equally.
 * @param known probabilities of different tokens.
 * @param outside mass of all others, in [0, 1].
 * @param cap the most that one of the others can have: the least of the most probable tokens, 1 where that is not known.
 * @param others how many tokens the others are; null where it is not known.
 */
export function entropyBounds(
  known: readonly number[],
  outside: number,
  cap: number,
  others: number | null,
): EntropyBounds {
  let sum = 0;
  for (const p of known) sum += bits(p);
  // Told whole but for rounding: there is nothing to share.
  if (outside <= 0) return { atLeast: sum, atMost: sum };
  const most = Math.min(cap, outside);
  const full = most > 0 ? Math.floor(outside / most) : 0;
  return {
    atLeast: sum + full * bits(most) + (most > 0 ? bits(Math.max(0, outside - full * most)) : 0),
    atMost: others === null || others < 1 ? null : sum + outside * Math.log2(others / outside),
  };
}

/** −p log2 p. */
function bits(p: number): number {
  return p > 0 ? -p * Math.log2(p) : 0;
}
