import {
  allOptions,
  type DecoderOption,
  type DecoderOptions,
  type OptionValue,
  type OptionValues,
} from '../../core/decode/options';
import type { DecoderSummary } from '../../core/decode/registry';
import type { ExplorerSettings } from '../../protocol/explorerState';
import type { SettingChip } from './setting-chips';

/** All options of the chosen decoder: what was set, and the defaults for the rest. */
export function chosenOptions(decoder: DecoderSummary | null, settings: ExplorerSettings): OptionValues {
  return decoder ? allOptions(decoder.options, settings.decoderOptions[decoder.name]) : {};
}

/** Settings with other options of a decoder. */
export function withOptions(
  { decoderOptions }: ExplorerSettings,
  { name }: DecoderSummary,
  values: OptionValues,
): Partial<ExplorerSettings> {
  return { decoderOptions: { ...decoderOptions, [name]: values } };
}

/**
 * A decoder's options as they are shown in a row: all of them, or in short the first, which is the length of drafts where
 * there is one, and those that are not at their default.
 */
export function optionChips(
  values: OptionValues,
  declared: DecoderOptions,
  which: 'all' | 'short',
): readonly SettingChip[] {
  return Object.entries(values)
    .filter(([name, value], place) => which === 'all' || place === 0 || value !== declared[name]?.default)
    .map(([name, value]) => ({
      key: `option-${name}`,
      name: optionTitle(name),
      value: optionText(value, declared[name]),
    }));
}

export function optionTitle(name: string): string {
  return name === 'gamma' ? 'draft length γ' : name.replaceAll('-', ' ');
}

function optionText(value: OptionValue, declared: DecoderOption | undefined): string {
  if (value === 0 && declared && 'zero' in declared) return declared.zero ?? '0';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value).replaceAll('-', ' ');
}
