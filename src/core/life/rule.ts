import { CoreError } from '../errors';

/** An outer-totalistic rule of two states on the eight neighbours of a cell. */
export interface LifeRule {
  /** Entry n: a dead cell with n live neighbours comes alive. */
  readonly birth: readonly boolean[];
  /** Entry n: a live cell with n live neighbours stays alive. */
  readonly survival: readonly boolean[];
}

export type Topology = 'torus' | 'plane';

/**
 * A rule in B/S notation, such as `B3/S23`.
 * @throws CoreError `life-invalid`.
 */
export function parseRule(notation: string): LifeRule {
  const match = /^B([0-8]*)\/S([0-8]*)$/i.exec(notation.trim());
  if (!match) throw new CoreError('life-invalid', `"${notation}" is no rule in B/S notation, such as B3/S23.`);
  const counts = (digits: string): boolean[] => Array.from({ length: 9 }, (_, n) => digits.includes(String(n)));
  return { birth: counts(match[1] ?? ''), survival: counts(match[2] ?? '') };
}

export interface GridSize {
  readonly width: number;
  readonly height: number;
  /** On a torus edges meet; cells beyond the edge of a plane are dead. */
  readonly topology: Topology;
}

/**
 * Live cells among the eight neighbours of each cell, 0 to 8.
 * Around a torus narrower than three cells a neighbour is counted as often as it is met.
 * @param cells [height, width] row by row, 0 dead and 1 alive.
 * @returns [height, width]
 * @throws CoreError `life-invalid` where there are more or fewer cells than the grid has.
 */
export function neighbourCounts(cells: Uint8Array, { width, height, topology }: GridSize): Uint8Array {
  if (cells.length !== width * height) {
    throw new CoreError('life-invalid', `A grid of ${width} x ${height} does not have ${cells.length} cells.`);
  }
  const counts = new Uint8Array(cells.length);
  const isTorus = topology === 'torus';
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let alive = 0;
      for (let y = row - 1; y <= row + 1; y++) {
        for (let x = column - 1; x <= column + 1; x++) {
          if (y === row && x === column) continue;
          const isOutside = y < 0 || y >= height || x < 0 || x >= width;
          if (isOutside && !isTorus) continue;
          alive += cells[((y + height) % height) * width + ((x + width) % width)] as number;
        }
      }
      counts[row * width + column] = alive;
    }
  }
  return counts;
}

/**
 * The next generation.
 * @param cells [height, width] row by row, 0 dead and 1 alive.
 * @throws CoreError `life-invalid` where there are more or fewer cells than the grid has.
 */
export function step(cells: Uint8Array, size: GridSize, { birth, survival }: LifeRule): Uint8Array {
  const counts = neighbourCounts(cells, size);
  return cells.map((cell, at) => ((cell === 1 ? survival : birth)[counts[at] as number] ? 1 : 0));
}
