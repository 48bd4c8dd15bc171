import { CellsBuilder, type Box, type Cells } from '../cells';

/** Numbers a run: row y, column of the first cell, column after the last. */
const FIELDS = 3;

/** Cells as they are sent: [runs, 3], in the order of {@link Cells}. */
export type Runs = Int32Array<ArrayBuffer>;

export function runsOf(cells: Cells): Runs {
  return new Int32Array(cells.rows);
}

/**
 * @throws CoreError `life-too-large` where they are beyond what is kept.
 * @returns null where the numbers are no runs in order.
 */
export function cellsOfRuns(runs: Int32Array): Cells | null {
  if (runs.length % FIELDS !== 0) return null;
  const builder = new CellsBuilder(runs.length / FIELDS);
  let [lastRow, lastEnd] = [-Infinity, -Infinity];
  for (let at = 0; at < runs.length; at += FIELDS) {
    const [y, start, end] = [runs[at] as number, runs[at + 1] as number, runs[at + 2] as number];
    if (end <= start || y < lastRow || (y === lastRow && start <= lastEnd)) return null;
    [lastRow, lastEnd] = [y, end];
    builder.add(y, start, end);
  }
  return builder.build();
}

/** Cells that live in exactly one of the two: what must flip to make one the other. */
export function difference(one: Cells, other: Cells): Cells {
  return combined(one, other, (a, b) => a !== b);
}

/** Cells that live in either. */
export function union(one: Cells, other: Cells): Cells {
  return combined(one, other, (a, b) => a || b);
}

/** Cells of the first that do not live in the other. */
export function minus(one: Cells, other: Cells): Cells {
  return combined(one, other, (a, b) => a && !b);
}

/** Live cells of a rectangle. */
export function inside(cells: Cells, box: Box): Cells {
  const builder = new CellsBuilder();
  forEachRunInside(cells, box, (y, start, end) => builder.add(y, start, end));
  return builder.build();
}

/** Live cells without those of a rectangle. */
export function outside(cells: Cells, box: Box): Cells {
  const builder = new CellsBuilder();
  const right = box.x + box.width;
  cells.forEachRun((y, start, end) => {
    if (y < box.y || y >= box.y + box.height) builder.add(y, start, end);
    else {
      builder.add(y, start, Math.min(end, box.x));
      builder.add(y, Math.max(start, right), end);
    }
  });
  return builder.build();
}

/** How many cells live in a rectangle. */
export function countInside(cells: Cells, box: Box): number {
  let alive = 0;
  forEachRunInside(cells, box, (_, start, end) => (alive += end - start));
  return alive;
}

/** Calls back for each live cell. */
export function forEachCell(cells: Cells, visit: (x: number, y: number) => void): void {
  cells.forEachRun((y, start, end) => {
    for (let x = start; x < end; x++) visit(x, y);
  });
}

/** The smallest rectangle around two cells. */
export function boxBetween(x: number, y: number, otherX: number, otherY: number): Box {
  return {
    x: Math.min(x, otherX),
    y: Math.min(y, otherY),
    width: Math.abs(x - otherX) + 1,
    height: Math.abs(y - otherY) + 1,
  };
}

export function holds(box: Box, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

/** Whether all of `inner` lies in `outer`. */
export function covers(outer: Box, inner: Box): boolean {
  return holds(outer, inner.x, inner.y) && holds(outer, inner.x + inner.width - 1, inner.y + inner.height - 1);
}

function forEachRunInside(
  cells: Cells,
  { x, y, width, height }: Box,
  visit: (y: number, start: number, end: number) => void,
): void {
  cells.forEachRun((row, start, end) => {
    if (row < y || row >= y + height) return;
    const [from, to] = [Math.max(start, x), Math.min(end, x + width)];
    if (to > from) visit(row, from, to);
  });
}

/** Row by row: walks over the columns at which either begins or ends. */
function combined(one: Cells, other: Cells, keep: (one: boolean, other: boolean) => boolean): Cells {
  const builder = new CellsBuilder(one.runs + other.runs);
  const [a, b] = [one.rows, other.rows];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const y = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    // Rows that only one of the two has stay as they are, or go: one cell changed among a million costs no walk over all.
    const [alone, from, until] = a[i] === y && b[j] === y ? [null, 0, 0] : a[i] === y ? [a, i, b[j]] : [b, j, a[i]];
    if (alone) {
      const to = until === undefined ? alone.length : startOfRow(alone, from, until);
      if (alone === a ? keep(true, false) : keep(false, true)) builder.addRuns(alone.subarray(from, to));
      if (alone === a) i = to;
      else j = to;
      continue;
    }
    // Within a row 1 is the column where the next run begins, 2 the one where it ends.
    let [inA, inB] = [1, 1];
    let start: number | null = null;
    while (a[i] === y || b[j] === y) {
      const nextA = a[i] === y ? (a[i + inA] as number) : Infinity;
      const nextB = b[j] === y ? (b[j + inB] as number) : Infinity;
      const x = Math.min(nextA, nextB);
      if (nextA === x) {
        if (inA === 2) i += FIELDS;
        inA = 3 - inA;
      }
      if (nextB === x) {
        if (inB === 2) j += FIELDS;
        inB = 3 - inB;
      }
      const kept = keep(inA === 2, inB === 2);
      if (kept) start ??= x;
      else if (start !== null) {
        builder.add(y, start, x);
        start = null;
      }
    }
  }
  return builder.build();
}

/** Place of the first run, from `from` on, that does not lie above row `y`. */
function startOfRow(runs: Int32Array, from: number, y: number): number {
  let [low, high] = [from / FIELDS, runs.length / FIELDS];
  while (low < high) {
    const at = (low + high) >>> 1;
    if ((runs[at * FIELDS] as number) < y) low = at + 1;
    else high = at;
  }
  return low * FIELDS;
}
