/** Columns of the lanes: one a token of the window. */
export interface LaneColumns {
  /** First token of the window, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Pixels: where the columns start, how wide each is, and the width of the whole. */
  readonly left: number;
  readonly column: number;
  readonly width: number;
}

/** Most tokens that are drawn one by one; a longer run has a window and a map of the whole below it. */
export const WINDOW = 120;

/** Least pixels a token. */
const LEAST_COLUMN = 8;
/** Most, so that few tokens do not become slabs. */
const MOST_COLUMN = 22;

/** Tokens that a width can show. */
export function windowSize(plotWidth: number): number {
  return Math.max(8, Math.min(WINDOW, Math.floor(plotWidth / LEAST_COLUMN)));
}

/**
 * First token of a window of `size` over `count` tokens. It stays where it is while `focus` is inside, else it moves
 * so that `focus` stands in the middle.
 */
export function windowStart(count: number, size: number, focus: number | null, previous: number): number {
  const last = Math.max(0, count - size);
  const kept = Math.min(Math.max(0, previous), last);
  if (focus === null || (focus >= kept && focus < kept + size)) return kept;
  return Math.min(Math.max(0, focus - Math.floor(size / 2)), last);
}

export function laneColumns(count: number, from: number, width: number, left: number): LaneColumns {
  const plot = Math.max(1, width - left);
  const to = Math.min(count, from + windowSize(plot));
  const column = Math.min(MOST_COLUMN, plot / Math.max(1, to - from));
  return { from, to, left, column, width };
}

/** Token under a place; null beside the columns. */
export function tokenAt(columns: LaneColumns, x: number): number | null {
  const index = columns.from + Math.floor((x - columns.left) / columns.column);
  return index >= columns.from && index < columns.to ? index : null;
}

/** Left edge and width of a token's bar, on whole device pixels. */
export function barOf(columns: LaneColumns, index: number, pixel: number): readonly [x: number, width: number] {
  const snap = (value: number): number => Math.round(value / pixel) * pixel;
  const gap = columns.column >= 12 ? 3 : columns.column >= 6 ? 2 : 1;
  const x = snap(columns.left + (index - columns.from) * columns.column + gap / 2);
  const next = snap(columns.left + (index - columns.from + 1) * columns.column - gap / 2);
  return [x, Math.max(pixel, next - x)];
}

export function middleOf(columns: LaneColumns, index: number): number {
  return columns.left + (index - columns.from + 0.5) * columns.column;
}

/** Upper end of an axis that starts at 0, and its step: at most five steps, at least 4 bits. */
export function axisOfBits(most: number): { readonly top: number; readonly step: number } {
  for (const step of [1, 2, 4, 5, 8, 10, 20, 50]) {
    const steps = Math.max(4 / step, Math.ceil(most / step - 1e-9));
    if (steps <= 5) return { top: Math.max(1, steps) * step, step };
  }
  return { top: most, step: most / 5 };
}
