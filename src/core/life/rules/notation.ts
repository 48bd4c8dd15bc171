import { CoreError } from '../../errors';
import { quoted } from '../../text/quoted';
import { ARRANGEMENTS, countsText, readCounts, type Counts } from './hensel';
import { NAMED } from './names';
import { AROUND, CENTRE, simplest, tableBy, type CellRule } from './table';

/** A rule that universes step by. */
export interface BoardRule {
  /** As Golly writes it: `B3/S23`, `B2-a/S12`, `B2/S34H`, `345/2/4`, `W30`, a MAP as it was given. */
  readonly notation: string;
  /** Which cells are alive next. */
  readonly cells: CellRule;
  /**
   * States of a cell, 2 to 256. Where there are more than two a cell that does not survive is in state 2 next, then 3, and
   * dead after the last; meanwhile it is no live neighbour, and nothing is born there (Generations).
   */
  readonly states: number;
}

/** Cells that count as neighbours: all eight, six (without NE and SW), or four. */
const NEIGHBOURS: Readonly<Record<string, number>> = {
  '': AROUND.reduce((sum, bit) => sum | bit, 0),
  H: AROUND.filter((_, at) => at !== 2 && at !== 5).reduce((sum, bit) => sum | bit, 0),
  V: AROUND.filter((_, at) => [1, 3, 4, 6].includes(at)).reduce((sum, bit) => sum | bit, 0),
};
const MOST_STATES = 256;

const COUNTS = '[0-8acegijknqrtwyz-]*';
const FORMS: readonly {
  readonly form: RegExp;
  readonly birth: number;
  readonly survival: number;
  readonly states: number;
}[] = [
  // `B3/S23`, `b3s23`; with states `B2/S/C3`, `B2/S/3`.
  { form: new RegExp(`^[Bb](${COUNTS})[/_]?[Ss](${COUNTS})(?:[/_][CcGg]?(\\d+))?$`), birth: 1, survival: 2, states: 3 },
  { form: new RegExp(`^[Ss](${COUNTS})[/_]?[Bb](${COUNTS})(?:[/_][CcGg]?(\\d+))?$`), birth: 2, survival: 1, states: 3 },
  { form: new RegExp(`^[CcGg](\\d+)[/_][Bb](${COUNTS})[/_][Ss](${COUNTS})$`), birth: 2, survival: 3, states: 1 },
  { form: new RegExp(`^[Bb](${COUNTS})(?:[/_](${COUNTS}))?$`), birth: 1, survival: 2, states: 3 },
  // Survivals first, without letters.
  { form: new RegExp(`^(${COUNTS})[/_](${COUNTS})(?:[/_](\\d+))?$`), birth: 2, survival: 1, states: 3 },
];

/**
 * Reads a rule: outer-totalistic (`B3/S23`, `23/3`), isotropic (`B2n3/S23-q`), of the six or four neighbours (`B2/S34H`,
 * `B13/S012V`), as a table (`MAP…`), of one dimension (`W30`), by name (`HighLife`), or with more states (`345/2/4`,
 * `B2/S345/C4`).
 * @throws CoreError `life-invalid` where it is no rule, `life-unsupported` where it is a rule of another kind.
 */
export function readRule(notation: string): BoardRule {
  const text = notation.replace(/\s/g, '');
  const name = text.toLowerCase().replace(/[^a-z\d]/g, '');
  if (Object.hasOwn(NAMED, name)) return readRule(NAMED[name] as string);
  const rule = /^MAP/i.test(text) ? readMap(text) : /^W\d+$/i.test(text) ? readWolfram(text) : readForms(text);
  if (rule) return rule;
  const kind = otherKind(text);
  throw kind === undefined
    ? new CoreError('life-invalid', `"${quoted(notation)}" is no rule in B/S notation, such as B3/S23.`)
    : new CoreError(
        'life-unsupported',
        `The rule "${quoted(notation)}" ${kind}; rules are run that say what becomes of a cell by the eight around it, in two states or as Generations.`,
      );
}

