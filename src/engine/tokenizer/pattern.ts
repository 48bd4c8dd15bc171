import { expression } from './expression';
import type { Part } from './part';
import { escaped } from './unicode';

/** A part of a text, in UTF-16 units, found by a pattern or between what it found. */
export interface Span {
  start: number;
  end: number;
  found: boolean;
}

/** Cuts a text into what it finds and what is between; empty matches are spans too. */
export type Pattern = (text: string) => Span[];

export type Behavior = (typeof BEHAVIORS)[number];
export const BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;

/** A `pattern` of `tokenizer.json`: a text as it stands, or an expression. */
export function readPattern(part: Part): Pattern {
  const given = part.raw('pattern');
  const { String: literal, Regex: source } = (typeof given === 'object' && given !== null ? given : {}) as {
    readonly String?: unknown;
    readonly Regex?: unknown;
  };
  if (typeof literal === 'string') {
    return found(new RegExp(Array.from(literal, (character) => escaped(character.codePointAt(0) ?? 0)).join(''), 'gv'));
  }
  if (typeof source === 'string') return found(expression(source));
  return part.refuse('has no pattern that is a text or an expression');
}

/** @param regex global. */
export function found(regex: RegExp): Pattern {
  return (text) => {
    const spans: Span[] = [];
    let done = 0;
    let from = 0;
    while (text !== '' && from <= text.length) {
      regex.lastIndex = from;
      const match = regex.exec(text);
      if (!match) break;
      const start = match.index;
      const end = start + match[0].length;
      // V8 finds what is empty within a character that takes two units, too.
      if (inPair(text, start)) {
        from = start + 1;
        continue;
      }
      // No empty match right behind a match.
      if (start === end && spans.at(-1)?.found === true && done === end) {
        from = end + lengthAt(text, end);
        continue;
      }
      if (done < start) spans.push({ start: done, end: start, found: false });
      spans.push({ start, end, found: true });
      from = done = end;
    }
    if (done < text.length) spans.push({ start: done, end: text.length, found: false });
    return spans;
  };
}

/** UTF-16 units of the character at a place; 1 at the end. */
function lengthAt(text: string, place: number): number {
  return (text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1;
}

/** Whether a place is between the two units of one character. */
function inPair(text: string, place: number): boolean {
  return place > 0 && (text.codePointAt(place - 1) ?? 0) > 0xffff;
}

/** Finds what the other does not. */
export function inverted(pattern: Pattern): Pattern {
  return (text) => pattern(text).map((span) => ({ ...span, found: !span.found }));
}

/** The pieces of a text, cut by a pattern: as many as the behaviour leaves, none of them empty. */
export function cut(
  text: string,
  pattern: Pattern,
  behavior: Behavior,
): { readonly start: number; readonly end: number }[] {
  const spans = pattern(text);
  let pieces: { start: number; end: number }[] = [];
  switch (behavior) {
    case 'Isolated':
      pieces = spans;
      break;
    case 'Removed':
      pieces = spans.filter((span) => !span.found);
      break;
    case 'Contiguous':
    case 'MergedWithPrevious': {
      let before = false;
      for (const { start, end, found: is } of spans) {
        const last = pieces.at(-1);
        if (last && (behavior === 'Contiguous' ? is === before : is && !before)) last.end = end;
        else pieces.push({ start, end });
        before = is;
      }
      break;
    }
    case 'MergedWithNext': {
      let after = false;
      for (const { start, end, found: is } of spans.toReversed()) {
        const last = pieces.at(-1);
        if (last && is && !after) last.start = start;
        else pieces.push({ start, end });
        after = is;
      }
      pieces.reverse();
      break;
    }
  }
  return pieces.filter(({ start, end }) => start < end);
}

/** The text with everything replaced that was found in it. */
export function joined(spans: readonly Span[], text: string, content: string): string {
  return spans.map(({ start, end, found: is }) => (is ? content : text.slice(start, end))).join('');
}

/** The text with everything replaced that the pattern finds. */
export function replaced(text: string, pattern: Pattern, content: string): string {
  return joined(pattern(text), text, content);
}
