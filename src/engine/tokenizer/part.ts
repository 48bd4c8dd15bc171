import { quoted } from '../../core/text/quoted';

/** A tokenizer that is not used, since its ids would not, or not surely, be those of Hugging Face's library; says why. */
export class UnusableTokenizer extends Error {}

/**
 * One component of a `tokenizer.json`, read field by field. What it has beside the fields that are read may change what it does, so
 * {@link Part.only} refuses it.
 */
export class Part {
  private readonly fields: Readonly<Record<string, unknown>>;

  /** @param name for sentences, for example `the pre-tokenizer Split`. */
  constructor(
    readonly name: string,
    value: unknown,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnusableTokenizer(`says nothing that can be read of ${name}.`);
    }
    this.fields = value as Record<string, unknown>;
  }

  /** A component that says its type, named after it. */
  static typed(kind: string, value: unknown): { readonly type: string; readonly part: Part } {
    const type = new Part(`its ${kind}`, value).text('type');
    return { type, part: new Part(`the ${kind} ${quoted(type, 60)}`, value) };
  }

  /** @throws UnusableTokenizer where there are other fields. */
  only(...known: readonly string[]): this {
    const other = Object.keys(this.fields).find((field) => field !== 'type' && !known.includes(field));
    if (other !== undefined) this.refuse(`has the option ${quoted(other, 60)}, which is not supported here`);
    return this;
  }

  has(field: string): boolean {
    return this.fields[field] !== undefined && this.fields[field] !== null;
  }

  raw(field: string): unknown {
    return this.fields[field];
  }

  text(field: string, otherwise?: string): string {
    return this.value(field, otherwise, (value) => typeof value === 'string', 'a text');
  }

  flag(field: string, otherwise?: boolean): boolean {
    return this.value(field, otherwise, (value) => typeof value === 'boolean', 'true or false');
  }

  /** A whole number, 0 or more. */
  count(field: string, otherwise?: number): number {
    return this.value(field, otherwise, (value) => Number.isSafeInteger(value) && (value as number) >= 0, 'a number');
  }

  list(field: string, otherwise?: readonly unknown[]): readonly unknown[] {
    return this.value(field, otherwise, Array.isArray, 'a list');
  }

  oneOf<T extends string>(field: string, allowed: readonly T[], otherwise?: T): T {
    const value = this.text(field, otherwise);
    if (!allowed.some((one) => one === value)) {
      this.refuse(`has ${field} "${quoted(value, 60)}", which is not supported here`);
    }
    return value as T;
  }

  /** One character (a code point). */
  character(field: string, otherwise?: string): string {
    const value = this.text(field, otherwise);
    if (Array.from(value).length !== 1) this.refuse(`has no single character as ${field}`);
    return value;
  }

  refuse(why: string): never {
    throw new UnusableTokenizer(`cannot be used: ${this.name} ${why}.`);
  }

  private value<T>(field: string, otherwise: T | undefined, is: (value: unknown) => boolean, what: string): T {
    const given = this.fields[field];
    if (given === undefined || given === null) {
      if (otherwise !== undefined) return otherwise;
    } else if (is(given)) return given as T;
    return this.refuse(`has no ${field} that is ${what}`);
  }
}

/** @throws UnusableTokenizer for a component that is not known. */
export function unsupported(kind: string, type: string): never {
  throw new UnusableTokenizer(`cannot be used: the ${kind} ${quoted(type, 60)} is not supported here.`);
}
