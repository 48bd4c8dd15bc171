import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CoreError } from '../../core/errors';
import { MOST_BYTES } from '../../core/life/formats/source';
import { readPattern } from '../../core/life/formats/index';
import { noteOf, placedCells, type Pattern } from '../../core/life/pattern';
import { readRule } from '../../core/life/rules/notation';
import { lineOf } from '../../core/text/tokens';
import { formatBoundedGrid } from '../../core/life/topology';
import { Problem } from '../../protocol/errors';
import type { Arguments } from '../arguments';

/** The one file that a verb takes. */
export function fileOf(args: Arguments): string {
  const [file, ...more] = args.positionals;
  if (file === undefined) throw args.usage('Which pattern? Give a file.');
  if (more.length > 0) throw args.usage('One pattern at a time.');
  return file;
}

/**
 * The pattern of a file.
 * @throws Problem `file` where it cannot be read, or is no pattern that is read.
 */
export async function readPatternFile(file: string): Promise<Pattern> {
  try {
    const info = await stat(file);
    if (info.isDirectory()) throw fileProblem(`${file} is a folder.`);
    if (info.size > MOST_BYTES)
      throw fileProblem(`${file} is larger than ${MOST_BYTES / 2 ** 20} MB, the most that is read.`);
    return readPattern(await readFile(file), path.basename(file));
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof CoreError) throw new Problem({ code: 'file', message: `${file}: ${error.message}` });
    const { code, message } = error as NodeJS.ErrnoException;
    throw fileProblem(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${message}.`);
  }
}

function fileProblem(message: string): Problem {
  return new Problem({ code: 'file', message, action: 'Give the path of a pattern (.rle, .cells, .lif, .life, .mc).' });
}

/** What a file says of its pattern, as `--json` gives it; the fields are documented in docs/cli.md. */
export function patternDocument(file: string, pattern: Pattern): Readonly<Record<string, unknown>> {
  return {
    file: path.resolve(file),
    format: pattern.format,
    name: noteOf(pattern, 'name') ?? null,
    author: noteOf(pattern, 'author') ?? null,
    comments: pattern.notes.flatMap(({ kind, text }) => (kind === 'comment' ? [text] : [])),
    width: pattern.width,
    height: pattern.height,
    rule: readRule(pattern.rule).notation,
    bounds: pattern.bounds ? formatBoundedGrid(pattern.bounds) : null,
    position: pattern.position,
    generation: pattern.generation,
    boundingBox: placedCells(pattern).box,
    population: [pattern.cells.population],
  };
}

/** Cells a side of what is drawn in a terminal. */
const MOST_DRAWN = { width: 100, height: 60 };

/** The pattern drawn, or nothing where it is too large for a terminal. */
export function drawing({ width, height, cells }: Pick<Pattern, 'width' | 'height' | 'cells'>): string[] {
  if (width > MOST_DRAWN.width || height > MOST_DRAWN.height) return [];
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => '.'));
  cells.forEachRun((y, start, end) => rows[y]?.fill('O', start, end));
  return rows.map((row) => row.join(''));
}

/** The first line of what is shown of a pattern. */
export function titleOf(file: string, pattern: Pattern): string {
  const [name, author] = [noteOf(pattern, 'name'), noteOf(pattern, 'author')];
  return lineOf(`${name ?? path.basename(file)}${author === undefined ? '' : ` · ${author}`}`);
}