function readForms(text: string): BoardRule | null {
  const [, body = '', suffix = ''] = /^(.*?)([HVhv]?)$/s.exec(text) ?? [];
  const neighbourhood = suffix.toUpperCase();
  const neighbours = NEIGHBOURS[neighbourhood] as number;
  const most = { '': 8, H: 6, V: 4 }[neighbourhood] as number;
  for (const { form, birth, survival, states: stated } of FORMS) {
    const match = form.exec(body);
    if (!match) continue;
    // "B" and nothing else is none.
    if (body.length < 2 && body !== '/') continue;
    const born = readCounts(match[birth] ?? '', most);
    const stays = readCounts(match[survival] ?? '', most);
    if (!born || !stays) continue;
    const states = Number(match[stated] ?? 2);
    if (!(states >= 2 && states <= MOST_STATES)) return null;
    const [b, s] = [countsText(born), countsText(stays)];
    return {
      notation: (states > 2 ? `${s}/${b}/${states}` : `B${b}/S${s}`) + neighbourhood,
      cells: simplest(tableBy((index) => isMeant(index & CENTRE ? stays : born, index & neighbours, most))),
      states,
    };
  }
  return null;
}

function isMeant(counts: Counts, around: number, most: number): boolean {
  const { count, letter } = ARRANGEMENTS[around] as { count: number; letter: string };
  const letters = counts.get(count);
  // Of fewer than eight neighbours the number alone is meant.
  return letters !== undefined && (most === 8 ? letters.has(letter) : letters.size > 0);
}

/**
 * Bits of the cells that a MAP lists, the first of them the highest of its index; of six neighbours in the order in which bgolly
 * reads them: S, SE, W, the cell, E, NW, N.
 */
const MAPPED: readonly { readonly characters: number; readonly bits: readonly number[] }[] = [
  { characters: 86, bits: [8, 7, 6, 5, 4, 3, 2, 1, 0] },
  { characters: 22, bits: [1, 0, 5, 4, 3, 8, 7] },
  { characters: 6, bits: [7, 5, 4, 3, 1] },
];
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A table of neighbourhoods in base64, as Golly describes it; with states after a slash where they are more than two. */
function readMap(text: string): BoardRule | null {
  const [, coded = '', stated = '2'] = /^MAP([A-Za-z\d+/]+?)(?:==)?(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  for (const [said, states] of [
    [coded, Number(stated)],
    // The last of its characters may look like states.
    [text.slice(3).replace(/==$/, ''), 2],
  ] as const) {
    const mapped = MAPPED.find(({ characters }) => characters === said.length);
    if (!mapped || states < 2 || states > MOST_STATES || /[^A-Za-z\d+/]/.test(said)) continue;
    const bits = [...said].flatMap((character) => {
      const value = BASE64.indexOf(character);
      return Array.from({ length: 6 }, (_, at) => (value >> (5 - at)) & 1);
    });
    const entry = (index: number): number => mapped.bits.reduce((sum, bit) => (sum << 1) | ((index >> bit) & 1), 0);
    return {
      notation: `MAP${said}${states > 2 ? `/${states}` : ''}`,
      cells: simplest(tableBy((index) => bits[entry(index)] === 1)),
      states,
    };
  }
  return null;
}

/**
 * An elementary rule of Wolfram's as Golly runs it: what lives stays, and below a row is what follows from it. With an odd
 * number rows of the plane would fill at once.
 */
function readWolfram(text: string): BoardRule | null {
  const number = Number(text.slice(1));
  if (number > 254 || number % 2 === 1) return null;
  return {
    notation: `W${number}`,
    cells: simplest(tableBy((index) => (index & CENTRE) !== 0 || ((number >> (index >> 6)) & 1) === 1)),
    states: 2,
  };
}

/** What other kind of rule it is, of those that are exchanged in pattern files; undefined where it looks like none. */
function otherKind(text: string): string | undefined {
  if (/^R\d+,/i.test(text)) return 'looks further than the eight neighbours (Larger than Life)';
  if (/^MAP/i.test(text)) return 'is a table of neighbourhoods (MAP) of another length';
  if (/^W\d+$/i.test(text)) return 'is of one dimension and wakes dead cells (Wolfram, odd or beyond 254)';
  if (/History$/i.test(text)) return 'has seven states (LifeHistory)';
  const states =
    /^(?:b?[0-8]*\/s?[0-8]*\/[cg]?|g|[0-8]*\/[0-8]*\/)(\d+)/i.exec(text) ?? /^[^/]*\/[^/]*\/(\d+)$/.exec(text);
  if (states) return `has ${states[1]} states`;
  return /^[A-Za-z][\w.+-]{2,}$/.test(text) && !/^[bs][0-9]*$/i.test(text) && !/^[bs].*[hv]$/i.test(text)
    ? 'is a table by name, which mostly has more than two states'
    : undefined;
}
