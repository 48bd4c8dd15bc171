import { isDeepStrictEqual } from 'node:util';
import { quoted } from '../../core/text/quoted';
import { Part, UnusableTokenizer } from './part';
import { RUST_WORD } from './unicode';

/** A token that was added to the vocabulary of a model: it is found in the text before anything else is done. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly singleWord: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Looked for in the text as the normalizer leaves it, and written so. */
  readonly normalized: boolean;
}

/**
 * Reads `added_tokens`. The library gives each the id that its content has in the model's vocabulary, and counts on from there; what the
 * file says of ids is not asked.
 * @param idOf ids of the model's vocabulary
 * @param size of the model's vocabulary
 */
export function readAddedTokens(
  list: readonly unknown[],
  idOf: (token: string) => number | undefined,
  size: number,
): AddedToken[] {
  const tokens = new Map<number, AddedToken>();
  let largest = -1;
  for (const [place, value] of list.entries()) {
    const part = new Part(`the added token ${place}`, value);
    part.only('id', 'content', 'single_word', 'lstrip', 'rstrip', 'normalized', 'special');
    const content = part.text('content');
    if (content === '') continue;
    const special = part.flag('special', false);
    const id = idOf(content) ?? Math.max(largest + 1, size);
    largest = Math.max(largest, id);
    const token = {
      id,
      content,
      special,
      singleWord: part.flag('single_word', false),
      lstrip: part.flag('lstrip', false),
      rstrip: part.flag('rstrip', false),
      normalized: part.flag('normalized', !special),
    };
    const same = tokens.get(id);
    if (same && !isDeepStrictEqual(same, token)) {
      // The library then looks for it by the one and treats it by the other.
      part.refuse('has other options than one before it with the same content, which is not supported here');
    }
    tokens.set(id, token);
  }
  return [...tokens.values()];
}

/** Part of a text: an added token (with what it strips), or what lies between. */
export interface Section {
  readonly start: number;
  readonly end: number;
  readonly token: AddedToken | null;
}

interface Node {
  readonly next: Map<number, Node>;
  token: AddedToken | null;
}

const startsWithWord = new RegExp(`^${RUST_WORD}`, 'v');
const endsWithWord = new RegExp(`${RUST_WORD}$`, 'v');
const blank = /\p{White_Space}/u;

/** Finds added tokens in a text: the leftmost first, of those the longest. */
export class AddedTokenFinder {
  private readonly root: Node = { next: new Map(), token: null };

  /**
   * @param tokens each with how it is written in the texts that are looked through.
   * @throws UnusableTokenizer where two are written alike: the library then takes the one or the other.
   */
  constructor(tokens: readonly (readonly [written: string, token: AddedToken])[]) {
    for (const [written, token] of tokens) {
      let node = this.root;
      for (let i = 0; i < written.length; i++) {
        const unit = written.charCodeAt(i);
        let next = node.next.get(unit);
        if (!next) node.next.set(unit, (next = { next: new Map(), token: null }));
        node = next;
      }
      if (node.token) {
        const [one, other] = [node.token, token].map(({ content }) => JSON.stringify(quoted(content, 60)));
        throw new UnusableTokenizer(
          `cannot be used: its normalizer makes one of its added tokens ${one} and ${other}.`,
        );
      }
      node.token = token;
    }
  }

  /** The whole text, in order. */
  sections(text: string): Section[] {
    const sections: Section[] = [];
    let done = 0;
    for (let at = 0; at < text.length; at++) {
      const found = this.longest(text, at);
      if (!found) continue;
      const { token, end: after } = found;
      if (!token.singleWord || isAlone(text, at, after)) {
        let start = at;
        let end = after;
        if (token.lstrip) {
          while (start > done && blank.test(text.charAt(start - 1))) start--;
          // It may be among what the one before stripped.
          start = Math.max(start, done);
        }
        if (token.rstrip) {
          while (end < text.length && blank.test(text.charAt(end))) end++;
        }
        if (done < start) sections.push({ start: done, end: start, token: null });
        if (start < end) sections.push({ start, end, token });
        done = end;
      }
      at = after - 1;
    }
    if (done < text.length) sections.push({ start: done, end: text.length, token: null });
    return sections;
  }

  private longest(text: string, start: number): { readonly token: AddedToken; readonly end: number } | null {
    let found: { readonly token: AddedToken; readonly end: number } | null = null;
    let node: Node | undefined = this.root;
    for (let end = start; ; end++) {
      node = end < text.length ? node.next.get(text.charCodeAt(end)) : undefined;
      if (!node) return found;
      if (node.token) found = { token: node.token, end: end + 1 };
    }
  }
}

/** Whether no word goes on at either side. Two UTF-16 units hold any character. */
function isAlone(text: string, start: number, end: number): boolean {
  return (
    !endsWithWord.test(text.slice(Math.max(0, start - 2), start)) && !startsWithWord.test(text.slice(end, end + 2))
  );
}
