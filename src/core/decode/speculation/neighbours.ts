import type { EmbeddingMatrix } from '../decoder';

/** The tokens whose embeddings are nearest to a token's own, nearest first, in order of id where equally far. */
export class Neighbours {
  private readonly known = new Map<number, Uint32Array>();

  /** @param embeddings of fewer than 2^21 tokens. @param count tokens asked for; at most all others. */
  constructor(
    private readonly embeddings: EmbeddingMatrix,
    readonly count: number,
  ) {}

  /** [min(count, rows − 1)] ids by L2 distance, the token itself left out. */
  of(id: number): Uint32Array {
    let nearest = this.known.get(id);
    if (!nearest) {
      nearest = this.find(id);
      this.known.set(id, nearest);
    }
    return nearest;
  }

  /** Multiplications that finding the neighbours of one token takes. */
  get cost(): number {
    return this.embeddings.rows * this.embeddings.width;
  }

  private find(id: number): Uint32Array {
    const { rows, width, values } = this.embeddings;
    const distances = new Float32Array(rows);
    for (let other = 0, at = 0; other < rows; other++) {
      let squared = 0;
      for (let i = 0, own = id * width; i < width; i++, at++, own++) {
        const difference = (values[at] as number) - (values[own] as number);
        squared += difference * difference;
      }
      distances[other] = squared;
    }
    // Bits of floats that are not negative are in the order of the floats: with the id behind them one number holds both.
    const bits = new Uint32Array(distances.buffer);
    const keys = new Float64Array(rows);
    for (let other = 0; other < rows; other++) keys[other] = (bits[other] as number) * MOST_ROWS + other;
    keys[id] = Infinity;
    keys.sort();
    const nearest = new Uint32Array(Math.min(this.count, rows - 1));
    for (let i = 0; i < nearest.length; i++) nearest[i] = (keys[i] as number) % MOST_ROWS;
    return nearest;
  }
}

/** 32 bits of distance and 21 of the id are what a float64 holds. */
const MOST_ROWS = 2 ** 21;
