import { CoreError } from '../../errors';
import { Random } from '../../numeric/random';
import { argmax } from '../../numeric/softmax';
import type { DecodeRequest, LifeTask } from '../decoder';
import type { CausalModel } from '../../sequence/causal';
import type { ChoiceOption } from '../options';
import type { Proposal } from './verify';

/** What a window of guesses begins with. */
export const INITIALS = ['automatic', 'random', 'repeat', 'sample', 'previous-grid'] as const;
export type Initial = (typeof INITIALS)[number];

export const INITIAL_OPTION: ChoiceOption<Initial> = {
  kind: 'choice',
  about:
    'First guess of a place: any token, the one before it, what the model says of the newest place, or the cell of the previous grid; automatic: the grid where there is one, else the token before.',
  default: 'automatic',
  choices: INITIALS,
};

/** Where a guess is wanted. */
export interface Place {
  /** Index in the sequence. */
  readonly index: number;
  /** The token before it. */
  readonly left: number;
  /** [vocabulary] logits of the furthest place that the target was asked about: this one or one before it. */
  readonly row: Float32Array;
}

/** A first guess, certain (q one-hot); null where there is none. It may depend on nothing that the draws of the place decide. */
export type Guesser = (place: Place) => Proposal | null;

/** Stream of the seed's generators that guesses are drawn from, so that they leave the draws of tokens as they are. */
const GUESS_STREAM = 1;

/**
 * First guesses of Speculative Jacobi Decoding (arXiv 2410.01699): `random`, uniform over the vocabulary; `repeat` and
 * `sample`, its repeat_horizon and sample_horizon, the token to the left and the most probable one of the distribution to
 * the left (its code has them for rows of an image; the vertical forms are not here). Ours: `previous-grid`.
 * @throws CoreError `request-invalid` for `previous-grid` without a grid.
 */
export function guesserOf(initial: Initial, target: CausalModel, request: DecodeRequest): Guesser {
  const guess = (id: number): Proposal => ({ id, q: null, source: 'initial' });
  const life = request.aids?.life;
  switch (initial === 'automatic' ? (life ? 'previous-grid' : 'repeat') : initial) {
    case 'random': {
      const random = Random.ofStream(request.sampling.seed, GUESS_STREAM);
      return () => guess(Math.floor(random.uniform() * target.vocabularySize));
    }
    case 'repeat':
      return ({ left }) => guess(left);
    case 'sample':
      return ({ row }) => guess(argmax(row).id);
    case 'previous-grid':
      if (!life) {
        throw new CoreError(
          'request-invalid',
          'Guesses from the previous grid need a prompt that asks a Life model for the next grid: choose another "initial".',
        );
      }
      return fromGrid(life, request.prompt.length);
  }
}

/** The answer that nothing changes, token by token at its own place; nothing after it. */
function fromGrid(life: LifeTask, promptLength: number): Guesser {
  const answer = life.answer(life.cells);
  return ({ index }) => {
    const id = answer[index - promptLength + life.answered];
    return id === undefined ? null : { id, q: null, source: 'grid' };
  };
}
