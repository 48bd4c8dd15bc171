import { CoreError } from '../../errors';
import { CellsBuilder } from '../cells';
import { BLANK, type Note, type Pattern } from '../pattern';
import { malformed, noteLines, refuseUnsaid, shownCharacter, type PatternForm } from './form';
import type { Source } from './source';

/** Characters of the rectangle that is written: dead cells cost as much as live ones. */
const MOST_WRITTEN = 2 ** 25;

/** Plaintext, as the Life wiki ("Plaintext") describes it: `!` before comments, then a line a row, `.` dead and `O` alive. */
export const plaintext: PatternForm = {
  format: 'cells',
  name: 'plaintext',
  extensions: ['.cells'],
  recognises: (lines) => {
    const first = lines.find((line) => line.trim() !== '');
    return first !== undefined && (first.startsWith('!') || /^[.O*]+\s*$/.test(first));
  },
  read,
  write,
};

function read({ lines, endOfLine, encoding }: Source): Pattern {
  const notes: Note[] = [];
  const builder = new CellsBuilder();
  let [width, height, y] = [0, 0, 0];
  lines.forEach((line, at) => {
    if (line.startsWith('!')) {
      notes.push(noteOfLine(line));
      return;
    }
    const row = line.trimEnd();
    // Blank lines before the first row set it off; one between rows is a row.
    if (row === '' && y === 0) return;
    addRow(builder, row, y, 0, 'plaintext', at);
    width = Math.max(width, row.length);
    y++;
    if (row !== '') height = y;
  });
  return { ...BLANK, format: 'cells', cells: builder.build(), width, height, notes, endOfLine, encoding };
}

/** Adds a row that is drawn cell by cell, `.` dead, `O` or `*` alive. */
export function addRow(builder: CellsBuilder, row: string, y: number, x: number, form: string, line: number): void {
  for (let at = 0; at < row.length; at++) {
    const character = row.charAt(at);
    if (character === 'O' || character === '*' || character === 'o') builder.add(y, x + at, x + at + 1);
    else if (character !== '.') throw malformed(form, line, `Among cells stands ${shownCharacter(character)}.`);
  }
}

/** Rows drawn cell by cell. */
export function drawnRows(pattern: Pick<Pattern, 'cells' | 'width' | 'height'>, alive: string): string[] {
  const { width, height, cells } = pattern;
  if (width * height > MOST_WRITTEN) {
    throw new CoreError(
      'life-too-large',
      `A pattern of ${width} x ${height} is too large to be drawn cell by cell: save it as .rle.`,
    );
  }
  const rows = Array.from({ length: height }, () => '');
  cells.forEachRun((y, start, end) => {
    const row = rows[y] as string;
    rows[y] = row + '.'.repeat(start - row.length) + alive.repeat(end - start);
  });
  return rows.map((row) => row.padEnd(width, '.'));
}

function noteOfLine(raw: string): Note {
  const [, key, text = ''] = /^!\s*(Name|Author)\s*:(.*)$/is.exec(raw) ?? [];
  if (key !== undefined) return { kind: key.toLowerCase() === 'name' ? 'name' : 'author', text: text.trim(), raw };
  return { kind: 'comment', text: raw.slice(1).trim(), raw };
}

function write(pattern: Pattern): string[] {
  refuseUnsaid(pattern, 'plaintext', { rule: false });
  return [
    ...noteLines(pattern, 'cells', { name: '!Name:', author: '!Author:', comment: '!' }),
    ...drawnRows(pattern, 'O'),
  ];
}
