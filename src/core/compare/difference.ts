import type { TraceToken } from '../trace/record';

/** Where two sequences part. */
export interface Difference {
  /** Index in the sequence, prompt included, of the first token that differs or that one of them lacks. */
  readonly index: number;
  /** What the first sequence has there; null where it has ended. */
  readonly expected: SaidToken | null;
  /** What the other has there; null where it has ended. */
  readonly found: SaidToken | null;
}

export interface SaidToken {
  readonly id: number;
  readonly text: string;
}

/** @returns null where the sequences are the same, token by token and in length. */
export function firstDifference(
  expected: readonly Pick<TraceToken, 'id' | 'text'>[],
  found: readonly Pick<TraceToken, 'id' | 'text'>[],
): Difference | null {
  const length = Math.max(expected.length, found.length);
  for (let index = 0; index < length; index++) {
    if (expected[index]?.id === found[index]?.id) continue;
    return { index, expected: said(expected[index]), found: said(found[index]) };
  }
  return null;
}

function said(token: Pick<TraceToken, 'id' | 'text'> | undefined): SaidToken | null {
  return token ? { id: token.id, text: token.text } : null;
}
