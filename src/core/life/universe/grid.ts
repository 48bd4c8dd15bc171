import { CoreError } from '../../errors';
import { CellsBuilder, type Box, type Cells } from '../cells';
import type { GridSize } from '../topology';
import type { CellRule } from '../rules/table';
import { joinedAt, type BoundedGrid } from '../topology';
import {
  bitRun,
  columnStep,
  countBits,
  drawBits,
  forEachRunOfBits,
  highestBit,
  lowestBit,
  WORD,
  type ColumnStep,
} from './kernel';
import type { Universe } from './universe';

/** Cells of a grid. */
export const MOST_GRID_CELLS = 2 ** 27;
/** Words of a generation, 64 MB: a grid that is narrower than a word needs more of them than its cells fill. */
const MOST_WORDS = 2 ** 24;

/** How the edges of a grid meet: those of models as their torus or plane, those of files as Golly writes them. */
export interface GridSurface extends Pick<GridSize, 'width' | 'height'>, Pick<BoundedGrid, 'twisted' | 'shift'> {
  readonly topology: BoundedGrid['kind'];
}

/**
 * A grid with an end on all sides, 32 cells a word. Columns of words lie one after the other, each with a row above and below it
 * and the whole with a column at either side: these are copies of the cells that the edges are joined to, so that one step knows
 * no edges.
 * Around a torus narrower than three cells a neighbour is counted as often as it is met.
 */
export class Grid implements Universe {
  readonly states = 2;
  readonly background = false;
  generation = 0;
  population = 0;
  private words: Int32Array;
  private next: Int32Array;
  private readonly columns: number;
  /** Words of a column, with the rows above and below. */
  private readonly stride: number;
  /** Cells of the last column, 1 to 32. */
  private readonly last: number;
  private readonly stepWords: ColumnStep;
  /** [beyond the edge, 4]: word and bit of a cell there, word and bit of its copy; null where edges meet as a torus or not. */
  private readonly joins: Int32Array | null;

  /** @throws CoreError `life-invalid` or `life-too-large` for its sides. */
  constructor(
    readonly size: GridSurface,
    readonly rule: CellRule,
  ) {
    checkSides(size);
    this.columns = Math.ceil(size.width / WORD);
    this.stride = size.height + 2;
    this.last = size.width - (this.columns - 1) * WORD;
    this.words = new Int32Array((this.columns + 2) * this.stride);
    this.next = new Int32Array(this.words.length);
    this.stepWords = columnStep(rule);
    this.joins = this.isTorus || size.topology === 'plane' ? null : this.joinsOf();
  }

  get grid(): BoundedGrid {
    const { topology: kind, ...sides } = this.size;
    return { kind, ...sides };
  }

  private get isTorus(): boolean {
    return this.size.topology === 'torus' && !this.size.shift;
  }

  step(): void {
    const { words, next, stride, columns, stepWords } = this;
    if (this.isTorus) this.copyEdges();
    else if (this.joins) this.copyJoined(this.joins);
    let population = 0;
    for (let column = 0; column < columns; column++) {
      const mid = (column + 1) * stride;
      const mask = column === columns - 1 ? bitRun(0, this.last) : -1;
      population += stepWords(words, mid - stride, mid, mid + stride, stride - 2, next, mid + 1, mask);
    }
    this.words = next;
    this.next = words;
    this.population = population;
    this.generation++;
  }

  get(x: number, y: number): boolean {
    const at = this.place(x, y);
    return at !== null && (((this.words[at.word] as number) >>> at.bit) & 1) === 1;
  }

  set(x: number, y: number, alive: boolean): void {
    const at = this.place(x, y);
    if (!at || this.get(x, y) === alive) return;
    this.words[at.word] = (this.words[at.word] as number) ^ (1 << at.bit);
    this.population += alive ? 1 : -1;
  }

  /** Live cells of row `y` from column `start` to before column `end`, all on the grid. */
  add(y: number, start: number, end: number): void {
    this.write(y, start, end, true);
  }

  remove(y: number, start: number, end: number): void {
    this.write(y, start, end, false);
  }

  private write(y: number, start: number, end: number, alive: boolean): void {
    for (let x = start; x < end;) {
      const stop = Math.min(end, ((x >>> 5) + 1) * WORD);
      const at = ((x >>> 5) + 1) * this.stride + y + 1;
      const before = this.words[at] as number;
      const bits = bitRun(x & 31, (x & 31) + stop - x);
      const after = alive ? before | bits : before & ~bits;
      this.words[at] = after;
      this.population += countBits(after) - countBits(before);
      x = stop;
    }
  }

  state(x: number, y: number): number {
    return this.get(x, y) ? 1 : 0;
  }

