import { byteLevelBytes } from './byteLevel';
import { Part, unsupported } from './part';
import { readPattern, replaced } from './pattern';
import { prependScheme } from './preTokenizers';
import { lenientText } from './shownText';

/** Turns the tokens of a text into its parts, which are joined in the end. */
export type Decoder = (tokens: readonly string[]) => readonly string[];

/** @throws UnusableTokenizer for a decoder that is not known to give what Hugging Face's gives. */
export function readDecoder(value: unknown): Decoder {
  // Without one, words are joined with blanks.
  if (value === null || value === undefined) return (tokens) => [tokens.join(' ')];
  const { type, part } = Part.typed('decoder', value);
  switch (type) {
    case 'Sequence': {
      const steps = part.only('decoders').list('decoders').map(readDecoder);
      return (tokens) => steps.reduce((current, step) => step(current), tokens);
    }
    case 'ByteLevel':
      part.only('add_prefix_space', 'trim_offsets', 'use_regex');
      return (tokens) => [
        lenientText(Buffer.concat(tokens.map((token) => byteLevelBytes(token) ?? Buffer.from(token)))),
      ];
    case 'ByteFallback':
      part.only();
      return byteFallback;
    case 'Fuse':
      part.only();
      return (tokens) => [tokens.join('')];
    case 'Replace': {
      const pattern = readPattern(part.only('pattern', 'content'));
      const content = part.text('content');
      return (tokens) => tokens.map((token) => replaced(token, pattern, content));
    }
    case 'Strip': {
      part.only('content', 'start', 'stop');
      const strip = { content: part.character('content'), start: part.count('start'), stop: part.count('stop') };
      return (tokens) => tokens.map((token) => stripped(token, strip));
    }
    case 'Metaspace': {
      const keepsFirst = prependScheme(part) === 'never';
      const mark = part.character('replacement');
      return (tokens) => tokens.map((token, i) => token.replaceAll(mark, i === 0 && !keepsFirst ? '' : ' '));
    }
    case 'WordPiece': {
      part.only('prefix', 'cleanup');
      const [prefix, cleanup] = [part.text('prefix'), part.flag('cleanup')];
      return (tokens) =>
        tokens.map((token, i) => {
          const joined = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
          return cleanup ? cleanedUp(joined) : joined;
        });
    }
    case 'BPEDecoder': {
      const suffix = part.only('suffix').text('suffix');
      return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, () => (i === tokens.length - 1 ? '' : ' ')));
    }
    case 'CTC':
      return ctc(part);
    default:
      return unsupported('decoder', type);
  }
}

/** The byte that a token like `<0x0A>` stands for. */
export function fallbackByte(token: string): number | null {
  const digits = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  return digits === undefined ? null : parseInt(digits, 16);
}

function byteFallback(tokens: readonly string[]): string[] {
  const parts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    const text = lenientText(Uint8Array.from(bytes));
    // Bytes that are no whole characters are unreadable one by one.
    const whole = Buffer.from(text).equals(Uint8Array.from(bytes));
    if (bytes.length > 0) parts.push(...(whole ? [text] : bytes.map(() => '\u{fffd}')));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = fallbackByte(token);
    if (byte !== null) bytes.push(byte);
    else {
      flush();
      parts.push(token);
    }
  }
  flush();
  return parts;
}

interface StripEnds {
  readonly content: string;
  /** The most characters that are taken from each end. */
  readonly start: number;
  readonly stop: number;
}

/** A token without some of one character at its ends. */
export function stripped(token: string, { content, start, stop }: StripEnds): string {
  const characters = Array.from(token);
  let from = 0;
  while (from < Math.min(start, characters.length) && characters[from] === content) from++;
  let to = characters.length;
  while (to > from && characters.length - to < stop && characters[to - 1] === content) to--;
  return characters.slice(from, to).join('');
}

/** English as it is written: no blank before signs and short forms. */
export function cleanedUp(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}

function ctc(part: Part): Decoder {
  part.only('pad_token', 'word_delimiter_token', 'cleanup');
  const [pad, delimiter, cleanup] = [part.text('pad_token'), part.text('word_delimiter_token'), part.flag('cleanup')];
  return (tokens) =>
    tokens
      .filter((token, i) => token !== tokens[i - 1])
      .map((token) => {
        const unpadded = pad === '' ? token : token.replaceAll(pad, '');
        return cleanup ? cleanedUp(unpadded).replaceAll(delimiter, ' ') : unpadded;
      })
      .filter((token) => token !== '');
}
