import type { Part } from '../part';

/** The model of a tokenizer: a vocabulary, and how a piece of text is cut into it. */
export interface Vocabulary {
  /** One more than the largest id. */
  readonly size: number;
  /** How many tokens there are; ids may have holes. */
  readonly count: number;
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
  /**
   * @param piece not empty
   * @returns ids; `null` for a character that is not known, where nothing stands for what is unknown.
   */
  encode(piece: string): readonly (number | null)[];
}

/** Tokens by name and by id. */
export class TokenTable {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly tokens = new Map<number, string>();
  readonly size: number;

  constructor(entries: Iterable<readonly [token: string, id: number]>) {
    this.ids = new Map(entries);
    let size = 0;
    for (const [token, id] of this.ids) {
      this.tokens.set(id, token);
      size = Math.max(size, id + 1);
    }
    this.size = size;
  }

  get count(): number {
    return this.ids.size;
  }

  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.tokens.get(id);
  }

  /** The ids of tokens `<0x00>` to `<0xFF>` for the bytes of a text, or null where one is missing. */
  byteTokens(text: string): number[] | null {
    const ids: number[] = [];
    for (const byte of Buffer.from(text)) {
      const id = this.ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
      if (id === undefined) return null;
      ids.push(id);
    }
    return ids;
  }
}

/** A `vocab` of tokens with their ids. */
export function readTokens(part: Part): TokenTable {
  const vocab = part.raw('vocab');
  const entries = typeof vocab === 'object' && vocab !== null && !Array.isArray(vocab) ? Object.entries(vocab) : [];
  if (entries.length === 0) part.refuse('has no vocabulary');
  const wrong = entries.find(([, id]) => !Number.isInteger(id) || id < 0 || id >= 2 ** 32);
  if (wrong) part.refuse(`has no id for ${JSON.stringify(wrong[0].slice(0, 60))} in its vocabulary`);
  return new TokenTable(entries as [string, number][]);
}
