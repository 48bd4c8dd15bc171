import { CoreError } from '../../errors';
import { CellsBuilder, type Cells } from '../cells';
import { minus } from '../edit/runs';
import { BLANK, type Note, type Pattern } from '../pattern';
import { CONWAY } from '../rule';
import { readRule } from '../rules/notation';
import { formatBoundedGrid, parseBoundedGrid, type BoundedGrid } from '../topology';
import { checkReach, malformed, noteLines, shownCharacter, type PatternForm } from './form';
import type { Source } from './source';

const NAME = 'run-length encoded';
const HEADER = /^\s*x\s*=\s*(\d+)\s*,\s*y\s*=\s*(\d+)\s*(?:,\s*rule\s*=(.*))?$/is;
/** Columns of a line; longer ones are not read by all programs. */
const COLUMNS = 70;
/** A rule by itself is shorter than a line, a table of neighbourhoods some 90 characters. */
export const MOST_RULE = 400;
/** Letters that are a cell in no state. */
const PROSE = /[ac-nYZ]|[p-w](?![A-X])/;
/** A count beyond this is out of reach by itself. */
const MOST_COUNT = 2 ** 31;

/**
 * Run-length encoding, as the Life wiki ("Run Length Encoded") and Golly's help ("File formats", "Bounded grids") describe it:
 * runs of `b` dead, `o` alive and `$` ends of rows with counts before them, up to `!`. Read leniently, as files are: no header, a
 * header that is too small, counts and runs over several lines, blanks, no `!`, comments between runs, text after the end;
 * `.`, `A` to `X` and `pA` to `yO` of Golly's many-state form, where the rule has so many states; `x`, `y` and `z` as live cells, as older programs mark them. Other letters are
 * prose, which belongs after `!` or behind `#`.
 */
