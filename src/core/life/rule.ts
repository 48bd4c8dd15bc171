import { CoreError } from '../errors';
import { quoted } from '../text/quoted';
import { Grid } from './universe/grid';

/** An outer-totalistic rule of two states on the eight neighbours of a cell. */
export interface LifeRule {
  /** Entry n: a dead cell with n live neighbours comes alive. */
  readonly birth: readonly boolean[];
  /** Entry n: a live cell with n live neighbours stays alive. */
  readonly survival: readonly boolean[];
}

export interface GridSize {
  readonly width: number;
  readonly height: number;
  /** On a torus edges meet; cells beyond the edge of a plane are dead. */
  readonly topology: 'torus' | 'plane';
}

export const CONWAY = 'B3/S23';

/** Ways to write births (1) and survivals (2), each without blanks. */
const NOTATIONS: readonly { readonly form: RegExp; readonly birth: number; readonly survival: number }[] = [
  { form: /^b([0-8]*)\/?s([0-8]*)$/i, birth: 1, survival: 2 },
  { form: /^s([0-8]*)\/?b([0-8]*)$/i, birth: 2, survival: 1 },
  // Survivals first, without letters; with states where they are two.
  { form: /^([0-8]*)\/([0-8]*)(?:\/2)?$/, birth: 2, survival: 1 },
  { form: /^b([0-8]+)()$/i, birth: 1, survival: 2 },
];

/**
 * An outer-totalistic rule: `B3/S23`, `b3s23`, `S23/B3`, `23/3` (survivals first), or `Life`.
 * @throws CoreError `life-invalid` where it is no rule, `life-unsupported` where it is a rule of another kind.
 */
export function parseRule(notation: string): LifeRule {
  const text = notation.replace(/\s/g, '');
  if (/^(conway'?s)?life$/i.test(text)) return parseRule(CONWAY);
  for (const { form, birth, survival } of NOTATIONS) {
    const match = form.exec(text);
    if (match) return { birth: counts(match[birth] ?? ''), survival: counts(match[survival] ?? '') };
  }
  const kind = otherKind(text);
  throw kind === undefined
    ? new CoreError('life-invalid', `"${quoted(notation)}" is no rule in B/S notation, such as ${CONWAY}.`)
    : new CoreError(
        'life-unsupported',
        `The rule "${quoted(notation)}" ${kind}; only rules of two states that count the eight neighbours (B/S) are run.`,
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

function counts(digits: string): boolean[] {
  return Array.from({ length: 9 }, (_, n) => digits.includes(String(n)));
}

/** What other kind of rule it is, of those that are exchanged in pattern files; undefined where it looks like none. */
function otherKind(text: string): string | undefined {
  const states =
    /^(?:b?[0-8]*\/s?[0-8]*\/[cg]?|g|[0-8]*\/[0-8]*\/)(\d+)/i.exec(text) ?? /^[^/]*\/[^/]*\/(\d+)$/.exec(text);
  if (states) return `has ${states[1]} states`;
  if (/^R\d+,/i.test(text)) return 'looks further than the eight neighbours (Larger than Life)';
  if (/^MAP/i.test(text)) return 'is a table of neighbourhoods (MAP)';
  if (/^B[0-8]*\/?S[0-8]*V$/i.test(text)) return 'has four neighbours (von Neumann)';
  if (/^B[0-8]*\/?S[0-8]*H$/i.test(text)) return 'has six neighbours (hexagonal)';
  if (/^W\d+$/i.test(text)) return 'is of one dimension (Wolfram)';
  if (/History$/i.test(text)) return 'has seven states (LifeHistory)';
  if (/^B[0-8acegijknqrtwyz-]*\/?S[0-8acegijknqrtwyz-]*$/i.test(text) && /[0-8]/.test(text)) {
    return 'looks at where neighbours are, not only at how many (isotropic non-totalistic)';
  }
  return /^[A-Za-z][\w.+-]{2,}$/.test(text) && !/^[bs][0-9]*$/i.test(text)
    ? 'is a table by name, which mostly has more than two states'
    : undefined;
}

function checkSize(board: Uint8Array, { width, height }: GridSize): void {
  if (board.length === width * height) return;
  throw new CoreError('life-invalid', `A grid of ${width} x ${height} does not have ${board.length} cells.`);
}
