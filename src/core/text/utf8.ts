/** UTF-8 without TextEncoder or TextDecoder, which core does not have; as RFC 3629 (no surrogates, no overlong forms). */

/** Bytes of the character that starts at `at`, or 0 where none does: not a lead byte, cut short, or ill-formed. */
export function characterLength(bytes: ArrayLike<number>, at: number): number {
  const lead = bytes[at];
  if (lead === undefined) return 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] as number;
  const bad =
    (lead === 0xe0 && second < 0xa0) || // overlong
    (lead === 0xed && second > 0x9f) || // surrogate
    (lead === 0xf0 && second < 0x90) || // overlong
    (lead === 0xf4 && second > 0x8f); // beyond U+10FFFF
  return bad ? 0 : length;
}

/** The code point of the well-formed character of `length` bytes at `at`. */
export function codePointAt(bytes: ArrayLike<number>, at: number, length: number): number {
  const lead = bytes[at] as number;
  if (length === 1) return lead;
  let point = lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) point = (point << 6) | ((bytes[at + i] as number) & 0x3f);
  return point;
}

/**
 * Text of bytes.
 * @param onBroken what to write for a byte that belongs to no whole character.
 */
export function decodeUtf8(bytes: ArrayLike<number>, onBroken: (byte: number) => string): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      text += onBroken(bytes[at] as number);
      at++;
    } else {
      text += String.fromCodePoint(codePointAt(bytes, at, length));
      at += length;
    }
  }
  return text;
}

/** UTF-8 of a text; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0) as number;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
    }
  }
  return bytes;
}
