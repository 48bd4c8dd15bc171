import { CoreError } from '../../errors';
import { MOST_COORDINATE, type Box, type Cells } from '../cells';
import { isBornOfNothing, type CellRule } from '../rules/table';
import type { BoundedGrid } from '../topology';
import { Plane } from './plane';
import type { Universe } from './universe';

/**
 * A grid with an end on two opposite sides alone: a plane that is a strip, or a tube whose sides meet. Its middle is the origin of
 * the plane, on which it lies. Before a step what lies opposite is copied beside both sides, after it what was born there is taken
 * away, as Golly does.
 */
export class Strip implements Universe {
  readonly states = 2;
  readonly size = null;
  readonly background = false;

  private constructor(
    readonly grid: BoundedGrid,
    private readonly plane: Plane,
  ) {}

  /**
   * @param grid one of its sides is 0.
   * @throws CoreError `life-unsupported` for a rule with B0: it would fill the strip at once.
   */
  static of(grid: BoundedGrid, rule: CellRule): Strip {
    if (isBornOfNothing(rule)) {
      throw new CoreError(
        'life-unsupported',
        'By a rule with B0 all the dead cells of a grid without an end on two sides come alive at once: it is run on the plane, and on grids with an end.',
      );
    }
    return new Strip(grid, new Plane(rule));
  }

  get rule(): CellRule {
    return this.plane.rule;
  }

  get generation(): number {
    return this.plane.generation;
  }

  get population(): number {
    return this.plane.population;
  }

  step(): void {
    const { plane } = this;
    const { rows, first, last } = stripOf(this.grid);
    const placeOf = (line: number, at: number): readonly [number, number] => (rows ? [at, line] : [line, at]);
    if (this.grid.kind === 'torus') {
      const [ofLast, ofFirst] = [this.lineAt(last), this.lineAt(first)];
      for (const at of ofLast) plane.set(...placeOf(first - 1, at), true);
      for (const at of ofFirst) plane.set(...placeOf(last + 1, at), true);
    }
    plane.step();
    for (const beside of [first - 2, first - 1, last + 1, last + 2]) {
      for (const at of this.lineAt(beside)) plane.set(...placeOf(beside, at), false);
    }
  }

  get(x: number, y: number): boolean {
    const at = placeOnStrip(this.grid, x, y);
    return at !== null && this.plane.get(...at);
  }

  set(x: number, y: number, alive: boolean): void {
    const at = placeOnStrip(this.grid, x, y);
    if (at) this.plane.set(...at, alive);
  }

  add(y: number, start: number, end: number): void {
    this.plane.add(y, start, end);
  }

  remove(y: number, start: number, end: number): void {
    this.plane.remove(y, start, end);
  }

  state(x: number, y: number): number {
    return this.get(x, y) ? 1 : 0;
  }

  layers(): readonly Cells[] {
    return [];
  }

  cells(): Cells {
    return this.plane.cells();
  }

  box(): Box | null {
    return this.plane.box();
  }

  window(box: Box, into: Uint8Array): void {
    this.plane.window(box, into);
  }

  clone(): Strip {
    return new Strip(this.grid, this.plane.clone());
  }

  /** Live cells of a row, or of a column where the strip stands upright: their columns, or their rows. */
  private lineAt(at: number): number[] {
    const { rows } = stripOf(this.grid);
    const box = this.plane.box();
    if (!box) return [];
    const line = rows ? { ...box, y: at, height: 1 } : { ...box, x: at, width: 1 };
    const live = new Uint8Array(line.width * line.height);
    this.plane.window(line, live);
    const from = rows ? box.x : box.y;
    return [...live.keys()].filter((index) => live[index] === 1).map((index) => from + index);
  }
}

/** Whether a grid has an end on two opposite sides alone. */
export function isStrip({ width, height }: BoundedGrid): boolean {
  return width === 0 || height === 0;
}

/** The rows of a strip that lies, the columns of one that stands: the first and the last. */
function stripOf({ width, height }: BoundedGrid): {
  readonly rows: boolean;
  readonly first: number;
  readonly last: number;
} {
  const length = height || width;
  const first = -Math.floor(length / 2);
  return { rows: width === 0, first, last: first + length - 1 };
}

/** All of a strip, as far as cells can lie. */
export function boxOfStrip(grid: BoundedGrid): Box {
  const { rows, first, last } = stripOf(grid);
  const far = MOST_COORDINATE / 2;
  return rows
    ? { x: -far, y: first, width: 2 * far, height: last - first + 1 }
    : { x: first, y: -far, width: last - first + 1, height: 2 * far };
}

/** Where a cell comes to lie: around a tube, or beyond the end of a plane nowhere. */
export function placeOnStrip(grid: BoundedGrid, x: number, y: number): readonly [x: number, y: number] | null {
  const { rows, first, last } = stripOf(grid);
  const at = rows ? y : x;
  if (at >= first && at <= last) return [x, y];
  if (grid.kind !== 'torus') return null;
  const length = last - first + 1;
  const wrapped = first + ((((at - first) % length) + length) % length);
  return rows ? [x, wrapped] : [wrapped, y];
}
