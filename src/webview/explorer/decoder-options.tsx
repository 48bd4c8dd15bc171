import type { DecoderOption, DecoderOptions, OptionValue, OptionValues } from '../../core/decode/options';
import { Dropdown } from '../ui/dropdown';
import { TextField } from '../ui/text-field';
import { readNumber } from '../components/read-number';
import { optionTitle } from './decoder-texts';

export interface DecoderOptionsEditorProps {
  readonly declared: DecoderOptions;
  /** All of them. */
  readonly values: OptionValues;
  readonly onChange: (values: OptionValues) => void;
}

/** A field for each option that a decoder declares. */
export function DecoderOptionsEditor({ declared, values, onChange }: DecoderOptionsEditorProps) {
  const options = Object.entries(declared);
  if (options.length === 0) return null;
  return (
    <div class="decoder-options">
      {options.map(([name, option]) => (
        <div key={name} class={`decoder-option edit-option-${name}`}>
          <span class="filter-name">{optionTitle(name)}</span>
          <OptionField
            name={name}
            option={option}
            value={values[name] ?? option.default}
            onValue={(v) => onChange({ ...values, [name]: v })}
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
            const read = readNumber(text, { ...option, whole: option.kind === 'integer' });
            return read.ok ? onValue(read.value) : read.why;
          }}
        />
      );
  }
}
