/**
 * Where the last tokens of a sequence stood before, and what followed. The longest suffix of `min` to `max` tokens that
 * occurs earlier wins, among equally long ones the earliest occurrence that something follows, as in Hugging Face's
 * prompt lookup (transformers `candidate_generator.py`) and in vLLM's (`v1/spec_decode/ngram_proposer.py`).
 * An occurrence may overlap the suffix.
 * @returns at most `count` tokens; none where nothing matches.
 */
export function lookUpNgram(
  sequence: readonly number[],
  { min, max, count }: { readonly min: number; readonly max: number; readonly count: number },
): readonly number[] {
  const end = sequence.length;
  let longest = 0;
  let follows = 0;
  // `after` is the place after an occurrence: the suffix is compared backwards from there.
  for (let after = 1; after < end; after++) {
    let length = 0;
    while (length < max && length < after && sequence[after - 1 - length] === sequence[end - 1 - length]) length++;
    if (length > longest) {
      longest = length;
      follows = after;
    }
  }
  return longest < Math.max(1, min) ? [] : sequence.slice(follows, follows + count);
}
