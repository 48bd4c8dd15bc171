/**
 * Filters of the next-token distribution, applied in Hugging Face's order: temperature, top-k, top-p, min-p,
 * each on the renormalised distribution that the one before left.
 */
export interface Sampling {
  /** 0 = greedy (the filters then change nothing); 1 = the model's own distribution. */
  readonly temperature: number;
  /** Keep the k most probable tokens; 0 = off. */
  readonly topK: number;
  /** Keep the smallest set of most probable tokens whose mass reaches p; 1 = off. */
  readonly topP: number;
  /** Keep tokens with at least this fraction of the largest probability; 0 = off. */
  readonly minP: number;
  /** Seed of the generator in `core/numeric/random.ts`; an unsigned 32-bit integer. */
  readonly seed: number;
}
