import { h } from 'preact';
import { useRef } from 'preact/hooks';
import './toolkit';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** After Enter or on leaving the field. */
  readonly onCommit: (value: string) => void;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly describedBy?: string;
}

/** A line of text that counts when it is complete: Enter or leaving commits, Escape takes back. */
export function TextField(props: TextFieldProps) {
  const element = useRef<HTMLElement & { value: string }>(null);
  const commit = (): void => {
    const field = element.current;
    if (!field || field.value === props.value) return;
    props.onCommit(field.value);
    // What was typed may have been refused or rounded: show what counts.
    queueMicrotask(() => requestAnimationFrame(() => (field.value = latest.current)));
  };
  const latest = useRef(props.value);
  latest.current = props.value;
  return h('vscode-text-field', {
    ref: element,
    class: props.class,
    value: props.value,
    disabled: props.disabled ?? false,
    'aria-label': props.label,
    'aria-describedby': props.describedBy,
    onBlur: commit,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter') commit();
      else if (event.key === 'Escape' && element.current && element.current.value !== props.value) {
        event.stopPropagation();
        element.current.value = props.value;
      }
    },
  });
}
