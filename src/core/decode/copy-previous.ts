import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { needAid } from './request';
import { GridDrafter } from './speculation/grid-drafter';
import { exactRule } from './speculation/rule';
import { speculate } from './speculation/speculate';

const OPTIONS = {
  gamma: { kind: 'integer', about: 'Cells a draft.', default: 10, min: 1, max: 4096 },
} as const satisfies DecoderOptions;

/** Drafts that nothing changes: the grid of the prompt stands for the next one, cell by cell. Exact, for q is one-hot. */
export const copyPrevious: Decoder = {
  name: 'copy-previous',
  about: 'Drafts that no cell changes: right wherever the grid stands still.',
  exact: true,
  drafts: true,
  needs: ['life'],
  task: 'life',
  options: OPTIONS,
  decode: decodeFromGrid,
};

async function* decodeFromGrid(target: CausalModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { gamma } = chooseOptions(OPTIONS, request.options);
  const life = needAid(target, request, 'life');
  const drafter = new GridDrafter(life.answer(life.cells), life.answered, gamma, 'grid');
  return yield* speculate(target, request, {
    drafter,
    rule: exactRule,
    random: Random.fromSeed(request.sampling.seed),
  });
}
