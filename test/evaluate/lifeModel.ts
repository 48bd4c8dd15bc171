import { LifeModel } from '../../src/core/life/ask';
import { lifeAnswer, lifePrompt, type LifeReading } from '../../src/core/life/prompt';
import { parseRule, step } from '../../src/core/life/rule';
import type { LifeRule } from '../../src/core/life/rules/table';
import type { LifeGrid, TraceToken } from '../../src/core/trace/record';
import { Problem } from '../../src/protocol/errors';
import { lifeWriter } from '../../src/protocol/life';
import { greedyChoice, scoreTokens, type Subject } from './subject';

/** A Life model that is measured. */
export class MeasuredLife {
  readonly rule: LifeRule;
  private readonly model: LifeModel;

  constructor(
    private readonly subject: Subject,
    readonly grid: LifeGrid,
  ) {
    this.rule = parseRule(grid.rule);
    const { signal } = new AbortController();
    this.model = new LifeModel(grid, lifeWriter(subject.engine, subject.ref, crypto.randomUUID(), { signal }));
  }

  /** What the model writes greedily after the prompt of a board. */
  answer(board: Uint8Array): Promise<LifeReading> {
    return this.model.answer(board);
  }

  /** For each token of the true answer, what the model would choose after the true tokens before it. */
  async choicesAfterTruth(board: Uint8Array): Promise<{ readonly choice: number | null; readonly right: boolean }[]> {
    const prompt = lifePrompt(board, this.grid);
    const truth = step(board, this.grid, this.rule);
    const tokens = await scoreTokens(this.subject, { text: prompt + lifeAnswer(truth, this.grid) });
    return tokens.slice(tokensOf(tokens, prompt)).map((token) => {
      const choice = greedyChoice(token);
      return { choice, right: choice === token.id };
    });
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
