import type { WeightScale } from '../../components/ramp';
import type { HeadRef } from '../attention/state';

/** A single head: on the board a mean of heads is not read. */
export interface SingleHead {
  readonly layer: number;
  readonly head: number;
}

export const GRID_SORTS = ['place', 'moore', 'entropy'] as const;
export type GridSort = (typeof GRID_SORTS)[number];

/** What the view keeps: beside what the token view keeps, with which it shares head and scale. */
export interface GridState {
  readonly head: SingleHead | null;
  readonly scale: WeightScale;
  readonly gridSort: GridSort;
  /** Whether the 3 × 3 cells around the chosen one are framed. */
  readonly frame: boolean;
}

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readGridState(kept: unknown): GridState {
  const { head, scale, gridSort, frame } = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<
    string,
    unknown
  >;
  return {
    head: readHead(head),
    scale: scale === 'linear' ? 'linear' : 'sqrt',
    gridSort: GRID_SORTS.find((each) => each === gridSort) ?? 'place',
    frame: frame !== false,
  };
}

function readHead(value: unknown): SingleHead | null {
  if (typeof value !== 'object' || value === null) return null;
  const { layer, head } = value as { readonly layer?: unknown; readonly head?: unknown };
  return isIndex(layer) && isIndex(head) ? { layer, head } : null;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function sameSingle(one: SingleHead, other: HeadRef): boolean {
  return one.layer === other.layer && one.head === other.head;
}
