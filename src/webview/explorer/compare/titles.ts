import { optionChips } from '../decoder-texts';
import type { ComparedDecoder } from '../../../core/compare/comparison';
import { differingOptions } from '../../../core/compare/labels';
import type { DecoderSummary } from '../../../core/decode/registry';
import { decoderTitle } from '../../../core/decode/titles';

/** What each entry is called on the page: `Speculative`, or beside others of it `Speculative (γ 2)`. */
export function entryTitles(
  entries: readonly Pick<ComparedDecoder, 'decoder' | 'options'>[],
  decoders: readonly DecoderSummary[],
): readonly string[] {
  const differing = differingOptions(entries);
  return entries.map(({ decoder }, place) => {
    const declared = decoders.find(({ name }) => name === decoder)?.options ?? {};
    const apart = optionChips(differing[place] ?? {}, declared, 'all').map(
      ({ name, value }) => `${name.replace('draft length γ', 'γ')} ${value}`,
    );
    return apart.length === 0 ? decoderTitle(decoder) : `${decoderTitle(decoder)} (${apart.join(', ')})`;
  });
}
