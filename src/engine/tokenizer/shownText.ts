/** Length of the UTF-8 sequence that begins at `start`, or 0 where none does (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first <= 0xf4 ? 4 : 0;
  if (length === 0 || first < 0xc2 || start + length > bytes.length) return 0;
  const second = bytes[start + 1] ?? 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if (((bytes[start + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes as a person reads them: whole characters as they are, any other byte as `<0xE2>`. */
export function shownText(bytes: Uint8Array): string {
  let text = '';
  let wholeFrom = 0;
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    text += decoder.decode(bytes.subarray(wholeFrom, i));
    text += `<0x${(bytes[i] ?? 0).toString(16).toUpperCase().padStart(2, '0')}>`;
    wholeFrom = ++i;
  }
  return text + decoder.decode(bytes.subarray(wholeFrom));
}

/** Bytes as text; what is no whole character becomes U+FFFD. */
export function lenientText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
