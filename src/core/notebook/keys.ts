import type { DecoderOption } from '../decode/options';
import { DECODERS } from '../decode/registry';
import { SHOWN } from './shown';

export type CellKind = 'prompt' | 'life';

/** What a value of a header line is: as a decoder's option, or a name that the notebook or the machine gives. */
export type KeyValue =
  | DecoderOption
  | { readonly kind: 'model'; readonly role: 'target' | 'draft' }
  | { readonly kind: 'name' }
  | { readonly kind: 'list'; readonly choices: readonly string[] };

/** A key of a cell's header: everything that completes, explains, reads or refuses it reads these fields. */
export interface HeaderKey {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  readonly value: KeyValue;
  readonly cells: readonly CellKind[];
  /** Decoders whose option it is; absent where it is no decoder's. */
  readonly decoders?: readonly string[];
}

const number = (about: string, min: number, max: number, initial: number): DecoderOption => {
  return { kind: 'number', about, min, max, default: initial };
};
const integer = (about: string, min: number, max: number, initial: number): DecoderOption => {
  return { kind: 'integer', about, min, max, default: initial };
};

const GENERAL: readonly Omit<HeaderKey, 'about'>[] = [
  { name: 'model', value: { kind: 'model', role: 'target' }, cells: ['prompt', 'life'] },
  { name: 'draft', value: { kind: 'model', role: 'draft' }, cells: ['prompt', 'life'] },
  {
    name: 'decoder',
    value: {
      kind: 'choice',
      about: 'How tokens are found.',
      default: 'autoregressive',
      choices: DECODERS.map(({ name }) => name),
    },
    cells: ['prompt', 'life'],
  },
  { name: 'temperature', value: number('0 takes the most probable token.', 0, 100, 0.7), cells: ['prompt'] },
  {
    name: 'top-k',
    value: integer('Keeps the k most probable tokens; 0 is off.', 0, 2 ** 31 - 1, 0),
    cells: ['prompt'],
  },
  {
    name: 'top-p',
    value: number('Keeps the most probable tokens whose mass reaches p; 1 is off.', 0, 1, 1),
    cells: ['prompt'],
  },
  {
    name: 'min-p',
    value: number('Keeps tokens with this part of the largest probability; 0 is off.', 0, 1, 0),
    cells: ['prompt'],
  },
  { name: 'seed', value: integer('The same seed draws the same tokens.', 0, 2 ** 32 - 1, 1), cells: ['prompt'] },
  {
    name: 'max-new',
    value: integer('Tokens that are generated at most; 0 scores the prompt alone.', 0, 100_000, 40),
    cells: ['prompt'],
  },
  {
    name: 'steps',
    value: integer('Generations that the model writes, each from its own last.', 1, 200, 1),
    cells: ['life'],
  },
  { name: 'show', value: { kind: 'list', choices: SHOWN }, cells: ['prompt'] },
  { name: 'name', value: { kind: 'name' }, cells: ['prompt'] },
  { name: 'compare', value: { kind: 'name' }, cells: ['prompt'] },
];

const ABOUT: Readonly<Record<string, string>> = {
  model: 'The model that runs, by the name of its folder; in a prompt cell also a model of a server, by its name.',
  draft: 'The model that drafts, for decoders that need one.',
  show: 'What the result shows, separated by commas.',
  name: 'A name for this run, for cells that compare with it.',
  compare: 'The name of an earlier run that this one is held against.',
};

/** Every key, general ones first, then the options of the decoders, each once. */
export const HEADER_KEYS: readonly HeaderKey[] = [
  ...GENERAL.map((key): HeaderKey => ({
    ...key,
    about: 'about' in key.value ? key.value.about : (ABOUT[key.name] ?? ''),
  })),
  ...decoderKeys(),
];

function decoderKeys(): readonly HeaderKey[] {
  const keys = new Map<string, { option: DecoderOption; decoders: string[] }>();
  for (const { name: decoder, options } of DECODERS) {
    for (const [name, option] of Object.entries(options)) {
      const known = keys.get(name);
      if (known) known.decoders.push(decoder);
      else keys.set(name, { option, decoders: [decoder] });
    }
  }
  return [...keys].map(([name, { option, decoders }]) => {
    return { name, about: option.about, value: option, cells: ['prompt', 'life'], decoders };
  });
}

/** The key of that name in a cell of that kind. */
export function headerKey(name: string, cell: CellKind): HeaderKey | undefined {
  return HEADER_KEYS.find((key) => key.name === name && key.cells.includes(cell));
}
