/** A rollout as the page keeps it. */
export interface KeptRollout {
  /** Names start and model. */
  readonly of: string;
  readonly asked: number;
  readonly place: number;
  readonly broken: string | null;
  /** The predicted boards, each as {@link packBoard} writes it. */
  readonly boards: readonly string[];
}

/** Four cells in a hexadecimal digit, the first in its highest bit; what is missing of the last is dead. */
export function packBoard(board: Uint8Array): string {
  let text = '';
  for (let at = 0; at < board.length; at += 4) {
    const bits = [0, 1, 2, 3].reduce((sum, by) => sum * 2 + (board[at + by] === 1 ? 1 : 0), 0);
    text += bits.toString(16);
  }
  return text;
}

/** null where the text is no board of so many cells. */
export function unpackBoard(text: string, cells: number): Uint8Array | null {
  if (text.length !== Math.ceil(cells / 4) || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: cells }, (_, at) => {
    const bits = Number.parseInt(text[Math.floor(at / 4)] as string, 16);
    return (bits >> (3 - (at % 4))) & 1;
  });
}

/** What was kept, where it is a rollout; a page may have been written by an older version, or by anyone. */
export function readKept(value: unknown): KeptRollout | null {
  if (typeof value !== 'object' || value === null) return null;
  const { of, asked, place, broken, boards } = value as Partial<Record<keyof KeptRollout, unknown>>;
  const isCount = (given: unknown): given is number => Number.isSafeInteger(given) && (given as number) >= 0;
  if (typeof of !== 'string' || !isCount(asked) || !isCount(place)) return null;
  if (broken !== null && typeof broken !== 'string') return null;
  if (!Array.isArray(boards) || !boards.every((board): board is string => typeof board === 'string')) return null;
  return { of, asked, place, broken, boards };
}
