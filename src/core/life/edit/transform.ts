import { CoreError } from '../../errors';
import type { Random } from '../../numeric/random';
import { CellsBuilder, type Box, type Cells } from '../cells';
import type { BoundedGrid } from '../topology';
import { boxOf, placeOn, reachOf, type LifeBoard } from './board';
import { isStrip } from '../universe/strip';
import { covers, forEachCell, inside, outside, union } from './runs';

/** A quarter turn clockwise, or a mirror: `x` swaps left and right, `y` swaps top and bottom. */
export type Turn = 'rotate' | 'flip-x' | 'flip-y';

/** The part of a board that a transformation is about: the selection, or else everything; null where there is nothing. */
export function regionOf({ cells, settings }: LifeBoard, selection: Box | null): Box | null {
  return selection ?? boxOf(settings.grid) ?? cells.box;
}

/** What became of a board whose cells were carried elsewhere. */
export interface Carried {
  readonly board: LifeBoard;
  /** Live cells that would lie beyond the edge of the grid, and are not there. */
  readonly lost: number;
  /** Live cells that came to lie on others that live: they are one now. */
  readonly covered: number;
}

export interface Turned extends Carried {
  /** Where what was turned lies now. */
  readonly region: Box;
  /** Whether the grid was turned with what lives on it. */
  readonly withGrid: boolean;
}

/**
 * The board with the selection turned about its middle, or with everything where nothing is selected. On a grid with an end
 * it is moved as far as it must be to lie on it; everything that does not fit a grid whose sides differ is turned with it.
 * Cells that come to lie on others do not erase them.
 * @returns null where there is nothing to turn.
 * @throws CoreError `life-invalid` where a turned selection does not fit the grid.
 */
export function turned(board: LifeBoard, selection: Box | null, turn: Turn): Turned | null {
  const { cells, settings } = board;
  const { grid } = settings;
  // By a quarter what lives is turned, wherever it lies; a mirror is of the whole grid.
  const region = turn === 'rotate' && !selection ? cells.box : regionOf(board, selection);
  if (!region) return null;
  const whole = reachOf(grid);
  const middle = turnedBox(region, turn);
  if (!whole || (middle.width <= whole.width && middle.height <= whole.height)) {
    const to = whole ? pushedInto(whole, middle) : middle;
    return { ...carried(board, region, turnOf(region, turn, to.x, to.y)), region: to, withGrid: false };
  }
  const turnedGrid = selection ? null : quarterTurned(grid as BoundedGrid);
  if (!turnedGrid) {
    throw new CoreError(
      'life-invalid',
      `Turned, these ${region.width} x ${region.height} cells span ${middle.width} x ${middle.height}, which the grid of ${whole.width} x ${whole.height} does not hold.`,
    );
  }
  const turnedCells = mapped(cells, null, turnOf(whole, turn, 0, 0));
  return {
    board: { cells: turnedCells, settings: { ...settings, grid: turnedGrid } },
    ...{ lost: 0, covered: 0, region: turnedCells.box ?? middle, withGrid: true },
  };
}

/** Where a region is after a turn: about its middle, half a cell to the top left where it cannot be. */
function turnedBox(region: Box, turn: Turn): Box {
  if (turn !== 'rotate') return region;
  const { x, y, width, height } = region;
  const shift = Math.trunc((height - width) / 2);
  return { x: x - shift, y: y + shift, width: height, height: width };
}

/** A pattern on its own, turned; its corner is at 0, 0 before and after. */
export function turnedPattern(pattern: Cells, size: Pick<Box, 'width' | 'height'>, turn: Turn): Cells {
  return mapped(pattern, null, turnOf({ x: 0, y: 0, ...size }, turn, 0, 0));
}

/** The board with the cells of a region moved. Cells that come to lie on others do not erase them. */
export function moved(board: LifeBoard, region: Box, dx: number, dy: number): Carried {
  return carried(board, region, (x, y) => [x + dx, y + dy]);
}

/** The board without the live cells of a region. */
export function cleared({ cells, settings }: LifeBoard, region: Box): LifeBoard {
  return { cells: outside(cells, region), settings };
}

