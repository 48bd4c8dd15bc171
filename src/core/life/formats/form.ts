import { CoreError } from '../../errors';
import { beyondReach, MOST_COORDINATE } from '../cells';
import { noteOf, type Note, type Pattern, type PatternFormat } from '../pattern';
import { CONWAY } from '../rule';
import { readRule } from '../rules/notation';
import type { Source } from './source';

/** One file form: its reader and its writer. */
export interface PatternForm {
  readonly format: PatternFormat;
  /** As a person calls it. */
  readonly name: string;
  /** With the dot; the first is the usual one. */
  readonly extensions: readonly string[];
  /** Whether the text says by itself that it is this form. */
  recognises(lines: readonly string[]): boolean;
  /** @throws CoreError `life-invalid`, `life-unsupported`, `life-too-large`. */
  read(source: Source): Pattern;
  /** Lines of the file. @throws CoreError `life-unsupported` for what the form cannot say. */
  write(pattern: Pattern): string[];
}

/** @param line its index, from 0. */
export function malformed(form: string, line: number | null, reason: string): CoreError {
  const where = line === null ? '' : ` Line ${line + 1}:`;
  return new CoreError('life-invalid', `The file is not ${form} as Life programs write it.${where} ${reason}`);
}

/** A character of a file in a sentence. */
export function shownCharacter(character: string): string {
  return /[\u0020-\u007e]/.test(character)
    ? `"${character}"`
    : `the character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** @throws CoreError `life-too-large` where a side or coordinate is beyond what is read. */
export function checkReach(...cells: number[]): void {
  if (cells.every((each) => Math.abs(each) < MOST_COORDINATE)) return;
  throw beyondReach();
}

/** Lines of notes: as they stood where the form is still the same, else made. */
export function noteLines(
  { notes, format }: Pattern,
  form: PatternFormat,
  prefix: Readonly<Record<Note['kind'], string>>,
): string[] {
  return notes.flatMap(({ kind, text, raw }) =>
    raw !== undefined && format === form
      ? [raw]
      : text.split(/[\r\n]+/).map((line) => `${prefix[kind]} ${line}`.trimEnd()),
  );
}

/**
 * Refuses to drop what a form has no place for.
 * @throws CoreError `life-unsupported`.
 */
export function refuseUnsaid(pattern: Pattern, name: string, says: { readonly rule: boolean }): void {
  const rule = readRule(pattern.rule).notation;
  const lost = pattern.states.some(({ runs }) => runs > 0)
    ? 'cells of more than two states'
    : !says.rule && rule !== CONWAY
      ? `the rule ${rule}`
      : pattern.bounds
        ? 'a bounded grid'
        : null;
  if (lost === null) return;
  const title = noteOf(pattern, 'name');
  throw new CoreError(
    'life-unsupported',
    `A ${name} file cannot say ${lost}${title === undefined ? '' : `, which "${title}" has`}: save it as .rle.`,
  );
}
