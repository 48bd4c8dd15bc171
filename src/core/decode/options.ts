import { CoreError } from '../errors';

/** What can be chosen about a decoder, as data: the command line, the settings and `vivarium decoders` all read it. */
export type DecoderOption = NumberOption | ChoiceOption | FlagOption;

export interface NumberOption {
  readonly kind: 'integer' | 'number';
  /** One sentence, with the unit where there is one. */
  readonly about: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** What 0 stands for, in a word or two, where it does not stand for itself: `automatic`, `off`. */
  readonly zero?: string;
}

export interface ChoiceOption<T extends string = string> {
  readonly kind: 'choice';
  readonly about: string;
  readonly default: T;
  readonly choices: readonly T[];
}

export interface FlagOption {
  readonly kind: 'flag';
  readonly about: string;
  readonly default: boolean;
}

/** Options by name, in the order in which lists show them. Names are as on the command line, `--max-ngram 3` is `max-ngram`. */
export type DecoderOptions = Readonly<Record<string, DecoderOption>>;

export type OptionValue = number | string | boolean;

/** Values by name; what is left out has its default. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** The values of declared options, each with its type. */
export type ChosenOptions<O extends DecoderOptions> = {
  readonly [Name in keyof O]: O[Name] extends ChoiceOption<infer T> ? T : O[Name] extends FlagOption ? boolean : number;
};

/** All values of the declared options, those given or the defaults, as they are: nothing is checked. */
export function allOptions(declared: DecoderOptions, given: OptionValues = {}): OptionValues {
  return Object.fromEntries(
    Object.entries(declared).map(([name, option]) => [
      name,
      Object.hasOwn(given, name) ? given[name]! : option.default,
    ]),
  );
}

/**
 * All values of the declared options: those given, the defaults for the rest.
 * @throws CoreError `option-invalid` for a name that was not declared and for a value outside its range.
 */
export function chooseOptions<O extends DecoderOptions>(declared: O, given: OptionValues = {}): ChosenOptions<O> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declared, name)) continue;
    const names = Object.keys(declared);
    const known = names.length === 0 ? 'It has none' : `It has ${names.join(', ')}`;
    throw new CoreError('option-invalid', `This decoder has no option "${name}". ${known}.`);
  }
  const chosen: Record<string, OptionValue> = {};
  for (const [name, option] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) ? given[name] : option.default;
    chosen[name] = checkOption(name, option, value);
  }
  return chosen as ChosenOptions<O>;
}

/**
 * A value as it is typed (`--gamma 4`), read by what is declared.
 * @throws CoreError `option-invalid` where it is none or outside its range.
 */
export function readOption(name: string, option: DecoderOption, text: string): OptionValue {
  if (option.kind === 'choice') return checkOption(name, option, text);
  if (option.kind === 'flag') return checkOption(name, option, { true: true, false: false }[text] ?? text);
  return checkOption(name, option, text.trim() === '' ? text : Number(text));
}

function checkOption(name: string, option: DecoderOption, value: OptionValue | undefined): OptionValue {
  const fail = (expected: string): never => {
    throw new CoreError('option-invalid', `The option "${name}" must be ${expected}, not ${String(value)}.`);
  };
  switch (option.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : fail('true or false');
    case 'choice':
      return option.choices.includes(value as string) ? (value as string) : fail(`one of ${option.choices.join(', ')}`);
    case 'integer':
    case 'number': {
      const { min, max, kind } = option;
      const what = kind === 'integer' ? 'a whole number' : 'a number';
      const fits = typeof value === 'number' && value >= min && value <= max;
      if (!fits || (kind === 'integer' && !Number.isSafeInteger(value))) return fail(`${what} from ${min} to ${max}`);
      return value;
    }
  }
}
