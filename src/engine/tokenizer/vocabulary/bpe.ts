import type { Part } from '../part';
import { readTokens, type TokenTable, type Vocabulary } from './vocabulary';

/** Pieces up to this length (UTF-16 units) are remembered, so many of them. */
const REMEMBERED_LENGTH = 256;
const REMEMBERED = 10_000;

interface Merge {
  readonly rank: number;
  readonly id: number;
}

/** The characters of a piece, of which pairs are merged in the order in which training found them. */
export function bpe(part: Part): Vocabulary {
  part.only(
    ...['vocab', 'merges', 'dropout', 'unk_token', 'continuing_subword_prefix', 'end_of_word_suffix'],
    ...['fuse_unk', 'byte_fallback', 'ignore_merges'],
  );
  // With dropout the ids of a text are drawn by chance.
  if (part.has('dropout') && part.raw('dropout') !== 0)
    part.refuse('has the option dropout, which is not supported here');
  const table = readTokens(part);
  const prefix = part.text('continuing_subword_prefix', '');
  if (/[^\0-\x7f]/.test(prefix))
    part.refuse('has a continuing_subword_prefix beyond ASCII, which is not supported here');
  const merges = readMerges(part, table, prefix.length);
  const unknownToken = part.text('unk_token', '');
  const unknown = part.has('unk_token') ? (table.idOf(unknownToken) ?? null) : undefined;
  const characters = new Characters(table, {
    prefix,
    suffix: part.text('end_of_word_suffix', ''),
    unknown,
    fused: part.flag('fuse_unk', false),
    byteFallback: part.flag('byte_fallback', false),
  });
  const ignoresMerges = part.flag('ignore_merges', false);

  const remembered = new Map<string, readonly (number | null)[]>();
  const encode = (piece: string): readonly (number | null)[] => {
    const known = remembered.get(piece);
    if (known) return known;
    const whole = ignoresMerges ? table.idOf(piece) : undefined;
    const ids = whole === undefined ? merged(characters.of(piece), merges, table.size) : [whole];
    if (piece.length <= REMEMBERED_LENGTH) {
      if (remembered.size >= REMEMBERED) remembered.clear();
      remembered.set(piece, ids);
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

/** By a pair of ids, as `left * size + right`. */
function readMerges(part: Part, table: TokenTable, prefixLength: number): ReadonlyMap<number, Merge> {
  const merges = new Map<number, Merge>();
  const lines = part.list('merges').filter((line) => typeof line !== 'string' || !line.startsWith('#version'));
  for (const [rank, line] of lines.entries()) {
    const pair: unknown = typeof line === 'string' ? line.split(' ') : line;
    if (!isPair(pair)) return part.refuse(`has something else than a pair as merge ${rank + 1}`);
    const [left, right] = pair.map((token) => table.idOf(token));
    const id = table.idOf(pair[0] + pair[1].slice(prefixLength));
    if (left === undefined || right === undefined || id === undefined) {
      return part.refuse(`has a merge (${rank + 1}) of tokens that are not in its vocabulary`);
    }
    merges.set(left * table.size + right, { rank, id });
  }
  return merges;
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');
}

interface CharacterRules {
  readonly prefix: string;
  readonly suffix: string;
  /** The id for what is not known; undefined where it is left out, null where it is in no vocabulary. */
  readonly unknown: number | null | undefined;
  readonly fused: boolean;
  readonly byteFallback: boolean;
}

class Characters {
  constructor(
    private readonly table: TokenTable,
    private readonly rules: CharacterRules,
  ) {}

  /** The ids of the characters of a piece, before anything is merged. */
  of(piece: string): (number | null)[] {
    const { prefix, suffix, unknown, fused, byteFallback } = this.rules;
    const ids: (number | null)[] = [];
    const characters = Array.from(piece);
    // As the library does it, an unknown character waits for the next known one: bytes come before it.
    let waiting = false;
    characters.forEach((character, i) => {
      const token = (i > 0 ? prefix : '') + character + (i === characters.length - 1 ? suffix : '');
      const id = this.table.idOf(token);
      if (id !== undefined) {
        if (waiting) ids.push(unknown ?? null);
        waiting = false;
        ids.push(id);
        return;
      }
      const bytes = byteFallback ? this.table.byteTokens(token) : null;
      if (bytes) ids.push(...bytes);
      else if (unknown !== undefined) {
        if (waiting && !fused) ids.push(unknown);
        waiting = true;
      }
    });
    if (waiting) ids.push(unknown ?? null);
    return ids;
  }
}

/** Merges pairs, the lowest rank first, of those the leftmost. */
function merged(
  symbols: readonly (number | null)[],
  merges: ReadonlyMap<number, Merge>,
  size: number,
): (number | null)[] {
  const ids = [...symbols];
  const { length } = ids;
  if (length < 2) return ids;
  const next = Int32Array.from({ length }, (_, i) => (i + 1 < length ? i + 1 : -1));
  const previous = Int32Array.from({ length }, (_, i) => i - 1);
  const gone = new Uint8Array(length);
  const queue = new MergeQueue(length);
  const mergeAt = (place: number): Merge | undefined => {
    const after = next[place] ?? -1;
    const [left, right] = [ids[place], after < 0 ? null : ids[after]];
    return typeof left === 'number' && typeof right === 'number' ? merges.get(left * size + right) : undefined;
  };
  const offer = (place: number): void => {
    const merge = mergeAt(place);
    if (merge) queue.push(merge.rank, place, merge.id);
  };
  for (let i = 0; i + 1 < length; i++) offer(i);
  for (let top = queue.pop(); top; top = queue.pop()) {
    const { place, id } = top;
    // What was queued may have changed since.
    if (gone[place] === 1 || mergeAt(place)?.id !== id) continue;
    const right = next[place] ?? -1;
    const after = next[right] ?? -1;
    ids[place] = id;
    gone[right] = 1;
    next[place] = after;
    if (after >= 0) previous[after] = place;
    const before = previous[place] ?? -1;
    if (before >= 0) offer(before);
    offer(place);
  }
  return ids.filter((_, i) => gone[i] === 0);
}

interface QueuedMerge {
  readonly rank: number;
  readonly place: number;
  readonly id: number;
}

/** A binary heap: the lowest rank first, then the leftmost place. */
class MergeQueue {
  private readonly heap: QueuedMerge[] = [];
  private readonly span: number;

  constructor(length: number) {
    this.span = length;
  }

  push(rank: number, place: number, id: number): void {
    const { heap } = this;
    const merge = { rank, place, id };
    let at = heap.length;
    heap.push(merge);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as QueuedMerge;
      if (this.key(above) <= this.key(merge)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = merge;
  }

  pop(): QueuedMerge | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.key(heap[child + 1] as QueuedMerge) < this.key(heap[child] as QueuedMerge)) {
        child++;
      }
      const below = heap[child] as QueuedMerge;
      if (this.key(last) <= this.key(below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  private key({ rank, place }: QueuedMerge): number {
    return rank * this.span + place;
  }
}
