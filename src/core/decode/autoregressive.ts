import { Random } from '../numeric/random';
import { argmax } from '../numeric/softmax';
import type { Sampling } from '../trace/record';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep, EmittedToken, TokenModel } from './decoder';
import { draw, filterLogits } from './filters';
import { chooseOptions } from './options';
import { checkRequest } from './request';

/**
 * One token a pass: the prompt is read in passes of at most `target.chunk` tokens, then every pass feeds the newest token
 * and draws the next from the filtered distribution. The token drawn last is not fed: nothing asks what follows it.
 * Whatever the target held is forgotten first. A sequence ends with a token of `endIds` (emitted), after `maxNewTokens`, or when it fills the context.
 */
export const autoregressive: Decoder = {
  name: 'autoregressive',
  about: 'One token a pass, drawn from the model: what every other decoder is measured against.',
  exact: true,
  needs: [],
  task: 'any',
  options: {},
  decode: decodeAutoregressively,
};

async function* decodeAutoregressively(
  target: TokenModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  checkRequest(target, request);
  chooseOptions({}, request.options);
  const { prompt, maxNewTokens, sampling, signal } = request;
  const clock = request.clock ?? Date.now;
  const random = Random.fromSeed(sampling.seed);
  const endIds = new Set(request.endIds);
  const limit = Math.min(prompt.length + maxNewTokens, target.contextLength);
  target.rollback(0);

  let length = prompt.length;
  let fed: readonly number[] = prompt.slice(0, target.chunk);
  for (;;) {
    if (signal.aborted) return 'cancelled';
    const position = target.length;
    const before = clock();
    const logits = await target.extend(fed);
    const milliseconds = clock() - before;

    const rowAfter = (i: number): Float32Array =>
      logits.subarray(i * target.vocabularySize, (i + 1) * target.vocabularySize);
    const emitted: EmittedToken[] = [];
    if (position === 0) emitted.push({ id: prompt[0] as number, origin: 'prompt', logits: null });
    const scored = Math.min(position + fed.length, prompt.length - 1);
    for (let index = position + 1; index <= scored; index++) {
      emitted.push({ id: prompt[index] as number, origin: 'prompt', logits: rowAfter(index - 1 - position) });
    }

    const next = position + fed.length;
    const step = { contextLength: position, fed: fed.length, milliseconds };
    if (next < prompt.length) {
      yield { ...step, emitted };
      fed = prompt.slice(next, next + target.chunk);
      continue;
    }
    if (length < limit) {
      const row = rowAfter(fed.length - 1);
      const id = chooseToken(row, sampling, random);
      emitted.push({ id, origin: 'sampled', logits: row });
      length++;
      yield { ...step, emitted };
      if (endIds.has(id)) return 'end-of-text';
      if (length < limit) {
        fed = [id];
        continue;
      }
    } else {
      yield { ...step, emitted };
    }
    return length === prompt.length + maxNewTokens ? 'length' : 'context-full';
  }
}

/**
 * The next token by the settings: the most probable at temperature 0 (the lowest id among equals), else one draw.
 * @throws CoreError `logits-invalid`.
 */
export function chooseToken(row: Float32Array, sampling: Sampling, random: Random): number {
  if (sampling.temperature === 0) return argmax(row).id;
  return draw(filterLogits(row, sampling).probabilities, random.uniform());
}
