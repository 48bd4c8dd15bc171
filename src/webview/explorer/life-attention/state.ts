import { boolean, integer, object, oneOf, orElse, read, readOrNull, type Checked } from '../../../core/check/check';
import type { HeadRef } from '../attention/state';

const headCheck = object({ layer: integer({ min: 0 }), head: integer({ min: 0 }) });
/** A single head: on the board a mean of heads is not read. */
export type SingleHead = Checked<typeof headCheck>;

export const GRID_SORTS = ['place', 'moore', 'entropy'] as const;
export type GridSort = (typeof GRID_SORTS)[number];

const stateCheck = object({
  head: orElse(headCheck, null),
  scale: orElse(oneOf('linear', 'sqrt'), 'sqrt'),
  gridSort: orElse(oneOf(...GRID_SORTS), 'place'),
  /** Whether the 3 × 3 cells around the chosen one are framed. */
  frame: orElse(boolean(), true),
});
/** What the view keeps: beside what the token view keeps, with which it shares head and scale. */
export type GridState = Checked<typeof stateCheck>;

const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readGridState(kept: unknown): GridState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}

export function sameSingle(one: SingleHead, other: HeadRef): boolean {
  return one.layer === other.layer && one.head === other.head;
}
