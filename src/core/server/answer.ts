import { array, CheckError, integer, mapped, named, number, read, string, type Check } from '../check/check';
import { CoreError } from '../errors';

/** Longest list and text of an answer: what may be read of one at all is bounded where it is received. */
const MOST = 100_000_000;

export const text = string({ max: MOST });
export const count = integer({ min: 0 });
export const list = <T>(item: Check<T>): Check<readonly T[]> => named('a list', array(item, { max: MOST }));
export const MANY = { max: MOST } as const;

/** A natural logarithm of a probability: at most 0, but for rounding. */
export const logProbability: Check<number> = named(
  'the logarithm of a probability',
  mapped(number({ max: 1e-3 }), (value) => Math.min(0, value)),
);

/**
 * What a server answered, or a part of it.
 * @param what names the part.
 * @throws CoreError `server-answer`.
 */
export function readAnswer<T>(check: Check<T>, value: unknown, what: string): T {
  try {
    return read(check, value, what);
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    throw malformed(error.message);
  }
}

/** @throws CoreError `server-answer` where the text is no JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed('it is not JSON');
  }
}

export function malformed(reason: string): CoreError {
  return new CoreError('server-answer', `The server's answer cannot be read: ${reason}.`);
}
