import { centred } from '../life/board';
import { CoreError } from '../errors';
import { readPattern } from '../life/formats/index';
import type { LifeGrid } from '../trace/record';

/**
 * The board that a Life cell says: any pattern file's text, or rows of 0 and 1, placed in the middle of the grid.
 * @throws CoreError `life-invalid` where it is no pattern or larger than the grid, and as `readPattern` does.
 */
export function boardOfText(body: string, grid: LifeGrid): Uint8Array {
  const text = body.trim();
  if (text === '')
    throw new CoreError('life-invalid', 'The cell has no pattern: give RLE, or rows of 0 and 1 or of . and O.');
  // Rows of digits are plaintext in other letters.
  const isDigits = /^[01\s]+$/.test(text);
  return centred(
    readPattern(isDigits ? text.replaceAll('0', '.').replaceAll('1', 'O') : text, isDigits ? '.cells' : ''),
    grid,
  );
}
