import { CoreError } from '../errors';

/** An object of a server's answer, of which nothing is sure. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws CoreError `server-answer`. */
export function objectOf(value: unknown, what: string): Json {
  if (!isObject(value)) throw malformed(`${what} is no object`);
  return value;
}

/** @throws CoreError `server-answer`. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`${what} is no list`);
  return value;
}

/** A whole number of 0 or more. @throws CoreError `server-answer`. */
export function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw malformed(`${what} is no whole number`);
  }
  return value;
}

/** A natural logarithm of a probability: at most 0, but for rounding. @throws CoreError `server-answer`. */
export function logProbabilityOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value > 1e-3) {
    throw malformed(`${what} is no logarithm of a probability`);
  }
  return Math.min(0, value);
}

/** @throws CoreError `server-answer` where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
}

export function malformed(reason: string): CoreError {
  return new CoreError('server-answer', `The server's answer cannot be read: ${reason}.`);
}
