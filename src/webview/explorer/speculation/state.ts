import {
  boolean,
  integer,
  number,
  object,
  orElse,
  read,
  readOrNull,
  string,
  type Checked,
} from '../../../core/check/check';

const plainCheck = object({
  sha256: string({ max: 1_000 }),
  milliseconds: number({ min: Number.MIN_VALUE }),
  passes: integer({ min: 1 }),
});

const stateCheck = object({
  /** Whether the passes are shown as a table in place of the staircase. */
  table: orElse(boolean(), false),
  /** t(1) of a model, as the last run without drafts that was on show had it. */
  plain: orElse(plainCheck, null),
});
/** What the tab keeps. The chosen pass is that of the token that all tabs have selected. */
export type SpeculationState = Checked<typeof stateCheck>;

const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** Reads what was kept, however old it is. */
export function readState(kept: unknown): SpeculationState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}
