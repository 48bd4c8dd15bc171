import { topK } from '../../numeric/ranking';
import type { EmbeddingMatrix } from '../decoder';

/** The tokens whose embeddings are nearest to a token's own, nearest first, in order of id where equally far. */
export class Neighbours {
  private readonly known = new Map<number, Uint32Array>();

  /** @param count tokens asked for; at most all others. */
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

  private find(id: number): Uint32Array {
    const { rows, width, values } = this.embeddings;
    const closeness = new Float64Array(rows);
    const own = id * width;
    for (let other = 0; other < rows; other++) {
      let squared = 0;
      for (let i = 0, at = other * width; i < width; i++, at++) {
        const difference = (values[at] as number) - (values[own + i] as number);
        squared += difference * difference;
      }
      closeness[other] = -squared;
    }
    closeness[id] = -Infinity;
    return topK(closeness, Math.min(this.count, rows - 1));
  }
}
