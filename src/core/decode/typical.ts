import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { needAid } from './request';
import { MODEL_DRAFT_OPTIONS, ModelDrafter } from './speculation/model-drafter';
import { speculate } from './speculation/speculate';
import { TypicalRule } from './speculation/typical-rule';

const OPTIONS = {
  ...MODEL_DRAFT_OPTIONS,
  epsilon: {
    kind: 'number',
    about: 'A token above this probability is always accepted (posterior threshold).',
    default: 0.09,
    min: 0.000001,
    max: 1,
  },
  delta: {
    kind: 'number',
    about: 'Factor of exp(−entropy), the threshold where the model is unsure (posterior alpha).',
    default: 0.3,
    min: 0.000001,
    max: 1,
  },
} as const satisfies DecoderOptions;

/** Typical acceptance of a model's drafts: see {@link TypicalRule}. Lossy. */
export const typical: Decoder = {
  name: 'typical',
  about: 'A draft model, and acceptance of every token that is probable enough for the entropy of its place.',
  exact: false,
  drafts: true,
  needs: ['draft'],
  task: 'any',
  options: OPTIONS,
  decode: decodeTypically,
};

async function* decodeTypically(target: CausalModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { epsilon, delta, ...options } = chooseOptions(OPTIONS, request.options);
  const draft = needAid(target, request, 'draft');
  const random = Random.fromSeed(request.sampling.seed);
  const drafter = new ModelDrafter(draft, request, random, options);
  return yield* speculate(target, request, { drafter, rule: new TypicalRule(epsilon, delta), random });
}
