import { Problem } from '../../protocol/errors';
import { BERT_MARKS, CONTROLS, MARKS, PUNCTUATION, UNASSIGNED, UNNORMALIZED } from './unicodeTables';

type Range = readonly [from: number, to: number];

/** Ranges of code points, both ends included, of a table. */
function read(table: string): Range[] {
  let at = 0;
  return table.split(' ').map((entry) => {
    const [distance = '', longer] = entry.split('.');
    const from = at + parseInt(distance, 36);
    at = longer === undefined ? from : from + parseInt(longer, 36);
    return [from, at];
  });
}

/** A code point as regular expressions write it, inside a class and outside. */
export function escaped(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}

/** The content of a character class. */
function inClass(ranges: readonly Range[]): string {
  return ranges.map(([from, to]) => (from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`)).join('');
}

/**
 * Everything but a set, as a class of the `v` flag. A class that begins with `^` would be turned twice by V8 before 11.6 (Node 20), where
 * it stands in a repeated group.
 * @param content of a class
 */
export function except(content: string): string {
  return `[\\p{Any}--[${content}]]`;
}

/** Characters that this process knows and Unicode 16 does not: content of a class, empty where the process is not newer. */
const newer = inClass(read(UNASSIGNED).flatMap(assignedSince));

function assignedSince([from, to]: Range): Range[] {
  const found: [number, number][] = [];
  // Whole planes are unassigned: they are looked at in blocks.
  const block = 1024;
  for (let start = from; start <= to; start += block) {
    const codes = Array.from({ length: Math.min(block, to - start + 1) }, (_, i) => start + i);
    if (/^\p{Cn}*$/u.test(String.fromCodePoint(...codes))) continue;
    for (const code of codes.filter((one) => /\P{Cn}/u.test(String.fromCodePoint(one)))) {
      const last = found.at(-1);
      if (last?.[1] === code - 1) last[1] = code;
      else found.push([code, code]);
    }
  }
  return found;
}

/** U+0295 was Ll and is Lo from Unicode 17 on. */
const changedCase = /\p{Lo}/u.test('\u0295');

/**
 * A property as of Unicode 16, as an operand of a class of the `v` flag.
 * @param name as JavaScript writes it, for example `L` or `Script=Han`.
 */
export function property(name: string): string {
  const set = `\\p{${name}}`;
  if (name === 'C' || name === 'Cn') return `[${set}${newer}]`;
  const withoutNewer = newer === '' ? set : `[${set}--[${newer}]]`;
  if (changedCase && name === 'Lo') return `[${withoutNewer}--[\\u{295}]]`;
  return changedCase && (name === 'Ll' || name === 'Lowercase') ? `[${withoutNewer}\\u{295}]` : withoutNewer;
}

/** Word characters of Rust's regular expressions (Unicode Technical Standard 18, annex C), as a class. */
export const RUST_WORD = `[${['Alphabetic', 'M', 'Nd', 'Pc', 'Join_Control'].map(property).join('')}]`;
export const PUNCTUATION_SIGNS = `[${inClass(read(PUNCTUATION))}]`;

const mark = new RegExp(`[${inClass(read(MARKS))}]`, 'gu');
const bertMark = new RegExp(`[${inClass(read(BERT_MARKS))}]`, 'gu');
const control = new RegExp(`[\\0\\u{fffd}${inClass(read(CONTROLS))}]`, 'gu');

export const withoutMarks = (text: string): string => text.replace(mark, '');
export const withoutBertMarks = (text: string): string => text.replace(bertMark, '');
export const withoutControls = (text: string): string => text.replace(control, '');

const unnormalized = new RegExp(`([${inClass(read(UNNORMALIZED))}${newer}])`, 'u');

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** The normal form as of Unicode 9: what came later stays as it is, and nothing is composed or reordered across it. */
export function normalForm(text: string, form: NormalForm): string {
  const pieces = text.split(unnormalized);
  return pieces.map((piece, i) => (i % 2 === 0 ? piece.normalize(form) : piece)).join('');
}

/** Lower case, a character at a time: a sigma at the end of a word is one as any other. */
export function lowercase(text: string): string {
  return text.includes('Σ') ? Array.from(text, (character) => character.toLowerCase()).join('') : text.toLowerCase();
}

const version = process.versions['unicode'] ?? '0';
const LIBRARY_VERSION = 17;

/**
 * Where this process knows less of Unicode than the library does, it cannot say what becomes of a newer character.
 * @throws Problem `prompt-invalid`.
 */
export function refuseUnknownCharacters(text: string): void {
  if (parseFloat(version) >= LIBRARY_VERSION) return;
  const [unknown] = /\p{Cn}/u.exec(text) ?? [];
  if (unknown === undefined) return;
  const code = (unknown.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new Problem({
    code: 'prompt-invalid',
    message: `The prompt has a character (U+${code}) that Unicode ${version}, which this program runs with, does not know.`,
    action: 'Leave it out, or run with a newer VS Code or Node.js.',
  });
}
