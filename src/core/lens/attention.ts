import { encodeWeight, WEIGHT_OF_CODE } from '../numeric/codes';

/** [256] −w log2 w of the weight of each code. */
const ENTROPY_OF_CODE: Float64Array = Float64Array.from(WEIGHT_OF_CODE, (w) => (w > 0 ? -w * Math.log2(w) : 0));

/** [256] log2 of the weight of each code. */
const LOG2_OF_CODE: Float64Array = Float64Array.from(WEIGHT_OF_CODE, (w) => Math.log2(w));

/** Where a head looks, on average over the queries of a sequence. */
export interface HeadSummary {
  /** Mean over queries from the second of −Σ_k A[q,k] log2 A[q,k], in bits; 0 for a sequence of one token. */
  readonly entropy: number;
  /** Mean over queries from the second of Σ_k A[q,k] (q − k), in tokens; 0 for a sequence of one token. */
  readonly distance: number;
  /** Mean over all queries of A[q,0], in [0, 1]. */
  readonly firstToken: number;
}

/**
 * Statistics of one head, row by row, so that no map need be held. The first row has one key and no choice: it is left
 * out of entropy and distance. Entropy of attention as in Clark et al. 2019 (What Does BERT Look At?, section 3.3) and
 * mean attention distance as in Vig and Belinkov 2019 (Analyzing the Structure of Attention, equation 3), each a plain
 * mean over queries.
 */
export class HeadStatisticsAccumulator {
  private rows = 0;
  private entropySum = 0;
  private distanceSum = 0;
  private firstTokenSum = 0;

  /**
   * @param weights holds the row at `offset`: query + 1 weights that sum to 1.
   * @param query position of the row in the sequence.
   */
  add(weights: Float32Array, offset: number, query: number): void {
    this.rows++;
    this.firstTokenSum += weights[offset] as number;
    if (query === 0) return;
    let entropy = 0;
    let distance = 0;
    for (let key = 0; key <= query; key++) {
      const w = weights[offset + key] as number;
      if (w > 0) {
        entropy -= w * Math.log2(w);
        distance += w * (query - key);
      }
    }
    this.entropySum += Math.max(0, entropy);
    this.distanceSum += distance;
  }

  /** The same of a row that is held as 8-bit codes, from tables: for pictures of many heads. */
  addCodes(codes: Uint8Array, offset: number, query: number): void {
    this.rows++;
    this.firstTokenSum += WEIGHT_OF_CODE[codes[offset] as number] as number;
    if (query === 0) return;
    let entropy = 0;
    let sum = 0;
    let place = 0;
    for (let key = 0; key <= query; key++) {
      const code = codes[offset + key] as number;
      if (code === 0) continue;
      const w = WEIGHT_OF_CODE[code] as number;
      entropy += ENTROPY_OF_CODE[code] as number;
      sum += w;
      place += w * key;
    }
    this.entropySum += entropy;
    this.distanceSum += sum * query - place;
  }

  summary(): HeadSummary {
    const choices = Math.max(1, this.rows - 1);
    return {
      entropy: this.entropySum / choices,
      distance: this.distanceSum / choices,
      firstToken: this.rows === 0 ? 0 : this.firstTokenSum / this.rows,
    };
  }
}

/**
 * How much of a head's attention follows what the text says and not where its tokens stand, in bits:
 *
 *   S = 1/(n − 1) Σ_{q ≥ 1} Σ_{0 < k < q} (1 − 1/(q − k)) A[q,k] max(0, log2(A[q,k] / B[q,k])),
 *   B[q,k] = max(C[k], D[q − k], 1/(q + 1)),  C[k] = 1/n Σ_q A[q,k],  D[o] = 1/n Σ_q A[q,q − o].
 *
 * B is what place alone foretells: the column that all queries share (a sink, wherever it stands), the diagonal that all
 * share (the token before, a blur of the last few), and equal shares. The sum is the pointwise Kullback-Leibler divergence
 * from it, of the keys that get more than it foretells. The first token, the query itself and the token before it count
 * nothing, keys near the diagonal little. So a sink, a diagonal, a local blur and a uniform head score about 0, a head
 * that copies (induction; Olsson et al. 2022, In-context Learning and Induction Heads) scores high. The means C and D go
 * over all n queries, those too that have no such key: a stripe that begins late, where a text repeats itself, is no habit.
 *
 * Rows are given twice in any order: `learn` all of them, then `judge` all of them.
 */
export class HeadStructure {
  private readonly columns: Float64Array;
  private readonly diagonals: Float64Array;
  private logColumns: Float64Array | null = null;
  private logDiagonals: Float64Array | null = null;
  private bits = 0;

  /** @param tokens n, queries of the sequence. */
  constructor(private readonly tokens: number) {
    this.columns = new Float64Array(tokens);
    this.diagonals = new Float64Array(tokens);
  }

  /** @param map holds the row of `query` at `offset`: query + 1 weights that sum to 1, or their 8-bit codes. */
  learn(map: Float32Array | Uint8Array, offset: number, query: number): void {
    const { columns, diagonals } = this;
    const coded = map instanceof Uint8Array;
    for (let key = 0; key <= query; key++) {
      const value = map[offset + key] as number;
      if (value === 0) continue;
      const share = (coded ? (WEIGHT_OF_CODE[value] as number) : value) / this.tokens;
      columns[key] = (columns[key] as number) + share;
      diagonals[query - key] = (diagonals[query - key] as number) + share;
    }
  }

  /** The same rows once more, when all are learnt. */
  judge(map: Float32Array | Uint8Array, offset: number, query: number): void {
    this.logColumns ??= this.columns.map(Math.log2);
    this.logDiagonals ??= this.diagonals.map(Math.log2);
    const { logColumns, logDiagonals } = this;
    const coded = map instanceof Uint8Array;
    const logEqual = -Math.log2(query + 1);
    // What is no more than an equal share is foretold: most entries are passed over by one comparison.
    const equal = coded ? 255 * Math.sqrt(1 / (query + 1)) : 1 / (query + 1);
    for (let key = 1; key < query - 1; key++) {
      const value = map[offset + key] as number;
      if (value <= equal) continue;
      const foretold = Math.max(logColumns[key] as number, logDiagonals[query - key] as number, logEqual);
      const gain = (coded ? (LOG2_OF_CODE[value] as number) : Math.log2(value)) - foretold;
      if (gain <= 0) continue;
      const weight = coded ? (WEIGHT_OF_CODE[value] as number) : value;
      this.bits += (1 - 1 / (query - key)) * weight * gain;
    }
  }

  /** S, in bits; 0 for a sequence of one token. */
  score(): number {
    return this.bits / Math.max(1, this.tokens - 1);
  }
}

/**
 * Mean over heads of maps of one shape, in float64 before rounding. Rows still sum to 1.
 * @param maps one a head, equally long.
 */
export function meanOverHeads(maps: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(maps[0]?.length ?? 0);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const map of maps) sum += map[i] as number;
    mean[i] = sum / maps.length;
  }
  return mean;
}

/** The same over 8-bit codes: decoded, averaged, coded again; each weight within two errors of a code. */
export function meanOverHeadCodes(maps: readonly Uint8Array[]): Uint8Array {
  const mean = new Uint8Array(maps[0]?.length ?? 0);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const map of maps) sum += WEIGHT_OF_CODE[map[i] as number] as number;
    mean[i] = encodeWeight(sum / maps.length);
  }
  return mean;
}
