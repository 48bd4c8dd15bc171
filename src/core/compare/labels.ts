import type { OptionValues } from '../decode/options';
import type { ComparedDecoder } from './comparison';

type Entry = Pick<ComparedDecoder, 'decoder' | 'options'>;

/** Of each entry the options that others of the same decoder have otherwise; none where its decoder is there once. */
export function differingOptions(entries: readonly Entry[]): readonly OptionValues[] {
  return entries.map(({ decoder, options }) => {
    const others = entries.filter((other) => other.decoder === decoder);
    const differing = Object.entries(options).filter(([name, value]) =>
      others.some((other) => other.options[name] !== value),
    );
    return Object.fromEntries(differing);
  });
}

/** What each entry is called: its decoder, and what sets it apart from others of the same one: `speculative (gamma 2)`. */
export function rowLabels(entries: readonly Entry[]): readonly string[] {
  const differing = differingOptions(entries);
  return entries.map(({ decoder }, place) => {
    const apart = Object.entries(differing[place] ?? {}).map(([name, value]) => `${name} ${value}`);
    return apart.length === 0 ? decoder : `${decoder} (${apart.join(', ')})`;
  });
}

/** The first entry whose decoder and options are those of one before it: its row would say the same again. */
export function repeated<E extends Entry>(entries: readonly E[]): E | undefined {
  return entries.find((entry, place) =>
    entries.slice(0, place).some((before) => before.decoder === entry.decoder && sameOptions(before, entry)),
  );
}

function sameOptions({ options: a }: Entry, { options: b }: Entry): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
