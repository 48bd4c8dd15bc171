import { givenLayers } from '../../protocol/models';
import type { LastAttention, NextLogits, NextLogitsRequest } from '../../protocol/runs';
import type { LoadedModel, PassCapture } from '../model/types';
import { ANSWER_BYTES } from './attention';
import { noAttention } from './capture';
import { encodePrompt } from './prompt';
import { score } from './scoring';
import type { LoadModel, Waiting } from './waiting';

/**
 * The logits of what would follow the tokens, and where the last of them looks if that is asked for: no run is made that
 * would have to be closed, no token is judged. Stops between two passes.
 * @throws Problem `prompt-empty`, `prompt-too-long`, `prompt-invalid`, `cancelled`, or what the model fails with.
 */
export async function nextLogits(
  { model: ref, ids, attention = false }: NextLogitsRequest,
  load: LoadModel,
  waiting: Waiting,
): Promise<NextLogits> {
  const model = await load(ref, waiting);
  const fed = encodePrompt(model, { ids });
  const { vocabularySize } = model.identity;
  const why = attention ? whyNot(model, fed.length) : null;
  const looks = attention && why === null;
  let last: Float32Array = new Float32Array(0);
  let captured: PassCapture | undefined;
  for await (const { capture, logits } of score({
    model,
    ids: fed,
    attention: looks ? givenLayers(model.probes.attention, model.layers) : [],
    hidden: [],
    // One row of each head is wanted, not all of the triangle.
    captureFrom: looks ? fed.length - 1 : 0,
    signal: waiting.signal,
  })) {
    last = logits.subarray((capture.fed - 1) * vocabularySize);
    captured = capture;
  }
  return {
    // A copy: the view is one row of all the logits of a pass, which would be sent with it.
    logits: last.slice(),
    ...(why === null ? {} : { attention: { available: false, why } }),
    ...(looks && captured ? { attention: lastRow(captured, model.heads) } : {}),
  };
}

function whyNot(model: LoadedModel, tokens: number): string | null {
  const layers = givenLayers(model.probes.attention, model.layers).length;
  const bytes = layers * model.heads * tokens * Float32Array.BYTES_PER_ELEMENT;
  if (bytes <= ANSWER_BYTES) return noAttention(model);
  return `${layers} layers × ${model.heads} heads × ${tokens} tokens are more than one answer can hold: give it fewer tokens.`;
}

/** The row of the last token of each head. */
function lastRow({ attention, fed, pastLength }: PassCapture, heads: number): LastAttention {
  const layers = [...attention.keys()].sort((a, b) => a - b);
  const tokens = pastLength + fed;
  const weights = new Float32Array(layers.length * heads * tokens);
  layers.forEach((layer, place) => {
    const rows = attention.get(layer) as Float32Array;
    for (let head = 0; head < heads; head++) {
      const from = ((head + 1) * fed - 1) * tokens;
      weights.set(rows.subarray(from, from + tokens), (place * heads + head) * tokens);
    }
  });
  return { available: true, layers, heads, weights };
}
