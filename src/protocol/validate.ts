import { Problem } from './errors';

/**
 * Checks of what came over a channel, from a file or from a setting. A check returns a fresh value of its type or
 * throws a `bad-request` that names the field (`sampling.topK`) and says what was expected. Fields that a shape does
 * not name are left out of the result.
 */
export interface Check<T> {
  /** What is expected, to follow "must be": `an integer from 0 to 10`. */
  readonly expected: string;
  /** The value, or `mismatch` with the field that is wrong. */
  read(value: unknown, field: string): T | Mismatch;
}

/** Marks a field of a shape that may be absent (or undefined). */
export interface OptionalCheck<T> extends Check<T> {
  readonly optional: true;
}

/** The type that a check gives. */
export type Checked<C> = C extends Check<infer T> ? T : never;

export class Mismatch {
  constructor(
    readonly field: string,
    readonly expected: string,
    /** How far into the value it lies: levels of fields, half a level less where the field is missing. */
    readonly depth = 0,
  ) {}

  within(given: unknown): Mismatch {
    return new Mismatch(this.field, this.expected, this.depth + (this.depth === 0 && given === undefined ? 0.5 : 1));
  }
}

/**
 * @param what names the whole value in the message where the value itself is wrong, for example `The request`
 * @throws Problem `bad-request`
 */
export function check<T>(rule: Check<T>, value: unknown, what = 'The request'): T {
  const result = rule.read(value, '');
  if (!(result instanceof Mismatch)) return result;
  const subject = result.field === '' ? what : `"${result.field}"`;
  throw new Problem({ code: 'bad-request', message: `${subject} must be ${result.expected}.` });
}

function rule<T>(expected: string, accepts: (value: unknown) => value is T): Check<T> {
  return { expected, read: (value, field) => (accepts(value) ? value : new Mismatch(field, expected)) };
}

/** A finite number in [min, max]. */
export function number(range: { readonly min?: number; readonly max?: number } = {}): Check<number> {
  return rule(
    `a number${describeRange(range)}`,
    (value): value is number => Number.isFinite(value) && inRange(value as number, range),
  );
}

/** A safe integer in [min, max]. */
export function integer(range: { readonly min?: number; readonly max?: number } = {}): Check<number> {
  return rule(
    `an integer${describeRange(range)}`,
    (value): value is number => Number.isSafeInteger(value) && inRange(value as number, range),
  );
}

/** A string of [min, max] UTF-16 code units. */
export function string(length: { readonly min?: number; readonly max: number }): Check<string> {
  const min = length.min ?? 0;
  const expected =
    min > 0 ? `a text of ${min} to ${length.max} characters` : `a text of at most ${length.max} characters`;
  return rule(
    expected,
    (value): value is string => typeof value === 'string' && value.length >= min && value.length <= length.max,
  );
}

export function boolean(): Check<boolean> {
  return rule('true or false', (value): value is boolean => typeof value === 'boolean');
}

/** One of the given values, compared by identity: strings, numbers, true, false, null. */
export function oneOf<const V extends string | number | boolean | null>(...values: readonly V[]): Check<V> {
  return rule(`one of ${values.map((value) => JSON.stringify(value)).join(', ')}`, (value): value is V =>
    values.includes(value as V),
  );
}

/** An array of at most `max` items that all pass. */
export function array<T>(item: Check<T>, { max }: { readonly max: number }): Check<readonly T[]> {
  const expected = `a list of at most ${max} items`;
  return {
    expected,
    read(value, field) {
      if (!Array.isArray(value) || value.length > max) return new Mismatch(field, expected);
      const items: T[] = [];
      for (let index = 0; index < value.length; index++) {
        const read = item.read(value[index], `${field}[${index}]`);
        if (read instanceof Mismatch) return read.within(value[index]);
        items.push(read);
      }
      return items;
    },
  };
}

type OptionalKeys<S> = { [K in keyof S]: S[K] extends OptionalCheck<unknown> ? K : never }[keyof S];

export type CheckedShape<S> = {
  readonly [K in Exclude<keyof S, OptionalKeys<S>>]: Checked<S[K]>;
} & { readonly [K in OptionalKeys<S>]?: Checked<S[K]> };

/** A plain object whose named fields all pass. Only own fields are read. */
export function object<const S extends Readonly<Record<string, Check<unknown>>>>(shape: S): Check<CheckedShape<S>> {
  const expected = 'an object';
  return {
    expected,
    read(value, field) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Mismatch(field, expected);
      const fields: Record<string, unknown> = {};
      for (const [name, checkField] of Object.entries(shape)) {
        const given = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
        if (given === undefined && 'optional' in checkField) continue;
        const read = checkField.read(given, field === '' ? name : `${field}.${name}`);
        if (read instanceof Mismatch) return read.within(given);
        fields[name] = read;
      }
      return fields as CheckedShape<S>;
    },
  };
}

/** A field of a shape that may be absent; it is then absent from the result too. */
export function optional<T>(inner: Check<T>): OptionalCheck<T> {
  return { expected: inner.expected, optional: true, read: (value, field) => inner.read(value, field) };
}

export function nullable<T>(inner: Check<T>): Check<T | null> {
  const expected = `${inner.expected}, or null`;
  return {
    expected,
    read(value, field) {
      if (value === null) return null;
      const read = inner.read(value, field);
      return read instanceof Mismatch && read.depth === 0 ? new Mismatch(field, expected) : read;
    },
  };
}

/**
 * The first of the alternatives that passes. Where none does, the message is that of the alternative that came
 * furthest into the value, or else lists what each expects.
 */
export function union<const C extends readonly Check<unknown>[]>(...alternatives: C): Check<Checked<C[number]>> {
  const expected = alternatives.map((alternative) => alternative.expected).join(', or ');
  return {
    expected,
    read(value, field) {
      let deepest: Mismatch | undefined;
      for (const alternative of alternatives) {
        const read = alternative.read(value, field);
        if (!(read instanceof Mismatch)) return read as Checked<C[number]>;
        if (read.depth > (deepest?.depth ?? 0)) deepest = read;
      }
      return deepest ?? new Mismatch(field, expected);
    },
  };
}

/** An object used as a map, with at most `max` entries: for example `view.tabs`. */
export function record<T>(item: Check<T>, { max }: { readonly max: number }): Check<Readonly<Record<string, T>>> {
  const expected = `an object with at most ${max} entries`;
  return {
    expected,
    read(value, field) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Mismatch(field, expected);
      const entries = Object.entries(value);
      if (entries.length > max) return new Mismatch(field, expected);
      const items: [string, T][] = [];
      for (const [name, given] of entries) {
        const read = item.read(given, field === '' ? name : `${field}.${name}`);
        if (read instanceof Mismatch) return read.within(given);
        items.push([name, read]);
      }
      return Object.fromEntries(items);
    },
  };
}

/** A typed array of at most `max` numbers. */
export function typedArray<T extends { readonly length: number }>(
  type: new (length: number) => T,
  { max }: { readonly max: number },
): Check<T> {
  return rule(
    `an ${type.name} of at most ${max} numbers`,
    (value): value is T => value instanceof type && value.length <= max,
  );
}

/** Anything, passed on as it is: the caller reads it with care. */
export function anything(): Check<unknown> {
  return { expected: 'anything', read: (value) => value };
}

function inRange(value: number, range: { readonly min?: number; readonly max?: number }): boolean {
  return value >= (range.min ?? -Infinity) && value <= (range.max ?? Infinity);
}

function describeRange({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  if (max !== undefined) return ` of at most ${max}`;
  return '';
}
