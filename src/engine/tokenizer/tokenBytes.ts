import { byteLevelBytes } from './byteLevel';
import { cleanedUp, fallbackByte, stripped } from './decoders';
import { Part, unsupported } from './part';
import { readPattern, replaced } from './pattern';

/** The bytes of one token, as the vocabulary spells it, within a text. */
export type TokenBytes = (token: string) => Uint8Array;

type Step = (token: string | Uint8Array) => string | Uint8Array;

const encoder = new TextEncoder();

/**
 * Reads the decoder of a `tokenizer.json` as a rule for single tokens, so that the bytes of the tokens of a text, one after
 * the other, are the text, with the blank that some tokenizers put before it: byte-level (GPT-2), metaspace with byte fallback (Llama),
 * WordPiece, BPE with end-of-word marks. A tokenizer without a decoder joins its tokens with spaces.
 */
export function tokenBytes(decoder: unknown): TokenBytes {
  const steps: Step[] = [];
  if (decoder === null || decoder === undefined) steps.push(onText((token) => ` ${token}`));
  else addSteps(steps, decoder, false);
  return (token) => {
    const value = steps.reduce<string | Uint8Array>((current, step) => step(current), token);
    return typeof value === 'string' ? encoder.encode(value) : value;
  };
}

/**
 * @param fused after `Fuse` a step sees the whole text, not a token.
 * @returns the same for the steps after these.
 */
function addSteps(steps: Step[], value: unknown, fused: boolean): boolean {
  const { type, part } = Part.typed('decoder', value);
  switch (type) {
    case 'Sequence':
      return part.list('decoders').reduce<boolean>((current, step) => addSteps(steps, step, current), fused);
    case 'ByteLevel':
      steps.push(onText((token) => byteLevelBytes(token) ?? token));
      break;
    case 'ByteFallback':
      steps.push(
        onText((token) => {
          const byte = fallbackByte(token);
          return byte === null ? token : Uint8Array.of(byte);
        }),
      );
      break;
    case 'Fuse':
      return true;
    case 'Replace': {
      const pattern = readPattern(part);
      const content = part.text('content');
      steps.push(onText((token) => replaced(token, pattern, content)));
      break;
    }
    case 'Strip': {
      // What is stripped from a whole text is the blank before it, which the first token shows.
      const strip = { content: part.text('content'), start: part.count('start'), stop: part.count('stop') };
      if (!fused) steps.push(onText((token) => stripped(token, strip)));
      break;
    }
    case 'Metaspace': {
      const mark = part.text('replacement');
      steps.push(onText((token) => token.replaceAll(mark, ' ')));
      break;
    }
    case 'WordPiece': {
      const [prefix, cleanup] = [part.text('prefix'), part.flag('cleanup')];
      steps.push(
        onText((token) => {
          const joined = token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
          return cleanup ? cleanedUp(joined) : joined;
        }),
      );
      break;
    }
    case 'BPEDecoder': {
      const suffix = part.text('suffix');
      steps.push(onText((token) => token.replaceAll(suffix, ' ')));
      break;
    }
    case 'CTC': {
      const delimiter = part.text('word_delimiter_token');
      steps.push(onText((token) => token.replaceAll(delimiter, ' ')));
      break;
    }
    default:
      return unsupported('decoder', type);
  }
  return fused;
}

/** Bytes that an earlier step made stay as they are. */
function onText(step: (token: string) => string | Uint8Array): Step {
  return (token) => (typeof token === 'string' ? step(token) : token);
}
