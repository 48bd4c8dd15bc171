import { encodeWeight, WEIGHT_OF_CODE } from '../numeric/codes';

/** [256] −w log2 w of the weight of each code. */
const ENTROPY_OF_CODE: Float64Array = Float64Array.from(WEIGHT_OF_CODE, (w) => (w > 0 ? -w * Math.log2(w) : 0));

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
