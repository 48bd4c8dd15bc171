import { CoreError } from '../../errors';
import type { Cells } from '../cells';
import { centredCells, placedCells, type Pattern } from '../pattern';
import { parseRule, type GridSize, type LifeRule } from '../rule';
import { boundedGridName, type BoundedGrid } from '../topology';
import { Grid } from './grid';
import { Plane } from './plane';
import type { Universe } from './universe';

/** Cells of a grid, from its top left corner; those that lie off it are an error. */
export function gridOf(cells: Cells, size: GridSize, rule: LifeRule): Grid {
  const grid = new Grid(size, rule);
  const { box } = cells;
  if (box && (box.x < 0 || box.y < 0 || box.x + box.width > size.width || box.y + box.height > size.height)) {
    throw new CoreError(
      'life-invalid',
      `Live cells lie beyond the edge of the grid of ${size.width} x ${size.height}.`,
    );
  }
  cells.forEachRun((y, start, end) => grid.add(y, start, end));
  return grid;
}

/** Cells on the plane without an end. */
export function planeOf(cells: Cells, rule: LifeRule): Plane {
  const plane = new Plane(rule);
  cells.forEachRun((y, start, end) => plane.add(y, start, end));
  return plane;
}

/**
 * A pattern ready to step.
 * @param where the plane, or a grid in whose middle it is placed; what the file says where absent. A file that says where it
 *        lies on its own grid (whose middle is the origin) is placed there.
 * @throws CoreError `life-unsupported` for a topology or rule that is not stepped, `life-invalid` where it does not fit,
 *         `life-too-large`.
 */
export function openUniverse(pattern: Pattern, where?: 'plane' | GridSize): Universe {
  const rule = parseRule(pattern.rule);
  if (where === 'plane' || (where === undefined && !pattern.bounds)) return planeOf(placedCells(pattern), rule);
  const size = where ?? steppedBounds(pattern.bounds as BoundedGrid);
  if (where !== undefined || !pattern.position) return gridOf(centredCells(pattern, size), size, rule);
  const { x, y } = gridOrigin(size);
  return gridOf(placedCells(pattern).translated(-x, -y), size, rule);
}

/** Where the top left cell of a bounded grid lies on the plane: its middle is the origin, as for Golly. */
export function gridOrigin({ width, height }: Pick<GridSize, 'width' | 'height'>): { x: number; y: number } {
  return { x: -Math.floor(width / 2), y: -Math.floor(height / 2) };
}

/**
 * The grid of a file, where it is one that is stepped: a torus without a shift, or a plane with an end.
 * @throws CoreError `life-unsupported`.
 */
export function steppedBounds(bounds: BoundedGrid): GridSize {
  const { kind, width, height, shift } = bounds;
  if ((kind === 'torus' || kind === 'plane') && width > 0 && height > 0 && !shift) {
    return { width, height, topology: kind };
  }
  throw new CoreError(
    'life-unsupported',
    `A ${boundedGridName(bounds)} is read but not stepped; a torus, a plane with an end and the plane without are.`,
  );
}
