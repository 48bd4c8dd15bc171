import { MOST_ROLLOUT_STEPS, ROLLOUT_FORMS } from '../../protocol/rollout';
import { integer, nullable, oneOf, string, typedArray } from '../../protocol/validate';

/** Cells of one board, and of all of a rollout: one message holds no more than 16 MB. */
const MOST_CELLS = 1 << 20;
const MOST_ROLLED_CELLS = 15 << 20;

/** Fields of a request for a rollout; that the board is one of the model's grid is seen to where the grid is known. */
export const rollRequest = {
  cells: typedArray(Uint8Array, { max: MOST_CELLS }),
  steps: integer({ min: 1, max: MOST_ROLLOUT_STEPS }),
} as const;

export const saveRolloutRequest = {
  form: oneOf(...ROLLOUT_FORMS),
  boards: typedArray(Uint8Array, { max: MOST_ROLLED_CELLS }),
  broken: nullable(string({ max: 1_000 })),
} as const;
