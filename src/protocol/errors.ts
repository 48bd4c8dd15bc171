import { lineOf } from '../core/text/tokens';

/**
 * Errors are values: they cross processes, and every one is shown to a person.
 * `code` is stable and machine-readable, `message` is one plain sentence (what, where),
 * `action` says what to do next, `details` goes to the log only.
 */
export interface ProblemData {
  readonly code: ProblemCode;
  readonly message: string;
  readonly action?: string;
  readonly details?: string;
}

export type ProblemCode =
  // requests
  | 'cancelled'
  | 'bad-request'
  | 'unknown-method'
  | 'internal'
  // the engine process
  | 'engine-crashed'
  | 'engine-stopped'
  | 'engine-version'
  // model folders and files
  | 'model-not-found'
  | 'config-invalid'
  | 'tokenizer-invalid'
  | 'onnx-missing'
  | 'onnx-invalid'
  | 'onnx-not-a-decoder'
  | 'onnx-unsupported'
  | 'external-data'
  | 'vocabulary-mismatch'
  | 'memory'
  | 'run-failed'
  // servers
  | 'server'
  /** It wants a key, or another one. */
  | 'server-key'
  // prompts and runs
  | 'prompt-empty'
  | 'prompt-too-long'
  | 'prompt-invalid'
  | 'run-unknown'
  | 'not-available'
  // patterns of Life
  | 'pattern-invalid'
  | 'stale-edit'
  // files
  | 'trace-invalid'
  | 'file';

/** An error that carries a {@link ProblemData}: throw it inside a runtime, send `toData()` between runtimes. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly action: string | undefined;
  readonly details: string | undefined;

  constructor(data: ProblemData, options?: { cause?: unknown }) {
    // What others wrote may be in it: nothing in it steers a terminal or ends the line.
    super(lineOf(data.message), options);
    this.name = 'Problem';
    this.code = data.code;
    this.action = data.action === undefined ? undefined : lineOf(data.action);
    this.details = data.details;
  }

  toData(): ProblemData {
    return {
      code: this.code,
      message: this.message,
      ...(this.action === undefined ? {} : { action: this.action }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  /** Any thrown value as a problem. What is not one already is a fault of ours: code `internal`, the stack in the details. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof Error) {
      return new Problem(
        { code: 'internal', message: error.message || error.name, details: error.stack ?? String(error) },
        { cause: error },
      );
    }
    return new Problem({ code: 'internal', message: String(error) });
  }
}
