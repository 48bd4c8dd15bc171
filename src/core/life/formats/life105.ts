import { CellsBuilder, type Cells } from '../cells';
import { BLANK, framed, placedCells, type Note, type Pattern } from '../pattern';
import { CONWAY } from '../rule';
import { readRule } from '../rules/notation';
import { checkReach, noteLines, refuseUnsaid, type PatternForm } from './form';
import { addRow, drawnRows } from './plaintext';
import type { Source } from './source';

const NAME = 'Life 1.05';
/** Cells a side of a block that is written: lines are to be shorter than 80 characters. */
const BLOCK = 64;

/**
 * Life 1.05, as the Life wiki describes it: `#D` before comments, `#N` for Conway's rule or `#R 23/3` (survivals first), then
 * blocks, each after a line `#P x y` with the place of its top left corner, a line a row, `.` dead and `*` alive.
 */
export const life105: PatternForm = {
  format: 'life-1.05',
  name: NAME,
  extensions: ['.lif', '.life'],
  recognises: (lines) =>
    /^#Life 1\.05\b/i.test(lines[0] ?? '') ||
    (lines.some((line) => /^#P\b/.test(line)) &&
      /^[.*]+\s*$/.test(lines.find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '')),
  read,
  write,
};

function read({ lines, endOfLine, encoding }: Source): Pattern {
  const notes: Note[] = [];
  const builder = new CellsBuilder();
  let rule = CONWAY;
  let [x, y] = [0, 0];
  lines.forEach((line, at) => {
    if (/^#Life\b/i.test(line) || /^#N\s*$/.test(line)) return;
    const place = line.startsWith('#P') ? /^(?:(-?\d+)\s+(-?\d+))?$/.exec(line.slice(2).trim()) : null;
    const said = /^#R\s+(\S.*)$/.exec(line)?.[1];
    if (place) {
      [x, y] = [Number(place[1] ?? 0), Number(place[2] ?? 0)];
      checkReach(x, y);
    } else if (said !== undefined) {
      rule = said.trim();
      readRule(rule);
    } else if (line.startsWith('#')) notes.push(noteOfLine(line));
    else addRow(builder, line.trimEnd(), y++, x, NAME, at);
  });
  return onPlane(builder.build(), { format: 'life-1.05', notes, rule, endOfLine, encoding });
}

/** A pattern whose file says where on the plane its cells are: the rectangle is the smallest around them. */
export function onPlane(cells: Cells, about: Partial<Omit<Pattern, 'cells'>>): Pattern {
  const { x, y } = cells.box ?? { x: 0, y: 0 };
  return framed({ ...BLANK, ...about, position: { x, y } }, cells);
}

function noteOfLine(raw: string): Note {
  const text = raw.replace(/^#(?:[A-Za-z](?=\s|$))?/, '').trim();
  const [, key, said = ''] = /^(Name|Author)\s*:(.*)$/is.exec(text) ?? [];
  if (key === undefined) return { kind: 'comment', text, raw };
  return { kind: key.toLowerCase() === 'name' ? 'name' : 'author', text: said.trim(), raw };
}

function write(pattern: Pattern): string[] {
  refuseUnsaid(pattern, NAME, { rule: true });
  const rule = readRule(pattern.rule).notation;
  const counts = /^B(\d*)\/S(\d*)$/.exec(rule);
  const notation = pattern.format === 'life-1.05' ? pattern.rule : counts ? `${counts[2]}/${counts[1]}` : rule;
  return [
    '#Life 1.05',
    ...noteLines(pattern, 'life-1.05', { name: '#D Name:', author: '#D Author:', comment: '#D' }),
    rule === CONWAY ? '#N' : `#R ${notation}`,
    ...blocks(pattern),
  ];
}

/** Blocks of at most 64 x 64 cells, each the smallest around its live cells. */
function blocks(pattern: Pattern): string[] {
  const parts = new Map<string, CellsBuilder>();
  const placed = placedCells(pattern);
  const { x: left, y: top } = placed.box ?? { x: 0, y: 0 };
  placed.forEachRun((y, start, end) => {
    for (let x = start; x < end;) {
      const column = Math.floor((x - left) / BLOCK);
      const stop = Math.min(end, left + (column + 1) * BLOCK);
      const key = `${Math.floor((y - top) / BLOCK)} ${column}`;
      const part = parts.get(key) ?? new CellsBuilder();
      part.add(y, x, stop);
      parts.set(key, part);
      x = stop;
    }
  });
  return [...parts.values()].flatMap((part) => {
    const cells = part.build();
    const { x, y } = cells.box as { x: number; y: number };
    return [`#P ${x} ${y}`, ...drawnRows(framed(pattern, cells), '*')];
  });
}
