import type { Part } from '../part';
import { TokenTable, type Vocabulary } from './vocabulary';

/** An unknown character costs so much more than the least likely token (SentencePiece's `kUnkPenalty`). */
const UNKNOWN_PENALTY = 10;

interface Node {
  /** Most nodes are the end of a token and have none. */
  next: Map<number, Node> | undefined;
  /** The score of the token that ends here. */
  score: number | undefined;
  id: number;
}

const leaf = (): Node => ({ next: undefined, score: undefined, id: -1 });

/** The cut of a piece into tokens whose scores add up to most; neighbours that are unknown become one. */
export function unigram(part: Part): Vocabulary {
  const { tokens, scores } = readScores(part.only('vocab', 'unk_id', 'byte_fallback'));
  const table = new TokenTable(tokens.map((token, id) => [token, id]));
  const unknown = part.has('unk_id') ? part.count('unk_id') : null;
  if (unknown !== null && unknown >= tokens.length) part.refuse('has an unk_id that is in no vocabulary');
  const byteFallback = part.flag('byte_fallback', false);
  const unknownScore = scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;

  const root = leaf();
  tokens.forEach((token) => {
    let node = root;
    for (let i = 0; i < token.length; i++) {
      const unit = token.charCodeAt(i);
      node.next ??= new Map();
      let next = node.next.get(unit);
      if (!next) node.next.set(unit, (next = leaf()));
      node = next;
    }
    // Of tokens that are written alike the last counts.
    node.id = table.idOf(token) ?? -1;
    node.score = scores[node.id];
  });

  /** The pieces of the best cut; what is unknown is joined. Null where there is none. */
  const best = (text: string): string[] | null => {
    const score = new Float64Array(text.length + 1);
    const from = new Int32Array(text.length + 1).fill(-1);
    const ids = new Int32Array(text.length + 1);
    const offer = (start: number, end: number, more: number, id: number): void => {
      const candidate = more + (score[start] ?? 0);
      if ((from[end] ?? -1) >= 0 && candidate <= (score[end] ?? 0)) return;
      score[end] = candidate;
      from[end] = start;
      ids[end] = id;
    };
    for (let start = 0; start < text.length;) {
      const width = (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
      let single = false;
      let node: Node | undefined = root;
      for (let end = start; end < text.length;) {
        node = node.next?.get(text.charCodeAt(end++));
        if (!node) break;
        if (node.score === undefined) continue;
        offer(start, end, node.score, node.id);
        single ||= end - start === width;
      }
      if (!single) {
        if (unknown === null) return null;
        offer(start, start + width, unknownScore, unknown);
      }
      start += width;
    }
    const pieces: string[] = [];
    let joined = '';
    for (let end = text.length; end > 0;) {
      const start = from[end] ?? 0;
      const piece = text.slice(start, end);
      if (ids[end] === unknown) joined = piece + joined;
      else {
        if (joined !== '') pieces.push(joined);
        joined = '';
        pieces.push(piece);
      }
      end = start;
    }
    if (joined !== '') pieces.push(joined);
    return pieces.reverse();
  };

  const encode = (piece: string): (number | null)[] =>
    (best(piece) ?? [null]).flatMap((token): (number | null)[] => {
      if (token === null) return [null];
      const id = table.idOf(token);
      if (id !== undefined) return [id];
      return (byteFallback ? table.byteTokens(token) : null) ?? [unknown];
    });
  return {
    size: table.size,
    count: tokens.length,
    idOf: (token) => table.idOf(token),
    tokenOf: (id) => tokens[id],
    encode,
  };
}

function readScores(part: Part): { readonly tokens: readonly string[]; readonly scores: readonly number[] } {
  const entries = part.list('vocab');
  const tokens: string[] = [];
  const scores: number[] = [];
  for (const entry of entries) {
    const [token, score] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    if (typeof token !== 'string' || typeof score !== 'number') return part.refuse('has a vocabulary without scores');
    tokens.push(token);
    scores.push(score);
  }
  if (tokens.length === 0) part.refuse('has no vocabulary');
  return { tokens, scores };
}
