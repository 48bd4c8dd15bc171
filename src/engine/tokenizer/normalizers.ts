import { byteLevelText } from './byteLevel';
import { Part, unsupported } from './part';
import { joined, readPattern, type Span } from './pattern';
import { precompiled } from './precompiled';
import { lowercase, normalForm, withoutBertMarks, withoutControls, withoutMarks } from './unicode';

/** A text on its way through the normalizers. */
export interface Normalized {
  readonly text: string;
  /** So much of its start (UTF-16 units) came of the first character of the whole original text, which `prepend_scheme: first` asks. */
  readonly lead: number;
}

/** A part of a text. */
export function sliced({ text, lead }: Normalized, start: number, end: number): Normalized {
  return { text: text.slice(start, end), lead: Math.max(0, Math.min(lead, end) - start) };
}

export type Normalizer = (given: Normalized) => Normalized;

/** @throws UnusableTokenizer for a normalizer that is not known to give what Hugging Face's gives. */
export function readNormalizer(value: unknown): Normalizer {
  if (value === null || value === undefined) return (given) => given;
  const { type, part } = Part.typed('normalizer', value);
  switch (type) {
    case 'Sequence': {
      const steps = part.only('normalizers').list('normalizers').map(readNormalizer);
      return (given) => steps.reduce((current, step) => step(current), given);
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      part.only();
      return changing((text) => normalForm(text, type));
    case 'Lowercase':
      part.only();
      return changing(lowercase);
    case 'ByteLevel':
      part.only();
      return changing(byteLevelText);
    case 'StripAccents':
      part.only();
      return changing(withoutMarks);
    case 'Nmt':
      part.only();
      return changing(nmt);
    case 'BertNormalizer':
      return bert(part);
    case 'Strip': {
      part.only('strip_left', 'strip_right');
      const [left, right] = [part.flag('strip_left'), part.flag('strip_right')];
      return (given) => {
        const { text } = given;
        const start = left ? text.search(/\P{White_Space}|$/u) : 0;
        let end = text.length;
        while (right && end > start && /\p{White_Space}/u.test(text.charAt(end - 1))) end--;
        return sliced(given, start, end);
      };
    }
    case 'Replace': {
      const pattern = readPattern(part.only('pattern', 'content'));
      const content = part.text('content');
      return ({ text, lead }) => {
        const spans = pattern(text);
        return { text: joined(spans, text, content), lead: leadAfter(spans, { text, lead }, content) };
      };
    }
    case 'Prepend': {
      const prefix = part.only('prepend').text('prepend');
      return changing((text) => (text === '' ? '' : prefix + text));
    }
    case 'Precompiled': {
      const change = precompiled(part.only('precompiled_charsmap'));
      return ({ text, lead }) => {
        const changed = change(text);
        // Where nothing is left of it, the library takes the character behind it for the first.
        const first = (changed.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
        return {
          text: changed,
          lead: lead > 0 ? Math.min(changed.length, change(text.slice(0, lead)).length || first) : 0,
        };
      };
    }
    default:
      return unsupported('normalizer', type);
  }
}

function changing(change: (text: string) => string): Normalizer {
  return ({ text, lead }) => ({ text: change(text), lead: change(text.slice(0, lead)).length });
}

/** What replaces something came of the last character of it. */
function leadAfter(spans: readonly Span[], { text, lead }: Normalized, content: string): number {
  let length = 0;
  for (const { start, end, found } of spans) {
    const whole = found ? content.length : end - start;
    const last = lastCharacter(text, end);
    const part = found ? (last < lead ? whole : 0) : Math.max(0, Math.min(lead, end) - start);
    length += part;
    if (part < whole) break;
  }
  return length;
}

/** Where the character begins that ends at a place; 0 at the start. */
function lastCharacter(text: string, end: number): number {
  return Math.max(0, end - ((text.codePointAt(end - 2) ?? 0) > 0xffff ? 2 : 1));
}

/** SentencePiece's rule `nmt`: control characters go, and what may separate words is a blank. */
function nmt(text: string): string {
  return text
    .replace(/[\x01-\x08\v\x0e-\x1f\x7f\x8f\x9f]/g, '')
    .replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' ');
}

function bert(part: Part): Normalizer {
  part.only('clean_text', 'handle_chinese_chars', 'strip_accents', 'lowercase');
  const lower = part.flag('lowercase');
  const steps: Normalizer[] = [];
  if (part.flag('clean_text')) {
    steps.push(changing((text) => withoutControls(text).replace(/\p{White_Space}/gu, ' ')));
  }
  if (part.flag('handle_chinese_chars')) {
    steps.push(
      changing((text) =>
        text.replace(
          /[\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{f900}-\u{faff}\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu,
          ' $& ',
        ),
      ),
    );
  }
  if (part.flag('strip_accents', lower)) {
    steps.push(changing((text) => withoutBertMarks(normalForm(text, 'NFD'))));
  }
  if (lower) steps.push(changing(lowercase));
  return (given) => steps.reduce((current, step) => step(current), given);
}
