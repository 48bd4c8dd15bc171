import { tokenForKey } from '../../components/token-keys';
import { PAGE } from './lens-page';

export interface Cell {
  /** 0 is the last state, at the top. */
  readonly row: number;
  readonly token: number;
}

/** Where a key leads from a cell of the grid; null where it means nothing here. */
export function cellForKey(
  { key, altKey, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey'>,
  { row, token, rows, count }: Cell & { readonly rows: number; readonly count: number },
): Cell | null {
  if (altKey || ctrlKey || metaKey) return null;
  if (key === 'ArrowUp') return { row: Math.max(0, row - 1), token };
  if (key === 'ArrowDown') return { row: Math.min(rows - 1, row + 1), token };
  const next = tokenForKey(key, token, count, PAGE);
  return next === null ? null : { row, token: next };
}
