import { CoreError } from '../../errors';
import type { Cells } from '../cells';
import { centredCells, placedCells, type Pattern } from '../pattern';
import type { GridSize } from '../rule';
import { readRule } from '../rules/notation';
import type { CellRule } from '../rules/table';
import type { BoundedGrid } from '../topology';
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

/**
 * Cells of a board on its grid: from the top left corner of one with an end on all sides, else where they lie on the plane.
 * @param first generation that they are.
 * @throws CoreError `life-unsupported` for a rule that is not run there, `life-invalid`, `life-too-large`.
 */
export function universeOf(cells: Cells, grid: BoundedGrid | null, rule: CellRule, first: number): Universe {
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
  const rule = readRule(pattern.rule).cells;
  if (where === 'plane') return planeOf(placedCells(pattern), rule, pattern.generation);
  if (where) return gridOf(centredCells(pattern, where), where, rule);
  return universeOf(cellsOnGrid(pattern), pattern.bounds, rule, pattern.generation);
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
