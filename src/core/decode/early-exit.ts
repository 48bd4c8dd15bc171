import { CoreError } from '../errors';
import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { needAid } from './request';
import { ModelDrafter } from './speculation/model-drafter';
import { exactRule } from './speculation/rule';
import { speculate } from './speculation/speculate';

const OPTIONS = {
  layer: {
    kind: 'integer',
    about: 'Layers that the draft runs, from 1 to all of the model; 0 = half of them.',
    default: 0,
    min: 0,
    max: 1000,
    zero: 'half of all',
  },
  gamma: { kind: 'integer', about: 'Tokens a draft.', default: 4, min: 1, max: 64 },
} as const satisfies DecoderOptions;

/**
 * Self-speculation (LayerSkip, arXiv 2404.16710; the setting of M2R2, arXiv 2502.02040): the model drafts with its first
 * layers, whose hidden state goes through the final norm and the head (the logit lens), and verifies with the layers above,
 * which go on from the same hidden states. Exact whatever the lens says, as {@link exactRule} is. Unlike the released
 * `self_speculation_generator.py`, whose sampling branch keeps the old input after a rejection, what is verified next is
 * always what stands in the sequence.
 */
export const earlyExit: Decoder = {
  name: 'early-exit',
  about: 'The model’s own first layers draft, the layers above them verify.',
  exact: true,
  drafts: true,
  needs: ['exit'],
  task: 'any',
  options: OPTIONS,
  decode: decodeWithEarlyExit,
};

/**
 * The layer that the option asks for.
 * @throws CoreError `option-invalid` where the model has fewer.
 */
export function exitLayer(layer: number, layers: number): number {
  if (layer > layers) {
    throw new CoreError(
      'option-invalid',
      `The option "layer" must be a whole number from 1 to ${layers}, the layers of this model, or 0 for half of them, not ${layer}.`,
    );
  }
  return layer === 0 ? Math.ceil(layers / 2) : layer;
}

async function* decodeWithEarlyExit(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { gamma, layer } = chooseOptions(OPTIONS, request.options);
  const exit = needAid(target, request, 'exit');
  if (exitLayer(layer, exit.layers) !== exit.layer) {
    throw new CoreError('request-invalid', `The draft leaves the model at layer ${exit.layer}, not at ${layer}.`);
  }
  const random = Random.fromSeed(request.sampling.seed);
  const settings = { gamma, schedule: 'constant', confidence: 0 } as const;
  const drafter = new ModelDrafter(exit.draft, request, random, settings, 'early-exit');
  return yield* speculate(target, request, { drafter, rule: exactRule, random });
}
