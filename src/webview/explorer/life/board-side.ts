/** CSS pixels of a board's grid, and of the gap between two. */
const BOARD = 320;
const SMALLEST_BOARD = 150;
const GAP = 20;

/** As large as three boards side by side allow; where they would be too small, they stand below each other. */
export function boardSide(width: number): number {
  const each = (across: number): number => Math.floor((width - 16) / across) - GAP;
  const across = [3, 2].find((boards) => each(boards) >= SMALLEST_BOARD) ?? 1;
  return Math.max(96, Math.min(BOARD, each(across)));
}
