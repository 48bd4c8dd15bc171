import './dropdown.css';

export interface DropdownOption {
  readonly value: string;
  readonly text: string;
}

export interface DropdownProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly DropdownOption[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly class?: string;
}

/**
 * One choice of a list, as the editor's own settings show it. The browser's list, because it is not clipped by the
 * edge of a narrow tab, is searched by typing, and costs a tenth of the bundle less than the toolkit's.
 */
export function Dropdown(props: DropdownProps) {
  return (
    <span class={props.class ? `dropdown ${props.class}` : 'dropdown'}>
      <select
        aria-label={props.label}
        title={props.title}
        disabled={props.disabled ?? false}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
        <path d="M3.15 5.65a.5.5 0 0 1 .7 0L8 9.8l4.15-4.15a.5.5 0 0 1 .7.7l-4.5 4.5a.5.5 0 0 1-.7 0l-4.5-4.5a.5.5 0 0 1 0-.7Z" />
      </svg>
    </span>
  );
}
