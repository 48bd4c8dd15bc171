import { useLayoutEffect, useRef } from 'preact/hooks';
import './text-field.css';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** After Enter or on leaving the field. */
  readonly onCommit: (value: string) => void;
  readonly class?: string;
  /** Id of a `datalist` with suggestions. */
  readonly list?: string;
  readonly disabled?: boolean;
}

/**
 * A short line of text that counts when it is complete: Enter or leaving commits, Escape takes back. Plain, not the
 * toolkit's, whose hidden inner field costs 8 kB and a label for every number beside a slider.
 */
export function TextField({ label, value, onCommit, class: className, list, disabled }: TextFieldProps) {
  const element = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (element.current) element.current.value = value;
  }, [value]);
  const commit = (): void => {
    const field = element.current;
    if (!field || field.value === value) return;
    onCommit(field.value);
    // What was typed may be refused or rounded: until the value changes, the field shows what counts.
    field.value = value;
  };
  return (
    <input
      ref={element}
      class={className ? `text-field ${className}` : 'text-field'}
      type="text"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      defaultValue={value}
      disabled={disabled ?? false}
      {...(list === undefined ? {} : { list })}
      onBlur={commit}
      onKeyDown={(event) => {
        const field = event.currentTarget;
        if (event.key === 'Enter') commit();
        else if (event.key === 'Escape' && field.value !== value) {
          event.stopPropagation();
          field.value = value;
        }
      }}
    />
  );
}
