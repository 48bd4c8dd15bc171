import type { LifeGrid } from '../trace/record';

const PLACE = '{cells}';

/** What a prompt of a Life model says. */
export interface LifePrompt {
  /** [height, width] row by row, 0 dead and 1 alive. */
  readonly cells: Uint8Array;
  /** The beginning of the answer that stands after the prompt. */
  readonly answered: string;
}

/**
 * Reads a text that is a prompt by the model's template, perhaps with the beginning of an answer after it.
 * @returns null where it is not.
 */
export function readLifePrompt(text: string, grid: LifeGrid): LifePrompt | null {
  const [before = '', after = ''] = grid.prompt.split(PLACE);
  const count = grid.width * grid.height;
  const start = before.length;
  const digits = text.slice(start, start + count);
  if (!text.startsWith(before) || digits.length < count || /[^01]/.test(digits)) return null;
  const rest = text.slice(start + count);
  if (!rest.startsWith(after)) return null;
  return { cells: Uint8Array.from(digits, Number), answered: rest.slice(after.length) };
}

/** The answer that says these cells, by the model's template. */
export function lifeAnswer(cells: Uint8Array, grid: LifeGrid): string {
  return grid.answer.replace(PLACE, cells.join(''));
}
