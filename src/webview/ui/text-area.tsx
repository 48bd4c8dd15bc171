import './text-area.css';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly placeholder?: string;
  readonly class?: string;
  readonly invalid?: boolean;
}

/** Lines of text that grow with what is typed, up to the height that the style sheet allows, then scroll. */
export function TextArea({ label, value, onInput, onKeyDown, placeholder, class: className, invalid }: TextAreaProps) {
  return (
    <textarea
      class={className ? `text-area ${className}` : 'text-area'}
      rows={1}
      value={value}
      placeholder={placeholder}
      aria-label={label}
      aria-invalid={invalid ?? false}
      spellcheck={false}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}
