import { CoreError } from '../errors';
import { MOST_COORDINATE } from './cells';

/** How the edges of a bounded grid meet: Golly's letters T, P, K, C and S. */
export type BoundedKind = 'torus' | 'plane' | 'klein-bottle' | 'cross-surface' | 'sphere';

/** A grid with an end, as Golly writes it after a rule: `:T30,20`. */
export interface BoundedGrid {
  readonly kind: BoundedKind;
  /** Cells a side; 0 where it has no end. */
  readonly width: number;
  readonly height: number;
  /** The side whose edges are joined reversed: of a Klein bottle alone. */
  readonly twisted?: 'horizontal' | 'vertical';
  /** The side whose edges are joined shifted, and by how many cells: of a torus, or of a Klein bottle's twisted side. */
  readonly shift?: { readonly side: 'horizontal' | 'vertical'; readonly by: number };
}

const KINDS: Readonly<Record<string, BoundedKind>> = {
  T: 'torus',
  P: 'plane',
  K: 'klein-bottle',
  C: 'cross-surface',
  S: 'sphere',
};

const SIDE = /^(\d+)(\*?)([+-]\d+)?$/;

/**
 * Reads `T30,20`, `P30,20`, `T30+5,20`, `K30*,20`, `K30,20*`, `K30*+1,20`, `C30,20`, `S30`: what Golly writes after the colon
 * of a rule. One length stands for both.
 * @throws CoreError `life-invalid`.
 */
export function parseBoundedGrid(text: string): BoundedGrid {
  const kind = KINDS[text.trim().charAt(0).toUpperCase()];
  const sides = text
    .trim()
    .slice(1)
    .split(',')
    .map((side) => SIDE.exec(side.trim()));
  const [first, second = first] = sides;
  if (!kind || !first || !second || sides.length > 2 || sides.length === 0) throw invalid(text);
  const [width, height] = [Number(first[1]), Number(second[1])];
  if (Math.max(width, height) >= MOST_COORDINATE) throw invalid(text);
  const marks = [first, sides.length > 1 ? second : null];
  const twists = marks.map((side) => side?.[2] === '*');
  const shifts = marks.map((side) => Number(side?.[3] ?? 0));
  const isKlein = kind === 'klein-bottle';
  if (twists.filter(Boolean).length !== (isKlein ? 1 : 0)) throw invalid(text);
  const shifted = shifts.findIndex((by) => by !== 0);
  if (shifted >= 0 && (shifts.every((by) => by !== 0) || !(kind === 'torus' || (isKlein && twists[shifted])))) {
    throw invalid(text);
  }
  // A twisted side is shifted about a cell, which one with an odd number of cells has in its middle.
  if (isKlein && shifted >= 0 && (shifted === 0 ? width : height) % 2 === 1) throw invalid(text);
  const hasEnd = width > 0 && height > 0;
  if (!hasEnd && (!(kind === 'torus' || kind === 'plane') || width + height === 0)) throw invalid(text);
  if (kind === 'sphere' && width !== height) throw invalid(text);
  return {
    kind,
    width,
    height,
    ...(isKlein ? { twisted: twists[0] ? 'horizontal' : 'vertical' } : {}),
    ...(shifted >= 0
      ? { shift: { side: shifted === 0 ? 'horizontal' : 'vertical', by: shifts[shifted] as number } }
      : {}),
  };
}

/**
 * As Golly writes it, without the colon.
 * @throws CoreError `life-invalid` for a sphere whose sides differ: its one length cannot say both.
 */
export function formatBoundedGrid({ kind, width, height, twisted, shift }: BoundedGrid): string {
  const letter = Object.keys(KINDS).find((key) => KINDS[key] === kind) as string;
  if (kind === 'sphere') {
    if (width === height) return `${letter}${width}`;
    throw new CoreError('life-invalid', `A sphere has sides of one length, and not of ${width} x ${height} cells.`);
  }
  const side = (name: 'horizontal' | 'vertical', length: number): string => {
    const by = shift?.side === name ? shift.by : 0;
    return `${length}${twisted === name ? '*' : ''}${by === 0 ? '' : by > 0 ? `+${by}` : by}`;
  };
  return `${letter}${side('horizontal', width)},${side('vertical', height)}`;
}

/**
 * Where the cell is that lies beside an edge or corner of a grid, one cell beyond it (Golly's help, "Bounded Grids"): above and
 * below first, then to the sides, and at the corners of a cross-surface or sphere the corner itself. Every shift of a twisted
 * side is one by a cell, as they are all the same surface; of the two ways to do that it is bgolly's, which its help draws
 * the other way round.
 * @param x -1 to the width, y -1 to the height; the other side may lie within.
 * @returns null beyond the end of a plane.
 */
export function joinedAt(grid: BoundedGrid, x: number, y: number): readonly [x: number, y: number] | null {
  const { kind, width, height, twisted, shift } = grid;
  if (kind === 'plane') return null;
  if (kind === 'sphere') return onSphere(width, x, y);
  const isTwisted = (side: 'horizontal' | 'vertical'): boolean => kind === 'cross-surface' || twisted === side;
  const shiftOf = (side: 'horizontal' | 'vertical'): number => (shift?.side === side ? shift.by : 0);
  let [column, row] = [x, y];
  if (row < 0 || row >= height) {
    const by = shiftOf('horizontal');
    if (isTwisted('horizontal')) column = width - 1 - column - (by === 0 ? 0 : 1);
    else column += row < 0 ? -by : by;
    row = modulo(row, height);
  }
  if (column < 0 || column >= width) {
    const by = shiftOf('vertical');
    // A column that the joining of the horizontal edges brought beyond a side of its own is only wrapped.
    if (x < 0 || x >= width) {
      if (isTwisted('vertical')) row = height - 1 - row - (by === 0 ? 0 : 1);
      else row += x < 0 ? -by : by;
    }
    column = modulo(column, width);
  }
  return [column, modulo(row, height)];
}

/** The top edge is joined to the left one, the right one to the bottom one. */
function onSphere(side: number, x: number, y: number): readonly [x: number, y: number] {
  const within = (at: number): number => Math.max(0, Math.min(side - 1, at));
  const [beyondX, beyondY] = [x < 0 || x >= side, y < 0 || y >= side];
  if (beyondX && beyondY) return [within(x), within(y)];
  return [within(y), within(x)];
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** In words, for a person. */
export function boundedGridName({ kind, width, height, shift }: BoundedGrid): string {
  const names: Record<BoundedKind, string> = {
    torus: 'torus',
    plane: 'bounded plane',
    'klein-bottle': 'Klein bottle',
    'cross-surface': 'cross-surface',
    sphere: 'sphere',
  };
  const length = (cells: number): string => (cells === 0 ? 'unbounded' : String(cells));
  return `${names[kind]} of ${length(width)} x ${length(height)}${shift ? ' with a shift' : ''}`;
}

function invalid(text: string): CoreError {
  return new CoreError('life-invalid', `":${text}" is no bounded grid as Golly writes them, such as :T30,20.`);
}

/** A board of a model. */
export interface GridSize {
  readonly width: number;
  readonly height: number;
  /** On a torus edges meet; cells beyond the edge of a plane are dead. */
  readonly topology: 'torus' | 'plane';
}
