import {
  array,
  boolean,
  integer,
  mapped,
  nullable,
  object,
  oneOf,
  orElse,
  read,
  readOrNull,
  type Checked,
} from '../../../core/check/check';
import { WEIGHT_SCALES } from '../../components/ramp';

const index = integer({ min: 0 });

const headCheck = object({
  layer: index,
  /** null: the mean over the layer's heads. */
  head: nullable(index),
});
/** One head of the model, or the mean over the heads of a layer. */
export type HeadRef = Checked<typeof headCheck>;

export const SORTS = ['place', 'structure', 'entropy', 'distance', 'firstToken'] as const;
export type HeadSort = (typeof SORTS)[number];

/** What stands for the heads: their pictures, or one cell a head coloured by a number or by the selected pair. */
export const SHOWS = ['pictures', 'structure', 'entropy', 'distance', 'firstToken', 'pair'] as const;
export type HeadShow = (typeof SHOWS)[number];

const DIRECTIONS = ['looks', 'looked'] as const;
/** `looks`: the row of the query; `looked`: the column of the key. */
export type Direction = (typeof DIRECTIONS)[number];

/** Keys that can be left out at once. */
export const MOST_WITHOUT = 16;

const stateCheck = object({
  /** null: none chosen yet. */
  head: orElse(headCheck, null),
  /** null: pictures where all fit, else cells coloured by structure. */
  show: orElse(oneOf(...SHOWS), null),
  sort: orElse(oneOf(...SORTS), 'place'),
  scale: orElse(oneOf(...WEIGHT_SCALES), 'sqrt'),
  /** Whether every picture's scale ends at the largest weight that it shows. */
  toLargest: orElse(boolean(), false),
  /** Keys that are left out of every row, ascending; what is left is shared out anew. */
  without: orElse(mapped(array(index, { max: 1_000 }), sorted), []),
  direction: orElse(oneOf(...DIRECTIONS), 'looks'),
  view: orElse(oneOf('map', 'table'), 'map'),
  /** null: the key with the largest weight of the query. */
  key: orElse(index, null),
});
/** What the tab keeps. The query is the token that all tabs have selected. */
export type AttentionState = Checked<typeof stateCheck>;

export const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): AttentionState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}

function sorted(keys: readonly number[]): readonly number[] {
  return [...new Set(keys)].sort((one, other) => one - other).slice(0, MOST_WITHOUT);
}

/** The same keys with one more, or one fewer. */
export function toggled(without: readonly number[], key: number): readonly number[] {
  return sorted(without.includes(key) ? without.filter((each) => each !== key) : [...without, key]);
}
