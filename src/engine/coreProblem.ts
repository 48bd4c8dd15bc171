import { CoreError } from '../core/errors';
import { Problem } from '../protocol/errors';

/** What was thrown in a request as a problem of the protocol: what core says is no fault of ours. */
export function requestProblem(error: unknown): Problem {
  if (!(error instanceof CoreError)) return Problem.from(error);
  return new Problem(
    error.code === 'logits-invalid'
      ? {
          code: 'run-failed',
          message: error.message,
          action: 'The model file may be damaged or quantised too far: try another of its files.',
        }
      : { code: 'bad-request', message: error.message },
    { cause: error },
  );
}
