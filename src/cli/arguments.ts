import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Problem } from '../protocol/errors';

export type Options = NonNullable<ParseArgsConfig['options']>;

/** The arguments of a verb, read and checked; every complaint says which option and how to get help. */
export class Arguments {
  private constructor(
    private readonly verb: string,
    private readonly values: Readonly<Record<string, unknown>>,
    readonly positionals: readonly string[],
  ) {}

  /** @throws Problem `bad-request` for an option that does not exist or lacks its value. */
  static parse(verb: string, args: readonly string[], options: Options): Arguments {
    try {
      const { values, positionals } = parseArgs({
        args: joinNegativeNumbers(args),
        options,
        allowPositionals: true,
        strict: true,
      });
      return new Arguments(verb, values, positionals);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
      const [firstLine = ''] = message.split('\n');
      const sentence = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? (firstLine.split('. ')[0] ?? firstLine) : firstLine;
      throw usage(verb, `${sentence.replace(/\.$/, '')}.`);
    }
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A number in [min, max], or `fallback` where the option is absent. */
  number(name: string, fallback: number, min: number, max = Infinity): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= min && value <= max && Number.isFinite(value))) {
      throw this.wrong(name, max === Infinity ? `a number, ${min} or more` : `a number from ${min} to ${max}`, text);
    }
    return value;
  }

  /** A whole number in [min, max], or `fallback`. */
  integer(name: string, fallback: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(name, fallback, min, max);
    if (!Number.isSafeInteger(value)) throw this.wrong(name, 'a whole number', this.text(name) as string);
    return value;
  }

  /** Whole numbers, 0 or more, separated by commas or blanks. */
  integers(name: string): number[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const parts = text.split(/[\s,]+/).filter((part) => part !== '');
    const values = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
    if (values.some((value) => !Number.isSafeInteger(value))) {
      throw this.wrong(name, 'whole numbers separated by commas', text);
    }
    return values;
  }

  /** `all`, or whole numbers; none where the option is absent. */
  allOrIntegers(name: string): 'all' | number[] {
    if (this.text(name) === 'all') return 'all';
    const values = this.text(name) === undefined ? [] : this.integers(name);
    if (values === undefined || (this.has(name) && values.length === 0)) {
      throw this.wrong(name, '"all" or numbers separated by commas', this.text(name) as string);
    }
    return values;
  }

  /** A complaint about how the verb was called. */
  usage(message: string): Problem {
    return usage(this.verb, message);
  }

  private wrong(name: string, expected: string, got: string): Problem {
    return this.usage(`--${name} must be ${expected}, not "${got}".`);
  }
}

/** `--temperature -1` as `--temperature=-1`: it is wrong for its value, not for looking like an option. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const previous = joined.at(-1);
    if (/^-\d/.test(arg) && previous !== undefined && /^--[^=]+$/.test(previous)) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function usage(verb: string, message: string): Problem {
  return new Problem({ code: 'bad-request', message, action: `See "vivarium ${verb} --help".` });
}
