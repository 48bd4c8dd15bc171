import type { WeightForm } from './layerAttention';

/** The attention maps of one layer, wherever they are held: in memory or in a file. */
export interface LayerMaps {
  readonly heads: number;
  /** Tokens that the maps cover. */
  readonly tokens: number;
  readonly form: WeightForm;
  /** The packed lower triangle of a head, as held. */
  packed(head: number): Float32Array | Uint8Array | Promise<Float32Array>;
  /** [query + 1] weights; decoded where codes are held. */
  row(head: number, query: number): Float32Array | Promise<Float32Array>;
  weight(head: number, query: number, key: number): number | Promise<number>;
}
