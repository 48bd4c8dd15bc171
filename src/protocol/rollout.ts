import { integer, nullable, oneOf, string, typedArray, type Checked } from '../core/check/check';

/** Cells of one board, and of all of a rollout: one message holds no more than 16 MB. */
const MOST_CELLS = 1 << 20;
const MOST_ROLLED_CELLS = 15 << 20;

/** Most steps that a view may ask for at once. */
export const MOST_ROLLOUT_STEPS = 1_000;

/** [height, width] of the model's grid, row by row, 0 dead and 1 alive. */
export const boardCells = typedArray<Uint8Array<ArrayBuffer>>(Uint8Array, { max: MOST_CELLS });

/** What a view asks for: a board, and how often the model is given its own answer. That it is of the model's grid is seen to later. */
export const rollRequest = { cells: boardCells, steps: integer({ min: 1, max: MOST_ROLLOUT_STEPS }) } as const;

/** The next board, as soon as it is there. */
export interface RolledBoard {
  readonly cells: Uint8Array<ArrayBuffer>;
}

/** How a rollout ended. */
export interface RollEnd {
  /** Why the last answer was no board; null where every step was made. */
  readonly broken: string | null;
}

/** Forms of a rollout as a file. */
export const ROLLOUT_FORMS = ['csv', 'json'] as const;

/** A rollout to be written to a file: its errors are worked out again by who writes it. */
export const saveRolloutRequest = {
  form: oneOf(...ROLLOUT_FORMS),
  /** [boards, height, width]: the start, then each predicted board. */
  boards: typedArray<Uint8Array<ArrayBuffer>>(Uint8Array, { max: MOST_ROLLED_CELLS }),
  broken: nullable(string({ max: 1_000 })),
} as const;

type Fields<S> = { readonly [K in keyof S]: Checked<S[K]> };
export type RollRequest = Fields<typeof rollRequest>;
export type SaveRolloutRequest = Fields<typeof saveRolloutRequest>;
