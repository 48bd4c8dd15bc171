import { Random } from '../numeric/random';
import { argmax } from '../numeric/softmax';
import type { Sampling } from './sampling';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { draw, filterLogits } from './filters';
import { chooseOptions } from './options';
import { readPrompt } from './prefill';
import { checkRequest, lengthOf } from './request';

/**
 * One token a pass: the prompt is read in passes of at most `target.chunk` tokens, then every pass feeds the newest token
 * and draws the next from the filtered distribution. The token drawn last is not fed: nothing asks what follows it.
 * Whatever the target held is forgotten first. A sequence ends with a token of `endIds` (emitted), after `maxNewTokens`, or when it fills the context.
 */
export const autoregressive: Decoder = {
  name: 'autoregressive',
  about: 'One token a pass, drawn from the model: what every other decoder is measured against.',
  exact: true,
  drafts: false,
  needs: [],
  task: 'any',
  options: {},
  decode: decodeAutoregressively,
};

async function* decodeAutoregressively(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  checkRequest(target, request);
  chooseOptions({}, request.options);
  const { prompt, sampling, signal } = request;
  const clock = request.clock ?? Date.now;
  const random = Random.fromSeed(sampling.seed);
  const endIds = new Set(request.endIds);
  const { limit, finish } = lengthOf(target, request);

  const read = yield* readPrompt(target, request, clock);
  if (read === null) return 'cancelled';
  let { step, row } = read;
  for (let length = prompt.length; ;) {
    if (length === limit) {
      yield step;
      return finish;
    }
    const id = chooseToken(row, sampling, random);
    yield { ...step, writes: [...step.writes, { index: length, id, origin: 'sampled', row }] };
    length++;
    if (endIds.has(id)) return 'end-of-text';
    if (length === limit) return finish;
    if (signal.aborted) return 'cancelled';

    const cached = target.length;
    const before = clock();
    row = await target.extend([id]);
    step = { cached, fed: 1, milliseconds: clock() - before, writes: [] };
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
