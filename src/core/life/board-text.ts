import { CoreError } from '../errors';
import type { LifeGrid } from '../trace/record';
import { centred } from './board';
import { readPattern } from './formats/index';
import type { Pattern } from './pattern';
import { readLifePrompt } from './prompt';
import { parseRule } from './rule';

/**
 * The board that a text says: a prompt by the model's template, any pattern file's text, or rows of 0 and 1, with or without
 * blanks between them. Patterns and rows are placed in the middle of the grid; digits of all its cells in one row are the grid.
 * @throws CoreError `life-invalid` where it is no pattern or larger than the grid, and as `readPattern` does.
 */
export function boardOfText(body: string, grid: LifeGrid): Uint8Array {
  const text = body.trim();
  if (text === '')
    throw new CoreError('life-invalid', 'There is no pattern: give RLE, or rows of 0 and 1 or of . and O.');
  const prompt = readLifePrompt(text, grid);
  if (prompt) return prompt.cells;
  if (!/^[01\s]+$/.test(text)) return boardOfPatternFor(readPattern(text), grid);
  const digits = text.replace(/[^\S\r\n]/g, '');
  const { width, height } = grid;
  if (digits.length === width * height && !/\s/.test(digits)) return Uint8Array.from(digits, Number);
  // Rows of digits are plaintext in other letters.
  return centred(readPattern(digits.replaceAll('0', '.').replaceAll('1', 'O'), '.cells'), grid);
}

/**
 * A pattern in the middle of the grid that a model is asked about.
 * @throws CoreError `life-unsupported` where it lives by a rule that models are not told, `life-invalid` where it is larger.
 */
export function boardOfPatternFor(pattern: Pattern, grid: LifeGrid): Uint8Array {
  parseRule(pattern.rule);
  return centred(pattern, grid);
}
