/** Statistics of a head over the rows of the sequence; the first row (one key) is left out of entropy and distance. */
export interface HeadStatistics {
  readonly layer: number;
  readonly head: number;
  /** Mean over queries of the entropy of the row, in bits. */
  readonly entropy: number;
  /** Mean over queries of sum_k A[q,k] (q - k), in tokens. */
  readonly distance: number;
  /** Mean over queries of A[q,0]. */
  readonly firstToken: number;
  /** Bits of its attention that place alone does not foretell; see `HeadStructure` in `core/lens/attention`. */
  readonly structure: number;
}

export interface AttentionOverview {
  readonly runId: string;
  /** Layers in the order of the data below. */
  readonly layers: readonly number[];
  readonly heads: number;
  /** Tokens that the maps cover. */
  readonly tokens: number;
  /** Pixels of a thumbnail's side: min(tokens, requested). */
  readonly size: number;
  /** [layers, heads, size, size] codes (see `core/numeric/codes`), query down, key right, max-pooled where tokens > size. */
  readonly thumbnails: Uint8Array;
  /** Row-major by layer then head. */
  readonly statistics: readonly HeadStatistics[];
  /** How the weights are kept: exact, or as 8-bit codes. */
  readonly kept: 'float32' | 'codes';
  /** Keys that pictures and statistics leave out, rows shared out anew; the mass on the first token is of whole rows. */
  readonly without: readonly number[];
}

export interface AttentionHead {
  readonly layer: number;
  /** null = mean over the heads of the layer. */
  readonly head: number | null;
  readonly tokens: number;
  /** Packed lower triangle: row q starts at q(q+1)/2 and has q+1 codes. */
  readonly codes: Uint8Array;
}

export interface AttentionRow {
  readonly layer: number;
  readonly head: number | null;
  readonly query: number;
  /** [query + 1] weights, exact (float32) where `exact`; else decoded from 8-bit codes. */
  readonly weights: Float32Array;
  readonly exact: boolean;
}

export interface AttentionPair {
  readonly query: number;
  readonly key: number;
  /** [layers, heads] in the order of the overview. */
  readonly weights: Float32Array;
  readonly exact: boolean;
}

/** Where every head looks from one query, on some of the keys. */
export interface AttentionKeys {
  readonly query: number;
  /** First key. */
  readonly from: number;
  readonly layers: readonly number[];
  readonly heads: number;
  /** [layers, heads, count] weights. */
  readonly weights: Float32Array;
  /** float32 as the model gave it; else decoded from 8-bit codes. */
  readonly exact: boolean;
}

/** Where a head looks on the board: means over the cells that it predicts. See `core/life/attention`. */
export interface GridHead {
  readonly layer: number;
  readonly head: number;
  /** Mass on the 3 × 3 cells around the predicted one, on the rest of the board, and outside of it: together 1. */
  readonly neighbourhood: number;
  readonly elsewhere: number;
  readonly outside: number;
  /** Of the whole row, in bits. */
  readonly entropy: number;
  /** Mass on the 3 × 3 cells, over the cells of a kind; null where there are none. */
  readonly bulk: number | null;
  readonly edge: number | null;
  readonly corner: number | null;
}

export interface GridAttention {
  readonly layers: readonly number[];
  readonly heads: number;
  /** Cells whose rows were read. */
  readonly cells: number;
  /** Row-major by layer then head. */
  readonly statistics: readonly GridHead[];
  readonly radius: number;
  /** [layers, heads, 2 radius + 1, 2 radius + 1] mean weight by offset, dy down, dx right. */
  readonly byOffset: Float32Array;
  readonly exact: boolean;
}
