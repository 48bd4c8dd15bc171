import { neighbourhood, placeOf, type CellPlace } from './neighbourhood';
import type { GridSize } from './topology';

/** How a row of attention divides; the three sum to 1. */
export interface GridMass {
  /** On the cell that is predicted and the eight around it. */
  readonly neighbourhood: number;
  /** On the other cells of the board. */
  readonly elsewhere: number;
  /** On tokens that are no cells of the board: the words of the prompt, and the answer so far. */
  readonly outside: number;
}

/**
 * Divides the row of attention that predicts a cell: the row of the token before it, not its own.
 * @param weights [height, width] from `offset`: weights on the cells of the board that was given, row by row.
 */
export function gridMass(weights: ArrayLike<number>, offset: number, cell: number, size: GridSize): GridMass {
  let board = 0;
  for (let at = 0; at < size.width * size.height; at++) board += weights[offset + at] as number;
  let near = 0;
  for (const at of neighbourhood(cell, size)) near += weights[offset + at] as number;
  return {
    neighbourhood: near,
    elsewhere: Math.max(0, board - near),
    // What float32 leaves of 1 is no mass.
    outside: Math.max(0, 1 - board),
  };
}

/** Share of the board that a Moore neighbourhood is: the score of a head that looks evenly at the whole board. */
export function mooreChance(size: GridSize): number {
  const cells = size.width * size.height;
  let sum = 0;
  for (let cell = 0; cell < cells; cell++) sum += neighbourhood(cell, size).length;
  return sum / cells / cells;
}

/** One head over the cells of a board. Means over cells. */
export interface GridHeadSummary extends GridMass {
  /** Entropy of the whole row, in bits. */
  readonly entropy: number;
  /** Moore score (mass on the 3 × 3 cells) by place on the board; null where no cell stands there. */
  readonly byPlace: Readonly<Record<CellPlace, number | null>>;
  /**
   * [2 r + 1, 2 r + 1] weight on the cell that is dy rows below and dx columns right of the predicted one, dy and dx from
   * −r to r; the mean over the cells that have such a neighbour, which on a torus all have.
   */
  readonly byOffset: Float32Array;
}

/** Rows and columns around a cell that the mean by offset covers at most. */
const LARGEST_RADIUS = 3;

/** The same on this board: no cell is met twice around a narrow torus. */
export function offsetRadius({ width, height }: Pick<GridSize, 'width' | 'height'>): number {
  return Math.max(0, Math.min(LARGEST_RADIUS, Math.floor((Math.min(width, height) - 1) / 2)));
}

/**
 * Where a head looks on the board when it predicts cells, over many cells: the neighbourhood score of `5_attn_neighborhood_score.py`
 * (LifeGPT_mech_interp), with the row of the token that predicts the cell. Row by row, so that no map need be held.
 */
export class GridAttentionAccumulator {
  private cells = 0;
  private readonly mass = { neighbourhood: 0, elsewhere: 0, outside: 0 };
  private entropy = 0;
  private readonly places: Record<CellPlace, { sum: number; cells: number }> = {
    bulk: { sum: 0, cells: 0 },
    edge: { sum: 0, cells: 0 },
    corner: { sum: 0, cells: 0 },
  };
  private readonly radius: number;
  private readonly offsets: Float64Array;
  private readonly offsetCells: Float64Array;

  constructor(private readonly size: GridSize) {
    this.radius = offsetRadius(size);
    const count = (2 * this.radius + 1) ** 2;
    this.offsets = new Float64Array(count);
    this.offsetCells = new Float64Array(count);
  }

  /**
   * @param weights [height, width] from `offset`: the weights of the row on the cells of the board.
   * @param entropy of the whole row, in bits.
   */
  add(weights: ArrayLike<number>, offset: number, cell: number, entropy: number): void {
    const mass = gridMass(weights, offset, cell, this.size);
    this.cells++;
    this.entropy += entropy;
    this.mass.neighbourhood += mass.neighbourhood;
    this.mass.elsewhere += mass.elsewhere;
    this.mass.outside += mass.outside;
    const place = this.places[placeOf(cell, this.size)];
    place.sum += mass.neighbourhood;
    place.cells++;
    this.addOffsets(weights, offset, cell);
  }

  private addOffsets(weights: ArrayLike<number>, offset: number, cell: number): void {
    const { width, height, topology } = this.size;
    const [row, column] = [Math.floor(cell / width), cell % width];
    let index = 0;
    for (let dy = -this.radius; dy <= this.radius; dy++) {
      for (let dx = -this.radius; dx <= this.radius; dx++, index++) {
        const [y, x] = [row + dy, column + dx];
        if (topology === 'plane' && (y < 0 || y >= height || x < 0 || x >= width)) continue;
        const at = ((y + height) % height) * width + ((x + width) % width);
        this.offsets[index] = (this.offsets[index] as number) + (weights[offset + at] as number);
        this.offsetCells[index] = (this.offsetCells[index] as number) + 1;
      }
    }
  }

  summary(): GridHeadSummary {
    const cells = Math.max(1, this.cells);
    const mean = ({ sum, cells: count }: { sum: number; cells: number }): number | null =>
      count === 0 ? null : sum / count;
    return {
      neighbourhood: this.mass.neighbourhood / cells,
      elsewhere: this.mass.elsewhere / cells,
      outside: this.mass.outside / cells,
      entropy: this.entropy / cells,
      byPlace: { bulk: mean(this.places.bulk), edge: mean(this.places.edge), corner: mean(this.places.corner) },
      byOffset: Float32Array.from(this.offsets, (sum, at) => sum / Math.max(1, this.offsetCells[at] as number)),
    };
  }
}
