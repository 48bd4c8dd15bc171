import {
  boolean,
  integer,
  number,
  object,
  oneOf,
  orElse,
  passing,
  read,
  readOrNull,
  record,
  string,
  union,
  type Checked,
} from '../../../core/check/check';
import { MOST_ROUNDS } from '../../../core/compare/comparison';
import { COLUMN_IDS } from './columns';

const addedCheck = object({
  /** No other entry's. */
  key: string({ max: 1_000 }),
  decoder: string({ max: 1_000 }),
  options: record(union(number(), string({ max: 1_000 }), boolean()), { max: 100 }),
});
/** A decoder once more, with options of its own. */
export type AddedDecoder = Checked<typeof addedCheck>;

const sortCheck = object({ column: oneOf(...COLUMN_IDS), descending: orElse(boolean(), false) });
export type Sort = Checked<typeof sortCheck>;

const rounds = integer({ min: 1, max: MOST_ROUNDS });
const many = { max: 1_000 } as const;

const stateCheck = object({
  /** Keys of the ticked entries; null: the decoders that are exact. */
  chosen: orElse(passing(string({ max: 1_000 }), many), null),
  /** Decoders that are in the list once more, in the order in which they were added. */
  again: orElse(passing(addedCheck, many), []),
  rounds: orElse(rounds, 3),
  /** null: in the order in which they were run. */
  sort: orElse(sortCheck, null),
  /** Row whose text is shown, by its place in the comparison; null: the first. */
  row: orElse(integer({ min: 0 }), null),
});
/** What the tab keeps. */
export type CompareState = Checked<typeof stateCheck>;

export const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): CompareState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}

export function isRounds(value: unknown): value is number {
  return readOrNull(rounds, value) !== null;
}
