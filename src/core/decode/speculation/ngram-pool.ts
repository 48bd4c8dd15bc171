/**
 * N-grams by their first token, as the pool of lookahead decoding keeps them (hao-ai-lab/LookaheadDecoding
 * `lade/decoding.py`, `update_token_map`): at most `each` of them a token, the one not seen for longest gives way.
 */
export class NgramPool {
  private readonly after = new Map<number, (readonly number[])[]>();

  /** @param each most n-grams that begin with the same token. */
  constructor(private readonly each: number) {}

  /** @param rest the tokens after the first, at least one. */
  add(first: number, rest: readonly number[]): void {
    const known = (this.after.get(first) ?? []).filter((one) => !isSame(one, rest));
    known.push(rest);
    this.after.set(first, known.slice(-this.each));
  }

  /** What followed that token, newest last. */
  find(first: number): readonly (readonly number[])[] {
    return this.after.get(first) ?? [];
  }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id, i) => id === other[i]);
}
