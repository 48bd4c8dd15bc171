import { CoreError } from '../../errors';
import { beyondReach, CellsBuilder, MOST_COORDINATE, type Box, type Cells } from '../cells';
import { backgroundAt, onBackground, type CellRule } from '../rules/table';
import {
  bitRun,
  columnStep,
  countBits,
  drawBits,
  forEachRunOfBits,
  highestBit,
  lowestBit,
  WORD,
  type ColumnStep,
} from './kernel';
import type { Universe } from './universe';

/** Tiles of 32 x 32 cells: some 300 MB. */
const MOST_TILES = 2 ** 20;
/** Columns of tiles on either side of the origin. */
const MOST_COLUMNS = MOST_COORDINATE / WORD;
/** More than a row of the plane has tiles, with what is beyond either end: no two tiles have one key. */
const ROW = 4 * MOST_COLUMNS;
/** Columns of a tile with those beside it, and the rows above and below: what a step of words reads. */
const STRIDE = WORD + 2;

/** A square of 32 x 32 cells; word y holds row y. */
interface Tile {
  readonly column: number;
  readonly row: number;
  cells: Int32Array;
  next: Int32Array;
  population: number;
  nextPopulation: number;
  /** Whether the last step changed it. */
  changed: boolean;
  /** The last step in whose list of work it is, so that none is listed twice. */
  listed: number;
  /** By {@link AROUND}; those that are absent are dead. */
  readonly around: (Tile | undefined)[];
}

/** Columns and rows of the eight tiles around one: west and east first. The opposite of i is i ^ 1. */
const AROUND = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
  [-1, -1],
  [1, 1],
  [1, -1],
  [-1, 1],
] as const;
const [W, E, N, S, NW, SE, NE, SW] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * The plane without an end, in tiles that are made where cells come to live and dropped where they die out. A step works on the
 * tiles that changed in the last one and on those around them: what stands still costs nothing.
 */
export class Plane implements Universe {
  readonly states = 2;
  readonly grid = null;
  readonly size = null;
  generation = 0;
  population = 0;
  private readonly tiles = new Map<number, Tile>();
  /** Tiles that may change in the next step. */
  private work: Tile[] = [];
  /** The steps at even and at odd generations: two where the background comes and goes. */
  private readonly steps: readonly [even: ColumnStep, odd: ColumnStep];
  private readonly alternates: boolean;
  private readonly scratch = new Int32Array(3 * STRIDE);

  /**
   * @param rule by one with B0 the background comes alive: cells are then what differs from it.
   * @param first generation that it begins with: whether it is even or odd matters to such a rule alone.
   */
  constructor(
    readonly rule: CellRule,
    private readonly first = 0,
  ) {
    const { even, odd } = onBackground(rule);
    this.alternates = even !== odd;
    const step = columnStep(even);
    this.steps = [step, this.alternates ? columnStep(odd) : step];
  }

  get background(): boolean {
    return backgroundAt(this.rule, this.first + this.generation);
  }

  step(): void {
    const { work } = this;
    for (const tile of work) if (tile.population > 0) this.growAround(tile);
    // Neighbours that were made just now are at the end of the list, and empty.
    const step = this.steps[(this.first + this.generation) % 2 === 0 ? 0 : 1];
    for (const tile of work) this.stepTile(tile, step);
    this.generation++;
    const changed: Tile[] = [];
    for (const tile of work) {
      // What stands still by one of two rules may not by the other.
      if (!tile.changed && !(this.alternates && tile.population > 0)) continue;
      const { cells } = tile;
      tile.cells = tile.next;
      tile.next = cells;
      this.population += tile.nextPopulation - tile.population;
      tile.population = tile.nextPopulation;
      changed.push(tile);
    }
    this.work = [];
    for (const tile of changed) {
      this.list(tile);
      for (const near of tile.around) if (near) this.list(near);
    }
    for (const tile of work) if (tile.population === 0 && tile.listed !== this.generation) this.drop(tile);
  }

