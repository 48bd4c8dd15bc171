import { quoted } from '../text/quoted';

/**
 * The one reader of what nobody vouches for: messages, files, answers of servers, settings, kept state. A check says a type
 * once, for the compiler and for the value: it gives a fresh value of that type, or the field that is wrong
 * (`sampling.topK`) and what it must be. Fields that a shape does not name are left out.
 */
export interface Check<T> {
  /** What is expected, to follow "must be": `an integer from 0 to 10`. */
  readonly expected: string;
  read(value: unknown): T | Mismatch;
}

/** Marks a field of a shape that may be absent (or undefined). */
export interface OptionalCheck<T> extends Check<T> {
  readonly optional: true;
}

/** The type that a check gives. */
export type Checked<C> = C extends Check<infer T> ? T : never;

/** Where a value is not as a check wants it. */
export class Mismatch {
  constructor(
    readonly expected: string,
    /** From the outermost field in; a number is a place in a list. */
    readonly path: readonly (string | number)[] = [],
    /** How far into the value it lies: levels of fields, half a level less where the field is missing. */
    readonly depth = 0,
  ) {}

  /** The same, seen from the value that holds `given` at `key`. */
  within(key: string | number, given: unknown): Mismatch {
    const deeper = this.depth === 0 && given === undefined ? 0.5 : 1;
    return new Mismatch(this.expected, [key, ...this.path], this.depth + deeper);
  }

