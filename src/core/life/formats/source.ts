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
  let isUtf8 = true;
  const text = decodeUtf8(file, () => {
    isUtf8 = false;
    return '';
  });
  return isUtf8 ? linesOf(text.replace(/^\ufeff/, ''), 'utf-8') : linesOf(charactersOf(file), 'latin-1');
}

/** Bytes of a file's text, as it was encoded; what Latin-1 lacks makes it UTF-8. */
export function bytesOf(text: string, encoding: Pattern['encoding']): Uint8Array {
  const isByte = encoding === 'latin-1' && !/[^\u0000-\u00ff]/.test(text);
  if (!isByte && /[^\u0000-\u007f]/.test(text)) return Uint8Array.from(encodeUtf8(text));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function linesOf(text: string, encoding: Pattern['encoding']): Source {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return { lines, endOfLine: text.includes('\r\n') ? '\r\n' : '\n', encoding };
}

/** A character a byte. */
function charactersOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
}

function compressed(by: string): CoreError {
  return new CoreError('life-unsupported', `The file is compressed (${by}): unpack it and open what is inside.`);
}
