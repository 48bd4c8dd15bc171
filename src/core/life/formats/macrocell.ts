import { CoreError } from '../../errors';
import { CellsBuilder, MOST_POPULATION, type Cells } from '../cells';
import { minus } from '../edit/runs';
import { placedCells, type Note, type Pattern } from '../pattern';
import { CONWAY } from '../rule';
import { readRule } from '../rules/notation';
import { formatBoundedGrid } from '../topology';
import { malformed, noteLines, type PatternForm } from './form';
import { onPlane } from './life105';
import { ruleAndBounds } from './rle';
import type { Source } from './source';

const NAME = 'Macrocell';
/** Squares of 2^60 cells a side are beyond what is read, whatever lies in them. */
const MOST_LEVEL = 60;
const LEAF_LEVEL = 3;

/**
 * Macrocell, as Golly's help ("File formats") describes it: after `[M2]` and lines with `#` a line a node of a quadtree, each named
 * by its line: of two states `$.*` for eight rows of eight cells, of more `1 nw ne sw se` with states; else the level, and the four
 * nodes of the level below, 0 where nothing lives. The last node is the pattern, its middle at the origin.
 */
export const macrocell: PatternForm = {
  format: 'macrocell',
  name: NAME,
  extensions: ['.mc'],
  recognises: (lines) => /^\[M2\]/.test(lines.find((line) => line.trim() !== '') ?? ''),
  read,
  write,
};

interface Node {
  readonly level: number;
  /** Of a leaf the runs of its rows: y, start, end, state. */
  readonly runs: readonly (readonly [y: number, start: number, end: number, state: number])[] | null;
  /** NW, NE, SW, SE. */
  readonly parts: readonly (Node | null)[];
  /** Live cells, as often as nodes are met. */
  readonly population: number;
}

function read({ lines, endOfLine, encoding }: Source): Pattern {
  const notes: Note[] = [];
  const nodes: (Node | null)[] = [null];
  let said = CONWAY;
  let generation = 0;
  lines.forEach((line, at) => {
    if (line.startsWith('[M2]') || line.trim() === '') return;
    if (!line.startsWith('#')) nodes.push(nodeOf(line, at, nodes));
    else if (line.startsWith('#R')) said = line.slice(2).trim() || CONWAY;
    else if (line.startsWith('#G')) generation = generationOf(line, at);
    else notes.push(noteOf(line));
  });
  const { rule, bounds } = ruleAndBounds(said);
  const root = nodes.at(-1) ?? null;
  if (root && root.population > MOST_POPULATION) {
    throw new CoreError(
      'life-too-large',
      `The pattern has ${root.population.toLocaleString('en')} live cells: macrocells are opened flat, up to ${MOST_POPULATION.toLocaleString('en')}.`,
    );
  }
  const layers = new Layers(readRule(rule).states);
  if (root) layers.add(root, -(2 ** (root.level - 1)), -(2 ** (root.level - 1)));
  const cells = layers.all.build();
  const { x = 0, y = 0 } = cells.box ?? {};
  const states = layers.old.map((builder) => builder.build().translated(-x, -y));
  const about = { format: 'macrocell', notes, rule, bounds, generation, endOfLine, encoding } as const;
  return { ...onPlane(cells, about), states };
}

/** Cells of the tree, one by one. */
class Layers {
  readonly all = new CellsBuilder();
  /** Of those in state 2 and on. */
  readonly old: CellsBuilder[] = [];

  constructor(private readonly states: number) {}

  /** @throws CoreError `life-too-large`, `life-invalid` for a state that the rule does not have. */
  add(node: Node, x: number, y: number): void {
    if (node.population === 0) return;
    for (const [row, start, end, state] of node.runs ?? []) {
      if (state >= this.states) {
        throw malformed(NAME, null, `A cell is in state ${state}, and the rule has states 0 to ${this.states - 1}.`);
      }
      this.all.add(y + row, x + start, x + end);
      while (this.old.length < state - 1) this.old.push(new CellsBuilder());
      if (state > 1) this.old[state - 2]?.add(y + row, x + start, x + end);
    }
    const half = 2 ** (node.level - 1);
    node.parts.forEach((part, at) => {
      if (part) this.add(part, x + (at % 2) * half, y + (at >> 1) * half);
    });
  }
}

function nodeOf(line: string, at: number, nodes: readonly (Node | null)[]): Node {
  if (/^[.*$]/.test(line)) return leafOf(line.trim(), at);
  const fields = line.trim().split(/\s+/).map(Number);
  const [level = NaN, ...four] = fields;
  const isNode = fields.length === 5 && fields.every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!isNode || level < 1 || level > MOST_LEVEL) throw malformed(NAME, at, 'It is no node.');
  if (level === 1) {
    const runs = four.flatMap((state, place) =>
      state === 0 ? [] : [[place >> 1, place % 2, (place % 2) + 1, state] as const],
    );
    return { level, runs, parts: [], population: runs.length };
  }
  const parts = four.map((index) => {
    const part = nodes[index];
    if (part === undefined || (part && part.level !== level - 1)) {
      throw malformed(NAME, at, `Node ${index} is none of the level below.`);
    }
    return part;
  });
  return { level, runs: null, parts, population: parts.reduce((sum, part) => sum + (part?.population ?? 0), 0) };
}

