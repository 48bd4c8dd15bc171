import type { TokenInfo } from './models';

/**
 * The logit lens over tokens of a run: entry i is of the hidden state at token `start` + i, which speaks of the token after
 * it. Arrays are row-major by state, then token.
 */
export interface LogitLens {
  readonly runId: string;
  readonly start: number;
  readonly count: number;
  /** The states that are read, ascending: l = after l layers, 0 the embeddings; the last is the model's own word. */
  readonly states: readonly number[];
  readonly top: number;
  /** [states, count, top] the most probable tokens, best first. */
  readonly ids: Uint32Array;
  /** [states, count, top] */
  readonly probabilities: Float32Array;
  /** [states, count] entropy in bits. */
  readonly entropy: Float32Array;
  /** [states, count] KL(p_L‖p_l) in bits, from the last state to this one. */
  readonly divergence: Float32Array;
  /** [states − 1, count] ‖h' − h‖ from each state to the next. */
  readonly velocity: Float32Array;
  /** [states − 1, count] 1 − cos(h' − h, h_L − h), in [0, 2]: 0 straight to where the last state is. */
  readonly turn: Float32Array;
  /** Every token among `ids` once, by id. */
  readonly tokens: readonly TokenInfo[];
}
