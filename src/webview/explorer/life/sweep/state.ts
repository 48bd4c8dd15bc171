import { integer, number, object, orElse, read, readOrNull, type Checked } from '../../../../core/check/check';
import { MOST_BOARDS, MOST_ORDERS, MOST_SEED, ordersBetween } from '../../../../core/life/sweep';
import { lifeSweep } from '../../../../protocol/sweep';

/** The least step: 101 densities from 0 to 1. */
export const LEAST_STEP = 1 / (MOST_ORDERS - 1);

/** The numbers that are typed, with what each may be. */
export const FIELDS = {
  from: { min: 0, max: 1, whole: false },
  to: { min: 0, max: 1, whole: false },
  step: { min: LEAST_STEP, max: 1, whole: false },
  boards: { min: 1, max: MOST_BOARDS, whole: true },
  seed: { min: 0, max: MOST_SEED, whole: true },
} as const;
export type FieldName = keyof typeof FIELDS;

const typed = (name: FieldName) => (FIELDS[name].whole ? integer(FIELDS[name]) : number(FIELDS[name]));

export function fits(name: FieldName, value: unknown): value is number {
  return readOrNull(typed(name), value) !== null;
}

const stateCheck = object({
  /** Densities, in [0, 1]: from, to, and the step between them. */
  from: orElse(typed('from'), 0),
  to: orElse(typed('to'), 1),
  step: orElse(typed('step'), 0.1),
  /** Boards at each density. */
  boards: orElse(typed('boards'), 10),
  seed: orElse(typed('seed'), 0),
  /** The last sweep that has ended: for the time after the window. */
  last: orElse(lifeSweep, null),
});
/** What the tab keeps. */
export type SweepState = Checked<typeof stateCheck>;

export const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): SweepState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}

/** The densities that are asked about; none where they end before they begin. */
export function ordersOf({ from, to, step }: Pick<SweepState, 'from' | 'to' | 'step'>): readonly number[] {
  return ordersBetween(from, to, step);
}
