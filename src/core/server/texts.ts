/** What stands where bytes are no whole character. */
const BROKEN = '\uFFFD';

/**
 * Gives each token its part of a text. A server decodes tokens one by one, and so leaves out the blank that some tokenizers write
 * before a word, and has no text for a part of a character: the last token of a character gets all of it.
 * @param texts what each token reads as by itself, empty where that is not known.
 * @returns null where the tokens do not make the text.
 */
export function alignTexts(texts: readonly string[], whole: string): string[] | null {
  const aligned = texts.map(() => '');
  let at = 0;
  /** The last token whose text is not known: what stands before the next known one is its. */
  let open: number | null = null;
  for (const [i, text] of texts.entries()) {
    if (text === '' || text.includes(BROKEN)) {
      open = i;
      continue;
    }
    const start = open === null ? at : whole.indexOf(text, at);
    if (start < 0) return null;
    const blank = whole[open === null ? start : start - 1] === ' ' && !text.startsWith(' ');
    if (open !== null) {
      const begin = blank && start - at > 1 ? start - 1 : start;
      aligned[open] = whole.slice(at, begin);
      aligned[i] = whole.slice(begin, start + text.length);
      at = start + text.length;
      open = null;
    } else if (whole.startsWith(text, at)) {
      aligned[i] = text;
      at += text.length;
    } else if (blank && whole.startsWith(text, at + 1)) {
      aligned[i] = ` ${text}`;
      at += 1 + text.length;
    } else return null;
  }
  if (open !== null) aligned[open] = whole.slice(at);
  else if (at < whole.length) return null;
  return aligned;
}
