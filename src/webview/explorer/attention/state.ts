import type { WeightScale } from '../../components/ramp';

/** One head of the model, or the mean over the heads of a layer. */
export interface HeadRef {
  readonly layer: number;
  /** null: the mean over the layer's heads. */
  readonly head: number | null;
}

export const SORTS = ['place', 'structure', 'entropy', 'distance', 'firstToken'] as const;
export type HeadSort = (typeof SORTS)[number];

/** `looks`: the row of the query; `looked`: the column of the key. */
export type Direction = 'looks' | 'looked';

/** What the tab keeps. The query is the token that all tabs have selected. */
export interface AttentionState {
  /** null: none chosen yet. */
  readonly head: HeadRef | null;
  readonly sort: HeadSort;
  readonly scale: WeightScale;
  readonly direction: Direction;
  readonly view: 'map' | 'table';
  /** null: the key with the largest weight of the query. */
  readonly key: number | null;
}

export const INITIAL_STATE: AttentionState = {
  head: null,
  sort: 'place',
  scale: 'sqrt',
  direction: 'looks',
  view: 'map',
  key: null,
};

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): AttentionState {
  if (typeof kept !== 'object' || kept === null) return INITIAL_STATE;
  const { head, sort, scale, direction, view, key } = kept as Record<string, unknown>;
  return {
    head: readHead(head),
    sort: SORTS.find((each) => each === sort) ?? 'place',
    scale: scale === 'linear' ? 'linear' : 'sqrt',
    direction: direction === 'looked' ? 'looked' : 'looks',
    view: view === 'table' ? 'table' : 'map',
    key: isIndex(key) ? key : null,
  };
}

function readHead(value: unknown): HeadRef | null {
  if (typeof value !== 'object' || value === null) return null;
  const { layer, head } = value as Record<string, unknown>;
  return isIndex(layer) && (head === null || isIndex(head)) ? { layer, head } : null;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
