import { CoreError } from '../errors';
import { Cells, type Box } from './cells';
import { CONWAY } from './rule';
import type { BoundedGrid } from './topology';

/** File forms in which patterns are exchanged. */
export type PatternFormat = 'rle' | 'cells' | 'life-1.05' | 'life-1.06' | 'macrocell';

/** A line of a file that is about the pattern and not of it. */
export interface Note {
  readonly kind: 'name' | 'author' | 'comment';
  readonly text: string;
  /** The line as it stood in the file of the pattern's format; a note that is made or changed has none. */
  readonly raw?: string;
}

/** A pattern with all that its file says. */
export interface Pattern {
  /** The form of its file, which is also how it is written unless another is asked for. */
  readonly format: PatternFormat;
  /** Cells of the rectangle that the file describes; live cells lie within 0 to below these. */
  readonly width: number;
  readonly height: number;
  /** Live cells, from the top left corner of that rectangle. */
  readonly cells: Cells;
  /**
   * Those of the live cells that are in state 2 and on, an entry a state, where the rule has more than two; states beyond the last
   * entry have no cell.
   */
  readonly states: readonly Cells[];
  /** Where that corner lies on the plane, where the file says so. */
  readonly position: { readonly x: number; readonly y: number } | null;
  /** As the file writes it, without the bounded grid; {@link CONWAY} where it says nothing. */
  readonly rule: string;
  /** The grid with an end that the file asks for; null for the plane. */
  readonly bounds: BoundedGrid | null;
  /** How many generations the pattern is old. */
  readonly generation: number;
  readonly notes: readonly Note[];
  /** What stands after the end of the pattern, verbatim: RLE alone. */
  readonly trailer: string;
  readonly endOfLine: '\n' | '\r\n';
  /** Latin-1 where the file was not UTF-8, so that its bytes come back. */
  readonly encoding: 'utf-8' | 'latin-1';
}

/** A pattern without cells, of which nothing is said. */
export const BLANK: Pattern = {
  format: 'rle',
  width: 0,
  height: 0,
  cells: Cells.none,
  states: [],
  position: null,
  rule: CONWAY,
  bounds: null,
  generation: 0,
  notes: [],
  trailer: '',
  endOfLine: '\n',
  encoding: 'utf-8',
};

/**
 * The same pattern with other cells, as an editor saves it: name, comments, rule and all else stay, the position too.
 * @param cells on the plane, or on a grid from its top left corner.
 * @param frame the rectangle to describe; the smallest around the cells where absent.
 * @param states see {@link Pattern}, where the cells are.
 */
export function framed(
  pattern: Pattern,
  cells: Cells,
  frame: Box | null = cells.box,
  states: readonly Cells[] = [],
): Pattern {
  const { x, y, width, height } = frame ?? { x: 0, y: 0, width: 0, height: 0 };
  return {
    ...pattern,
    width,
    height,
    cells: cells.translated(-x, -y),
    states: states.map((each) => each.translated(-x, -y)),
  };
}

/** The pattern's live cells where they lie on the plane: at its position, or from the origin. */
export function placedCells({ cells, position }: Pattern): Cells {
  return cells.translated(position?.x ?? 0, position?.y ?? 0);
}

/**
 * Live cells in the middle of a grid, half a cell to the left and up where they cannot be: the rectangle that the file
 * describes, or where that is too large, the smallest around the cells.
 * @throws CoreError `life-invalid` where the pattern is larger than the grid.
 */
export function centredCells(pattern: Pattern, grid: { readonly width: number; readonly height: number }): Cells {
  const fits = ({ width, height }: Pick<Box, 'width' | 'height'>): boolean =>
    width <= grid.width && height <= grid.height;
  const { cells } = pattern;
  const frame = fits(pattern) ? { ...pattern, x: 0, y: 0 } : cells.box;
  if (!frame) return cells;
  if (!fits(frame)) {
    throw new CoreError(
      'life-invalid',
      `A pattern of ${frame.width} x ${frame.height} does not fit a grid of ${grid.width} x ${grid.height}.`,
    );
  }
  return cells.translated(
    Math.floor((grid.width - frame.width) / 2) - frame.x,
    Math.floor((grid.height - frame.height) / 2) - frame.y,
  );
}

/** The first note of a kind, such as the pattern's name. */
export function noteOf({ notes }: Pattern, kind: Note['kind']): string | undefined {
  return notes.find((note) => note.kind === kind)?.text;
}

/** The same pattern under another name. */
export function renamed(pattern: Pattern, name: string): Pattern {
  const at = pattern.notes.findIndex(({ kind }) => kind === 'name');
  const note: Note = { kind: 'name', text: name };
  return { ...pattern, notes: at < 0 ? [note, ...pattern.notes] : pattern.notes.with(at, note) };
}
