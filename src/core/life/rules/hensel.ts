import { AROUND, CENTRE, NEIGHBOURHOODS } from './table';

/**
 * Hensel's letters for arrangements of live neighbours that are the same up to turns and mirrors (Golly's help, "QuickLife";
 * LifeWiki, "Isotropic non-totalistic rule"): for each number of neighbours one arrangement a letter. Those of five to seven
 * are the letters of three to one, with live and dead exchanged.
 */
const LETTERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { c: 'NW', e: 'N' },
  { c: 'NW NE', e: 'N W', k: 'NW E', a: 'NW N', i: 'N S', n: 'NW SE' },
  {
    ...{ c: 'NW NE SW', e: 'N W E', k: 'NW E S', a: 'NW N W', i: 'NW N NE' },
    ...{ n: 'NW N SW', y: 'NW NE S', q: 'NW N SE', j: 'NW N E', r: 'NW N S' },
  },
  {
    ...{ c: 'NW NE SW SE', e: 'N W E S', k: 'NW N E SW', a: 'NW N NE W', i: 'NW N SW S', n: 'NW N NE SW' },
    ...{
      y: 'NW N SW SE',
      q: 'NW N W SE',
      j: 'NW N E S',
      r: 'NW N W E',
      t: 'NW N NE S',
      w: 'NW N E SE',
      z: 'NW N S SE',
    },
  },
];
const PLACES = ['NW', 'N', 'NE', 'W', 'E', 'SW', 'S', 'SE'];
const NONE = '';

/** Letters that go with a number of neighbours, in their usual order; of 0 and 8 there are none. */
export function lettersOf(count: number): readonly string[] {
  return Object.keys(LETTERS[Math.min(count, 8 - count)] ?? {}).sort();
}

/** The number of live neighbours and the letter of each of the 512 neighbourhoods; the letter of 0 and 8 is empty. */
export const ARRANGEMENTS: readonly { readonly count: number; readonly letter: string }[] = arrangements();

function arrangements(): { count: number; letter: string }[] {
  const letterOf = new Map<number, string>();
  const whole = AROUND.reduce((sum, bit) => sum | bit, 0);
  for (const letters of LETTERS) {
    for (const [letter, places] of Object.entries(letters)) {
      const live = new Set(places.split(' ').map((place) => PLACES.indexOf(place)));
      for (let symmetry = 0; symmetry < 8; symmetry++) {
        const bits = [...live].reduce((sum, place) => sum | (AROUND[moved(place, symmetry)] as number), 0);
        letterOf.set(bits, letter);
        if (live.size < 4) letterOf.set(whole ^ bits, letter);
      }
    }
  }
  return Array.from({ length: NEIGHBOURHOODS }, (_, index) => ({
    count: AROUND.filter((bit) => index & bit).length,
    letter: letterOf.get(index & ~CENTRE) ?? NONE,
  }));
}

/** Where one of the eight places comes to lie by one of the eight symmetries of the square. */
function moved(place: number, symmetry: number): number {
  const at = place < 4 ? place : place + 1;
  let [x, y] = [(at % 3) - 1, Math.floor(at / 3) - 1];
  if (symmetry & 1) x = -x;
  if (symmetry & 2) y = -y;
  if (symmetry & 4) [x, y] = [y, x];
  const to = (y + 1) * 3 + x + 1;
  return to < 4 ? to : to - 1;
}

/** Arrangements that are meant: for each number of neighbours its letters, with {@link ALL} where the number alone is meant. */
export type Counts = ReadonlyMap<number, ReadonlySet<string>>;

/**
 * Reads `2n3` or `23-q`.
 * @param most the largest number of neighbours: 8, 6 or 4; letters go with 8 alone.
 * @returns null where it is none.
 */
export function readCounts(text: string, most: number): Counts | null {
  const counts = new Map<number, Set<string>>();
  let rest = text;
  while (rest !== '') {
    const [whole = '', digit, minus, letters = ''] = /^(\d)(-?)([a-z]*)/.exec(rest) ?? [];
    const count = Number(digit);
    if (whole === '' || count > most || (letters !== '' && most !== 8)) return null;
    const all = lettersOf(count);
    const said = [...letters];
    if (said.some((letter) => !all.includes(letter))) return null;
    const meant = letters === '' ? allOf(count) : minus === '' ? said : all.filter((letter) => !said.includes(letter));
    const before = counts.get(count) ?? new Set();
    for (const letter of meant) before.add(letter);
    counts.set(count, before);
    rest = rest.slice(whole.length);
  }
  return counts;
}

/** Counts as Golly writes them: letters in their order, all but some where that is shorter. */
export function countsText(counts: Counts): string {
  const parts: string[] = [];
  for (const count of [...counts.keys()].sort()) {
    const meant = counts.get(count) as ReadonlySet<string>;
    const all = allOf(count);
    const others = all.filter((letter) => !meant.has(letter));
    if (meant.size === 0) continue;
    const plain = all.filter((letter) => meant.has(letter)).join('');
    if (others.length === 0) parts.push(`${count}`);
    else parts.push(others.length + 1 < plain.length ? `${count}-${others.join('')}` : `${count}${plain}`);
  }
  return parts.join('');
}

function allOf(count: number): readonly string[] {
  const letters = lettersOf(count);
  return letters.length === 0 ? [NONE] : letters;
}
