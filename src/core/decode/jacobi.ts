import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { guesserOf, INITIAL_OPTION } from './speculation/guesses';
import { judgeByMatch, PlaceDraws, saidAt } from './speculation/matching';
import { speculate } from './speculation/speculate';
import { guessesOf, WINDOW_OPTION, WindowDrafter } from './speculation/window';

const OPTIONS = { window: WINDOW_OPTION, initial: INITIAL_OPTION } as const satisfies DecoderOptions;

/**
 * Jacobi iteration (Santilli et al. 2023, arXiv 2305.10427): a window of guesses is made anew from each pass, all places
 * together, until it stays as it is; then the next window. A pass decides one place more at least, so a window of n takes n
 * passes at most; places that are decided leave it at once, for they cannot change.
 *
 * The fixed point at temperature 0 is greedy decoding. At a temperature each place has a draw of its own, the one that
 * autoregressive decoding makes there: y_i is a function of the tokens before it, and the fixed point what that decoder
 * samples with the same seed (fixed points of sampling: Wiggers and Hoogeboom 2020, arXiv 2002.09928). Exact.
 */
export const jacobi: Decoder = {
  name: 'jacobi',
  about: 'Guesses a window of tokens and puts what the model says in their places until nothing changes.',
  exact: true,
  drafts: true,
  needs: [],
  uses: ['life'],
  task: 'any',
  options: OPTIONS,
  decode: decodeByIteration,
};

async function* decodeByIteration(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  const { window, initial } = chooseOptions(OPTIONS, request.options);
  const { sampling, prompt } = request;
  const draws = new PlaceDraws(prompt.length, sampling.seed);
  const drafter = new WindowDrafter({
    size: guessesOf(window, request),
    slides: false,
    guess: guesserOf(initial, target, request),
    refresh: (row, index) => ({ id: saidAt(row, index, draws, sampling), q: null, source: 'previous-pass' }),
  });
  return yield* speculate(target, request, { drafter, judge: judgeByMatch(draws, request) });
}
