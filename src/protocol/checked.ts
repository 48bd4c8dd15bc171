import { CheckError, read, type Check } from '../core/check/check';
import { Problem } from './errors';

/**
 * A value as a request, a page or a setting may give it.
 * @param what names the whole value in the message where the value itself is wrong
 * @throws Problem `bad-request`
 */
export function check<T>(rule: Check<T>, value: unknown, what = 'The request'): T {
  try {
    return read(rule, value, what);
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    throw new Problem({ code: 'bad-request', message: `${error.message}.` });
  }
}
