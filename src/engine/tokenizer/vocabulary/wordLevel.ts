import type { Part } from '../part';
import { readTokens, type Vocabulary } from './vocabulary';

/** A piece is a token, or unknown. */
export function wordLevel(part: Part): Vocabulary {
  const table = readTokens(part.only('vocab', 'unk_token'));
  const unknown = table.idOf(part.text('unk_token', '')) ?? null;
  return {
    size: table.size,
    count: table.count,
    idOf: (token) => table.idOf(token),
    tokenOf: (id) => table.tokenOf(id),
    encode: (piece) => [table.idOf(piece) ?? unknown],
  };
}
