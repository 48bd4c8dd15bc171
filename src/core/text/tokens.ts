import { characterLength, decodeUtf8 } from './utf8';

/** A byte that is no whole character, as every view shows it: `<0xE2>`. */
export function byteText(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** What the bytes of a token read as: whole characters as they are, other bytes as `<0xE2>`. */
export function textOfBytes(bytes: ArrayLike<number>): string {
  return decodeUtf8(bytes, byteText);
}

/**
 * A token's text as a label: breaks between tokens stay visible. A leading space is a middle dot (as VS Code draws
 * whitespace), a newline ↵, a carriage return ␍, a tab →; other control characters are their code, `<0x07>`.
 */
export function tokenLabel(text: string): string {
  let label = '';
  let leading = true;
  for (const character of text) {
    if (character !== ' ') leading = false;
    label += leading ? '·' : visible(character);
  }
  return label;
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
/** The same without line breaks (CR alone is none) and tabs. */
const UNPRINTABLE = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Text that stands in one line and steers nothing: its control characters as labels of tokens show them. */
export function lineOf(text: string): string {
  return text.replace(CONTROLS, visible);
}

/** Text of any number of lines that steers no terminal: all control characters but line breaks and tabs as labels show them. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, visible);
}

function visible(character: string): string {
  switch (character) {
    case '\n':
      return '↵';
    case '\r':
      return '␍';
    case '\t':
      return '→';
    default: {
      const point = character.codePointAt(0) as number;
      return point < 0x20 || (point >= 0x7f && point < 0xa0) ? byteText(point) : character;
    }
  }
}

/** Neighbouring tokens that belong together, because a character's bytes are spread over them. */
export interface TokenGroup {
  /** First token, and one past the last. */
  readonly start: number;
  readonly end: number;
  /** The text of the whole group: whole characters as they are, bytes of none as `<0xE2>`. */
  readonly text: string;
}

/**
 * Groups tokens so that no character is split between groups: mostly one token each.
 * @param tokens bytes of each token; a special token (no bytes) always stands alone and breaks a character.
 */
export function groupTokens(tokens: readonly { readonly bytes: readonly number[] }[]): TokenGroup[] {
  const groups: TokenGroup[] = [];
  for (let start = 0; start < tokens.length;) {
    let bytes = tokens[start]?.bytes ?? [];
    let end = start + 1;
    // A character takes at most four bytes, so an unfinished one asks for at most three tokens more.
    for (let unfinished = unfinishedAt(bytes); unfinished >= 0; unfinished = unfinishedAt(bytes)) {
      const joined = [...bytes];
      let next = end;
      while (next < tokens.length && joined.length < unfinished + 4 && characterLength(joined, unfinished) === 0) {
        const more = tokens[next]?.bytes ?? [];
        if (more.length === 0) break;
        joined.push(...more);
        next++;
      }
      if (characterLength(joined, unfinished) === 0) break;
      bytes = joined;
      end = next;
    }
    groups.push({ start, end, text: textOfBytes(bytes) });
    start = end;
  }
  return groups;
}

/** Where the bytes end within a character that more bytes could complete; −1 where they do not. */
function unfinishedAt(bytes: readonly number[]): number {
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    if (length > 0) at += length;
    else if (isUnfinished(bytes, at)) return at;
    else at++;
  }
  return -1;
}

function isUnfinished(bytes: readonly number[], at: number): boolean {
  const tail = bytes.slice(at);
  if (tail.length > 3 || tail.slice(1).some((byte) => (byte & 0xc0) !== 0x80)) return false;
  // Completed by the continuation bytes that are most and least likely to be refused after each lead.
  for (const filler of [0x80, 0xbf]) {
    const lengths = [2, 3, 4].filter((n) => n > tail.length);
    if (lengths.some((n) => characterLength([...tail, ...new Array<number>(n - tail.length).fill(filler)], 0) === n)) {
      return true;
    }
  }
  return false;
}