  get(x: number, y: number): boolean {
    const tile = this.tiles.get(keyOf(x >> 5, y >> 5));
    return tile !== undefined && (((tile.cells[y & 31] as number) >>> (x & 31)) & 1) === 1;
  }

  set(x: number, y: number, alive: boolean): void {
    if (this.get(x, y) === alive) return;
    this.write(y, x, x + 1, alive);
  }

  /** Live cells of row `y` from column `start` to before column `end`. */
  add(y: number, start: number, end: number): void {
    this.write(y, start, end, true);
  }

  remove(y: number, start: number, end: number): void {
    this.write(y, start, end, false);
  }

  state(x: number, y: number): number {
    return this.get(x, y) ? 1 : 0;
  }

  layers(): readonly Cells[] {
    return [];
  }

  cells(): Cells {
    const builder = new CellsBuilder();
    const tiles = [...this.tiles.values()].filter(({ population }) => population > 0);
    tiles.sort((a, b) => a.row - b.row || a.column - b.column);
    for (let from = 0, to = 0; from < tiles.length; from = to) {
      const { row } = tiles[from] as Tile;
      while (to < tiles.length && tiles[to]?.row === row) to++;
      for (let y = 0; y < WORD; y++) {
        for (let at = from; at < to; at++) {
          const { cells, column } = tiles[at] as Tile;
          const word = cells[y] as number;
          if (word === 0) continue;
          const x = column * WORD;
          forEachRunOfBits(word, (start, end) => builder.add(row * WORD + y, x + start, x + end));
        }
      }
    }
    return builder.build();
  }