  layers(): readonly Cells[] {
    return [];
  }

  cells(): Cells {
    const builder = new CellsBuilder();
    for (let y = 0; y < this.size.height; y++) {
      for (let column = 0; column < this.columns; column++) {
        const word = this.words[(column + 1) * this.stride + y + 1] as number;
        if (word !== 0)
          forEachRunOfBits(word, (start, end) => builder.add(y, column * WORD + start, column * WORD + end));
      }
    }
    return builder.build();
  }

  box(): Box | null {
    const { height } = this.size;
    let [left, top, right, bottom] = [Infinity, height, -Infinity, -1];
    for (let column = 0; column < this.columns; column++) {
      const start = (column + 1) * this.stride + 1;
      let any = 0;
      for (let y = 0; y < height; y++) {
        const word = this.words[start + y] as number;
        if (word === 0) continue;
        any |= word;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
      if (any === 0) continue;
      left = Math.min(left, column * WORD + lowestBit(any));
      right = Math.max(right, column * WORD + highestBit(any));
    }
    return bottom < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  }

  window(box: Box, into: Uint8Array): void {
    into.fill(0);
    const { columns, stride, words } = this;
    const last = Math.min(box.y + box.height, this.size.height);
    for (let column = Math.max(0, box.x >> 5); column < columns && column * WORD < box.x + box.width; column++) {
      for (let y = Math.max(0, box.y); y < last; y++) {
        const word = words[(column + 1) * stride + y + 1] as number;
        if (word !== 0) drawBits(word, column * WORD, y, box, into);
      }
    }
  }

  clone(): Grid {
    const copy = new Grid(this.size, this.rule);
    copy.words.set(this.words);
    copy.generation = this.generation;
    copy.population = this.population;
    return copy;
  }

  private place(x: number, y: number): { readonly word: number; readonly bit: number } | null {
    const { width, height } = this.size;
    const [column, row] = this.isTorus ? [wrap(x, width), wrap(y, height)] : [x, y];
    if (column < 0 || column >= width || row < 0 || row >= height) return null;
    return { word: ((column >>> 5) + 1) * this.stride + row + 1, bit: column & 31 };
  }

  /** Word and bit of a cell of the grid, or of one beside its edge. */
  private wordOf(x: number, y: number): [word: number, bit: number] {
    return [((x >> 5) + 1) * this.stride + y + 1, x & 31];
  }

  private joinsOf(): Int32Array {
    const { grid } = this;
    const { width, height } = grid;
    const joins: number[] = [];
    const join = (x: number, y: number): void => {
      const from = joinedAt(grid, x, y);
      if (from) joins.push(...this.wordOf(x, y), ...this.wordOf(...from));
    };
    for (let x = -1; x <= width; x++) [-1, height].forEach((y) => join(x, y));
    for (let y = 0; y < height; y++) [-1, width].forEach((x) => join(x, y));
    return Int32Array.from(joins);
  }

  private copyJoined(joins: Int32Array): void {
    const { words } = this;
    for (let at = 0; at < joins.length; at += 4) {
      const [to, bit] = [joins[at] as number, joins[at + 1] as number];
      const live = ((words[joins[at + 2] as number] as number) >>> (joins[at + 3] as number)) & 1;
      words[to] = ((words[to] as number) & ~(1 << bit)) | (live << bit);
    }
  }

  /**
   * Copies what lies opposite beside every edge. Columns first: the corners come with the rows. The bit after the last cell of a
   * row is overwritten by the step.
   */
  private copyEdges(): void {
    const { words, stride, columns, last } = this;
    const first = stride;
    const final = columns * stride;
    for (let row = 1; row < stride - 1; row++) {
      words[row] = (words[final + row] as number) << (WORD - last);
      const opposite = (words[first + row] as number) & 1;
      if (last === WORD) words[final + stride + row] = opposite;
      else words[final + row] = (words[final + row] as number) | (opposite << last);
    }
    for (let at = 0; at < words.length; at += stride) {
      words[at] = words[at + stride - 2] as number;
      words[at + stride - 1] = words[at + 1] as number;
    }
  }
}

function checkSides({ width, height }: GridSurface): void {
  if (!(Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0)) {
    throw new CoreError('life-invalid', `A grid cannot have ${width} x ${height} cells.`);
  }
  if (width * height > MOST_GRID_CELLS || (Math.ceil(width / WORD) + 2) * (height + 2) > MOST_WORDS) {
    throw new CoreError(
      'life-too-large',
      `A grid of ${width} x ${height} is larger than what is stepped: at most ${MOST_GRID_CELLS.toLocaleString('en')} cells, and fewer where it is narrow.`,
    );
  }
}

function wrap(at: number, length: number): number {
  return ((at % length) + length) % length;
}
