import { MOST_ROUNDS } from '../../../core/compare/comparison';
import type { OptionValues } from '../../../core/decode/options';
import { COLUMN_IDS, type ColumnId } from './columns';

/** What the tab keeps. */
export interface CompareState {
  /** Keys of the ticked entries; null: the decoders that are exact. */
  readonly chosen: readonly string[] | null;
  /** Decoders that are in the list once more, in the order in which they were added. */
  readonly again: readonly AddedDecoder[];
  readonly rounds: number;
  /** null: in the order in which they were run. */
  readonly sort: Sort | null;
  /** Row whose text is shown, by its place in the comparison; null: the first. */
  readonly row: number | null;
}

/** A decoder once more, with options of its own. */
export interface AddedDecoder {
  /** No other entry's. */
  readonly key: string;
  readonly decoder: string;
  readonly options: OptionValues;
}

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

export const INITIAL_STATE: CompareState = { chosen: null, again: [], rounds: 3, sort: null, row: null };

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): CompareState {
  if (typeof kept !== 'object' || kept === null) return INITIAL_STATE;
  const { chosen, again, rounds, sort, row } = kept as Record<string, unknown>;
  return {
    chosen: Array.isArray(chosen) ? chosen.filter((name) => typeof name === 'string') : null,
    again: Array.isArray(again) ? again.flatMap(readAdded) : [],
    rounds: isRounds(rounds) ? rounds : INITIAL_STATE.rounds,
    sort: readSort(sort),
    row: Number.isSafeInteger(row) && (row as number) >= 0 ? (row as number) : null,
  };
}

function readAdded(value: unknown): readonly AddedDecoder[] {
  if (typeof value !== 'object' || value === null) return [];
  const { key, decoder, options } = value as Record<string, unknown>;
  if (typeof key !== 'string' || typeof decoder !== 'string' || typeof options !== 'object' || !options) return [];
  return [{ key, decoder, options: options as OptionValues }];
}

export function isRounds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MOST_ROUNDS;
}

function readSort(value: unknown): Sort | null {
  if (typeof value !== 'object' || value === null) return null;
  const { column, descending } = value as Record<string, unknown>;
  const known = COLUMN_IDS.find((id) => id === column);
  return known === undefined ? null : { column: known, descending: descending === true };
}
