import { type ComponentChildren, h } from 'preact';
import './toolkit';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: (event: MouseEvent) => void;
  /** `icon`: a picture alone, which then needs a `label`. */
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly disabled?: boolean;
  /** What it is called where the children do not say. */
  readonly label?: string;
  readonly title?: string;
  readonly class?: string;
  readonly expanded?: boolean;
}

/** The toolkit's looks go by the attribute, which it writes a frame late: the page would be laid out twice. */
const asItWillBe = (button: (HTMLElement & { appearance: string }) | null): void =>
  button?.setAttribute('appearance', button.appearance);

export function Button(props: ButtonProps) {
  return h(
    'vscode-button',
    {
      ref: asItWillBe,
      appearance: props.appearance ?? 'secondary',
      disabled: props.disabled ?? false,
      class: props.class,
      title: props.title ?? props.label,
      'aria-label': props.label,
      'aria-expanded': props.expanded,
      // The host stays clickable where the toolkit disables only its inner button.
      onClick: (event: MouseEvent) => {
        if (!props.disabled) props.onClick(event);
      },
    },
    props.children,
  );
}
