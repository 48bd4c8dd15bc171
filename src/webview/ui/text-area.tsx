import './text-area.css';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly placeholder?: string;
  readonly class?: string;
  readonly invalid?: boolean;
  /** Id of what says more of it, such as its keys. */
  readonly describedBy?: string;
}

/** Lines of text that grow with what is typed, up to the height that the style sheet allows, then scroll. */
export function TextArea(props: TextAreaProps) {
  const { label, value, onInput, onKeyDown, placeholder, class: className, invalid, describedBy } = props;
  return (
    <textarea
      class={className ? `text-area ${className}` : 'text-area'}
      rows={1}
      value={value}
      placeholder={placeholder}
      aria-label={label}
      aria-invalid={invalid ?? false}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      spellcheck={false}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}
