import { CoreError } from '../errors';

/** A rectangle of the plane: x to the right, y down, from its top left cell. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Coordinates are below this in size; as far as the largest patterns that are exchanged, and safe to add. */
export const MOST_COORDINATE = 2 ** 30;
/** Runs that are kept: 12 bytes each. */
const MOST_RUNS = 2 ** 23;
/** Live cells of one pattern or universe. */
export const MOST_POPULATION = 2 ** 26;

const FIELDS = 3;

/**
 * Live cells as runs along rows, so that a large pattern costs what it holds and not the rectangle around it. Runs are in the
 * order of rows, then columns, and those of one row neither overlap nor touch: equal sets of cells have equal runs.
 */
export class Cells {
  static readonly none = new Cells(new Int32Array(0));

  readonly population: number;
  /** The smallest rectangle around the live cells; null where there are none. */
  readonly box: Box | null;

  /** @param data [runs, 3]: row y, column of the first cell, column after the last. Use {@link CellsBuilder}. */
  constructor(private readonly data: Int32Array) {
    let population = 0;
    let [left, right] = [Infinity, -Infinity];
    for (let at = 0; at < data.length; at += FIELDS) {
      const [start, end] = [data[at + 1] as number, data[at + 2] as number];
      population += end - start;
      if (start < left) left = start;
      if (end > right) right = end;
    }
    this.population = population;
    const top = data[0] as number;
    const bottom = data[data.length - FIELDS] as number;
    this.box = data.length === 0 ? null : { x: left, y: top, width: right - left, height: bottom - top + 1 };
  }

  /** Runs of live cells. */
  get runs(): number {
    return this.data.length / FIELDS;
  }

  /** [runs, 3]: row, column of the first cell, column after the last, in order. Its own, to be read only. */
  get rows(): Int32Array {
    return this.data;
  }

  /** Live cells of row `y` from column `start` to before column `end`, run by run. */
  forEachRun(visit: (y: number, start: number, end: number) => void): void {
    const { data } = this;
    for (let at = 0; at < data.length; at += FIELDS) {
      visit(data[at] as number, data[at + 1] as number, data[at + 2] as number);
    }
  }

  /** Whether a cell lives. */
  has(x: number, y: number): boolean {
    const { data } = this;
    let [low, high] = [0, this.runs];
    // The first run that does not lie before the cell.
    while (low < high) {
      const at = (low + high) >>> 1;
      const row = data[at * FIELDS] as number;
      if (row < y || (row === y && (data[at * FIELDS + 2] as number) <= x)) low = at + 1;
      else high = at;
    }
    return low < this.runs && data[low * FIELDS] === y && (data[low * FIELDS + 1] as number) <= x;
  }

  translated(dx: number, dy: number): Cells {
    if (dx === 0 && dy === 0) return this;
    if (this.box) checkBox({ ...this.box, x: this.box.x + dx, y: this.box.y + dy });
    return new Cells(this.data.map((value, at) => value + (at % FIELDS === 0 ? dy : dx)));
  }

  equals(other: Cells): boolean {
    return this.data.length === other.data.length && this.data.every((value, at) => value === other.data[at]);
  }

  /** Two 32-bit hashes of the shape, wherever it stands. */
  shapeHash(): readonly [number, number] {
    const { x = 0, y = 0 } = this.box ?? {};
    let [one, other] = [0x811c9dc5, 0x9e3779b9];
    for (let at = 0; at < this.data.length; at++) {
      const value = (this.data[at] as number) - (at % FIELDS === 0 ? y : x);
      one = Math.imul(one ^ value, 0x01000193);
      one ^= one >>> 15;
      other = Math.imul(other + value, 0x85ebca6b);
      other ^= other >>> 13;
    }
    return [one >>> 0, other >>> 0];
  }
}

/** Collects runs in any order; cells given twice count once. */
export class CellsBuilder {
  private data: Int32Array;
  private length = 0;
  private sorted = true;

