import type { DecodeRequest, DecodeStep, EmittedToken, TokenModel } from './decoder';

/** The pass that read the end of the prompt. It was not yielded: the first token belongs to it. */
export interface PromptRead {
  readonly step: DecodeStep;
  /** [vocabulary] logits of the token after the prompt. */
  readonly row: Float32Array;
}

/**
 * Reads the prompt in passes of at most `target.chunk` tokens; whatever the target held is forgotten first.
 * @returns the last pass, or null where the signal was aborted before it.
 */
export async function* readPrompt(
  target: TokenModel,
  { prompt, signal }: DecodeRequest,
  clock: () => number,
): AsyncGenerator<DecodeStep, PromptRead | null> {
  target.rollback(0);
  for (;;) {
    if (signal.aborted) return null;
    const contextLength = target.length;
    const tokens = prompt.slice(contextLength, contextLength + target.chunk);
    const before = clock();
    const logits = await target.extend(tokens);
    const milliseconds = clock() - before;
    const row = rowsOf(logits, target.vocabularySize);
    const emitted: EmittedToken[] = [];
    if (contextLength === 0) emitted.push({ id: prompt[0] as number, origin: 'prompt', logits: null });
    const next = contextLength + tokens.length;
    for (let index = contextLength + 1; index <= Math.min(next, prompt.length - 1); index++) {
      emitted.push({ id: prompt[index] as number, origin: 'prompt', logits: row(index - 1 - contextLength) });
    }
    const step: DecodeStep = { contextLength, fed: tokens.length, milliseconds, emitted };
    if (next === prompt.length) return { step, row: row(tokens.length - 1) };
    yield step;
  }
}

/** Rows of the logits of one pass: row i is of the token that follows the i-th that was fed. */
export function rowsOf(logits: Float32Array, vocabularySize: number): (i: number) => Float32Array {
  return (i) => logits.subarray(i * vocabularySize, (i + 1) * vocabularySize);
}
