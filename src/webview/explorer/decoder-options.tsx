import type { DecoderOption, DecoderOptions, OptionValue, OptionValues } from '../../core/decode/options';
import type { DecoderSummary } from '../../core/decode/registry';
import type { ExplorerSettings } from '../../protocol/explorer';
import { Dropdown } from '../ui/dropdown';
import { TextField } from '../ui/text-field';
import type { SettingChip } from './sampling';

/** All options of the chosen decoder: what was set, and the defaults for the rest. */
export function chosenOptions(decoder: DecoderSummary | null, settings: ExplorerSettings): OptionValues {
  const set = decoder ? settings.decoderOptions[decoder.name] : undefined;
  const entries = Object.entries(decoder?.options ?? {});
  return Object.fromEntries(entries.map(([name, option]) => [name, set?.[name] ?? option.default]));
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

export interface DecoderOptionsEditorProps {
  readonly decoder: DecoderSummary;
  readonly settings: ExplorerSettings;
  readonly onChange: (change: Partial<ExplorerSettings>) => void;
}

/** A field for each option that the decoder declares. */
export function DecoderOptionsEditor({ decoder, settings, onChange }: DecoderOptionsEditorProps) {
  const values = chosenOptions(decoder, settings);
  const options = Object.entries(decoder.options);
  if (options.length === 0) return null;
  const set = (name: string, value: OptionValue): void =>
    onChange({ decoderOptions: { ...settings.decoderOptions, [decoder.name]: { ...values, [name]: value } } });
  return (
    <div class="decoder-options">
      {options.map(([name, option]) => (
        <div key={name} class={`decoder-option edit-option-${name}`}>
          <span class="filter-name">{optionTitle(name)}</span>
          <OptionField
            name={name}
            option={option}
            value={values[name] ?? option.default}
            onValue={(v) => set(name, v)}
          />
          <p class="sampling-note">{option.about}</p>
        </div>
      ))}
    </div>
  );
}

interface OptionFieldProps {
  readonly name: string;
  readonly option: DecoderOption;
  readonly value: OptionValue;
  readonly onValue: (value: OptionValue) => void;
}

function OptionField({ name, option, value, onValue }: OptionFieldProps) {
  const title = optionTitle(name);
  switch (option.kind) {
    case 'choice':
      return (
        <Dropdown
          label={title}
          value={String(value)}
          options={option.choices.map((choice) => ({ value: choice, text: choice.replaceAll('-', ' ') }))}
          onChange={onValue}
        />
      );
    case 'flag':
      return (
        <input
          type="checkbox"
          aria-label={title}
          checked={value === true}
          onChange={(event) => onValue(event.currentTarget.checked)}
        />
      );
    case 'integer':
    case 'number':
      return (
        <TextField
          label={title}
          value={String(value)}
          onCommit={(text) => {
            const typed = Number(text.trim());
            const fits = text.trim() !== '' && typed >= option.min && typed <= option.max;
            if (fits && (option.kind === 'number' || Number.isSafeInteger(typed))) onValue(typed);
          }}
        />
      );
  }
}

function optionTitle(name: string): string {
  return name === 'gamma' ? 'draft length γ' : name.replaceAll('-', ' ');
}

function optionText(value: OptionValue, declared: DecoderOption | undefined): string {
  if (value === 0 && declared && 'zero' in declared) return declared.zero ?? '0';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value).replaceAll('-', ' ');
}