  box(): Box | null {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { column, row, cells, population } of this.tiles.values()) {
      if (population === 0) continue;
      let any = 0;
      for (let y = 0; y < WORD; y++) {
        const word = cells[y] as number;
        if (word === 0) continue;
        any |= word;
        top = Math.min(top, row * WORD + y);
        bottom = Math.max(bottom, row * WORD + y);
      }
      left = Math.min(left, column * WORD + lowestBit(any));
      right = Math.max(right, column * WORD + highestBit(any));
    }
    return left === Infinity ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  }

  window(box: Box, into: Uint8Array): void {
    into.fill(0);
    const [right, bottom] = [box.x + box.width, box.y + box.height];
    for (let row = box.y >> 5; row * WORD < bottom; row++) {
      for (let column = box.x >> 5; column * WORD < right; column++) {
        const tile = this.tiles.get(keyOf(column, row));
        if (!tile || tile.population === 0) continue;
        for (let y = Math.max(box.y, row * WORD); y < Math.min(bottom, (row + 1) * WORD); y++) {
          const word = tile.cells[y & 31] as number;
          if (word !== 0) drawBits(word, column * WORD, y, box, into);
        }
      }
    }
  }

  clone(): Plane {
    const copy = new Plane(this.rule, this.first);
    for (const { column, row, cells, population } of this.tiles.values()) {
      if (population === 0) continue;
      const tile = copy.tileAt(column, row);
      tile.cells.set(cells);
      tile.population = population;
    }
    copy.population = this.population;
    for (const tile of copy.tiles.values()) copy.list(tile);
    copy.generation = this.generation;
    for (const tile of copy.work) tile.listed = copy.generation;
    return copy;
  }

  private write(y: number, start: number, end: number, alive: boolean): void {
    for (let x = start; x < end;) {
      const stop = Math.min(end, ((x >> 5) + 1) * WORD);
      const bits = bitRun(x & 31, (x & 31) + stop - x);
      const tile = alive ? this.tileAt(x >> 5, y >> 5) : this.tiles.get(keyOf(x >> 5, y >> 5));
      if (!tile) {
        x = stop;
        continue;
      }
      const before = tile.cells[y & 31] as number;
      const after = alive ? before | bits : before & ~bits;
      tile.cells[y & 31] = after;
      const gained = countBits(after) - countBits(before);
      tile.population += gained;
      this.population += gained;
      this.list(tile);
      for (const near of tile.around) if (near) this.list(near);
      x = stop;
    }
  }

  private tileAt(column: number, row: number): Tile {
    const key = keyOf(column, row);
    return this.tiles.get(key) ?? this.make(column, row, key);
  }

  private make(column: number, row: number, key: number): Tile {
    if (this.tiles.size >= MOST_TILES) {
      throw new CoreError(
        'life-too-large',
        `The pattern covers more than ${MOST_TILES.toLocaleString('en')} squares of ${WORD} x ${WORD} cells, the most that is stepped on the plane.`,
      );
    }
    const isWithin = (place: number): boolean => place >= -MOST_COLUMNS && place < MOST_COLUMNS;
    if (!isWithin(column) || !isWithin(row)) throw beyondReach();
    const tile: Tile = {
      column,
      row,
      cells: new Int32Array(WORD),
      next: new Int32Array(WORD),
      population: 0,
      nextPopulation: 0,
      changed: false,
      listed: -1,
      around: AROUND.map(([dx, dy]) => this.tiles.get(keyOf(column + dx, row + dy))),
    };
    tile.around.forEach((near, i) => {
      if (near) near.around[i ^ 1] = tile;
    });
    this.tiles.set(key, tile);
    return tile;
  }

  private drop(tile: Tile): void {
    tile.around.forEach((near, i) => {
      if (near) near.around[i ^ 1] = undefined;
    });
    this.tiles.delete(keyOf(tile.column, tile.row));
  }

  /** Makes the tiles into which cells at the edges of this one may give birth. */
  private growAround(tile: Tile): void {
    const { cells, around } = tile;
    const [top, bottom] = [cells[0] as number, cells[WORD - 1] as number];
    let any = 0;
    for (let y = 0; y < WORD; y++) any |= cells[y] as number;
    const [west, east] = [(any & 1) !== 0, any < 0];
    const wanted = [west, east, top !== 0, bottom !== 0, (top & 1) !== 0, bottom < 0, top < 0, (bottom & 1) !== 0];
    for (let i = 0; i < AROUND.length; i++) {
      if (!wanted[i] || around[i]) continue;
      const [dx, dy] = AROUND[i] as readonly [number, number];
      this.list(this.tileAt(tile.column + dx, tile.row + dy));
    }
  }

  private stepTile(tile: Tile, step: ColumnStep): void {
    const { scratch } = this;
    const { around, cells, next } = tile;
    fill(scratch, 0, around[NW], around[W]?.cells, around[SW]);
    fill(scratch, STRIDE, around[N], cells, around[S]);
    fill(scratch, 2 * STRIDE, around[NE], around[E]?.cells, around[SE]);
    tile.nextPopulation = step(scratch, 0, STRIDE, 2 * STRIDE, WORD, next, 0, -1);
    let changed = false;
    for (let y = 0; y < WORD && !changed; y++) changed = next[y] !== cells[y];
    tile.changed = changed;
  }

  private list(tile: Tile): void {
    if (tile.listed === this.generation) return;
    tile.listed = this.generation;
    this.work.push(tile);
  }
}

/** One column of {@link stepColumn}: the last row of the tile above, the tile, the first row of the tile below. */
function fill(
  scratch: Int32Array,
  at: number,
  above: Tile | undefined,
  cells: Int32Array | undefined,
  below: Tile | undefined,
): void {
  scratch[at] = above ? (above.cells[WORD - 1] as number) : 0;
  if (cells) scratch.set(cells, at + 1);
  else scratch.fill(0, at + 1, at + 1 + WORD);
  scratch[at + STRIDE - 1] = below ? (below.cells[0] as number) : 0;
}

function keyOf(column: number, row: number): number {
  return row * ROW + column;
}
