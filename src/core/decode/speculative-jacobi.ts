import { Random } from '../numeric/random';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { guesserOf, INITIAL_OPTION } from './speculation/guesses';
import { refreshOf, REFRESHES } from './speculation/refresh';
import { exactRule } from './speculation/rule';
import { speculate } from './speculation/speculate';
import { guessesOf, WINDOW_OPTION, WindowDrafter } from './speculation/window';

const OPTIONS = {
  window: WINDOW_OPTION,
  initial: INITIAL_OPTION,
  refresh: {
    kind: 'choice',
    about: 'How guesses are drawn anew: each for itself, or coupled with the last so that few change.',
    default: 'independent',
    choices: REFRESHES,
  },
} as const satisfies DecoderOptions;

/**
 * Speculative Jacobi Decoding (Teng et al. 2025, arXiv 2410.01699; tyshiwo1/Accelerating-T2I-AR-with-SJD): a window of
 * guesses slides along, and each guess is judged by the rule of speculative sampling against what the target said of its
 * place the pass before, from which it was drawn. First guesses are certain. Exact; with a window of 1 autoregressive.
 */
export const speculativeJacobi: Decoder = {
  name: 'speculative-jacobi',
  about: 'Drafts a sliding window with the model’s own pass before; needs no draft model.',
  exact: true,
  drafts: true,
  needs: [],
  uses: ['life'],
  task: 'any',
  options: OPTIONS,
  decode: decodeWithOwnPasses,
};

async function* decodeWithOwnPasses(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { window, initial, refresh } = chooseOptions(OPTIONS, request.options);
  const random = Random.fromSeed(request.sampling.seed);
  const drafter = new WindowDrafter({
    size: guessesOf(window, request),
    slides: true,
    guess: guesserOf(initial, target, request),
    refresh: refreshOf(refresh, request.sampling, random),
  });
  return yield* speculate(target, request, { drafter, rule: exactRule, random });
}
