import { draftedSteps } from '../lens/reported-steps';
import type { StepRow } from '../lens/passes';
import type { Trace } from '../trace/record';
import { element, FAINT_INK, RULE, text } from './svg';
import type { Part } from './token-strip';

const ROW = 18;
/** Passes that are drawn; more would make a picture that nobody reads. */
const MOST_ROWS = 60;

const ACCEPTED = '#1A76D2';
const REJECTED = '#CF3A22';
const REPLACEMENT = '#A86200';
const BONUS = '#0B8060';

/** A row a pass and a column a place: accepted, rejected with its replacement, bonus, drafted but unread. */
export function staircase(trace: Trace, width: number): Part {
  const { header, tokens } = trace;
  const drafting = draftedSteps(trace);
  const shown = drafting.slice(0, MOST_ROWS);
  if (shown.length === 0) return { height: 0, content: '' };
  const left = 90;
  const right = 40;
  const furthest = Math.max(...shown.map(({ start, draft }) => start + (draft?.drafted ?? 0) + 1));
  const places = Math.max(1, Math.max(furthest, tokens.length) - header.promptLength);
  const cell = Math.min(14, (width - left - right) / places);
  const rows = shown.map((pass, row) => rowOf(pass, 18 + row * ROW, { left, cell, first: header.promptLength, width }));
  const head =
    text(24, 12, 'pass', { fill: FAINT_INK, 'font-size': 11, 'text-anchor': 'end' }) +
    (header.model.server ? '' : text(76, 12, 'context', { fill: FAINT_INK, 'font-size': 11, 'text-anchor': 'end' })) +
    text(width, 12, 'tokens', { fill: FAINT_INK, 'font-size': 11, 'text-anchor': 'end' });
  const more =
    drafting.length > shown.length
      ? text(0, 18 + shown.length * ROW + 14, `and ${drafting.length - shown.length} passes more`, { fill: FAINT_INK })
      : '';
  return { height: 22 + shown.length * ROW + (more ? 18 : 0), content: head + rows.join('') + more };
}

interface Scale {
  readonly left: number;
  readonly cell: number;
  /** Place of the first column. */
  readonly first: number;
  readonly width: number;
}

function rowOf({ number, pass, draft, start }: StepRow, y: number, { left, cell, first, width }: Scale): string {
  if (!draft) return '';
  const { drafted, accepted, next } = draft;
  const middle = y + ROW / 2;
  const x = (place: number): number => left + (place - first) * cell;
  const size = Math.max(2, Math.min(cell - 2, ROW - 6));
  const box = { y: middle - size / 2, width: size, height: size };
  const marks = Array.from({ length: drafted }, (_, i) => {
    const at = x(start + i) + (cell - size) / 2;
    if (i < accepted) return element('rect', { x: at, ...box, fill: ACCEPTED });
    if (i > accepted || next === null) {
      return element('rect', { x: at, ...box, fill: 'none', stroke: FAINT_INK, 'stroke-dasharray': '2 2' });
    }
    return (
      element('rect', { x: at, ...box, fill: 'none', stroke: REJECTED }) +
      element('path', { d: `M${at} ${middle + size / 2}l${size} ${-size}`, stroke: REJECTED })
    );
  });
  const centre = x(start + accepted) + cell / 2;
  const end =
    next === 'replacement'
      ? element('path', { d: `M${centre} ${middle - 4}l4 4-4 4-4-4z`, fill: REPLACEMENT })
      : next
        ? element('circle', { cx: centre, cy: middle, r: 4, fill: BONUS })
        : '';
  const label = { fill: FAINT_INK, 'font-size': 11, 'text-anchor': 'end' };
  return (
    text(24, middle + 4, String(pass?.step ?? number), label) +
    (pass ? text(76, middle + 4, String(pass.cached), label) : '') +
    element('path', { d: `M${left} ${middle}H${x(start)}`, stroke: RULE }) +
    marks.join('') +
    end +
    text(width, middle + 4, String(accepted + (next ? 1 : 0)), label)
  );
}
