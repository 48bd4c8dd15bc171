import type { Decoder } from '../core/decode/decoder';
import { readOption, type DecoderOption, type OptionValue, type OptionValues } from '../core/decode/options';
import { DECODERS, findDecoder } from '../core/decode/registry';
import type { Arguments, Options } from './arguments';

/** Names of all options that any decoder has, each once. */
const OPTION_NAMES = [...new Set(DECODERS.flatMap(({ options }) => Object.keys(options)))];

/** Options of the verbs that decode: every decoder's, for the decoders say what they take. */
export const DECODER_OPTIONS: Options = {
  draft: { type: 'string' },
  ...Object.fromEntries(OPTION_NAMES.map((name) => [name, { type: 'string' as const }])),
};

export const DECODER_HELP: readonly string[] = [
  '  --draft MODEL       the model that drafts, for decoders that need one; its vocabulary must be the same',
  ...OPTION_NAMES.map((name) => `  ${`--${name}`.padEnd(20)}of ${decodersWith(name).join(', ')}`),
  '                      see "vivarium decoders" for what they mean',
];

/** @throws Problem `bad-request` where there is no such decoder. */
export function decoderNamed(args: Arguments, name: string): Decoder {
  const decoder = findDecoder(name);
  if (decoder) return decoder;
  throw args.usage(`There is no decoder named "${name}": there are ${DECODERS.map((each) => each.name).join(', ')}.`);
}

/** A decoder with options of its own. */
export interface DecoderEntry {
  readonly decoder: Decoder;
  /** What was given of them, read and checked. */
  readonly options: OptionValues;
}

/**
 * An entry of `--decoders`: a name, and after it options of its own, each after a colon: `speculative:gamma=2:schedule=heuristic`.
 * @throws Problem `bad-request` that names the decoder and the option.
 */
export function decoderEntry(args: Arguments, text: string): DecoderEntry {
  const [name = '', ...parts] = text.split(':');
  const decoder = decoderNamed(args, name);
  const values: Record<string, OptionValue> = {};
  for (const part of parts) {
    const [option = '', ...rest] = part.split('=');
    const declared = Object.hasOwn(decoder.options, option) ? decoder.options[option] : undefined;
    if (!declared) {
      const known = Object.keys(decoder.options);
      const has = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
      throw args.usage(`The decoder ${name} has no option "${option}": ${has}.`);
    }
    if (rest.length === 0)
      throw args.usage(`The option ${option} of ${name} needs a value: ${option}=${declared.default}.`);
    if (Object.hasOwn(values, option)) throw args.usage(`The option ${option} of ${text} is given twice.`);
    try {
      values[option] = readOption(option, declared, rest.join('='));
    } catch (error) {
      throw args.usage(`In ${text}: ${(error as Error).message}`);
    }
  }
  return { decoder, options: values };
}

/**
 * What was given of the decoder's options.
 * @throws CoreError `option-invalid` for a value outside its range.
 */
export function optionsOf({ options }: Decoder, args: Arguments): OptionValues {
  const values: [string, OptionValue][] = [];
  for (const [name, option] of Object.entries(options)) {
    const text = args.text(name);
    if (text !== undefined) values.push([name, readOption(name, option, text)]);
  }
  return Object.fromEntries(values);
}

/**
 * Refuses options that none of the decoders has: they would silently do nothing.
 * @throws Problem `bad-request`.
 */
export function refuseUnused(decoders: readonly Decoder[], args: Arguments): void {
  for (const name of OPTION_NAMES) {
    if (!args.has(name) || decoders.some(({ options }) => Object.hasOwn(options, name))) continue;
    const used = decodersWith(name).join(', ');
    throw args.usage(
      `--${name} is an option of ${used}, not of ${decoders.map((decoder) => decoder.name).join(', ')}.`,
    );
  }
  const needsDraft = decoders.some(({ needs }) => needs.includes('draft'));
  if (args.has('draft') && !needsDraft) {
    throw args.usage(`--draft is for decoders that need a draft model: ${draftingDecoders().join(', ')}.`);
  }
  const lacking = decoders.find(({ needs }) => needs.includes('draft'));
  if (lacking && !args.has('draft')) throw args.usage(`The decoder ${lacking.name} needs a draft model: give --draft.`);
}

/** A decoder as `--json` gives it; the fields are documented in docs/cli.md. */
export function decoderDocument({ name, about, exact, needs, uses = [], task, options }: Decoder): object {
  return {
    name,
    about,
    exact,
    needsDraft: needs.includes('draft'),
    needs,
    uses,
    task,
    options: Object.entries(options).map(([option, rest]) => ({ name: option, ...rest })),
  };
}

/** What an option may be, in a few words: `1 to 64, default 4`. */
export function optionText(option: DecoderOption): string {
  switch (option.kind) {
    case 'choice':
      return `${option.choices.join(' | ')}, default ${option.default}`;
    case 'flag':
      return `true | false, default ${option.default}`;
    case 'integer':
    case 'number':
      return `${option.min} to ${option.max}, default ${option.default}`;
  }
}

function decodersWith(name: string): string[] {
  return DECODERS.filter(({ options }) => Object.hasOwn(options, name)).map((decoder) => decoder.name);
}

function draftingDecoders(): string[] {
  return DECODERS.filter(({ needs }) => needs.includes('draft')).map((decoder) => decoder.name);
}
