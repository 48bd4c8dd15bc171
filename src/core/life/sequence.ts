import type { LifeGrid, TraceToken } from '../trace/record';
import { readLifePrompt } from './prompt';

/** What a sequence says of a token: enough to find boards in it. */
export type LifeToken = Pick<TraceToken, 'text' | 'special'>;

/**
 * Where the boards of a run of a Life model stand in its sequence: one token a cell, row by row, without gaps. So cell i
 * of the board that was given is token `firstInput + i`, and cell i of the answer is token `firstAnswer + i`.
 */
export interface LifeSequence {
  readonly grid: LifeGrid;
  /** [height, width] the board that the prompt gives, 0 dead and 1 alive. */
  readonly before: Uint8Array;
  readonly firstInput: number;
  /** Index of the answer's first cell, also where the sequence does not reach it yet. */
  readonly firstAnswer: number;
}

/**
 * Finds the boards of a sequence.
 * @param promptLength tokens of the prompt; what a model adds before it (special tokens) is passed over.
 * @returns null where the prompt is none by the model's template, or where a cell is not one token.
 */
export function locateLife(tokens: readonly LifeToken[], promptLength: number, grid: LifeGrid): LifeSequence | null {
  const end = Math.min(promptLength, tokens.length);
  let text = '';
  let promptText = '';
  /** Token of each character of `text`. */
  const tokenOf: number[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as LifeToken;
    if (token.special && text === '') continue;
    for (let i = 0; i < token.text.length; i++) tokenOf.push(index);
    text += token.text;
    if (index < end) promptText = text;
  }
  const prompt = readLifePrompt(promptText, grid);
  if (!prompt) return null;
  const [before = ''] = grid.prompt.split('{cells}');
  const [answerBefore = ''] = grid.answer.split('{cells}');
  const cells = grid.width * grid.height;
  const firstInput = tokenOf[before.length] as number;
  for (let cell = 0; cell <= cells; cell++) {
    // What follows the last cell is a token of its own too: no token holds a cell and something else.
    const index = tokenOf[before.length + cell] ?? tokens.length;
    if (index !== firstInput + cell) return null;
  }
  const start = promptText.length - prompt.answered.length + answerBefore.length;
  const firstAnswer = tokenOf[start] ?? tokens.length + start - text.length;
  return { grid, before: prompt.cells, firstInput, firstAnswer };
}

/** Token that is a cell of the answer. */
export function answerToken({ firstAnswer }: LifeSequence, cell: number): number {
  return firstAnswer + cell;
}

/**
 * Query whose row of attention, and whose logits, predict a cell: the token before it. At the cell's own row the cell is
 * already the input, and what is predicted there is the next one.
 */
export function predictingQuery(sequence: LifeSequence, cell: number): number {
  return answerToken(sequence, cell) - 1;
}

/** Cell that a token is, of the answer or of the board that was given; null where it is none. */
export function cellOfToken({ grid, firstInput, firstAnswer }: LifeSequence, token: number): number | null {
  const cells = grid.width * grid.height;
  for (const first of [firstAnswer, firstInput]) {
    if (token >= first && token < first + cells) return token - first;
  }
  return null;
}
