import type { Cells } from '../../core/life/cells';
import type { Universe } from '../../core/life/universe/universe';
import type { LifeState } from './state';

const known = new WeakMap<Universe, { readonly revision: number; readonly cells: Cells }>();

/** All that lives on the board on show: read once for all who draw it, count it or tell it. */
export function shownCells({ universe, revision }: Pick<LifeState, 'universe' | 'revision'>): Cells {
  const last = known.get(universe);
  if (last?.revision === revision) return last.cells;
  const cells = universe.cells();
  known.set(universe, { revision, cells });
  return cells;
}

/** Says what lives where that is known already: reading it from a large universe takes longer than drawing it. */
export function knowCells({ universe, revision }: Pick<LifeState, 'universe' | 'revision'>, cells: Cells): void {
  known.set(universe, { revision, cells });
}
