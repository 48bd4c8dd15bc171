import { array, integer, nullable, object, readOrNull, string, type Checked } from '../../../../core/check/check';

const text = string({ max: 10_000_000 });

const keptCheck = object({
  /** Names start and model. */
  of: text,
  asked: integer({ min: 0 }),
  place: integer({ min: 0 }),
  broken: nullable(text),
  /** The predicted boards, each as {@link packBoard} writes it. */
  boards: array(text, { max: 1_000_000 }),
});
/** A rollout as the page keeps it. */
export type KeptRollout = Checked<typeof keptCheck>;

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
  return readOrNull(keptCheck, value);
}
