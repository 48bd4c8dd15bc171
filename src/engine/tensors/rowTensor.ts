/** Rows of a block, and its floats at most: what grows at a time, so that nothing is copied to grow. */
const BLOCK_ROWS = 64;
const BLOCK_FLOATS = 1 << 18;

/** Rows of float32, one a token, as passes give them: hidden states [tokens, width], logits [tokens, vocabulary]. */
export class RowTensor {
  private readonly blocks: Float32Array[] = [];
  private readonly blockRows: number;
  private count = 0;

  /** @param limit rows after this many are not kept. */
  constructor(
    readonly width: number,
    readonly limit = Infinity,
  ) {
    this.blockRows = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_FLOATS / width)));
  }

  /** Rows held, from the first. */
  get rows(): number {
    return this.count;
  }

  get bytes(): number {
    return this.blocks.length * this.blockRows * this.width * 4;
  }

  /**
   * Takes the rows of one pass; rows that were there already (before a rollback) are replaced, and those after them go.
   * @param values [fed, width]
   */
  put(values: Float32Array, pastLength: number, fed: number): void {
    if (pastLength > this.count) {
      if (this.count >= this.limit) return;
      throw new Error(`rows ${this.count} to ${pastLength - 1} are missing`);
    }
    const end = Math.min(pastLength + fed, this.limit);
    for (let row = pastLength; row < end; row++) {
      const index = Math.floor(row / this.blockRows);
      const block = (this.blocks[index] ??= new Float32Array(this.blockRows * this.width));
      const from = (row - pastLength) * this.width;
      block.set(values.subarray(from, from + this.width), (row % this.blockRows) * this.width);
    }
    this.count = Math.max(pastLength, end);
  }

  /** Forgets the rows from `rows` on. */
  truncate(rows: number): void {
    this.count = Math.min(this.count, rows);
  }

  /** A copy of one row, or undefined where it is not held. */
  row(index: number): Float32Array | undefined {
    if (index < 0 || index >= this.count) return undefined;
    const start = (index % this.blockRows) * this.width;
    return this.blocks[Math.floor(index / this.blockRows)]?.slice(start, start + this.width);
  }
}
