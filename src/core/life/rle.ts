import { CoreError } from '../errors';

/** A rectangle of cells. */
export interface Pattern {
  readonly width: number;
  readonly height: number;
  /** [height, width] row by row, 0 dead and 1 alive. */
  readonly cells: Uint8Array;
}

/** Cells a side: more than any board that a model can be asked about. */
const MOST_SIDE = 1024;

/**
 * Reads a pattern in the run-length encoding that Life programs exchange (the Life wiki's "Run Length Encoded"): runs of `b`
 * dead, `o` alive and `$` ends of rows, each with an optional count before it, up to `!`. Lines with `#` and the line
 * `x = …, y = …` may stand before; dead cells at the ends of rows may be left out.
 * @throws CoreError `life-invalid`.
 */
export function parseRle(text: string): Pattern {
  const lines = text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith('#'));
  const header = /^\s*x\s*=\s*(\d+)\s*,\s*y\s*=\s*(\d+)/i.exec(lines[0] ?? '');
  const { runs, width, height } = readRuns((header ? lines.slice(1) : lines).join('').replace(/\s/g, ''));
  const sides = header ? { width: Number(header[1]), height: Number(header[2]) } : { width, height };
  checkSides(sides.width, sides.height);
  if (width > sides.width || height > sides.height) {
    throw invalid(`It says ${sides.width} x ${sides.height} and holds ${width} x ${height} cells.`);
  }
  const cells = new Uint8Array(sides.width * sides.height);
  for (const { row, start, end } of runs) cells.fill(1, row * sides.width + start, row * sides.width + end);
  return { ...sides, cells };
}

/** Live cells of one row, from `start` to before `end`. */
interface Run {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

function readRuns(body: string): { runs: Run[]; width: number; height: number } {
  const runs: Run[] = [];
  let [row, column, width, height] = [0, 0, 0, 0];
  const end = body.indexOf('!');
  const written = end < 0 ? body : body.slice(0, end);
  const known = written.match(/\d*[bo$]/g) ?? [];
  if (known.join('') !== written) throw invalid('Beside b, o, $ and counts there is something else in it.');
  for (const run of known) {
    const count = run.length === 1 ? 1 : Number(run.slice(0, -1));
    if (run.endsWith('$')) {
      row += count;
      column = 0;
      continue;
    }
    if (run.endsWith('o') && count > 0) runs.push({ row, start: column, end: column + count });
    column += count;
    width = Math.max(width, column);
    height = row + 1;
    checkSides(width, height);
  }
  return { runs, width, height };
}

function checkSides(width: number, height: number): void {
  if (width === 0 || height === 0) throw invalid('It has no cells.');
  if (Math.max(width, height) > MOST_SIDE) throw invalid(`It is larger than ${MOST_SIDE} x ${MOST_SIDE}.`);
}

function invalid(reason: string): CoreError {
  return new CoreError('life-invalid', `The pattern is not run-length encoded as Life programs do it. ${reason}`);
}
