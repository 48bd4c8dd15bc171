import type { Box, Cells } from '../../core/life/cells';
import { inside } from '../../core/life/edit/runs';
import { boundedGridName } from '../../core/life/topology';
import type { Universe } from '../../core/life/universe/universe';
import { count, counted } from '../components/format';
import { shownCells } from './shown-cells';
import type { LifeState } from './state';
import type { Place } from './view';

/** Rows that are told one by one. */
export const MOST_ROWS = 200;

/** The board in one sentence or two. */
export function describeBoard(state: LifeState): string {
  const { universe, board, generation, playing } = state;
  const { rule, grid } = board.settings;
  const surface = grid ? boundedGridName(grid) : 'plane';
  if (playing) return `Playing by ${rule} on the ${surface}.`;
  const { box } = shownCells(state);
  const where = box ? `, in ${box.width} by ${box.height} cells from row ${box.y}, column ${box.x}` : '';
  const background = backgroundNote(universe);
  const said = background === null ? '' : ` ${background}`;
  return `Generation ${count(generation)}: ${counted(universe.population, 'cell')} alive${where}. Rule ${rule}, ${surface}.${said}`;
}

/** What a cell is, in words: by its state where there are more than two. */
export function stateName(universe: Universe, { x, y }: Place): string {
  const state = universe.state(x, y);
  if (universe.states > 2 && state > 0) return `state ${state} of ${universe.states - 1}`;
  return state > 0 ? 'alive' : 'dead';
}

/** What must be known of a board whose background lives, by a rule with B0; null where it does not. */
export function backgroundNote({ background }: Universe): string | null {
  return background ? 'The background is alive: cells on show, and their number, are those that are dead.' : null;
}

/** Live cells row by row: `row 2: columns 0 to 2, 5`. */
export function rowsOf(cells: Cells, box: Box | null): { readonly rows: readonly string[]; readonly more: number } {
  const rows = new Map<number, string[]>();
  let more = 0;
  let last: number | null = null;
  (box ? inside(cells, box) : cells).forEachRun((y, start, end) => {
    const columns = end - start === 1 ? `${start}` : `${start} to ${end - 1}`;
    const row = rows.get(y);
    if (row) row.push(columns);
    else if (rows.size < MOST_ROWS) rows.set(y, [columns]);
    else if (y !== last) more++;
    last = y;
  });
  const text = [...rows].map(([y, columns]) => {
    const many = columns.length > 1 || columns.some((column) => column.includes('to'));
    return `row ${y}: ${many ? 'columns' : 'column'} ${columns.join(', ')}`;
  });
  return { rows: text, more };
}