  /** `sampling.topK`, `layers[2]`; empty where the value itself is wrong. */
  get field(): string {
    return this.path.reduce<string>(
      (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
      '',
    );
  }
}

/** A value that is not as a check wants it, in one sentence without its full stop. */
export class CheckError extends Error {
  /** @param what names the whole value. */
  constructor(
    readonly mismatch: Mismatch,
    what: string,
  ) {
    const { field, expected } = mismatch;
    // The keys of an object may be anything that others wrote.
    super(`${field === '' ? what : `"${quoted(field)}"`} must be ${expected}`);
    this.name = 'CheckError';
  }
}

/**
 * The value, as the check gives it.
 * @param what names the whole value where it is wrong itself, for example `The request`
 * @throws CheckError
 */
export function read<T>(check: Check<T>, value: unknown, what: string): T {
  const result = check.read(value);
  if (result instanceof Mismatch) throw new CheckError(result, what);
  return result;
}

/** The value, or null where it is not of this type: for what may be forgotten, such as what a page kept. */
export function readOrNull<T>(check: Check<T>, value: unknown): T | null {
  const result = check.read(value);
  return result instanceof Mismatch ? null : result;
}

function rule<T>(expected: string, accepts: (value: unknown) => value is T): Check<T> {
  return { expected, read: (value) => (accepts(value) ? value : new Mismatch(expected)) };
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** A finite number in [min, max]. */
export function number(range: Range = {}): Check<number> {
  return rule(
    `a number${describeRange(range)}`,
    (value): value is number => Number.isFinite(value) && inRange(value as number, range),
  );
}

/** A safe integer in [min, max]. */
export function integer(range: Range = {}): Check<number> {
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
    read(value) {
      if (!Array.isArray(value) || value.length > max) return new Mismatch(expected);
      const items: T[] = [];
      for (let index = 0; index < value.length; index++) {
        const result = item.read(value[index]);
        if (result instanceof Mismatch) return result.within(index, value[index]);
        items.push(result);
      }
      return items;
    },
  };
}

/** The items of a list that pass, at most `max`; others are left out: for what is not worth a refusal. */
export function passing<T>(item: Check<T>, most: { readonly max: number }): Check<readonly T[]> {
  return mapped(array(anything(), most), (items) =>
    items.map((each) => item.read(each)).filter((result): result is T => !(result instanceof Mismatch)),
  );
}

type OptionalKeys<S> = { [K in keyof S]: S[K] extends OptionalCheck<unknown> ? K : never }[keyof S];

export type CheckedShape<S> = {
  readonly [K in keyof S as K extends OptionalKeys<S> ? never : K]: Checked<S[K]>;
} & { readonly [K in OptionalKeys<S>]?: Checked<S[K]> };

/** A plain object whose named fields all pass. Only own fields are read. */
export function object<const S extends Readonly<Record<string, Check<unknown>>>>(shape: S): Check<CheckedShape<S>> {
  const expected = 'an object';
  const checks = Object.entries(shape);
  return {
    expected,
    read(value) {
      if (!isObject(value)) return new Mismatch(expected);
      const fields: Record<string, unknown> = {};
      for (const [name, check] of checks) {
        const given = Object.hasOwn(value, name) ? value[name] : undefined;
        if (given === undefined && 'optional' in check) continue;
        const result = check.read(given);
        if (result instanceof Mismatch) return result.within(name, given);
        fields[name] = result;
      }
      return fields as CheckedShape<S>;
    },
  };
}

/** A field of a shape that may be absent; it is then absent from the result too. */
export function optional<T>(inner: Check<T>): OptionalCheck<T> {
  return { expected: inner.expected, optional: true, read: (value) => inner.read(value) };
}

export function nullable<T>(inner: Check<T>): Check<T | null> {
  const expected = `${inner.expected}, or null`;
  return {
    expected,
    read(value) {
      if (value === null) return null;
      const result = inner.read(value);
      return result instanceof Mismatch && result.depth === 0 ? new Mismatch(expected) : result;
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
    read(value) {
      let deepest: Mismatch | undefined;
      for (const alternative of alternatives) {
        const result = alternative.read(value);
        if (!(result instanceof Mismatch)) return result as Checked<C[number]>;
        if (result.depth > (deepest?.depth ?? 0)) deepest = result;
      }
      return deepest ?? new Mismatch(expected);
    },
  };
}

/** An object used as a map, with at most `max` entries: for example `view.tabs`. */
export function record<T>(item: Check<T>, most: { readonly max: number }): Check<Readonly<Record<string, T>>> {
  return mapped(entries(item, most), (pairs) => Object.fromEntries(pairs));
}

/** The same as a list of names and values, in the order of the object: for maps of a hundred thousand. */
export function entries<T>(
  item: Check<T>,
  { max }: { readonly max: number },
): Check<readonly (readonly [name: string, value: T])[]> {
  const expected = `an object with at most ${max} entries`;
  return {
    expected,
    read(value) {
      if (!isObject(value)) return new Mismatch(expected);
      const given = Object.entries(value);
      if (given.length > max) return new Mismatch(expected);
      const items: [string, T][] = [];
      for (const [name, each] of given) {
        const result = item.read(each);
        if (result instanceof Mismatch) return result.within(name, each);
        items.push([name, result]);
      }
      return items;
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

/** The same check, with words of its own for what is expected. */
export function named<T>(expected: string, inner: Check<T>): Check<T> {
  return {
    expected,
    read(value) {
      const result = inner.read(value);
      return result instanceof Mismatch && result.depth === 0 ? new Mismatch(expected) : result;
    },
  };
}

/** null where a value is null or missing, as many servers leave out what they do not know. */
export function maybe<T>(inner: Check<T>): Check<T | null> {
  const given = nullable(inner);
  return { expected: given.expected, read: (value) => (value === undefined ? null : given.read(value)) };
}

/** What stands instead of a value that is missing or of another type: for what is not worth a refusal. */
export function orElse<T, const F>(inner: Check<T>, fallback: F): Check<F extends T ? T : T | F> {
  return {
    expected: inner.expected,
    read(value) {
      const result = inner.read(value);
      return (result instanceof Mismatch ? fallback : result) as F extends T ? T : T | F;
    },
  };
}

/**
 * What one field says about another: `verify` looks at the whole value once all its fields have passed.
 * @param verify what is wrong with it, with its path; null where nothing is.
 */
export function also<T>(inner: Check<T>, verify: (value: T) => Mismatch | null): Check<T> {
  return {
    expected: inner.expected,
    read(value) {
      const result = inner.read(value);
      return result instanceof Mismatch ? result : (verify(result) ?? result);
    },
  };
}

/** For {@link also}: the field at `path` is not as `wanted` has it. */
export function wrong(wanted: Check<unknown>, ...path: (string | number)[]): Mismatch {
  return new Mismatch(wanted.expected, path, path.length);
}

/** A value made of what the check gives. */
export function mapped<T, U>(inner: Check<T>, make: (value: T) => U): Check<U> {
  return {
    expected: inner.expected,
    read(value) {
      const result = inner.read(value);
      return result instanceof Mismatch ? result : make(result);
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inRange(value: number, range: Range): boolean {
  return value >= (range.min ?? -Infinity) && value <= (range.max ?? Infinity);
}

function describeRange({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  if (max !== undefined) return ` of at most ${max}`;
  return '';
}
