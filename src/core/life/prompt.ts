import type { LifeGrid } from '../trace/record';
import type { Sampling } from '../decode/sampling';

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

/** The prompt that asks what follows these cells, by the model's template. */
export function lifePrompt(cells: Uint8Array, grid: LifeGrid): string {
  return grid.prompt.replace(PLACE, cells.join(''));
}

/** The answer that says these cells, by the model's template. */
export function lifeAnswer(cells: Uint8Array, grid: LifeGrid): string {
  return grid.answer.replace(PLACE, cells.join(''));
}

/** Characters of a whole answer: as many tokens for a model that reads characters, as LifeGPT does. */
function answerLength(grid: LifeGrid): number {
  return grid.answer.replace(PLACE, '').length + grid.width * grid.height;
}

/** What a run of a model begins with. */
export interface RunDefaults {
  readonly maxNewTokens: number;
  readonly sampling: Sampling;
}

/**
 * What a run of a model should begin with: a Life model is asked for its whole answer, and for the board that it holds most
 * probable, cell by cell (temperature 0), for a draw would blame it for chance. 0 new tokens, which score the prompt alone,
 * stay.
 */
export function runDefaults(model: { readonly life?: LifeGrid }, { maxNewTokens, sampling }: RunDefaults): RunDefaults {
  if (!model.life) return { maxNewTokens, sampling };
  return {
    maxNewTokens: maxNewTokens > 0 ? Math.max(maxNewTokens, answerLength(model.life)) : maxNewTokens,
    sampling: { ...sampling, temperature: 0 },
  };
}

/** What a model answered: a whole board, or why it is none. */
export type LifeReading = { readonly cells: Uint8Array } | { readonly cells: null; readonly reason: string };

/**
 * Reads a whole answer by the model's template. Nothing is filled in or cut: an answer that is too short or too long, by a
 * single cell, is no board, so that it cannot count as right as far as it goes.
 */
export function readLifeAnswer(text: string, grid: LifeGrid): LifeReading {
  const [before = '', after = ''] = grid.answer.split(PLACE);
  const none = (reason: string): LifeReading => ({ cells: null, reason });
  if (!text.startsWith(before)) return none(`It does not begin with "${before}".`);
  if (!text.endsWith(after)) return none(`It does not end with "${after}".`);
  const digits = text.slice(before.length, Math.max(before.length, text.length - after.length));
  const other = /[^01]/.exec(digits);
  if (other) return none(`Cell ${other.index + 1} is "${other[0]}".`);
  const count = grid.width * grid.height;
  if (digits.length !== count) return none(`It has ${digits.length} cells instead of ${count}.`);
  return { cells: Uint8Array.from(digits, Number) };
}
