/** A prompt of token ids as typed, where a model has no tokenizer. */
export type TypedIds =
  { readonly ok: true; readonly ids: readonly number[] } | { readonly ok: false; readonly message: string };

/** Whole numbers separated by commas or blanks; the message names the first that is none, or is not in the vocabulary. */
export function readTokenIds(text: string, vocabularySize: number | null): TypedIds {
  const ids: number[] = [];
  for (const part of text.split(/[\s,]+/)) {
    if (part === '') continue;
    const id = Number(part);
    if (!/^\d+$/.test(part) || !Number.isSafeInteger(id)) {
      return { ok: false, message: `“${part.slice(0, 40)}” is no token id. Type whole numbers, separated by commas.` };
    }
    if (vocabularySize !== null && id >= vocabularySize) {
      return { ok: false, message: `Token id ${id} is not in the vocabulary: ids go from 0 to ${vocabularySize - 1}.` };
    }
    ids.push(id);
  }
  return { ok: true, ids };
}
