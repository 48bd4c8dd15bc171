import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { guesserOf, INITIAL_OPTION } from './speculation/guesses';
import { LookaheadDrafter } from './speculation/lookahead-drafter';
import { exactRule } from './speculation/rule';
import { speculate } from './speculation/speculate';

const OPTIONS = {
  window: { kind: 'integer', about: 'Guesses that run ahead (W).', default: 7, min: 1, max: 4096 },
  ngram: { kind: 'integer', about: 'Tokens of the n-grams that are collected (N).', default: 5, min: 2, max: 64 },
  guesses: {
    kind: 'integer',
    about: 'N-grams kept for each first token (G); the one that goes with the window furthest is drafted.',
    default: 7,
    min: 1,
    max: 1000,
  },
  'from-sequence': {
    kind: 'flag',
    about: 'Also keeps n-grams of the prompt and of what was written, not only of what the window went through.',
    default: true,
  },
  initial: INITIAL_OPTION,
} as const satisfies DecoderOptions;

/**
 * Lookahead decoding (Fu et al. 2024, arXiv 2402.02057; hao-ai-lab/LookaheadDecoding), as far as causal passes allow. Its
 * defaults N = 5, W = 7, G = 7. What differs from the paper:
 * - It feeds W places of N − 1 past iterations and up to G n-grams side by side, under a mask of its own. A model that is run
 *   as it is has the causal mask alone, so here a pass is one line: one n-gram and the window's places after it. Of the G
 *   n-grams one is verified a pass, and the tokens of the window see the draft before them.
 * - Past iterations are not fed again but remembered; the n-grams are the same diagonals through them.
 * - Where no n-gram begins with the newest token, the window is the draft.
 *
 * As in its code, guesses are the most probable tokens at every temperature, so a draft is certain (q one-hot): exact.
 */
export const lookahead: Decoder = {
  name: 'lookahead',
  about: 'Runs a window of guesses ahead, collects n-grams from it, and drafts those; needs no draft model.',
  exact: true,
  drafts: true,
  needs: [],
  uses: ['life'],
  task: 'any',
  options: OPTIONS,
  decode: decodeLookingAhead,
};

async function* decodeLookingAhead(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { initial, 'from-sequence': fromSequence, ...options } = chooseOptions(OPTIONS, request.options);
  return yield* speculate(target, request, {
    drafter: new LookaheadDrafter({ ...options, fromSequence, guess: guesserOf(initial, target, request) }),
    rule: exactRule,
    random: Random.fromSeed(request.sampling.seed),
  });
}
