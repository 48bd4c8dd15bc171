/** What can go wrong in core; whoever shows it to a person maps the code to a problem of the protocol. */
export type CoreErrorCode =
  /** A logit is NaN or +infinity, or none is finite. */
  | 'logits-invalid'
  /** A sampling setting is outside its range. */
  | 'sampling-invalid'
  /** A request cannot be decoded: empty prompt, id outside the vocabulary, sequence longer than the context. */
  | 'request-invalid'
  /** An option of a decoder does not exist or is outside its range. */
  | 'option-invalid'
  /** A rule, a pattern or a grid of Life is malformed. */
  | 'life-invalid'
  /** A rule, a format or a topology of Life that exists, but that Vivarium does not do. */
  | 'life-unsupported'
  /** A pattern of Life beyond what is read or stepped. */
  | 'life-too-large'
  /** A `.vivtrace` is not one, or not one that this version reads. */
  | 'trace-invalid'
  /** What a server answered is not what its interface says. */
  | 'server-answer'
  /** A `.safetensors` file is malformed. */
  | 'safetensors-invalid';

/** An error of core: `message` is one plain sentence for a person. */
export class CoreError extends Error {
  constructor(
    readonly code: CoreErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'CoreError';
  }
}
