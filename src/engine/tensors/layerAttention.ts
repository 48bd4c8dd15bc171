import { encodeWeights, decodeWeights } from '../../core/numeric/codes';
import { packedLength, packedRow } from '../../core/lens/packed';
import type { Slices } from '../slices';

/** How weights are kept: exact, or as the 8-bit codes of `core/numeric/codes`. */
export type WeightForm = 'float32' | 'codes';

export const BYTES_OF_WEIGHT: Readonly<Record<WeightForm, number>> = { float32: 4, codes: 1 };

/** Rows of a block: what grows at a time, so that nothing is copied to grow. */
const BLOCK_ROWS = 64;

/**
 * The attention of one layer, row by row as passes give it. Only the causal triangle is kept, in blocks of
 * `BLOCK_ROWS` queries: [heads, packed rows of the block].
 */
export class LayerAttention {
  private readonly blocks: (Float32Array | Uint8Array)[] = [];
  private rows = 0;

  constructor(
    readonly heads: number,
    readonly form: WeightForm,
  ) {}

  /** Queries held, from the first. */
  get tokens(): number {
    return this.rows;
  }

  get bytes(): number {
    return this.blocks.reduce((sum, block) => sum + block.byteLength, 0);
  }

  /**
   * Takes the rows of one pass; rows that were there already (before a rollback) are replaced, and those after them go.
   * @param weights [heads, fed, pastLength + fed]
   * @param pastLength at most {@link tokens}.
   */
  async put(weights: Float32Array, pastLength: number, fed: number, slices: Slices): Promise<void> {
    const width = pastLength + fed;
    if (weights.length !== this.heads * fed * width) {
      throw new Error(`attention of ${weights.length / (fed * width)} heads where ${this.heads} are kept`);
    }
    if (pastLength > this.rows) throw new Error(`attention rows ${this.rows} to ${pastLength - 1} are missing`);
    this.rows = pastLength;
    for (let i = 0; i < fed; i++) {
      const query = pastLength + i;
      const { block, stride, start } = this.place(query);
      for (let head = 0; head < this.heads; head++) {
        const from = (head * fed + i) * width;
        const to = head * stride + start;
        if (block instanceof Float32Array) block.set(weights.subarray(from, from + query + 1), to);
        else encodeWeights(weights, from, block, to, query + 1);
      }
      this.rows = query + 1;
      await slices.pause();
    }
  }

  /** Forgets the rows from `tokens` on. */
  truncate(tokens: number): void {
    this.rows = Math.min(this.rows, tokens);
  }

  /** [query + 1] weights of a row; decoded where codes are kept. */
  row(head: number, query: number): Float32Array {
    const { block, stride, start } = this.place(query);
    const from = head * stride + start;
    return block instanceof Float32Array ? block.slice(from, from + query + 1) : decodeWeights(block, from, query + 1);
  }

  weight(head: number, query: number, key: number): number {
    const { block, stride, start } = this.place(query);
    const at = head * stride + start + key;
    return block instanceof Float32Array ? (block[at] as number) : (decodeWeights(block, at, 1)[0] as number);
  }

  /** The packed lower triangle of a head, as kept. */
  packed(head: number): Float32Array | Uint8Array {
    const length = packedLength(this.rows);
    const map = this.form === 'float32' ? new Float32Array(length) : new Uint8Array(length);
    this.blocks.forEach((block, index) => {
      const from = packedRow(index * BLOCK_ROWS);
      if (from >= length) return;
      const stride = block.length / this.heads;
      const count = Math.min(stride, length - from);
      map.set(block.subarray(head * stride, head * stride + count), from);
    });
    return map;
  }

  private place(query: number): { block: Float32Array | Uint8Array; stride: number; start: number } {
    const index = Math.floor(query / BLOCK_ROWS);
    const first = packedRow(index * BLOCK_ROWS);
    const stride = packedRow((index + 1) * BLOCK_ROWS) - first;
    let block = this.blocks[index];
    if (!block) {
      const length = this.heads * stride;
      block = this.form === 'float32' ? new Float32Array(length) : new Uint8Array(length);
      this.blocks[index] = block;
    }
    return { block, stride, start: packedRow(query) - first };
  }
}

/** Bytes that the attention of `layers` layers takes for `tokens` tokens. */
export function attentionBytes(form: WeightForm, layers: number, heads: number, tokens: number): number {
  const blocks = Math.ceil(tokens / BLOCK_ROWS);
  return BYTES_OF_WEIGHT[form] * layers * heads * packedRow(blocks * BLOCK_ROWS);
}
