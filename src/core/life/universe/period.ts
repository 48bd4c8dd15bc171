import type { Cells } from '../cells';
import type { Universe } from './universe';

/** A state that came back. */
export interface Period {
  /** Generations after which the pattern is itself again; 1 for a still life. */
  readonly period: number;
  /** Cells by which it moved meanwhile: right and down. 0 for still lifes and oscillators, and always on a grid with an end. */
  readonly dx: number;
  readonly dy: number;
  /** The first generation that came back. */
  readonly since: number;
}

/** States that are remembered; of a longer history the oldest are forgotten. */
const MOST_STATES = 2 ** 17;

interface Seen {
  readonly generation: number;
  readonly x: number;
  readonly y: number;
  readonly check: number;
  readonly population: number;
  readonly background: boolean;
}

/**
 * Notices when a universe comes back to a state: the same cells, on the plane also elsewhere. States are told apart by 64 bits
 * of hash, population and the sides of their rectangle.
 */
export class PeriodWatch {
  private readonly seen = new Map<number, Seen>();

  /**
   * Looks at the state of a universe; costs a visit of every run of live cells.
   * @returns the period when it is a state that was looked at before, else null; an empty universe is a still life.
   */
  look(universe: Universe, cells: Cells = universe.cells()): Period | null {
    const { generation, grid, background } = universe;
    const { x, y, width, height } = cells.box ?? { x: 0, y: 0, width: 0, height: 0 };
    const [hash, check] = hashOf(universe.layers(), cells);
    // On a grid a shape elsewhere is another state, for its edges or its seam may lie between.
    const place = grid ? Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) : 0;
    const key =
      (hash ^ place ^ (background ? 0x5bd1e995 : 0) ^ Math.imul(width, 0xc2b2ae3d) ^ Math.imul(height, 0x27d4eb2f)) >>>
      0;
    const before = this.seen.get(key);
    const isSame =
      before?.check === check && before.population === cells.population && before.background === background;
    if (before && isSame && !(grid && (before.x !== x || before.y !== y))) {
      return { period: generation - before.generation, dx: x - before.x, dy: y - before.y, since: before.generation };
    }
    this.seen.set(key, { generation, x, y, check, population: cells.population, background });
    if (this.seen.size > MOST_STATES) this.seen.delete(this.seen.keys().next().value as number);
    return null;
  }
}

/** Two hashes of the shape, wherever it stands, and of which of its cells are in which state. */
function hashOf(layers: readonly Cells[], cells: Cells): readonly [number, number] {
  const { x = 0, y = 0 } = cells.box ?? {};
  let [one, other] = cells.shapeHash();
  for (const layer of layers) {
    const [hash, check] = layer.shapeHash();
    const place = Math.imul((layer.box?.x ?? x) - x, 0x9e3779b1) ^ Math.imul((layer.box?.y ?? y) - y, 0x85ebca77);
    one = Math.imul(one ^ hash ^ place, 0x01000193);
    other = Math.imul(other + check + place, 0x85ebca6b);
  }
  return [one >>> 0, other >>> 0];
}
