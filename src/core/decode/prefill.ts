import type { DecodeRequest, DecodeStep } from './decoder';
import type { Write } from '../sequence/pass';
import type { CausalModel } from '../sequence/causal';

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
  target: CausalModel,
  { prompt, signal }: DecodeRequest,
  clock: () => number,
): AsyncGenerator<DecodeStep, PromptRead | null> {
  target.rollback(0);
  for (;;) {
    if (signal.aborted) return null;
    const cached = target.length;
    const tokens = prompt.slice(cached, cached + target.chunk);
    const before = clock();
    const logits = await target.extend(tokens);
    const milliseconds = clock() - before;
    const row = rowsOf(logits, target.vocabularySize);
    const writes: Write[] = [];
    if (cached === 0) writes.push({ index: 0, id: prompt[0] as number, origin: 'prompt', row: null });
    const next = cached + tokens.length;
    for (let index = cached + 1; index <= Math.min(next, prompt.length - 1); index++) {
      writes.push({ index, id: prompt[index] as number, origin: 'prompt', row: row(index - 1 - cached) });
    }
    const step: DecodeStep = { cached, fed: tokens.length, milliseconds, writes };
    if (next === prompt.length) return { step, row: row(tokens.length - 1) };
    yield step;
  }
}

/** Rows of the logits of one pass: row i is of the token that follows the i-th that was fed. */
export function rowsOf(logits: Float32Array, vocabularySize: number): (i: number) => Float32Array {
  return (i) => logits.subarray(i * vocabularySize, (i + 1) * vocabularySize);
}
