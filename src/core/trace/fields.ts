import { quoted } from '../text/quoted';

/** Reads the fields of a JSON object that nobody vouches for; every reader throws {@link FieldError} with the field's name. */
export class FieldError extends Error {
  constructor(path: string, expected: string) {
    super(`"${quoted(path)}" is not ${expected}`);
    this.name = 'FieldError';
  }
}

/** Longest text and list that a field may hold: far above what a run makes, far below what memory minds. */
const MOST_CHARACTERS = 4_000_000;
const MOST_ITEMS = 100_000;

export class Fields {
  private constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    private readonly path: string,
  ) {}

  static of(value: unknown, path = ''): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new FieldError(path || 'line', 'an object');
    }
    return new Fields(value as Record<string, unknown>, path);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.object, key);
  }

  child(key: string): Fields {
    return Fields.of(this.value(key), this.name(key));
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string' || value.length > MOST_CHARACTERS) throw new FieldError(this.name(key), 'a text');
    return value;
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T {
    const value = this.value(key);
    if (!values.includes(value as T)) throw new FieldError(this.name(key), `one of ${values.join(', ')}`);
    return value as T;
  }

  flag(key: string): boolean {
    const value = this.value(key);
    if (typeof value !== 'boolean') throw new FieldError(this.name(key), 'true or false');
    return value;
  }

  number(key: string, min: number, max = Infinity): number {
    const value = this.value(key);
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
      throw new FieldError(
        this.name(key),
        max === Infinity ? `a number from ${min}` : `a number from ${min} to ${max}`,
      );
    }
    return value;
  }

  integer(key: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(key, min, max);
    if (!Number.isSafeInteger(value)) throw new FieldError(this.name(key), 'a whole number');
    return value;
  }

  orNull<T>(key: string, read: (key: string) => T): T | null {
    return this.value(key) === null ? null : read(key);
  }

  integers(key: string, max = Number.MAX_SAFE_INTEGER): number[] {
    return this.list(key, (value, path) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max) {
        throw new FieldError(path, 'a whole number in its range');
      }
      return value;
    });
  }

  texts(key: string): string[] {
    return this.list(key, (value, path) => {
      if (typeof value !== 'string' || value.length > MOST_CHARACTERS) throw new FieldError(path, 'a text');
      return value;
    });
  }

  /** A list of items that are each one of `values`. */
  oneOfEach<T extends string>(key: string, values: readonly T[]): T[] {
    return this.list(key, (value, path) => {
      if (!values.includes(value as T)) throw new FieldError(path, `one of ${values.join(', ')}`);
      return value as T;
    });
  }

  objects<T>(key: string, read: (fields: Fields) => T): T[] {
    return this.list(key, (value, path) => read(Fields.of(value, path)));
  }

  /** An object of plain values: numbers, texts, true and false. */
  values(key: string): Record<string, number | string | boolean> {
    const value = this.child(key).object;
    const entries = Object.entries(value);
    if (entries.length > MOST_ITEMS) throw new FieldError(this.name(key), 'a short object');
    return Object.fromEntries(
      entries.map(([name, item]) => {
        const isText = typeof item === 'string' && item.length <= MOST_CHARACTERS;
        if (isText || typeof item === 'boolean' || (typeof item === 'number' && Number.isFinite(item))) {
          return [name, item];
        }
        throw new FieldError(`${this.name(key)}.${name}`, 'a number, a text, true or false');
      }),
    );
  }

  private list<T>(key: string, read: (value: unknown, path: string) => T): T[] {
    const value = this.value(key);
    if (!Array.isArray(value) || value.length > MOST_ITEMS) throw new FieldError(this.name(key), 'a list');
    return value.map((item, i) => read(item, `${this.name(key)}[${i}]`));
  }

  private value(key: string): unknown {
    return Object.hasOwn(this.object, key) ? this.object[key] : undefined;
  }

  private name(key: string): string {
    return this.path ? `${this.path}.${key}` : key;
  }
}
