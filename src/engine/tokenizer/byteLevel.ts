/**
 * GPT-2's byte map: each byte has one visible character, so that a vocabulary of bytes can be written as text.
 * Bytes that are printable Latin-1 stand for themselves, the others for U+0100 and on, in order.
 * https://github.com/openai/gpt-2/blob/master/src/encoder.py, `bytes_to_unicode`.
 */
const byteToCharacter: readonly string[] = makeMap();
const characterToByte: ReadonlyMap<string, number> = new Map(
  byteToCharacter.map((character, byte) => [character, byte]),
);

function makeMap(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    return String.fromCharCode(visible ? byte : next++);
  });
}

/** The bytes of a text in UTF-8, each as its character. */
export function byteLevelText(text: string): string {
  return Array.from(Buffer.from(text), (byte) => byteToCharacter[byte]).join('');
}

/** The bytes that a byte-level token stands for, or null where it has a character outside the map (an added token). */
export function byteLevelBytes(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = characterToByte.get(token.charAt(i));
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}
