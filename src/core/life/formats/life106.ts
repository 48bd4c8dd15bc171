import { CoreError } from '../../errors';
import { CellsBuilder } from '../cells';
import { placedCells, type Note, type Pattern } from '../pattern';
import { checkReach, malformed, noteLines, refuseUnsaid, type PatternForm } from './form';
import { onPlane } from './life105';
import type { Source } from './source';

const NAME = 'Life 1.06';
/** Cells that are written, a line each. */
const MOST_WRITTEN = 2 ** 22;

/** Life 1.06, as the Life wiki describes it: after `#Life 1.06` a line `x y` for each live cell. It says no rule. */
export const life106: PatternForm = {
  format: 'life-1.06',
  name: NAME,
  extensions: ['.lif', '.life'],
  recognises: (lines) =>
    /^#Life 1\.06\b/i.test(lines[0] ?? '') ||
    /^\s*-?\d+\s+-?\d+\s*$/.test(lines.find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''),
  read,
  write,
};

function read({ lines, endOfLine, encoding }: Source): Pattern {
  const notes: Note[] = [];
  const builder = new CellsBuilder();
  lines.forEach((line, at) => {
    if (line.startsWith('#')) {
      if (!/^#Life\b/i.test(line))
        notes.push({ kind: 'comment', text: line.replace(/^#(?:[A-Z](?=\s|$))?/, '').trim(), raw: line });
      return;
    }
    if (line.trim() === '') return;
    const [, x, y] = /^\s*(-?\d+)\s+(-?\d+)\s*$/.exec(line) ?? [];
    if (x === undefined || y === undefined) throw malformed(NAME, at, 'It is no pair of coordinates.');
    checkReach(Number(x), Number(y));
    builder.add(Number(y), Number(x), Number(x) + 1);
  });
  return onPlane(builder.build(), { format: 'life-1.06', notes, endOfLine, encoding });
}

function write(pattern: Pattern): string[] {
  refuseUnsaid(pattern, NAME, { rule: false });
  if (pattern.cells.population > MOST_WRITTEN) {
    throw new CoreError(
      'life-too-large',
      `A pattern of ${pattern.cells.population.toLocaleString('en')} live cells is too large for a line each: save it as .rle.`,
    );
  }
  const lines = ['#Life 1.06', ...noteLines(pattern, 'life-1.06', { name: '#N', author: '#O', comment: '#D' })];
  placedCells(pattern).forEachRun((y, start, end) => {
    for (let x = start; x < end; x++) lines.push(`${x} ${y}`);
  });
  return lines;
}
