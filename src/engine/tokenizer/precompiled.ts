import type { Part } from './part';

/**
 * SentencePiece's table of replacements: a trie over bytes in a double array (the layout of Darts-clone), and the texts that it points
 * to, each with a zero behind it.
 * https://github.com/google/sentencepiece/blob/master/src/normalizer.cc, `DecodePrecompiledCharsMap`.
 * @returns what the table makes of a text.
 */
export function precompiled(part: Part): (text: string) => string {
  const blob = Buffer.from(part.text('precompiled_charsmap'), 'base64');
  const size = blob.length >= 4 ? blob.readUInt32LE(0) : 0;
  if (size === 0 || size % 4 !== 0 || 4 + size > blob.length) part.refuse('has a table that cannot be read');
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => blob.readUInt32LE(4 + 4 * i));
  const texts = blob.subarray(4 + size);

  const replacement = (chunk: string): string | null => {
    const place = shortestPrefix(units, Buffer.from(chunk));
    if (place === null) return null;
    const end = texts.indexOf(0, place);
    return texts.toString('utf8', place, end < 0 ? texts.length : end);
  };
  const known = new Map<string, string | null>();
  const lookUp = (chunk: string): string | null => {
    let found = known.get(chunk);
    if (found === undefined) known.set(chunk, (found = replacement(chunk)));
    return found;
  };

  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  return (text) => {
    let result = '';
    for (const { segment } of graphemes.segment(text)) {
      // As the library does it: what the shortest entry that the grapheme begins with says stands for all of it.
      const whole = Buffer.byteLength(segment) < 6 ? lookUp(segment) : null;
      result += whole ?? Array.from(segment, (character) => lookUp(character) ?? character).join('');
    }
    return result;
  };
}

/** The value of the shortest entry that the bytes begin with, or null. */
function shortestPrefix(units: Uint32Array, bytes: Uint8Array): number | null {
  const unit = (place: number): number => units[place] ?? 0;
  const offset = (value: number): number => (value >>> 10) << ((value & 0x200) >>> 6);
  let place = offset(unit(0));
  for (const byte of bytes) {
    if (byte === 0) return null;
    place ^= byte;
    const value = unit(place);
    // The label of an inner unit is its byte, with the highest bit zero.
    if ((value & 0x800000ff) >>> 0 !== byte) return null;
    place ^= offset(value);
    if ((value >>> 8) & 1) return unit(place) & 0x7fffffff;
  }
  return null;
}
