import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions } from './options';
import { needAid } from './request';
import { MODEL_DRAFT_OPTIONS, ModelDrafter } from './speculation/model-drafter';
import { exactRule } from './speculation/rule';
import { speculate } from './speculation/speculate';

/**
 * Speculative sampling with a draft model (Leviathan et al. 2023; Chen et al. 2023): exact whatever the draft model is,
 * because temperature and filters apply to both distributions before the rule.
 */
export const speculative: Decoder = {
  name: 'speculative',
  about: 'A small model drafts, the model verifies a whole draft in one pass.',
  exact: true,
  drafts: true,
  needs: ['draft'],
  task: 'any',
  options: MODEL_DRAFT_OPTIONS,
  decode: decodeSpeculatively,
};

async function* decodeSpeculatively(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  const options = chooseOptions(MODEL_DRAFT_OPTIONS, request.options);
  const draft = needAid(target, request, 'draft');
  const random = Random.fromSeed(request.sampling.seed);
  const drafter = new ModelDrafter(draft, request, random, options);
  return yield* speculate(target, request, { drafter, rule: exactRule, random });
}
