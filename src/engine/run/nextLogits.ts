import type { NextLogits, NextLogitsRequest } from '../../protocol/runs';
import { encodePrompt } from './prompt';
import { score } from './scoring';
import type { LoadModel, Waiting } from './waiting';

/**
 * The logits of what would follow the tokens, and nothing else of them: no run is made that would have to be closed, no
 * token is judged. Stops between two passes.
 * @throws Problem `prompt-empty`, `prompt-too-long`, `prompt-invalid`, `cancelled`, or what the model fails with.
 */
export async function nextLogits({ model: ref, ids }: NextLogitsRequest, load: LoadModel, waiting: Waiting) {
  const model = await load(ref, waiting);
  const fed = encodePrompt(model, { ids });
  const { vocabularySize } = model.identity;
  let last: Float32Array = new Float32Array(0);
  for await (const { capture, logits } of score({
    model,
    ids: fed,
    attention: [],
    hidden: [],
    signal: waiting.signal,
  })) {
    last = logits.subarray((capture.fed - 1) * vocabularySize, capture.fed * vocabularySize);
  }
  // A copy: the view is one row of all the logits of a pass, which would be sent with it.
  return { logits: last.slice() } satisfies NextLogits;
}