export const rle: PatternForm = {
  format: 'rle',
  name: 'RLE',
  extensions: ['.rle'],
  recognises: (lines) => {
    const first = lines.find((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
    return (
      first !== undefined && (HEADER.test(first) || /^[\s\dbo$A.]*[b$o!][\s\dbo$A.]*!?/.exec(first)?.[0] === first)
    );
  },
  read,
  write,
};

function read(source: Source): Pattern {
  const about = new About();
  let header: RegExpExecArray | null | undefined;
  const body = new Body();
  let line = 0;
  for (; line < source.lines.length && body.trailer === null; line++) {
    const text = source.lines[line] as string;
    if (text.trimStart().startsWith('#')) about.add(text);
    else if (header === undefined && text.trim() !== '') {
      header = HEADER.exec(text);
      if (header) body.mostStates = about.header(header[3]);
      else body.add(text, line);
    } else body.add(text, line);
  }
  const [x, y] = header ? [Number(header[1]), Number(header[2])] : [0, 0];
  const cells = body.cells();
  const width = Math.max(x, header ? (cells.box ? cells.box.x + cells.box.width : 0) : body.width);
  const height = Math.max(y, header ? (cells.box ? cells.box.y + cells.box.height : 0) : body.height);
  checkReach(width, height);
  const trailer = [body.trailer ?? '', ...source.lines.slice(line)].join('\n').trimEnd();
  const { endOfLine, encoding } = source;
  return { ...BLANK, ...about.read(), width, height, cells, states: body.states(), trailer, endOfLine, encoding };
}

/** What lines with `#` and the header say. */
class About {
  private readonly notes: Note[] = [];
  private rule: string | null = null;
  private position: Pattern['position'] = null;
  private generation = 0;

  add(line: string): void {
    const text = line.trimStart();
    const [, x, y] = /^#[PR]\s+(-?\d+)\s+(-?\d+)\s*$/.exec(text) ?? [];
    if (x !== undefined && y !== undefined) this.place(x, y);
    else if (text.startsWith('#CXRLE')) this.extended(text);
    else if (/^#r\s+\S/.test(text)) this.rule ??= text.slice(2).trim();
    else this.notes.push(noteOfLine(text, line));
  }

  /**
   * @returns how many states the rule has, which explains the cells.
   * @throws CoreError as {@link ruleAndBounds}, before the cells are read.
   */
  header(rule: string | undefined): number {
    if (rule !== undefined && rule.trim() !== '') this.rule = rule.trim();
    return readRule(ruleAndBounds(this.rule ?? CONWAY).rule).states;
  }

  /** @throws CoreError as {@link ruleAndBounds}. */
  read(): Pick<Pattern, 'notes' | 'rule' | 'bounds' | 'position' | 'generation'> {
    const { rule, bounds } = ruleAndBounds(this.rule ?? CONWAY);
    return { notes: this.notes, rule, bounds, position: this.position, generation: this.generation };
  }

  /** Golly's `#CXRLE Pos=-1,-34 Gen=12`. */
  private extended(line: string): void {
    const [, x, y] = /\bPos\s*=\s*(-?\d+)\s*,\s*(-?\d+)/i.exec(line) ?? [];
    if (x !== undefined && y !== undefined) this.place(x, y);
    const generation = Number(/\bGen\s*=\s*(\d+)/i.exec(line)?.[1] ?? 0);
    if (!Number.isSafeInteger(generation)) {
      throw new CoreError('life-too-large', 'The pattern is older than generations are counted (2^53).');
    }
    this.generation = generation;
  }

  private place(x: string, y: string): void {
    checkReach(Number(x), Number(y));
    this.position = { x: Number(x), y: Number(y) };
  }
}

/**
 * A rule as files write it, with the bounded grid after a colon.
 * @throws CoreError `life-invalid`, `life-unsupported` for rules of another kind.
 */
export function ruleAndBounds(text: string): { rule: string; bounds: BoundedGrid | null } {
  if (text.length > MOST_RULE) throw new CoreError('life-invalid', `Its rule is longer than ${MOST_RULE} characters.`);
  const colon = text.indexOf(':');
  const said = (colon < 0 ? text : text.slice(0, colon)).trim();
  // Blanks within it are not read by all programs.
  const rule = /\d/.test(said) ? said.replace(/\s/g, '') : said;
  readRule(rule);
  return { rule, bounds: colon < 0 ? null : parseBoundedGrid(text.slice(colon + 1)) };
}

function noteOfLine(text: string, raw: string): Note {
  const [, letter, rest = ''] = /^#([A-Za-z])(?=\s|$)(.*)$/.exec(text) ?? [];
  const said = (letter === undefined ? text.slice(1) : rest).trim();
  const kind = letter === 'N' ? 'name' : letter === 'O' ? 'author' : 'comment';
  return { kind: said === '' ? 'comment' : kind, text: said, raw };
}

/** The runs, line by line: a count may begin on one line and end on the next. */
class Body {
  /** What stands after `!` on its line; null before it. */
  trailer: string | null = null;
  width = 0;
  height = 0;
  /** States that the rule has. */
  mostStates = 2;
  private readonly builder = new CellsBuilder();
  /** Of cells in state 2 and on. */
  private readonly layers: CellsBuilder[] = [];
  private x = 0;
  private y = 0;
  /** The count that was read so far; -1 before its first digit. */
  private count = -1;

  /** @throws CoreError */
  add(text: string, line: number): void {
    let prose: boolean | undefined;
    const isProse = (): boolean => (prose ??= PROSE.test(text.split('!', 1)[0] as string));
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x30 && code <= 0x39) {
        this.count = Math.max(this.count, 0) * 10 + code - 0x30;
        if (this.count >= MOST_COUNT) checkReach(this.count);
        continue;
      }
      if (code === 0x20 || code === 0x09) continue;
      if (code === 0x21) {
        this.trailer = text.slice(at + 1);
        return;
      }
      const count = this.count < 0 ? 1 : this.count;
      this.count = -1;
      if (code === 0x24) {
        this.y += count;
        this.x = 0;
        continue;
      }
      const state = this.mostStates > 2 ? this.stateAt(text, at, line) : Number(isAlive(text, at, line, isProse));
      // A state beyond 24 has two letters.
      if (this.mostStates > 2 && isPrefix(text, at)) at++;
      if (state > 0) this.builder.add(this.y, this.x, this.x + count);
      if (state > 1) this.layer(state).add(this.y, this.x, this.x + count);
      this.x += count;
      if (this.x > this.width) this.width = this.x;
      if (count > 0) this.height = this.y + 1;
    }
  }

  cells(): Cells {
    return this.builder.build();
  }

  states(): readonly Cells[] {
    return this.layers.map((builder) => builder.build());
  }

  private layer(state: number): CellsBuilder {
    while (this.layers.length < state - 1) this.layers.push(new CellsBuilder());
    return this.layers[state - 2] as CellsBuilder;
  }

  /** @throws CoreError `life-invalid` for what is no cell, or one in a state that the rule does not have. */
  private stateAt(text: string, at: number, line: number): number {
    const character = text.charAt(at);
    if (character === 'b' || character === '.') return 0;
    if (character === 'o') return 1;
    const prefixed = isPrefix(text, at);
    const letter = text.charCodeAt(prefixed ? at + 1 : at) - CODE_OF_A;
    if (letter < 0 || letter >= STATES_A_LETTER)
      throw malformed(NAME, line, `Among runs stands ${shownCharacter(character)}.`);
    const state = letter + 1 + (prefixed ? STATES_A_LETTER * (text.charCodeAt(at) - CODE_OF_P + 1) : 0);
    if (state < this.mostStates) return state;
    throw malformed(NAME, line, `A cell is in state ${state}, and the rule has states 0 to ${this.mostStates - 1}.`);
  }
}

const CODE_OF_A = 0x41;
const CODE_OF_P = 0x70;
/** A to X. */
const STATES_A_LETTER = 24;

/** Whether a letter from p to y stands before the letter of a state beyond 24. */
function isPrefix(text: string, at: number): boolean {
  return /[p-y]/.test(text.charAt(at)) && /[A-X]/.test(text.charAt(at + 1));
}

/** A state as Golly writes it where there are more than two. */
function tagOf(state: number): string {
  if (state === 0) return '.';
  const letter = String.fromCharCode(CODE_OF_A + ((state - 1) % STATES_A_LETTER));
  const prefix = Math.floor((state - 1) / STATES_A_LETTER);
  return prefix === 0 ? letter : String.fromCharCode(CODE_OF_P + prefix - 1) + letter;
}

/** @throws CoreError `life-unsupported` for a state beyond the two, `life-invalid` for what is no cell. */
function isAlive(text: string, at: number, line: number, isProse: () => boolean): boolean {
  const character = text.charAt(at);
  if (character === 'b' || character === '.') return false;
  if (character === 'o' || character === 'A') return true;
  if ((isPrefix(text, at) || /[B-X]/.test(character)) && !isProse()) {
    throw new CoreError(
      'life-unsupported',
      `The pattern has cells in more than two states (line ${line + 1}); only patterns of dead and live cells are read.`,
    );
  }
  if (/[xyz]/.test(character)) return true;
  throw malformed(NAME, line, `Among runs stands ${shownCharacter(character)}.`);
}

function write(pattern: Pattern): string[] {
  const { width, height, rule, bounds, position, generation, trailer } = pattern;
  const lines: string[] = [];
  if (position || generation > 0) {
    const at = position ? ` Pos=${position.x},${position.y}` : '';
    lines.push(`#CXRLE${at}${generation > 0 ? ` Gen=${generation}` : ''}`);
  }
  lines.push(...noteLines(pattern, 'rle', { name: '#N', author: '#O', comment: '#C' }));
  lines.push(`x = ${width}, y = ${height}, rule = ${rule}${bounds ? `:${formatBoundedGrid(bounds)}` : ''}`);
  lines.push(...runLines(pattern));
  const [rest = '', ...after] = trailer.split('\n');
  lines.push(`${lines.pop() as string}${rest}`, ...after);
  return lines;
}

/** The runs of cells up to `!`, in lines of at most 70 columns; a run is never split. */
function runLines({ cells, states, rule }: Pattern): string[] {
  const tags = readRule(rule).states > 2 ? tagOf : (state: number): string => (state === 0 ? 'b' : 'o');
  const lines: string[] = [];
  let line = '';
  const put = (count: number, tag: string): void => {
    if (count === 0) return;
    const run = count === 1 ? tag : `${count}${tag}`;
    if (line.length + run.length > COLUMNS) {
      lines.push(line);
      line = '';
    }
    line += run;
  };
  let [row, column] = [0, 0];
  forEachRunOfStates(cells, states, (y, start, end, state) => {
    if (y > row) {
      put(y - row, '$');
      [row, column] = [y, 0];
    }
    put(start - column, tags(0));
    put(end - start, tags(state));
    column = end;
  });
  put(1, '!');
  lines.push(line);
  return lines;
}

/** Runs of cells in one state, in order. */
function forEachRunOfStates(
  cells: Cells,
  states: readonly Cells[],
  visit: (y: number, start: number, end: number, state: number) => void,
): void {
  if (states.length === 0) return cells.forEachRun((y, start, end) => visit(y, start, end, 1));
  const runs: [y: number, start: number, end: number, state: number][] = [];
  [states.reduce(minus, cells), ...states].forEach((layer, at) => {
    layer.forEachRun((y, start, end) => runs.push([y, start, end, at + 1]));
  });
  runs.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  for (const run of runs) visit(...run);
}
