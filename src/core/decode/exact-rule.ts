import { parseRule, step } from '../life/rule';
import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { needAid } from './request';
import { GridDrafter } from './speculation/grid-drafter';
import { exactRule as acceptExactly } from './speculation/rule';
import { speculate } from './speculation/speculate';

const OPTIONS = {
  gamma: { kind: 'integer', about: 'Cells a draft.', default: 32, min: 1, max: 4096 },
} as const satisfies DecoderOptions;

/**
 * Drafts the true next grid: every rejection is a cell where the model is wrong (or, at a temperature, draws otherwise).
 * Exact, for q is one-hot: what the model says stays.
 */
export const exactRule: Decoder = {
  name: 'exact-rule',
  about: 'Drafts what the rule of Life says: each rejection is an error of the model.',
  exact: true,
  drafts: true,
  needs: ['life'],
  task: 'life',
  options: OPTIONS,
  decode: decodeByRule,
};

async function* decodeByRule(target: CausalModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { gamma } = chooseOptions(OPTIONS, request.options);
  const life = needAid(target, request, 'life');
  const next = step(life.cells, life.grid, parseRule(life.grid.rule));
  const drafter = new GridDrafter(life.answer(next), life.answered, gamma, 'rule');
  return yield* speculate(target, request, {
    drafter,
    rule: acceptExactly,
    random: Random.fromSeed(request.sampling.seed),
  });
}
