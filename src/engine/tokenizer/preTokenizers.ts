import { byteLevelText } from './byteLevel';
import { sliced, type Normalized } from './normalizers';
import { Part, unsupported } from './part';
import { BEHAVIORS, cut, found, inverted, readPattern, type Behavior, type Pattern } from './pattern';
import { expression } from './expression';
import { escaped, except, PUNCTUATION_SIGNS, RUST_WORD } from './unicode';

/** Cuts pieces of a text into smaller ones, before the model does. */
export type PreTokenizer = (pieces: readonly Normalized[]) => readonly Normalized[];

/** GPT-2's expression. */
const BYTE_LEVEL = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** @throws UnusableTokenizer for a pre-tokenizer that is not known to cut as Hugging Face's does. */
export function readPreTokenizer(value: unknown): PreTokenizer {
  if (value === null || value === undefined) return (pieces) => pieces;
  const { type, part } = Part.typed('pre-tokenizer', value);
  switch (type) {
    case 'Sequence': {
      const steps = part.only('pretokenizers').list('pretokenizers').map(readPreTokenizer);
      return (pieces) => steps.reduce((current, step) => step(current), pieces);
    }
    case 'Whitespace':
      part.only();
      return cutting(
        inverted(found(new RegExp(`${RUST_WORD}+|${except(`${RUST_WORD}\\p{White_Space}`)}+`, 'gv'))),
        'Removed',
      );
    case 'WhitespaceSplit':
      part.only();
      return cutting(found(/\p{White_Space}/gu), 'Removed');
    case 'BertPreTokenizer': {
      part.only();
      const words = cutting(found(/\p{White_Space}/gu), 'Removed');
      const signs = cutting(found(new RegExp(PUNCTUATION_SIGNS, 'gv')), 'Isolated');
      return (pieces) => signs(words(pieces));
    }
    case 'Punctuation':
      return cutting(
        found(new RegExp(PUNCTUATION_SIGNS, 'gv')),
        part.only('behavior').oneOf('behavior', BEHAVIORS, 'Isolated'),
      );
    case 'Digits':
      return cutting(
        found(/\p{N}/gu),
        part.only('individual_digits').flag('individual_digits') ? 'Isolated' : 'Contiguous',
      );
    case 'CharDelimiterSplit': {
      const delimiter = part.only('delimiter').character('delimiter');
      return cutting(found(new RegExp(escaped(delimiter.codePointAt(0) ?? 0), 'gv')), 'Removed');
    }
    case 'FixedLength':
      return fixedLength(part);
    case 'Split': {
      const pattern = readPattern(part.only('pattern', 'behavior', 'invert'));
      const behavior = part.oneOf('behavior', BEHAVIORS);
      return cutting(part.flag('invert') ? inverted(pattern) : pattern, behavior);
    }
    case 'ByteLevel':
      return byteLevel(part);
    case 'Metaspace':
      return metaspace(part);
    default:
      return unsupported('pre-tokenizer', type);
  }
}

function cutting(pattern: Pattern, behavior: Behavior): PreTokenizer {
  return (pieces) =>
    pieces.flatMap((piece) => cut(piece.text, pattern, behavior).map(({ start, end }) => sliced(piece, start, end)));
}

function fixedLength(part: Part): PreTokenizer {
  const length = part.only('length').count('length', 5);
  if (length === 0) part.refuse('has a length of 0');
  return cutting(found(new RegExp(`[\\s\\S]{1,${length}}`, 'gv')), 'Isolated');
}

function byteLevel(part: Part): PreTokenizer {
  part.only('add_prefix_space', 'trim_offsets', 'use_regex');
  const prefixed = part.flag('add_prefix_space');
  const words = part.flag('use_regex', true) ? cutting(found(expression(BYTE_LEVEL)), 'Isolated') : null;
  return (pieces) => {
    const whole = prefixed
      ? pieces.map((piece) => (piece.text.startsWith(' ') ? piece : prefixedWith(' ', piece)))
      : pieces;
    return (words ? words(whole) : whole).map(({ text, lead }) => ({
      text: byteLevelText(text),
      lead: byteLevelText(text.slice(0, lead)).length,
    }));
  };
}

function prefixedWith(prefix: string, { text, lead }: Normalized): Normalized {
  return { text: prefix + text, lead: lead > 0 ? prefix.length + lead : 0 };
}

export const PREPEND_SCHEMES = ['always', 'first', 'never'] as const;

/** `prepend_scheme` of a pre-tokenizer or decoder `Metaspace`; files from before it say it with `add_prefix_space`. */
export function prependScheme(part: Part): (typeof PREPEND_SCHEMES)[number] {
  part.only('replacement', 'add_prefix_space', 'prepend_scheme', 'split', 'str_rep');
  const scheme = part.oneOf('prepend_scheme', PREPEND_SCHEMES, 'always');
  if (part.has('add_prefix_space') && !part.flag('add_prefix_space') && scheme !== 'never') {
    part.refuse(`has add_prefix_space false and prepend_scheme "${scheme}", which contradict each other`);
  }
  return scheme;
}

function metaspace(part: Part): PreTokenizer {
  const scheme = prependScheme(part);
  const mark = part.character('replacement');
  const words = part.flag('split', true)
    ? cutting(found(new RegExp(escaped(mark.codePointAt(0) ?? 0), 'gv')), 'MergedWithNext')
    : null;
  return (pieces) => {
    const marked = pieces.map(({ text, lead }) => {
      const plain = { text: text.replaceAll(' ', mark), lead };
      const prefixed = scheme === 'always' || (scheme === 'first' && lead > 0);
      return prefixed && !plain.text.startsWith(mark) ? prefixedWith(mark, plain) : plain;
    });
    return words ? words(marked) : marked;
  };
}
