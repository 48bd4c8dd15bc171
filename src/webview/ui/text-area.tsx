import { h } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './toolkit';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Grows with its text from one line to this many, then scrolls. */
  readonly maxLines: number;
  /** Pixels of a line, and of what is above and below the lines. */
  readonly lineHeight: number;
  readonly padding: number;
  readonly class?: string;
}

/** Lines of text that grow with what is typed. */
export function TextArea(props: TextAreaProps) {
  const element = useRef<HTMLElement & { control: HTMLTextAreaElement; value: string }>(null);
  const { value, maxLines, lineHeight, padding } = props;

  useLayoutEffect(() => {
    const area = element.current;
    if (!area) return;
    const fit = (): void => {
      const control = area.control;
      if (!control) return;
      control.style.height = '0';
      const lines = Math.max(1, Math.round((control.scrollHeight - padding) / lineHeight));
      control.style.height = `${Math.min(lines, maxLines) * lineHeight + padding}px`;
      control.style.overflowY = lines > maxLines ? 'auto' : 'hidden';
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(area);
    return () => observer.disconnect();
  }, [value, maxLines, lineHeight, padding]);

  return h('vscode-text-area', {
    ref: element,
    class: props.class,
    value,
    rows: 1,
    placeholder: props.placeholder ?? '',
    disabled: props.disabled ?? false,
    'aria-label': props.label,
    spellcheck: false,
    onInput: () => {
      if (element.current) props.onInput(element.current.value);
    },
    onKeyDown: props.onKeyDown,
  });
}
