import { CoreError } from '../errors';
import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { lookUpNgram } from './speculation/ngram';
import { exactRule } from './speculation/rule';
import { speculate } from './speculation/speculate';

const OPTIONS = {
  gamma: { kind: 'integer', about: 'Most tokens a draft.', default: 10, min: 1, max: 512 },
  style: {
    kind: 'choice',
    about: 'Which suffixes are looked up: Hugging Face shortens them down to 1 token, vLLM down to min-ngram.',
    default: 'huggingface',
    choices: ['huggingface', 'vllm'],
  },
  'max-ngram': { kind: 'integer', about: 'Longest suffix that is looked up, in tokens.', default: 2, min: 1, max: 512 },
  'min-ngram': {
    kind: 'integer',
    about: 'Shortest suffix of the style vllm, in tokens.',
    default: 2,
    min: 1,
    max: 512,
  },
} as const satisfies DecoderOptions;

/**
 * Prompt lookup: drafts what followed the last tokens where they stood before. The draft is certain (q one-hot), so a
 * token is accepted with probability p(x) and replaced from p without it: exact.
 */
export const promptLookup: Decoder = {
  name: 'prompt-lookup',
  about: 'Drafts what followed the last tokens where they stood before; needs no draft model.',
  exact: true,
  drafts: true,
  needs: [],
  task: 'any',
  options: OPTIONS,
  decode: decodeByLookup,
};

async function* decodeByLookup(target: CausalModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { gamma, style, ...ngram } = chooseOptions(OPTIONS, request.options);
  const max = ngram['max-ngram'];
  const min = style === 'vllm' ? ngram['min-ngram'] : 1;
  if (min > max) {
    throw new CoreError('option-invalid', `The option "min-ngram" (${min}) must not be above "max-ngram" (${max}).`);
  }
  const drafter = {
    begin: () => Promise.resolve(),
    propose: (sequence: readonly number[], most: number) => {
      const found = lookUpNgram(sequence, { min, max, count: Math.min(gamma, most) });
      return Promise.resolve(found.map((id) => ({ id, q: null, source: 'prompt' as const })));
    },
    learn: () => undefined,
  };
  return yield* speculate(target, request, {
    drafter,
    rule: exactRule,
    random: Random.fromSeed(request.sampling.seed),
  });
}
