import { type ComponentChildren, h } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './toolkit';

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
  /** Shown in place of the chosen option's text. */
  readonly shown?: ComponentChildren;
}

/** One choice of a list. Controlled: it shows `value`, whatever was clicked, until the owner changes it. */
export function Dropdown(props: DropdownProps) {
  const element = useRef<HTMLElement & { value: string }>(null);
  const identity = props.options.map((option) => `${option.value}\u0000${option.text}`).join('\u0001');
  useLayoutEffect(() => {
    const dropdown = element.current;
    if (dropdown && dropdown.value !== props.value) dropdown.value = props.value;
  });
  return h(
    'vscode-dropdown',
    {
      // The toolkit keeps the choice by place: another list needs another element.
      key: identity,
      ref: element,
      class: props.class,
      disabled: props.disabled ?? false,
      title: props.title,
      'aria-label': props.label,
      onChange: () => {
        const chosen = element.current?.value;
        if (chosen !== undefined && chosen !== '' && chosen !== props.value) props.onChange(chosen);
      },
    },
    props.shown === undefined ? null : <span slot="selected-value">{props.shown}</span>,
    props.options.map((option) =>
      h(
        'vscode-option',
        { key: option.value, value: option.value, selected: option.value === props.value },
        option.text,
      ),
    ),
  );
}
