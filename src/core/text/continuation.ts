import { textSpans } from './spans';
import { decodeUtf8 } from './utf8';

interface Token {
  readonly id: number;
  readonly text: string;
  readonly bytes: readonly number[];
  readonly special: boolean;
}

/** The tokens that a model is given to say what follows a text. */
export interface Context<T extends Token> {
  readonly tokens: readonly T[];
  /** Tokens of the text itself that were left out at its start. */
  readonly left: number;
}

/**
 * The end of a text's tokens, at most `limit` of them. What a tokenizer puts before every text (a BOS) stays before them;
 * what it puts after every text (an EOS, [SEP]) is taken away, as the text goes on.
 * A special token that the text itself spells is of the text.
 * @param tokens of the text, as its tokenizer gives them
 * @param limit at least 2
 */
export function contextOf<T extends Token>(text: string, tokens: readonly T[], limit: number): Context<T> {
  const added = (token: T | undefined): token is T => token !== undefined && token.special && token.bytes.length === 0;
  const before = (token: T | undefined): boolean => added(token) && !text.startsWith(token.text);
  const after = (token: T | undefined): boolean => added(token) && !text.endsWith(token.text);
  let start = 0;
  let end = tokens.length;
  while (start < end && before(tokens[start])) start++;
  while (end > start && after(tokens[end - 1])) end--;
  const own = Math.max(1, limit - start);
  const first = Math.max(start, end - own);
  return { tokens: [...tokens.slice(0, start), ...tokens.slice(first, end)], left: first - start };
}

/**
 * The token that goes on at a place of a text, as the tokenizer cuts the whole of it; null where a token spans the place or
 * nothing follows.
 * @param at UTF-16 offset
 */
export function tokenAt(text: string, tokens: readonly Token[], at: number): number | null {
  if (at >= text.length) return null;
  const span = textSpans(text, tokens).spans.find(({ start }) => start === at);
  return span && span.first === span.last ? (tokens[span.first]?.id ?? null) : null;
}

/** The text of bytes that are whole characters; null where a byte belongs to none, or there are none. */
export function wholeText(bytes: readonly number[]): string | null {
  let whole = bytes.length > 0;
  const text = decodeUtf8(bytes, () => {
    whole = false;
    return '';
  });
  return whole ? text : null;
}

/**
 * The end of a text of at most `most` UTF-16 units, which does not begin within a character, nor, where it can be helped,
 * within a word.
 */
export function endOfText(text: string, most: number): string {
  if (text.length <= most) return text;
  let start = text.length - most;
  const code = text.charCodeAt(start);
  if (code >= 0xdc00 && code < 0xe000) start++;
  const blank = text.slice(start, start + LONGEST_WORD).search(/\s/);
  return text.slice(blank >= 0 && start + blank < text.length - 1 ? start + blank : start);
}

const LONGEST_WORD = 64;
