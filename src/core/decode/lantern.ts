import { CoreError } from '../errors';
import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { needAid } from './request';
import { LanternRule } from './speculation/lantern-rule';
import { MODEL_DRAFT_OPTIONS, ModelDrafter } from './speculation/model-drafter';
import { Neighbours } from './speculation/neighbours';
import { speculate } from './speculation/speculate';

const OPTIONS = {
  ...MODEL_DRAFT_OPTIONS,
  variant: {
    kind: 'choice',
    about: 'LANTERN borrows up to delta, LANTERN++ up to (lambda − 1) times the token’s own probability.',
    default: 'lantern',
    choices: ['lantern', 'lantern++'],
  },
  neighbours: {
    kind: 'integer',
    about: 'Nearest tokens in the embeddings that may lend their probability (k).',
    default: 1000,
    min: 0,
    max: 1_000_000,
  },
  delta: { kind: 'number', about: 'Most probability that LANTERN borrows.', default: 0.1, min: 0, max: 1 },
  lambda: { kind: 'number', about: 'Factor of LANTERN++; 1 borrows nothing.', default: 5, min: 1, max: 1000 },
} as const satisfies DecoderOptions;

/** Relaxed acceptance of a model's drafts, LANTERN and LANTERN++: see {@link LanternRule}. Lossy. */
export const lantern: Decoder = {
  name: 'lantern',
  about: 'A draft model, and acceptance that lets a token borrow probability from its neighbours in the embeddings.',
  exact: false,
  drafts: true,
  needs: ['draft', 'embeddings'],
  task: 'any',
  options: OPTIONS,
  decode: decodeRelaxed,
};

async function* decodeRelaxed(target: CausalModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { variant, neighbours: k, delta, lambda, ...options } = chooseOptions(OPTIONS, request.options);
  const draft = needAid(target, request, 'draft');
  const embeddings = needAid(target, request, 'embeddings');
  if (embeddings.rows < target.vocabularySize) {
    throw new CoreError(
      'request-invalid',
      `The model has embeddings of ${embeddings.rows} tokens, and logits of ${target.vocabularySize}.`,
    );
  }
  // Rows above the vocabulary only fill up a file: no token has them.
  const neighbours = new Neighbours({ ...embeddings, rows: target.vocabularySize }, k + 1);
  const random = Random.fromSeed(request.sampling.seed);
  return yield* speculate(target, request, {
    drafter: new ModelDrafter(draft, request, random, options),
    rule: new LanternRule(neighbours, k, variant === 'lantern' ? { delta } : { lambda }),
    random,
  });
}
