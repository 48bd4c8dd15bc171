import type { Box } from '../cells';
import type { LifeRule } from '../rules/table';
import { isBornOfNothing, type CellRule } from '../rules/table';

/** Cells a word. */
export const WORD = 32;

/** A rule as words: entry n is all ones where it holds at n live neighbours. */
export interface RuleMasks {
  readonly birth: Int32Array;
  /** Where survival differs from birth. */
  readonly differs: Int32Array;
}

/** Steps a column of words by one rule: {@link stepColumn} or {@link stepColumnByTable}. */
export type ColumnStep = (
  from: Int32Array,
  west: number,
  mid: number,
  east: number,
  rows: number,
  into: Int32Array,
  out: number,
  mask: number,
) => number;

/** The step of a rule: by counting where it counts, which is faster, else by its table. */
export function columnStep(rule: CellRule): ColumnStep {
  if ('table' in rule) {
    const pairs = pairsOf(rule.table);
    const still = !isBornOfNothing(rule);
    return (from, west, mid, east, rows, into, out, mask) =>
      stepColumnByTable(from, west, mid, east, rows, pairs, still, into, out, mask);
  }
  const masks = ruleMasks(rule);
  return (from, west, mid, east, rows, into, out, mask) =>
    stepColumn(from, west, mid, east, rows, masks, into, out, mask);
}

export function ruleMasks({ birth, survival }: LifeRule): RuleMasks {
  return {
    birth: Int32Array.from(birth, (is) => (is ? -1 : 0)),
    differs: Int32Array.from(birth, (is, n) => (is === survival[n] ? 0 : -1)),
  };
}

/**
 * The next generation of a column of words, 32 cells at a time. Bit i of a word is the i-th cell from the left. Live neighbours
 * are counted in bit slices: word k of a count holds bit k of 32 counts, and full adders add three words at once; the slices
 * then choose, bit by bit, among the nine entries of the rule.
 *
 * @param from the words: `rows + 2` of each column, the first and last of which are the rows above and below.
 * @param west, mid, east where the columns begin in `from`; of west only bits 31 count, of east only bits 0.
 * @param into where to write `rows` words, from `out` on; not into `from`'s columns.
 * @returns the number of live cells written.
 */
export function stepColumn(
  from: Int32Array,
  west: number,
  mid: number,
  east: number,
  rows: number,
  { birth, differs }: RuleMasks,
  into: Int32Array,
  out: number,
  /** Bits that are cells: all, but for the last column of a grid whose width is no multiple of 32. */
  mask: number,
): number {
  const b0 = birth[0] as number, b1 = birth[1] as number, b2 = birth[2] as number; // prettier-ignore
  const b3 = birth[3] as number, b4 = birth[4] as number, b5 = birth[5] as number; // prettier-ignore
  const b6 = birth[6] as number, b7 = birth[7] as number, b8 = birth[8] as number; // prettier-ignore
  const d0 = differs[0] as number, d1 = differs[1] as number, d2 = differs[2] as number; // prettier-ignore
  const d3 = differs[3] as number, d4 = differs[4] as number, d5 = differs[5] as number; // prettier-ignore
  const d6 = differs[6] as number, d7 = differs[7] as number, d8 = differs[8] as number; // prettier-ignore

  // Sums along a row, of the left and right neighbours (sides) and with the cell itself (all): two slices each.
  let word = from[mid] as number;
  let left = (word << 1) | ((from[west] as number) >>> 31);
  let right = (word >>> 1) | ((from[east] as number) << 31);
  let aboveLow = left ^ word ^ right;
  let aboveHigh = (left & right) | (word & (left ^ right));
  word = from[mid + 1] as number;
  left = (word << 1) | ((from[west + 1] as number) >>> 31);
  right = (word >>> 1) | ((from[east + 1] as number) << 31);
  let sidesLow = left ^ right;
  let sidesHigh = left & right;
  let hereLow = sidesLow ^ word;
  let hereHigh = sidesHigh | (word & sidesLow);
  let population = 0;

  for (let row = 0; row < rows; row++) {
    const below = from[mid + row + 2] as number;
    left = (below << 1) | ((from[west + row + 2] as number) >>> 31);
    right = (below >>> 1) | ((from[east + row + 2] as number) << 31);
    const belowSidesLow = left ^ right;
    const belowSidesHigh = left & right;
    const belowLow = belowSidesLow ^ below;
    const belowHigh = belowSidesHigh | (below & belowSidesLow);

    // The count of eight in four slices: three low words make n0 and a carry, four words of weight two the rest.
    const low = aboveLow ^ belowLow;
    const n0 = low ^ sidesLow;
    const carry = (aboveLow & belowLow) | (sidesLow & low);
    const high = aboveHigh ^ belowHigh;
    const twos = high ^ sidesHigh;
    const fours = (aboveHigh & belowHigh) | (sidesHigh & high);
    const n1 = twos ^ carry;
    const overflow = twos & carry;
    const n2 = fours ^ overflow;
    const n3 = fours & overflow;

    const f0 = b0 ^ (word & d0), f2 = b2 ^ (word & d2), f4 = b4 ^ (word & d4), f6 = b6 ^ (word & d6); // prettier-ignore
    const m01 = f0 ^ ((f0 ^ b1 ^ (word & d1)) & n0);
    const m23 = f2 ^ ((f2 ^ b3 ^ (word & d3)) & n0);
    const m45 = f4 ^ ((f4 ^ b5 ^ (word & d5)) & n0);
    const m67 = f6 ^ ((f6 ^ b7 ^ (word & d7)) & n0);
    const m03 = m01 ^ ((m01 ^ m23) & n1);
    const m47 = m45 ^ ((m45 ^ m67) & n1);
    const m07 = m03 ^ ((m03 ^ m47) & n2);
    const next = (m07 ^ ((m07 ^ b8 ^ (word & d8)) & n3)) & mask;
    into[out + row] = next;
    if (next !== 0) population += countBits(next);

    aboveLow = hereLow;
    aboveHigh = hereHigh;
    hereLow = belowLow;
    hereHigh = belowHigh;
    sidesLow = belowSidesLow;
    sidesHigh = belowSidesHigh;
    word = below;
  }
  return population;
}

