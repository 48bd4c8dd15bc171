import type { WeightScale } from '../../components/ramp';

/** One head of the model, or the mean over the heads of a layer. */
export interface HeadRef {
  readonly layer: number;
  /** null: the mean over the layer's heads. */
  readonly head: number | null;
}

export const SORTS = ['place', 'structure', 'entropy', 'distance', 'firstToken'] as const;
export type HeadSort = (typeof SORTS)[number];

/** What stands for the heads: their pictures, or one cell a head coloured by a number or by the selected pair. */
export const SHOWS = ['pictures', 'structure', 'entropy', 'distance', 'firstToken', 'pair'] as const;
export type HeadShow = (typeof SHOWS)[number];

/** `looks`: the row of the query; `looked`: the column of the key. */
export type Direction = 'looks' | 'looked';

/** What the tab keeps. The query is the token that all tabs have selected. */
export interface AttentionState {
  /** null: none chosen yet. */
  readonly head: HeadRef | null;
  /** null: pictures where all fit, else cells coloured by structure. */
  readonly show: HeadShow | null;
  readonly sort: HeadSort;
  readonly scale: WeightScale;
  /** Whether every picture's scale ends at the largest weight that it shows. */
  readonly toLargest: boolean;
  /** Keys that are left out of every row, ascending; what is left is shared out anew. */
  readonly without: readonly number[];
  readonly direction: Direction;
  readonly view: 'map' | 'table';
  /** null: the key with the largest weight of the query. */
  readonly key: number | null;
}

export const INITIAL_STATE: AttentionState = {
  head: null,
  show: null,
  sort: 'place',
  scale: 'sqrt',
  toLargest: false,
  without: [],
  direction: 'looks',
  view: 'map',
  key: null,
};

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): AttentionState {
  if (typeof kept !== 'object' || kept === null) return INITIAL_STATE;
  const { head, show, sort, scale, toLargest, without, direction, view, key } = kept as Record<string, unknown>;
  return {
    head: readHead(head),
    show: SHOWS.find((each) => each === show) ?? null,
    sort: SORTS.find((each) => each === sort) ?? 'place',
    scale: scale === 'linear' || scale === 'log' ? scale : 'sqrt',
    toLargest: toLargest === true,
    without: readWithout(without),
    direction: direction === 'looked' ? 'looked' : 'looks',
    view: view === 'table' ? 'table' : 'map',
    key: isIndex(key) ? key : null,
  };
}

/** Keys that can be left out at once. */
export const MOST_WITHOUT = 16;

function readWithout(value: unknown): readonly number[] {
  if (!Array.isArray(value) || !value.every(isIndex)) return [];
  return [...new Set<number>(value)].sort((one, other) => one - other).slice(0, MOST_WITHOUT);
}

/** The same keys with one more, or one fewer. */
export function toggled(without: readonly number[], key: number): readonly number[] {
  return readWithout(without.includes(key) ? without.filter((each) => each !== key) : [...without, key]);
}

function readHead(value: unknown): HeadRef | null {
  if (typeof value !== 'object' || value === null) return null;
  const { layer, head } = value as Record<string, unknown>;
  return isIndex(layer) && (head === null || isIndex(head)) ? { layer, head } : null;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
