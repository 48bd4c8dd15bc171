import { useRef, useState } from 'preact/hooks';
import type { Cell } from '../../components/heat-map';
import { type MapLayout, windowAround } from './layout';

/**
 * First query and key of the part on show. It follows the selection, moved no more than needed; where it was dragged
 * away it stays until the selection moves. While no key has been chosen it stays on the diagonal, where there is most to see.
 */
export function useWindowOrigin(
  selection: Cell,
  keyIsChosen: boolean,
  { count, whole }: MapLayout,
  tokens: number,
): readonly [origin: Cell, move: (origin: Cell) => void, follows: boolean] {
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
    const key = keyIsChosen ? windowAround(selection.key, last.current.key, count, tokens) : query;
    if (query !== last.current.query || key !== last.current.key) last.current = { query, key };
  }
  return [last.current, (origin) => setDragged({ origin, left: selection, count }), whole || !stays];
}