/** Eight rows of eight cells: `$` ends a row, what is dead to its right and below is left out. */
function leafOf(line: string, at: number): Node {
  const rows = line.split('$');
  if (rows.length > 9 || rows.some((row) => row.length > 8 || !/^[.*]*$/.test(row)) || (rows[8] ?? '') !== '') {
    throw malformed(NAME, at, 'It is no square of eight rows of eight cells.');
  }
  const runs = rows.flatMap((row, y) =>
    [...row.matchAll(/\*+/g)].map((match) => [y, match.index, match.index + match[0].length, 1] as const),
  );
  return { level: LEAF_LEVEL, runs, parts: [], population: runs.reduce((sum, [, start, end]) => sum + end - start, 0) };
}

function generationOf(line: string, at: number): number {
  const generation = Number(line.slice(2).trim() || 0);
  if (!Number.isSafeInteger(generation) || generation < 0) throw malformed(NAME, at, 'It is no generation below 2^53.');
  return generation;
}

function noteOf(raw: string): Note {
  const [, letter, rest = ''] = /^#([A-Za-z])(?=\s|$)(.*)$/.exec(raw) ?? [];
  const text = (letter === undefined ? raw.slice(1) : rest).trim();
  const kind = letter === 'N' ? 'name' : letter === 'O' ? 'author' : 'comment';
  return { kind: text === '' ? 'comment' : kind, text, raw };
}

/** A line a node, equal ones once. */
function write(pattern: Pattern): string[] {
  const { rule, bounds, generation, cells } = pattern;
  const [placed, { x = 0, y = 0 }] = [placedCells(pattern), cells.box ?? {}];
  const moved = { dx: (placed.box?.x ?? 0) - x, dy: (placed.box?.y ?? 0) - y };
  const states = pattern.states.map((each) => each.translated(moved.dx, moved.dy));
  const hasMore = readRule(rule).states > 2;
  const lines = [
    '[M2] (Vivarium)',
    `#R ${rule}${bounds ? `:${formatBoundedGrid(bounds)}` : ''}`,
    ...(generation > 0 ? [`#G ${generation}`] : []),
    ...noteLines(pattern, 'macrocell', { name: '#N', author: '#O', comment: '#C' }),
  ];
  const side = hasMore ? 2 : 8;
  const known = new Map<string, number>();
  let last = 0;
  const name = (text: string): number => {
    const before = known.get(text);
    if (before !== undefined) return before;
    lines.push(text);
    known.set(text, ++last);
    return last;
  };
  const squares = leaves([states.reduce(minus, placed), ...states], side);
  let level = hasMore ? 1 : LEAF_LEVEL;
  let nodes = new Map(
    [...squares].map(([key, cellsOf]) => [key, name(hasMore ? `1 ${cellsOf.join(' ')}` : leafText(cellsOf))]),
  );
  // Up to one square of four around the origin.
  const isWhole = (): boolean =>
    [...nodes.keys()].every((key) => key.split(' ').every((at) => at === '0' || at === '-1'));
  while (nodes.size > 0 && !isWhole()) {
    level++;
    nodes = parents(nodes, level, name);
  }
  const four = ['-1 -1', '0 -1', '-1 0', '0 0'].map((key) => nodes.get(key) ?? 0);
  name(`${nodes.size === 0 ? LEAF_LEVEL + 1 : level + 1} ${four.join(' ')}`);
  return lines;
}

/** States of the cells of each square in which something lives, row by row, by its column and row of squares. */
function leaves(layers: readonly Cells[], side: number): Map<string, number[]> {
  const squares = new Map<string, number[]>();
  layers.forEach((cells, at) => {
    cells.forEachRun((y, start, end) => {
      for (let x = start; x < end; x++) {
        const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
        const key = `${column} ${row}`;
        let square = squares.get(key);
        if (!square) squares.set(key, (square = Array.from({ length: side * side }, () => 0)));
        square[(y - row * side) * side + x - column * side] = at + 1;
      }
    });
  });
  return squares;
}

function leafText(square: readonly number[]): string {
  const rows = Array.from({ length: 8 }, (_, y) => {
    const row = square.slice(8 * y, 8 * y + 8);
    return row
      .slice(0, row.findLastIndex((state) => state > 0) + 1)
      .map((state) => (state > 0 ? '*' : '.'))
      .join('');
  });
  while (rows.at(-1) === '') rows.pop();
  return rows.map((row) => `${row}$`).join('');
}

function parents(
  nodes: ReadonlyMap<string, number>,
  level: number,
  name: (text: string) => number,
): Map<string, number> {
  const fours = new Map<string, number[]>();
  for (const [key, node] of nodes) {
    const [column = 0, row = 0] = key.split(' ').map(Number);
    const above = `${Math.floor(column / 2)} ${Math.floor(row / 2)}`;
    const four = fours.get(above) ?? [0, 0, 0, 0];
    four[(column & 1) + 2 * (row & 1)] = node;
    fours.set(above, four);
  }
  return new Map([...fours].map(([key, four]) => [key, name(`${level} ${four.join(' ')}`)]));
}
