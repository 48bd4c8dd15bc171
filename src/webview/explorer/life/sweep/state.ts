import { MOST_BOARDS, MOST_ORDERS, MOST_SEED, ordersBetween } from '../../../../core/life/sweep';
import { lifeSweep, type LifeSweep } from '../../../../protocol/sweep';
import { check } from '../../../../protocol/validate';

/** What the tab keeps. */
export interface SweepState {
  /** Densities, in [0, 1]: from, to, and the step between them. */
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Boards at each density. */
  readonly boards: number;
  readonly seed: number;
  /** The last sweep that has ended: for the time after the window. */
  readonly last: LifeSweep | null;
}

export const INITIAL_STATE: SweepState = { from: 0, to: 1, step: 0.1, boards: 10, seed: 0, last: null };

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

export function fits(name: FieldName, value: unknown): value is number {
  const { min, max, whole } = FIELDS[name];
  return typeof value === 'number' && value >= min && value <= max && (!whole || Number.isSafeInteger(value));
}

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): SweepState {
  if (typeof kept !== 'object' || kept === null) return INITIAL_STATE;
  const values = kept as Record<string, unknown>;
  const numbers = (Object.keys(FIELDS) as FieldName[]).flatMap((name) =>
    fits(name, values[name]) ? [[name, values[name]] as const] : [],
  );
  return { ...INITIAL_STATE, ...(Object.fromEntries(numbers) as Partial<SweepState>), last: readSweep(values['last']) };
}

function readSweep(kept: unknown): LifeSweep | null {
  try {
    return check(lifeSweep, kept);
  } catch {
    return null;
  }
}

/** The densities that are asked about; none where they end before they begin. */
export function ordersOf({ from, to, step }: Pick<SweepState, 'from' | 'to' | 'step'>): readonly number[] {
  return ordersBetween(from, to, step);
}
