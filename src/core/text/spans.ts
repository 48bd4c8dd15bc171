import { groupTokens } from './tokens';

/** A stretch of text and the tokens that it is made of: one, or several where a character's bytes are spread over them. */
export interface TokenSpan {
  /** UTF-16 offsets in the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Places of its tokens, `last` inclusive. */
  readonly first: number;
  readonly last: number;
}

export interface TextSpans {
  readonly spans: readonly TokenSpan[];
  /**
   * The whole text is covered. Otherwise its tokens stop saying its bytes at `end` of the last span: a tokenizer that
   * changes texts (letter case, blanks, characters it does not know) has no offsets to give from there on.
   */
  readonly whole: boolean;
}

/**
 * Where the tokens of a text stand in it. Special tokens have no place. A blank that a tokenizer puts before every text
 * (SentencePiece) belongs to the first token and to no character.
 * @param tokens of the whole text, in their order, with the bytes that each stands for.
 */
export function textSpans(text: string, tokens: readonly { readonly bytes: readonly number[] }[]): TextSpans {
  const spans: TokenSpan[] = [];
  const addedBlank = hasAddedBlank(text, tokens);
  let at = 0;
  let begun = false;
  for (const { start: first, end } of groupTokens(tokens)) {
    const bytes = tokens.slice(first, end).flatMap((token) => token.bytes);
    if (bytes.length === 0) continue;
    const next = afterBytes(text, at, addedBlank && !begun ? bytes.slice(1) : bytes);
    begun = true;
    if (next === null) break;
    if (next > at) spans.push({ start: at, end: next, first, last: end - 1 });
    at = next;
  }
  return { spans, whole: at === text.length };
}

const BLANK = 0x20;

/** Whether the first byte is a blank that the text does not have: it begins otherwise, or is one byte shorter. */
function hasAddedBlank(text: string, tokens: readonly { readonly bytes: readonly number[] }[]): boolean {
  if (tokens.find(({ bytes }) => bytes.length > 0)?.bytes[0] !== BLANK) return false;
  if (text.charCodeAt(0) !== BLANK) return true;
  const said = tokens.reduce((sum, { bytes }) => sum + bytes.length, 0);
  let length = 0;
  for (const character of text) length += utf8Of(character.codePointAt(0) ?? 0).length;
  return said === length + 1;
}

/** The offset after these bytes of the text; null where it says others there. */
function afterBytes(text: string, from: number, bytes: readonly number[]): number | null {
  let at = from;
  for (let read = 0; read < bytes.length;) {
    const point = text.codePointAt(at);
    if (point === undefined) return null;
    const expected = utf8Of(point);
    if (expected.some((byte, i) => byte !== bytes[read + i])) return null;
    read += expected.length;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}

/** UTF-8 of a code point; of half a surrogate pair what encoders write instead, U+FFFD. */
function utf8Of(point: number): readonly number[] {
  const tail = (shift: number): number => 0x80 | ((point >> shift) & 0x3f);
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), tail(0)];
  if (point >= 0xd800 && point < 0xe000) return [0xef, 0xbf, 0xbd];
  if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)];
  return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)];
}
