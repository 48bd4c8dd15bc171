import { CoreError } from '../errors';
import { readOption, type OptionValues } from '../decode/options';
import { findDecoder } from '../decode/registry';
import { nearest } from '../text/nearest';
import type { Sampling } from '../decode/sampling';
import { HEADER_KEYS, headerKey, type CellKind } from './keys';
import { SHOWN, type Shown } from './shown';

/** A `key: value` line. Lines and columns count from 0, columns in UTF-16 units. */
export interface HeaderLine {
  readonly line: number;
  readonly key: string;
  readonly keyStart: number;
  readonly value: string;
  readonly valueStart: number;
}

export interface ParsedCell {
  readonly header: readonly HeaderLine[];
  /** What stands after the first blank line after the header, verbatim; the whole text where there is no header. */
  readonly body: string;
  readonly problems: readonly CellProblem[];
  /** What may not be meant as it is read: the cell runs all the same. */
  readonly doubts: readonly CellProblem[];
}

/** What is wrong with a cell: one sentence, and where. */
export interface CellProblem {
  readonly message: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

type KeyLine = Omit<HeaderLine, 'line' | 'key'> & { readonly name: string };

const NAME = /^[A-Za-z][\w-]*/;

/** A line as `key: value`; null where it is none. Each of its characters is looked at a few times, whatever they are. */
function keyLine(content: string): KeyLine | null {
  const keyStart = content.length - content.trimStart().length;
  const name = NAME.exec(content.slice(keyStart))?.[0];
  if (name === undefined) return null;
  const rest = content.slice(keyStart + name.length).trimStart();
  if (!rest.startsWith(':')) return null;
  const value = rest.slice(1).trimStart();
  return { name, keyStart, value: value.trimEnd(), valueStart: content.length - value.length };
}

/**
 * Splits a cell into header and body. A header is the lines up to the first blank one, where the first is `key: value` with a
 * key that is known, or all are `key: value` and a key among them is: a prompt may begin with any other word and a colon. A
 * prompt that begins with what is nearly a known key is doubted.
 */
export function parseCell(text: string, kind: CellKind): ParsedCell {
  const lines = text.split(/\r?\n/);
  const blank = lines.findIndex((line) => line.trim() === '');
  const count = blank < 0 ? lines.length : blank;
  const read = lines.slice(0, count).map(keyLine);
  if (!isHeader(read, kind)) return { header: [], body: text, problems: [], doubts: doubtsOf(read[0], kind) };
  const header: HeaderLine[] = [];
  const problems: CellProblem[] = [];
  read.forEach((found, line) => {
    if (!found) {
      const content = lines[line] ?? '';
      const where = { line, start: content.length - content.trimStart().length, end: content.trimEnd().length };
      problems.push({ ...where, message: 'A header line is "key: value"; a blank line ends the header.' });
      return;
    }
    const { name, keyStart, value, valueStart } = found;
    const key = name.toLowerCase();
    const where = { line, start: keyStart, end: keyStart + name.length };
    if (!headerKey(key, kind)) {
      problems.push({ ...where, message: `There is no header key "${name}".${suggestion(name, kind)}` });
    } else if (header.some((each) => each.key === key)) {
      problems.push({ ...where, message: `"${key}" stands twice in the header.` });
    } else {
      header.push({ line, key, keyStart, value, valueStart });
    }
  });
  return { header, body: blank < 0 ? '' : bodyAfter(text, blank), problems, doubts: [] };
}

function isHeader(lines: readonly (KeyLine | null)[], kind: CellKind): boolean {
  const isKnown = (line: KeyLine | null | undefined): boolean =>
    headerKey(line?.name.toLowerCase() ?? '', kind) !== undefined;
  return isKnown(lines[0]) || (lines.every((line) => line !== null) && lines.some(isKnown));
}

/** What a text without a header may have been meant as. */
function doubtsOf(first: KeyLine | null | undefined, kind: CellKind): readonly CellProblem[] {
  const { name = '', keyStart = 0 } = first ?? {};
  const meant = suggestion(name, kind);
  if (meant === '') return [];
  const message = `The first line is part of the text: there is no header key "${name}".${meant}`;
  return [{ message, line: 0, start: keyStart, end: keyStart + name.length }];
}

/** " Did you mean …?", or nothing. */
function suggestion(name: string, kind: CellKind): string {
  const meant = nearest(
    name,
    HEADER_KEYS.filter(({ cells }) => cells.includes(kind)).map((key) => key.name),
  );
  return meant === null ? '' : ` Did you mean "${meant}"?`;
}

/** The text after so many lines and the blank one, with its own line ends. */
function bodyAfter(text: string, lines: number): string {
  let at = 0;
  for (let line = 0; line <= lines; line++) at = text.indexOf('\n', at) + 1 || text.length;
  return text.slice(at);
}

/** What a cell asks for. Names of models are looked up by whoever runs it. */
export interface CellSettings {
  readonly model: string | null;
  readonly draft: string | null;
  readonly decoder: string;
  /** Whether the cell itself says which decoder. */
  readonly decoderNamed: boolean;
  readonly decoderOptions: OptionValues;
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  readonly steps: number;
  /** null where the cell does not say. */
  readonly show: readonly Shown[] | null;
  readonly name: string | null;
  readonly compare: string | null;
}

/** What counts where a header says nothing. */
export type CellDefaults = Pick<CellSettings, 'sampling' | 'maxNewTokens'>;

/** The settings of a parsed cell, and what is wrong with its values. */
export function readCell(
  { header }: Pick<ParsedCell, 'header'>,
  kind: CellKind,
  defaults: CellDefaults,
): { readonly settings: CellSettings; readonly problems: readonly CellProblem[] } {
  const problems: CellProblem[] = [];
  const values = new Map<string, string | number | boolean>();
  let show: readonly Shown[] | null = null;
  for (const line of header) {
    const key = headerKey(line.key, kind);
    if (!key) continue;
    try {
      if (key.value.kind === 'list') show = readShown(line.value);
      else if (key.value.kind === 'model' || key.value.kind === 'name') values.set(line.key, readName(line));
      else values.set(line.key, readOption(line.key, key.value, line.value));
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      problems.push({ message: error.message, ...placeOf(line) });
    }
  }
  const text = (key: string): string | null => (values.get(key) as string | undefined) ?? null;
  const number = (key: string, fallback: number): number => (values.get(key) as number | undefined) ?? fallback;
  const decoder = text('decoder') ?? 'autoregressive';
  const { sampling } = defaults;
  const settings: CellSettings = {
    model: text('model'),
    draft: text('draft'),
    decoder,
    decoderNamed: text('decoder') !== null,
    decoderOptions: optionsOf({ name: decoder, kind }, header, values, problems),
    sampling: {
      temperature: number('temperature', sampling.temperature),
      topK: number('top-k', sampling.topK),
      topP: number('top-p', sampling.topP),
      minP: number('min-p', sampling.minP),
      seed: number('seed', sampling.seed),
    },
    maxNewTokens: number('max-new', defaults.maxNewTokens),
    steps: number('steps', 1),
    show,
    name: text('name'),
    compare: text('compare'),
  };
  return { settings, problems };
}

/** What was given of the decoder's options; options of others are problems, for they would silently do nothing. */
function optionsOf(
  { name, kind }: { readonly name: string; readonly kind: CellKind },
  header: readonly HeaderLine[],
  values: ReadonlyMap<string, string | number | boolean>,
  problems: CellProblem[],
): OptionValues {
  const options: Record<string, string | number | boolean> = {};
  const decoder = findDecoder(name);
  for (const line of header) {
    const { decoders } = headerKey(line.key, kind) ?? {};
    const value = values.get(line.key);
    if (!decoders || value === undefined) continue;
    if (decoder && Object.hasOwn(decoder.options, line.key)) {
      options[line.key] = value;
      continue;
    }
    const message = `"${line.key}" is an option of ${decoders.join(', ')}, not of ${name}.`;
    problems.push({ message, line: line.line, start: line.keyStart, end: line.keyStart + line.key.length });
  }
  return options;
}

function readShown(text: string): readonly Shown[] {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !(SHOWN as readonly string[]).includes(name));
  if (unknown === undefined && names.length > 0) return SHOWN.filter((shown) => names.includes(shown));
  throw new CoreError(
    'option-invalid',
    `"show" takes ${SHOWN.join(', ')}, separated by commas, not "${unknown ?? ''}".`,
  );
}

function readName({ key, value }: HeaderLine): string {
  if (value !== '') return value;
  throw new CoreError('option-invalid', `"${key}" needs a name.`);
}

function placeOf({ line, value, valueStart, keyStart, key }: HeaderLine): Omit<CellProblem, 'message'> {
  return value === ''
    ? { line, start: keyStart, end: keyStart + key.length }
    : { line, start: valueStart, end: valueStart + value.length };
}
