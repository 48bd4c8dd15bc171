/** Part of a sequence that the model reads at once, and the first token that is judged in it. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** Index in the sequence; the tokens before it were judged in an earlier window, the first of the sequence in none. */
  readonly from: number;
}

/**
 * Windows of at most `length` tokens over a sequence that may be longer than the model's context. They overlap by half, so
 * that every token past the first window is judged after half a context at least; each token is judged once.
 * @param length 2 or more.
 */
export function windowsOf(tokens: number, length: number): Window[] {
  const windows: Window[] = [];
  for (let start = 0, from = 1; from < tokens; start += length >> 1) {
    const end = Math.min(start + length, tokens);
    windows.push({ start, end, from });
    from = end;
  }
  return windows;
}
