import type { StepRow } from '../../../core/lens/passes';
import type { TraceToken } from '../../../core/trace/record';
import type { MarkKind } from '../../components/mark-path';

/** Pixels. */
export const ROW_HEIGHT = 25;
const LEAST_HEAD = 44;
const MOST_HEAD = 110;
/** What a character of a label takes, as wide as they come in most texts, and what stands around labels. */
const CHARACTER = 7;
const HEAD_SPACE = 14;

/** Widest and narrowest column where all fit. */
const WIDEST = 22;
const NARROWEST = 13;
/** Where they do not, columns scroll: as wide as is comfortable, and narrower so that so many rows' marks are in view. */
const COMFORTABLE = 18;
const LEAST = 11;
const ROWS_IN_VIEW = 10;

/** Space after the labels at the left, and before those at the right. */
const GAP = 14;

export interface StairLayout {
  /** Position of the first column in the sequence. */
  readonly first: number;
  readonly columns: number;
  /** Width of a column. */
  readonly column: number;
  /** Left edge of the first column, from the left edge of the sheet. */
  readonly origin: number;
  /** Width of the labels that stay at the left and at the right. */
  readonly left: number;
  readonly right: number;
  /** Width of the sheet, which scrolls where it is wider than the pane. */
  readonly width: number;
  readonly height: number;
  /** Height of the labels of the columns: the longest is whole, up to what is reasonable. */
  readonly head: number;
  /** No room for more than the numbers of passes and tokens beside the positions. */
  readonly narrow: boolean;
}

/**
 * Where rows and columns stand in a pane.
 * @param longest characters of the longest label of a column
 */
export function stairLayout(rows: readonly StepRow[], first: number, paneWidth: number, longest: number): StairLayout {
  const narrow = paneWidth < 560;
  const left = narrow ? 46 : 104;
  const right = narrow ? 50 : 142;
  const columns = Math.max(1, lastColumn(rows) - first);
  const room = Math.max(0, paneWidth - left - right - 2 * GAP);
  const fitting = Math.floor(room / columns);
  const inView = Math.floor(room / ((columns / Math.max(1, rows.length)) * ROWS_IN_VIEW));
  const column = fitting >= NARROWEST ? Math.min(WIDEST, fitting) : Math.max(LEAST, Math.min(COMFORTABLE, inView));
  const width = Math.max(paneWidth, left + right + 2 * GAP + columns * column);
  const origin = left + GAP;
  const head = Math.min(MOST_HEAD, Math.max(LEAST_HEAD, longest * CHARACTER + HEAD_SPACE));
  const height = head + rows.length * ROW_HEIGHT;
  return { first, columns, column, origin, left, right, width, height, head, narrow };
}

/** One past the last position that a row draws in: a draft may reach beyond what became of it. */
function lastColumn(rows: readonly StepRow[]): number {
  let last = 0;
  for (const row of rows) last = Math.max(last, drawnEnd(row));
  return last;
}

/** One past the last position in which a row has a mark. */
export function drawnEnd({ start, end, draft }: StepRow): number {
  return Math.max(end, start + (draft?.drafted ?? 0));
}

export function columnLeft(layout: StairLayout, position: number): number {
  return layout.origin + (position - layout.first) * layout.column;
}

/** A mark of a row; `upper` and `lower` share a column. */
export interface StairMark {
  readonly kind: MarkKind;
  readonly position: number;
  readonly part: 'whole' | 'upper' | 'lower';
}

/** What a row draws, from left to right. */
export function stairMarks({ start, end, draft }: StepRow, tokens: readonly TraceToken[]): readonly StairMark[] {
  const marks: StairMark[] = [];
  if (!draft) {
    // A file may say that a pass brought more than there is.
    const last = Math.min(end, Math.max(tokens.length, start + 1));
    for (let position = start; position < last; position++) {
      const origin = tokens[position]?.origin ?? 'sampled';
      marks.push({ kind: origin === 'prompt' ? 'sampled' : origin, position, part: 'whole' });
    }
    return marks;
  }
  const { drafted, accepted, next } = draft;
  for (let place = 0; place < drafted; place++) {
    const position = start + place;
    if (place < accepted) marks.push({ kind: 'accepted', position, part: 'whole' });
    else if (place > accepted || next === null) marks.push({ kind: 'unused', position, part: 'whole' });
    else marks.push({ kind: 'rejected', position, part: 'upper' });
  }
  if (next) marks.push({ kind: next, position: start + accepted, part: next === 'replacement' ? 'lower' : 'whole' });
  return marks;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Rows or columns, from a first to one past the last, that lie in a part of a sheet, and some more on either side. */
export function visible(offset: number, extent: number, pitch: number, count: number, spare: number): Span {
  const from = Math.max(0, Math.floor(offset / pitch) - spare);
  return { from: Math.min(from, count), to: Math.min(count, Math.ceil((offset + extent) / pitch) + spare) };
}

/** Where a pane scrolls to, so that the stretch is in view: stays where it is, if it already is. */
export function scrollTo(stretch: Span, offset: number, extent: number, margin: number): number {
  if (stretch.from - margin < offset) return Math.max(0, stretch.from - margin);
  // What is longer than the pane shows its beginning.
  if (stretch.to + margin > offset + extent) {
    return Math.max(0, Math.min(stretch.from - margin, stretch.to + margin - extent));
  }
  return offset;
}

/** Where the pane stands sideways after it was scrolled down: with the rows in view, if it has lost them. */
export function followSideways(layout: StairLayout, rows: readonly StepRow[], offset: number, extent: number): number {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return offset;
  const from = columnLeft(layout, first.start) - layout.origin;
  const to = columnLeft(layout, drawnEnd(last)) - layout.origin;
  if (to > offset && from < offset + extent) return offset;
  return Math.max(0, from - 2 * layout.column);
}
