import { byteLevelBytes } from '../tokenizer/byteLevel';
import { lenientText, shownText } from '../tokenizer/shownText';

export interface NamedToken {
  readonly text: string;
  readonly bytes: readonly number[];
}

/**
 * What tokens read as, from their names in a vocabulary (`Ġfib`, `▁the`, `<0xE2>`), which byte-level and SentencePiece
 * tokenizers write each in their way.
 * @param whole what they make together, where it is known: a way of reading that does not give it is not taken.
 */
export function readTokenNames(names: readonly string[], whole: string | null): readonly NamedToken[] {
  const marks = whole !== null || names.some((name) => /[ĠĊ]/.test(name));
  const ways = [...(marks ? [byteLevel] : []), sentencePiece];
  for (const way of ways) {
    const bytes = names.map(way);
    if (whole === null || lenientText(Uint8Array.from(bytes.flatMap((each) => [...each]))).includes(whole)) {
      return bytes.map((each) => ({ text: shownText(each), bytes: [...each] }));
    }
  }
  return names.map((text) => ({ text, bytes: [...Buffer.from(text)] }));
}

function byteLevel(name: string): Uint8Array {
  return byteLevelBytes(name) ?? Buffer.from(name);
}

function sentencePiece(name: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(name)?.[1];
  return byte === undefined ? Buffer.from(name.replaceAll('▁', ' ')) : Uint8Array.of(parseInt(byte, 16));
}
