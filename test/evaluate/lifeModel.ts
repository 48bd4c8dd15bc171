import { lifeAnswer, lifePrompt, readLifeAnswer, type LifeReading } from '../../src/core/life/prompt';
import { parseRule, step, type LifeRule } from '../../src/core/life/rule';
import type { LifeGrid, TraceToken } from '../../src/core/trace/record';
import { Problem } from '../../src/protocol/errors';
import { greedyChoice, runTraced, scoreTokens, type Subject } from './subject';

/** A model that is asked what follows a board, and answers greedily. */
export class LifeModel {
  readonly rule: LifeRule;
  /** Answers by board: boards come back in oscillators, and at the order parameters 0 and 1. */
  private readonly known = new Map<string, LifeReading>();

  constructor(
    private readonly subject: Subject,
    readonly grid: LifeGrid,
  ) {
    this.rule = parseRule(grid.rule);
  }

  /** The true next board. */
  next(board: Uint8Array): Uint8Array {
    return step(board, this.grid, this.rule);
  }

  /**
   * What the model writes after the prompt, each token the most probable after its own tokens before.
   *
   * One pass over the prompt and the true answer tells most of it: where each most probable token after the true ones is
   * the true one, the truth is what the model writes. Only other boards are written token by token.
   */
  async answer(board: Uint8Array): Promise<LifeReading> {
    const key = board.join('');
    const known = this.known.get(key);
    if (known) return known;
    const truth = this.next(board);
    const choices = await this.choicesAfterTruth(board);
    const reading = choices.every(({ right }) => right) ? { cells: truth } : await this.write(board, choices.length);
    this.known.set(key, reading);
    return reading;
  }

  /** For each token of the true answer, what the model would choose after the true tokens before it. */
  async choicesAfterTruth(board: Uint8Array): Promise<{ readonly choice: number | null; readonly right: boolean }[]> {
    const prompt = lifePrompt(board, this.grid);
    const tokens = await scoreTokens(this.subject, { text: prompt + lifeAnswer(this.next(board), this.grid) });
    return tokens.slice(tokensOf(tokens, prompt)).map((token) => {
      const choice = greedyChoice(token);
      return { choice, right: choice === token.id };
    });
  }

  private async write(board: Uint8Array, maxNewTokens: number): Promise<LifeReading> {
    const { header, tokens } = await runTraced(this.subject, {
      prompt: { text: lifePrompt(board, this.grid) },
      maxNewTokens,
    });
    const written = tokens.slice(header.promptLength);
    // The end of an answer may be a special token, which stands for no bytes but is part of the template.
    return readLifeAnswer(written.map(({ text }) => text).join(''), this.grid);
  }
}

/** How many of the first tokens stand for the prompt alone. */
function tokensOf(tokens: readonly TraceToken[], prompt: string): number {
  let [count, length] = [0, 0];
  while (length < prompt.length && count < tokens.length) length += (tokens[count++] as TraceToken).text.length;
  if (length === prompt.length) return count;
  throw new Problem({
    code: 'tokenizer-invalid',
    message:
      'The tokenizer of this Life model makes one token of the end of the prompt and the beginning of the answer.',
    action: 'Give the model a tokenizer with one token for each character.',
  });
}
