import { CoreError } from '../../errors';
import { Cells } from '../cells';
import { minus } from '../edit/runs';
import { centredCells, placedCells, type Pattern } from '../pattern';
import type { GridSize } from '../topology';
import { readRule, type BoardRule } from '../rules/notation';
import { isBornOfNothing, type CellRule } from '../rules/table';
import type { BoundedGrid } from '../topology';
import { Generations } from './generations';
import { Grid, type GridSurface } from './grid';
import { Plane } from './plane';
import { boxOfStrip, isStrip, Strip } from './strip';
import type { Universe } from './universe';

/** Cells of a grid, from its top left corner; those that lie off it are an error. */
export function gridOf(cells: Cells, size: GridSurface, rule: CellRule): Grid {
  const grid = new Grid(size, rule);
  checkOn(size, cells);
  cells.forEachRun((y, start, end) => grid.add(y, start, end));
  return grid;
}

/** Cells on the plane without an end. @param first generation that they are. */
export function planeOf(cells: Cells, rule: CellRule, first = 0): Plane {
  const plane = new Plane(rule, first);
  cells.forEachRun((y, start, end) => plane.add(y, start, end));
  return plane;
}

/** Cells on a grid without an end on two of its sides, where they lie on the plane; those that lie off it are an error. */
function stripOf(cells: Cells, grid: BoundedGrid, rule: CellRule): Strip {
  const strip = Strip.of(grid, rule);
  const [box, whole] = [cells.box, boxOfStrip(grid)];
  const isWithin =
    !box ||
    (box.x >= whole.x &&
      box.y >= whole.y &&
      box.x + box.width <= whole.x + whole.width &&
      box.y + box.height <= whole.y + whole.height);
  if (!isWithin) throw new CoreError('life-invalid', 'Live cells lie beyond the edge of the grid.');
  cells.forEachRun((y, start, end) => strip.add(y, start, end));
  return strip;
}

/** Cells, and those of them that are in state 2 and on, an entry a state. */
export interface LayeredCells {
  readonly cells: Cells;
  readonly states?: readonly Cells[];
}

/**
 * Cells of a board on its grid: from the top left corner of one with an end on all sides, else where they lie on the plane.
 * @param first generation that they are.
 * @throws CoreError `life-unsupported` for a rule that is not run there, `life-invalid`, `life-too-large`.
 */
export function universeOf(
  { cells, states = [] }: LayeredCells,
  grid: BoundedGrid | null,
  rule: BoardRule,
  first: number,
): Universe {
  if (rule.states === 2) return inTwoStates(cells, grid, rule.cells, first);
  if (!grid && isBornOfNothing(rule.cells)) {
    throw new CoreError(
      'life-unsupported',
      'By a rule of more than two states with B0 all the dead cells of the plane come alive at once: it is run on grids with an end.',
    );
  }
  if (states.length > rule.states - 2) {
    throw new CoreError('life-invalid', `Cells are in more than the ${rule.states} states that the rule has.`);
  }
  const old = Array.from({ length: rule.states - 2 }, (_, at) => states[at] ?? Cells.none);
  return new Generations(rule.states, inTwoStates(old.reduce(minus, cells), grid, rule.cells, first), old);
}

function inTwoStates(cells: Cells, grid: BoundedGrid | null, rule: CellRule, first: number): Universe {
  if (!grid) return planeOf(cells, rule, first);
  if (isStrip(grid)) return stripOf(cells, grid, rule);
  const { kind: topology, ...sides } = grid;
  return gridOf(cells, { topology, ...sides }, rule);
}

/**
 * A pattern ready to step.
 * @param where the plane, or a grid in whose middle it is placed; what the file says where absent. A file that says where it
 *        lies on its own grid (whose middle is the origin) is placed there.
 * @throws CoreError `life-unsupported` for a rule that is not run, `life-invalid` where it does not fit, `life-too-large`.
 */
export function openUniverse(pattern: Pattern, where?: 'plane' | GridSize): Universe {
  const rule = readRule(pattern.rule);
  const grid: BoundedGrid | null =
    where === undefined ? pattern.bounds : where === 'plane' ? null : { ...where, kind: where.topology };
  const cells =
    where === undefined
      ? cellsOnGrid(pattern)
      : where === 'plane'
        ? placedCells(pattern)
        : centredCells(pattern, where);
  return universeOf({ cells, states: movedWith(pattern, cells) }, grid, rule, pattern.generation);
}

/** The states of a pattern whose cells were moved, moved with them. */
export function movedWith(pattern: Pattern, cells: Cells): readonly Cells[] {
  const [from, to] = [pattern.cells.box, cells.box];
  return from && to ? pattern.states.map((each) => each.translated(to.x - from.x, to.y - from.y)) : [];
}

/**
 * The live cells of a pattern on the grid that its file asks for, from its top left corner: where the file says they lie (the
 * middle of the grid is the origin), else in its middle. Where they lie on the plane where there is none, or it has an end on
 * two sides alone.
 * @throws CoreError `life-invalid` where they do not lie on it.
 */
export function cellsOnGrid(pattern: Pattern): Cells {
  const { bounds, position } = pattern;
  if (!bounds || (position && isStrip(bounds))) return placedCells(pattern);
  if (isStrip(bounds)) {
    // In the middle of the two sides that there are, and from the origin along the others.
    const whole = boxOfStrip(bounds);
    const across = { width: bounds.width || pattern.width, height: bounds.height || pattern.height };
    const cells = centredCells(pattern, across);
    return cells.translated(bounds.width > 0 ? whole.x : 0, bounds.height > 0 ? whole.y : 0);
  }
  if (!position) return centredCells(pattern, bounds);
  const { x, y } = gridOrigin(bounds);
  const cells = placedCells(pattern).translated(-x, -y);
  checkOn(bounds, cells);
  return cells;
}

function checkOn({ width, height }: Pick<GridSize, 'width' | 'height'>, { box }: Cells): void {
  if (!box || (box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height)) return;
  throw new CoreError('life-invalid', `Live cells lie beyond the edge of the grid of ${width} x ${height}.`);
}

/** Where the top left cell of a bounded grid lies on the plane: its middle is the origin, as for Golly. */
export function gridOrigin({ width, height }: Pick<GridSize, 'width' | 'height'>): { x: number; y: number } {
  return { x: -Math.floor(width / 2), y: -Math.floor(height / 2) };
}
