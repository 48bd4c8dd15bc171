import { CoreError } from '../../errors';
import type { Pattern, PatternFormat } from '../pattern';
import type { PatternForm } from './form';
import { life105 } from './life105';
import { life106 } from './life106';
import { macrocell } from './macrocell';
import { plaintext } from './plaintext';
import { rle } from './rle';
import { bytesOf, sourceOf } from './source';

/** Every form that is read and written; of those with one ending, the first is the usual one. */
export const PATTERN_FORMS: readonly PatternForm[] = [rle, plaintext, life105, life106, macrocell];

/** In the order in which a text is asked whether it is of them: the most telling first. */
const BY_TEXT: readonly PatternForm[] = [life105, life106, macrocell, plaintext, rle];

/** Forms that are told from patterns only to say so. */
const OTHERS: readonly { readonly form: RegExp; readonly name: string }[] = [
  { form: /^#MCell\b/i, name: 'an MCell file' },
  { form: /^#Life 1\.(?!0[56])/i, name: 'a Life file of another version' },
  { form: /^@RULE\b/, name: 'a rule table' },
  { form: /^n_states\s*:/, name: 'a rule table' },
];

/**
 * Reads a pattern of any form that is known. The text decides which, and the name of the file where the text does not.
 * An empty file is a pattern without cells.
 * @param fileName of which the end alone counts.
 * @throws CoreError `life-invalid` where it is no pattern, `life-unsupported` where it is one of another kind (more states, other
 *         rules, other forms), `life-too-large`. Never anything else.
 */
export function readPattern(file: Uint8Array | string, fileName = ''): Pattern {
  const source = sourceOf(file);
  const first = source.lines.find((line) => line.trim() !== '') ?? '';
  const byName = formOfName(fileName);
  const other = OTHERS.find(({ form }) => form.test(first));
  if (other) {
    throw new CoreError(
      'life-unsupported',
      `This is ${other.name}; patterns are read from RLE, plaintext, Life 1.05, Life 1.06 and Macrocell.`,
    );
  }
  const recognises = (form: PatternForm | undefined): boolean => form?.recognises(source.lines) === true;
  const form = recognises(byName) ? byName : BY_TEXT.find(recognises);
  return (form ?? byName ?? rle).read(source);
}

/**
 * The text of a pattern's file.
 * @param format the pattern's own where absent.
 * @throws CoreError `life-unsupported` where the form cannot say what the pattern is, `life-too-large`.
 */
export function patternText(pattern: Pattern, format: PatternFormat = pattern.format): string {
  const form = PATTERN_FORMS.find((each) => each.format === format) as PatternForm;
  return form
    .write(pattern)
    .map((line) => line + pattern.endOfLine)
    .join('');
}

/** The bytes of a pattern's file, in the encoding in which it was read; see {@link patternText}. */
export function writePattern(pattern: Pattern, format: PatternFormat = pattern.format): Uint8Array {
  return bytesOf(patternText(pattern, format), pattern.encoding);
}

/** The form that a file of this name has; undefined where its ending is none of ours. */
export function formOfName(fileName: string): PatternForm | undefined {
  const name = fileName.toLowerCase();
  return PATTERN_FORMS.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
}
