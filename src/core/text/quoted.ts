import { lineOf } from './tokens';

/** Characters that a sentence quotes of what others wrote. */
export const MOST_QUOTED = 200;

/**
 * Text that others wrote (a name in a file, what a server or a process said) as a part of one sentence: in one line, its control characters shown, and no
 * longer than `most` characters, with an ellipsis for what is left out. Every sentence that quotes goes through here; the
 * whole text belongs in a problem's details.
 */
export function quoted(text: string, most: number = MOST_QUOTED): string {
  // No more is looked at than can be shown: an error message may be megabytes long.
  const line = text
    .slice(0, 8 * most)
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(lineOf(line));
  if (characters.length > most) return `${characters.slice(0, most).join('').trimEnd()}…`;
  return text.length > 8 * most ? `${characters.join('')}…` : characters.join('');
}
