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
