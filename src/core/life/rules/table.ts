/** An outer-totalistic rule of two states on the eight neighbours of a cell. */
export interface LifeRule {
  /** Entry n: a dead cell with n live neighbours comes alive. */
  readonly birth: readonly boolean[];
  /** Entry n: a live cell with n live neighbours stays alive. */
  readonly survival: readonly boolean[];
}

/**
 * A rule of two states by what stands around a cell, in the order of Golly's MAP rules: the nine cells row by row, the upper
 * left one the highest of nine bits, the cell itself the fifth.
 */
export interface TableRule {
  /** [512], 1 where the cell is alive next. */
  readonly table: Uint8Array;
}

/** Which cells are alive next: by how many of the eight live, or by which. */
export type CellRule = LifeRule | TableRule;

export const NEIGHBOURHOODS = 512;
/** Bit of the cell itself. */
export const CENTRE = 1 << 4;
/** Bits of the eight around it: NW, N, NE, W, E, SW, S, SE. */
export const AROUND = [8, 7, 6, 5, 3, 2, 1, 0].map((bit) => 1 << bit);

/** The table of any rule. */
export function tableOf(rule: CellRule): Uint8Array {
  return 'table' in rule
    ? rule.table
    : tableBy((index) => (index & CENTRE ? rule.survival : rule.birth)[around(index)]);
}

/** The table of a rule that says for each of the 512 whether the cell is alive next. */
export function tableBy(isAlive: (index: number) => boolean | undefined): Uint8Array {
  return Uint8Array.from({ length: NEIGHBOURHOODS }, (_, index) => (isAlive(index) ? 1 : 0));
}

/** The rule that counts, where a table does no more than that; else the table. */
export function simplest(table: Uint8Array): CellRule {
  const birth = Array.from({ length: 9 }, () => false);
  const survival = [...birth];
  for (let index = 0; index < NEIGHBOURHOODS; index++) {
    (index & CENTRE ? survival : birth)[around(index)] = table[index] === 1;
  }
  const counted: LifeRule = { birth, survival };
  return tableOf(counted).every((is, index) => is === table[index]) ? counted : { table };
}

/** Live cells among the eight. */
function around(index: number): number {
  return AROUND.filter((bit) => index & bit).length;
}

/** Whether dead cells among dead ones come alive. */
export function isBornOfNothing(rule: CellRule): boolean {
  return 'table' in rule ? rule.table[0] === 1 : rule.birth[0] === true;
}

/**
 * The rules by which the plane without an end steps at even and at odd generations, for cells that are kept as what differs from
 * the background. Of a rule without B0 they are the rule. One with B0 wakes the whole background: with S8 it lives on, and the
 * rule of dead cells among live ones is stepped; without, the background comes and goes, and the rule is two (Golly's help,
 * "Emulating B0 rules").
 */
export function onBackground(rule: CellRule): { readonly even: CellRule; readonly odd: CellRule } {
  if (!isBornOfNothing(rule)) return { even: rule, odd: rule };
  const table = tableOf(rule);
  const last = NEIGHBOURHOODS - 1;
  const flipped = (index: number): boolean => table[last - index] === 1;
  if (table[last] === 1) {
    const both = simplest(tableBy((index) => !flipped(index)));
    return { even: both, odd: both };
  }
  return { even: simplest(tableBy((index) => table[index] === 0)), odd: simplest(tableBy(flipped)) };
}

/** Whether the background of the plane is alive at a generation, by the rule. */
export function backgroundAt(rule: CellRule, generation: number): boolean {
  if (!isBornOfNothing(rule)) return false;
  return tableOf(rule)[NEIGHBOURHOODS - 1] === 1 || generation % 2 === 1;
}
