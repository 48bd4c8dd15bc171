/**
 * A model that reads from left to right: what follows a token depends on the tokens up to it. All that a decoder knows of one:
 * distributions after tokens, and a way back. Implemented over ONNX in the engine and over a table of probabilities in the tests.
 */
export interface CausalModel {
  readonly vocabularySize: number;
  /** Longest sequence in tokens; Infinity where unknown. */
  readonly contextLength: number;
  /** Tokens held: the length of the sequence fed so far. */
  readonly length: number;
  /** Most tokens that one `extend` should be given, so that its logits stay within memory. */
  readonly chunk: number;
  /**
   * Feeds tokens after those held, in one pass.
   * @returns logits, row-major [tokens.length, vocabularySize]: row i is the distribution of the token that follows tokens[i].
   *          The array belongs to the caller.
   * @throws an error when the pass fails, when tokens is empty, or when the sequence would exceed contextLength; the
   *         length is then unchanged.
   */
  extend(tokens: readonly number[]): Promise<Float32Array>;
  /** As `extend`, for tokens whose logits nobody asks for; absent where that saves nothing. */
  read?(tokens: readonly number[]): Promise<void>;
  /** Forgets everything after the first `length` tokens. What follows equals never having gone there. */
  rollback(length: number): void;
}
