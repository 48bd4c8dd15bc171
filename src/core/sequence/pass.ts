/**
 * A sequence is places, numbered from 0 by their `index`: each is empty, given (part of the prompt) or written. A causal model
 * fills them from left to right; on a canvas they are written in any order, and what was written can be erased.
 */

/**
 * How a token came to be: `prompt`: given; `sampled` from the target without a draft; drafted and `accepted`; drawn as the
 * `replacement` of a rejected one; the `bonus` after a draft that was accepted whole; `handed-over`: a second model's, which no
 * rule judged.
 */
export const TOKEN_ORIGINS = ['prompt', 'sampled', 'accepted', 'replacement', 'bonus', 'handed-over'] as const;
export type TokenOrigin = (typeof TOKEN_ORIGINS)[number];

/** How the token after a draft came to be. */
export const NEXT_ORIGINS = ['replacement', 'bonus'] as const satisfies readonly TokenOrigin[];
export type NextOrigin = (typeof NEXT_ORIGINS)[number];

/** A token that now stands at a place. */
export interface Write {
  readonly index: number;
  readonly id: number;
  readonly origin: TokenOrigin;
  /** [vocabulary] the logits that it was chosen by; null where nothing predicted it. Raw: no temperature, no filter. */
  readonly row: Float32Array | null;
}

/** What one pass of a model brought to a sequence. */
export interface Pass {
  /** Tokens in the cache before the pass; 0 where each pass reads all there is. */
  readonly cached: number;
  /** Tokens fed in the pass, drafted ones included. */
  readonly fed: number;
  /** Wall time of the pass alone. */
  readonly milliseconds: number;
  /** What became known, or was scored, with this pass, in the order in which it did. */
  readonly writes: readonly Write[];
  /** Indices of places that were emptied before anything was written; absent where none was. */
  readonly erases?: readonly number[];
}
