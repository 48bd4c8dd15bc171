import type { Trace } from '../trace/record';

/** An id that two traces read differently. */
export interface ReadOtherwise {
  readonly id: number;
  readonly a: string;
  readonly b: string;
}

/** Ids that read the same in both traces, from which on vocabularies of other sizes count as padded forms of one. */
const ENOUGH_SHARED = 50;
/** Share of the ids named in both that must read the same: a server may show some of them in another way. */
const MOSTLY = 0.9;

/**
 * Whether the ids of two traces mean the same, by what the traces say themselves: no file of a tokenizer is at hand, and a server
 * has none to show. Ids read differently where tokenizers differ; parts of characters and special tokens, which each side shows in
 * its own way, say nothing.
 * @returns null where they mean the same, else an example, which is null too where only the vocabularies differ in size.
 */
export function otherTokenizer(a: Trace, b: Trace): { readonly example: ReadOtherwise | null } | null {
  const texts = tellingTexts(a);
  let same = 0;
  const differ: ReadOtherwise[] = [];
  for (const [id, text] of tellingTexts(b)) {
    const known = texts.get(id);
    if (known === undefined) continue;
    if (known === text) same++;
    else differ.push({ id, a: known, b: text });
  }
  const [example] = differ;
  if (example && same < MOSTLY * (same + differ.length)) return { example };
  const [size, other] = [a.header.model.vocabularySize, b.header.model.vocabularySize];
  const isSameFile = a.header.model.sha256 !== '' && a.header.model.sha256 === b.header.model.sha256;
  const isOtherSize = size > 0 && other > 0 && size !== other;
  return isOtherSize && !isSameFile && same < ENOUGH_SHARED ? { example: null } : null;
}

/** Every id that a trace names, with a text that is whole. */
function tellingTexts({ tokens }: Trace): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const special = new Set<number>();
  for (const token of tokens) {
    if (token.special) special.add(token.id);
    texts.set(token.id, token.text);
    for (const { id, text } of token.judgement?.top ?? []) texts.set(id, text);
  }
  for (const [id, text] of texts) {
    if (special.has(id) || text === '' || /\uFFFD|<0x[0-9A-F]{2}>|^<.*>$/.test(text)) texts.delete(id);
  }
  return texts;
}
