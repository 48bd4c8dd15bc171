import { CoreError } from '../errors';
import { quoted } from '../text/quoted';
import { readRule } from './rules/notation';
import type { LifeRule } from './rules/table';
import type { GridSize } from './topology';
import { Grid } from './universe/grid';

export const CONWAY = 'B3/S23';

/**
 * An outer-totalistic rule, which is what models of Life are told: `B3/S23`, `b3s23`, `S23/B3`, `23/3` (survivals first), or by
 * name. Boards live by others too, see `readRule`.
 * @throws CoreError `life-invalid` where it is no rule, `life-unsupported` where it is a rule of another kind.
 */
export function parseRule(notation: string): LifeRule {
  const { cells, states, notation: own } = readRule(notation);
  if (states === 2 && !('table' in cells)) return cells;
  const kind =
    states > 2 ? `has ${states} states` : 'looks at where neighbours are, not only at how many of the eight live';
  throw new CoreError(
    'life-unsupported',
    `The rule "${quoted(own)}" ${kind}; a model is asked about rules of two states that count the eight neighbours (B/S) alone.`,
  );
}

/** In B/S notation, such as `B3/S23`. */
export function formatRule({ birth, survival }: LifeRule): string {
  const digits = (counts: readonly boolean[]): string => counts.flatMap((is, n) => (is ? [n] : [])).join('');
  return `B${digits(birth)}/S${digits(survival)}`;
}

/**
 * The next generation of a board: a whole grid, one byte a cell, as models are asked about it.
 * @param board [height, width] row by row, 0 dead and 1 alive.
 * @throws CoreError `life-invalid` where there are more or fewer cells than the grid has.
 */
export function step(board: Uint8Array, size: GridSize, rule: LifeRule): Uint8Array {
  checkSize(board, size);
  const { width, height } = size;
  const grid = new Grid(size, rule);
  for (let at = 0; at < board.length; at++) {
    if (board[at] === 1) grid.add(Math.floor(at / width), at % width, (at % width) + 1);
  }
  grid.step();
  const next = new Uint8Array(board.length);
  grid.window({ x: 0, y: 0, width, height }, next);
  return next;
}

/**
 * Live cells among the eight neighbours of each cell, 0 to 8.
 * Around a torus narrower than three cells a neighbour is counted as often as it is met.
 * @returns [height, width]
 * @throws CoreError `life-invalid` where there are more or fewer cells than the grid has.
 */
export function neighbourCounts(board: Uint8Array, size: GridSize): Uint8Array {
  checkSize(board, size);
  const { width, height } = size;
  const counts = new Uint8Array(board.length);
  const isTorus = size.topology === 'torus';
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let alive = 0;
      for (let y = row - 1; y <= row + 1; y++) {
        for (let x = column - 1; x <= column + 1; x++) {
          if (y === row && x === column) continue;
          const isOutside = y < 0 || y >= height || x < 0 || x >= width;
          if (isOutside && !isTorus) continue;
          alive += board[((y + height) % height) * width + ((x + width) % width)] as number;
        }
      }
      counts[row * width + column] = alive;
    }
  }
  return counts;
}

function checkSize(board: Uint8Array, { width, height }: GridSize): void {
  if (board.length === width * height) return;
  throw new CoreError('life-invalid', `A grid of ${width} x ${height} does not have ${board.length} cells.`);
}