/** Bits of the block of 3 x 4 cells around two that lie side by side. */
const PAIR_BITS = 12;

/**
 * What becomes of two cells side by side, by the 3 x 4 cells around both: entry of the row above in the low four bits (the cell
 * to the left lowest), then their own row, then the row below; the left cell in the low bit.
 * @param table [512], see {@link TableRule}.
 */
function pairsOf(table: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 1 << PAIR_BITS }, (_, block) => {
    const cell = (column: number): number => {
      let index = 0;
      for (let row = 0; row < 3; row++) {
        for (let side = 0; side < 3; side++) index = (index << 1) | ((block >> (4 * row + column + side)) & 1);
      }
      return table[index] as number;
    };
    return cell(0) | (cell(1) << 1);
  });
}

/** As {@link stepColumn}, by looking up two cells at a time. @param still whether nothing is born of nothing. */
function stepColumnByTable(
  from: Int32Array,
  west: number,
  mid: number,
  east: number,
  rows: number,
  pairs: Uint8Array,
  still: boolean,
  into: Int32Array,
  out: number,
  mask: number,
): number {
  let population = 0;
  // Of each row its cells from the one before the first on, and its last three with the one after.
  const above = from[mid] as number;
  let aboveFirst = (above << 1) | ((from[west] as number) >>> 31);
  let aboveLast = (above >>> 29) | (((from[east] as number) & 1) << 3);
  const here = from[mid + 1] as number;
  let hereFirst = (here << 1) | ((from[west + 1] as number) >>> 31);
  let hereLast = (here >>> 29) | (((from[east + 1] as number) & 1) << 3);
  for (let row = 0; row < rows; row++) {
    const below = from[mid + row + 2] as number;
    const belowFirst = (below << 1) | ((from[west + row + 2] as number) >>> 31);
    const belowLast = (below >>> 29) | (((from[east + row + 2] as number) & 1) << 3);
    let next = 0;
    if (!still || (aboveFirst | aboveLast | hereFirst | hereLast | belowFirst | belowLast) !== 0) {
      for (let x = 0; x < WORD - 2; x += 2) {
        const block = ((aboveFirst >>> x) & 15) | (((hereFirst >>> x) & 15) << 4) | (((belowFirst >>> x) & 15) << 8);
        next |= (pairs[block] as number) << x;
      }
      next |= (pairs[aboveLast | (hereLast << 4) | (belowLast << 8)] as number) << (WORD - 2);
      next &= mask;
    }
    into[out + row] = next;
    if (next !== 0) population += countBits(next);
    aboveFirst = hereFirst;
    aboveLast = hereLast;
    hereFirst = belowFirst;
    hereLast = belowLast;
  }
  return population;
}

/** Ones in a word. */
export function countBits(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Place of the lowest one of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Place of the highest one of a word that is not 0. */
export function highestBit(word: number): number {
  return 31 - Math.clz32(word);
}

/** Runs of ones in a word: bit `start` to before bit `end`. */
export function forEachRunOfBits(word: number, visit: (start: number, end: number) => void): void {
  let rest = word;
  while (rest !== 0) {
    const start = lowestBit(rest);
    const ended = ~(rest >>> start);
    const length = ended === 0 ? WORD - start : Math.min(WORD - start, lowestBit(ended));
    visit(start, start + length);
    if (start + length >= WORD) return;
    rest = (rest >>> (start + length)) << (start + length);
  }
}

/** Ones from bit `start` to before bit `end`, 0 <= start < end <= 32. */
export function bitRun(start: number, end: number): number {
  return (end - start === WORD ? -1 : (1 << (end - start)) - 1) << start;
}

/** Writes the ones of a word whose first cell is (x, y) into a window, one byte a cell. */
export function drawBits(word: number, x: number, y: number, box: Box, into: Uint8Array): void {
  const offset = (y - box.y) * box.width + x - box.x;
  const first = Math.max(0, box.x - x);
  const end = Math.min(WORD, box.x + box.width - x);
  for (let bit = first; bit < end; bit++) into[offset + bit] = (word >>> bit) & 1;
}
