import { CoreError } from '../../errors';
import { decodeUtf8, encodeUtf8 } from '../../text/utf8';
import type { Pattern } from '../pattern';

/** Bytes of a file: four times the largest that is exchanged without compression. */
export const MOST_BYTES = 64 * 2 ** 20;

/** A file as text, before it is known what it is. */
export interface Source {
  readonly lines: readonly string[];
  readonly endOfLine: Pattern['endOfLine'];
  readonly encoding: Pattern['encoding'];
}

/**
 * Text of a file. What is not UTF-8 is read as Latin-1, in which every byte is a character: names are sometimes, cells never.
 * @throws CoreError `life-too-large`, `life-unsupported` for compressed files, `life-invalid` for other binary ones.
 */
export function sourceOf(file: Uint8Array | string): Source {
  if (file.length > MOST_BYTES) {
    throw new CoreError('life-too-large', `The file is larger than ${MOST_BYTES / 2 ** 20} MB, the most that is read.`);
  }
  if (typeof file === 'string') return linesOf(file, 'utf-8');
  if (file[0] === 0x1f && file[1] === 0x8b) throw compressed('gzip');
  if (file[0] === 0x50 && file[1] === 0x4b && (file[2] as number) < 8) throw compressed('zip');
  if (file.includes(0)) throw new CoreError('life-invalid', 'The file is binary, and patterns are text.');
  if (!file.some((byte) => byte >= 0x80)) return linesOf(charactersOf(file), 'utf-8');
  const text = utf8Text(file);
  return text === null ? linesOf(charactersOf(file), 'latin-1') : linesOf(text.replace(/^\ufeff/, ''), 'utf-8');
}

/**
 * Bytes of a file's text, as it was encoded: but UTF-8 where it holds what Latin-1 lacks, or where its bytes in Latin-1 would be
 * read as UTF-8.
 */
export function bytesOf(text: string, encoding: Pattern['encoding']): Uint8Array {
  if (!/[^\u0000-\u007f]/.test(text)) return bytesOfCharacters(text);
  if (encoding === 'latin-1' && !/[^\u0000-\u00ff]/.test(text)) {
    const bytes = bytesOfCharacters(text);
    if (utf8Text(bytes) === null) return bytes;
  }
  return Uint8Array.from(encodeUtf8(text));
}

function linesOf(text: string, encoding: Pattern['encoding']): Source {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return { lines, endOfLine: text.includes('\r\n') ? '\r\n' : '\n', encoding };
}

/** Null where it is no UTF-8. */
function utf8Text(bytes: Uint8Array): string | null {
  let isUtf8 = true;
  const text = decodeUtf8(bytes, () => {
    isUtf8 = false;
    return '';
  });
  return isUtf8 ? text : null;
}

/** A character a byte. */
function charactersOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
}

function bytesOfCharacters(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function compressed(by: string): CoreError {
  return new CoreError('life-unsupported', `The file is compressed (${by}): unpack it and open what is inside.`);
}
