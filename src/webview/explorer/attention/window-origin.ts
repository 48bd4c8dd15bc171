import { useRef, useState } from 'preact/hooks';
import type { Cell } from '../../components/heat-map';
import { type MapLayout, windowAround } from './layout';

/**
 * First query and key of the part on show. It follows the selection, moved no more than needed; where it was dragged
 * away it stays until the selection moves.
 */
export function useWindowOrigin(
  selection: Cell,
  { count, whole }: MapLayout,
  tokens: number,
): readonly [Cell, (origin: Cell) => void] {
  const last = useRef<Cell>({ query: 0, key: 0 });
  const [dragged, setDragged] = useState<{ readonly origin: Cell; readonly left: Cell; readonly count: number } | null>(
    null,
  );
  const stays =
    dragged !== null &&
    dragged.left.query === selection.query &&
    dragged.left.key === selection.key &&
    dragged.count === count;
  if (whole) last.current = { query: 0, key: 0 };
  else if (stays) last.current = dragged.origin;
  else {
    const query = windowAround(selection.query, last.current.query, count, tokens);
    const key = windowAround(selection.key, last.current.key, count, tokens);
    if (query !== last.current.query || key !== last.current.key) last.current = { query, key };
  }
  return [last.current, (origin) => setDragged({ origin, left: selection, count })];
}