/** The board with each cell of a region alive with this probability, independently, whatever was there. */
export function filled(board: LifeBoard, region: Box, density: number, random: Random): LifeBoard {
  const { grid } = board.settings;
  const builder = new CellsBuilder();
  for (let y = region.y; y < region.y + region.height; y++) {
    for (let x = region.x; x < region.x + region.width; x++) {
      const place = random.uniform() < density ? placeOn(grid, x, y) : null;
      if (place) builder.add(place[1], place[0], place[0] + 1);
    }
  }
  return { cells: union(outside(board.cells, region), builder.build()), settings: board.settings };
}

/** The board with a pattern laid over it, its 0, 0 at this place. On a torus it goes on at the other side. */
export function placed({ cells, settings }: LifeBoard, pattern: Cells, dx: number, dy: number): Carried {
  return laid(cells, settings, pattern, (x, y) => [x + dx, y + dy]);
}

/** What became of cells when a board came onto another grid. */
export interface Regridded {
  readonly board: LifeBoard;
  /** What everything was moved by; null where it stayed. */
  readonly moved: { readonly dx: number; readonly dy: number } | null;
  /** Live cells that lay outside the grid and are no more. */
  readonly lost: number;
}

/**
 * The board on another grid. What lies on it already stays; a pattern that would fit it but lies elsewhere is moved to its
 * middle; of a larger one, the cells outside are lost.
 */
export function regridded({ cells, settings }: LifeBoard, grid: BoundedGrid | null): Regridded {
  const on = (now: Cells): LifeBoard => ({ cells: now, settings: { ...settings, grid } });
  const box = reachOf(grid);
  const bounds = cells.box;
  if (!box || !bounds || covers(box, bounds)) return { board: on(cells), moved: null, lost: 0 };
  if (bounds.width <= box.width && bounds.height <= box.height) {
    const dx = Math.floor((box.width - bounds.width) / 2) - bounds.x;
    const dy = Math.floor((box.height - bounds.height) / 2) - bounds.y;
    return { board: on(cells.translated(dx, dy)), moved: { dx, dy }, lost: 0 };
  }
  const left = inside(cells, box);
  return { board: on(left), moved: null, lost: cells.population - left.population };
}

type Mapping = (x: number, y: number) => readonly [x: number, y: number];

function turnOf(region: Box, turn: Turn, left: number, top: number): Mapping {
  const { x: fromX, y: fromY, width, height } = region;
  if (turn === 'rotate') return (x, y) => [left + height - 1 - (y - fromY), top + x - fromX];
  if (turn === 'flip-x') return (x, y) => [2 * fromX + width - 1 - x, y];
  return (x, y) => [x, 2 * fromY + height - 1 - y];
}

/** A grid turned by a quarter; null where its edges are joined with a shift, of which there would be no such grid. */
function quarterTurned(grid: BoundedGrid): BoundedGrid | null {
  if (grid.shift || isStrip(grid)) return null;
  const { kind, width, height, twisted } = grid;
  const turnedTwist = twisted && {
    twisted: twisted === 'horizontal' ? ('vertical' as const) : ('horizontal' as const),
  };
  return { kind, width: height, height: width, ...turnedTwist };
}

/** A rectangle that fits into another, moved as little as it takes to lie in it. */
function pushedInto(outer: Box, box: Box): Box {
  const along = (at: number, length: number, from: number, room: number): number =>
    Math.max(from, Math.min(from + room - length, at));
  return {
    ...box,
    x: along(box.x, box.width, outer.x, outer.width),
    y: along(box.y, box.height, outer.y, outer.height),
  };
}

function carried({ cells, settings }: LifeBoard, region: Box, to: Mapping): Carried {
  return laid(outside(cells, region), settings, inside(cells, region), to);
}

function laid(ground: Cells, settings: LifeBoard['settings'], part: Cells, to: Mapping): Carried {
  let lost = 0;
  const there = mapped(part, settings.grid, to, () => lost++);
  const cells = union(ground, there);
  return { board: { cells, settings }, lost, covered: ground.population + part.population - lost - cells.population };
}

function mapped(cells: Cells, grid: BoundedGrid | null, to: Mapping, lose?: () => void): Cells {
  const builder = new CellsBuilder();
  forEachCell(cells, (x, y) => {
    const place = placeOn(grid, ...to(x, y));
    if (place) builder.add(place[1], place[0], place[0] + 1);
    else lose?.();
  });
  return builder.build();
}