  /** @param runs that there will be, about. */
  constructor(runs = 64) {
    this.data = new Int32Array(FIELDS * Math.max(1, Math.min(runs, MOST_RUNS)));
  }

  /**
   * Live cells of row `y` from column `start` to before column `end`.
   * @throws CoreError `life-too-large`.
   */
  add(y: number, start: number, end: number): void {
    if (end <= start) return;
    if (!(start > -MOST_COORDINATE && end < MOST_COORDINATE && Math.abs(y) < MOST_COORDINATE)) throw beyondReach();
    const { data, length } = this;
    if (length > 0) {
      const [row, last] = [data[length - 3] as number, data[length - 1] as number];
      if (row === y && last === start) {
        data[length - 1] = end;
        return;
      }
      if (row > y || (row === y && last > start)) this.sorted = false;
    }
    this.reserve(FIELDS);
    this.data[length] = y;
    this.data[length + 1] = start;
    this.data[length + 2] = end;
    this.length = length + FIELDS;
  }

  /**
   * Runs that are those of cells already, in their order and below every row so far.
   * @param runs [runs, 3]: row y, column of the first cell, column after the last
   * @throws CoreError `life-too-large`.
   */
  addRuns(runs: Int32Array): void {
    if (this.length > 0 && runs.length > 0 && (this.data[this.length - FIELDS] as number) >= (runs[0] as number)) {
      this.sorted = false;
    }
    this.reserve(runs.length);
    this.data.set(runs, this.length);
    this.length += runs.length;
  }

  private reserve(numbers: number): void {
    const needed = this.length + numbers;
    if (needed <= this.data.length) return;
    if (needed > MOST_RUNS * FIELDS) throw tooMany();
    const grown = new Int32Array(Math.max(needed, FIELDS * 64, Math.min(this.data.length * 2, MOST_RUNS * FIELDS)));
    grown.set(this.data);
    this.data = grown;
  }

  /**
   * What was collected; nothing is left.
   * @throws CoreError `life-too-large`.
   */
  build(): Cells {
    const written = this.data.subarray(0, this.length);
    // A million runs are not copied for the room of a few.
    const fits = written.length > 0.8 * this.data.length;
    this.data = new Int32Array(0);
    this.length = 0;
    if (written.length === 0) return Cells.none;
    const cells = new Cells(!this.sorted ? merged(written) : fits ? written : written.slice());
    this.sorted = true;
    if (cells.population > MOST_POPULATION) throw tooMany();
    return cells;
  }
}

/** The same cells in order, each once. */
function merged(data: Int32Array): Int32Array {
  const order = Uint32Array.from({ length: data.length / FIELDS }, (_, run) => run * FIELDS);
  order.sort((a, b) => (data[a] as number) - (data[b] as number) || (data[a + 1] as number) - (data[b + 1] as number));
  const out = new Int32Array(data.length);
  let length = 0;
  for (const at of order) {
    const [y, start, end] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    if (length > 0 && out[length - 3] === y && (out[length - 1] as number) >= start) {
      if (end > (out[length - 1] as number)) out[length - 1] = end;
      continue;
    }
    out[length] = y;
    out[length + 1] = start;
    out[length + 2] = end;
    length += FIELDS;
  }
  return out.slice(0, length);
}

function checkBox({ x, y, width, height }: Box): void {
  const fits =
    x > -MOST_COORDINATE && y > -MOST_COORDINATE && x + width < MOST_COORDINATE && y + height < MOST_COORDINATE;
  if (!fits) throw beyondReach();
}

/** What is to be said of cells too far out. */
export function beyondReach(): CoreError {
  return new CoreError(
    'life-too-large',
    `The pattern reaches over more than ${MOST_COORDINATE.toLocaleString('en')} cells, further than patterns are read or stepped.`,
  );
}

function tooMany(): CoreError {
  return new CoreError(
    'life-too-large',
    `The pattern has more than ${MOST_POPULATION.toLocaleString('en')} live cells, or more than ${MOST_RUNS.toLocaleString('en')} runs of them, more than is kept.`,
  );
}
