import type { Part } from '../part';
import { readTokens, type Vocabulary } from './vocabulary';

/** The longest token that a word begins with, again and again; a word that is not wholly covered is unknown. */
export function wordPiece(part: Part): Vocabulary {
  const table = readTokens(part.only('vocab', 'unk_token', 'continuing_subword_prefix', 'max_input_chars_per_word'));
  const unknown = table.idOf(part.text('unk_token', '[UNK]')) ?? null;
  const prefix = part.text('continuing_subword_prefix', '##');
  const longest = part.count('max_input_chars_per_word', 100);

  const encode = (word: string): (number | null)[] => {
    const characters = Array.from(word);
    if (characters.length > longest) return [unknown];
    const ids: number[] = [];
    for (let start = 0; start < characters.length;) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > start; end--) {
        id = table.idOf((start > 0 ? prefix : '') + characters.slice(start, end).join(''));
        if (id !== undefined) break;
      }
      if (id === undefined) return [unknown];
      ids.push(id);
      start = end;
    }
    return ids;
  };
  return {
    size: table.size,
    count: table.count,
    idOf: (token) => table.idOf(token),
    tokenOf: (id) => table.tokenOf(id),
    encode,
  };
}
