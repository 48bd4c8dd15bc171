import type { Sampling, TokenOrigin } from '../trace/record';

/**
 * What a decoder needs of a model, and all it knows of one: distributions after tokens, and a way back.
 * Implemented over ONNX in the engine and over a table of probabilities in the tests.
 */
export interface TokenModel {
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
  /** Forgets everything after the first `length` tokens. What follows equals never having gone there. */
  rollback(length: number): void;
}

export interface DecodeRequest {
  /** The whole sequence so far, at least one token: what the target held before is forgotten. */
  readonly prompt: readonly number[];
  readonly maxNewTokens: number;
  readonly endIds: readonly number[];
  readonly sampling: Sampling;
  /** Aborted between passes: the generator then returns with finish `cancelled`. */
  readonly signal: AbortSignalLike;
  /** Monotonic clock in milliseconds for the passes' times; the wall clock in whole milliseconds where absent. */
  readonly clock?: () => number;
}

/** The part of AbortSignal that core needs; core has no DOM or node types. */
export interface AbortSignalLike {
  readonly aborted: boolean;
}

/** A token and the logits row that predicted it (null for the first of the sequence). */
export interface EmittedToken {
  readonly id: number;
  readonly origin: TokenOrigin;
  readonly logits: Float32Array | null;
}

/** What one pass of the target brought. */
export interface DecodeStep {
  /** Tokens in the cache before the pass. */
  readonly contextLength: number;
  /** Tokens fed in the pass. */
  readonly fed: number;
  readonly milliseconds: number;
  /** Tokens of the sequence that became known or scored with this pass, in order. */
  readonly emitted: readonly EmittedToken[];
}

export interface Decoder {
  /** Stable name, as on the command line. */
  readonly name: string;
  /** Emits the target's (filtered) distribution exactly. */
  readonly exact: boolean;
  decode(target: TokenModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish>;
}

export type DecodeFinish = 'end-of-text' | 'length' | 'context-full' | 'cancelled';
