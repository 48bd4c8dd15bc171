import { type ComponentChildren, type RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './definition.css';

export interface DefinitionProps {
  readonly text: string;
  readonly children: ComponentChildren;
  /** Makes the word a button. */
  readonly onPress?: () => void;
}

/** A word with its definition, which shows on hover and on focus; Escape hides it. */
export function Definition({ text, children, onPress }: DefinitionProps) {
  const id = useId();
  const word = useRef<HTMLElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);

  useLayoutEffect(() => {
    const [anchor, box] = [word.current?.getBoundingClientRect(), tip.current];
    if (!open || !anchor || !box) return;
    box.showPopover();
    const { width, height } = box.getBoundingClientRect();
    const below = anchor.bottom + 4 + height <= innerHeight;
    box.style.left = `${Math.max(4, Math.min(anchor.left, innerWidth - width - 4))}px`;
    box.style.top = `${below ? anchor.bottom + 4 : anchor.top - height - 4}px`;
  }, [open]);

  const shared = {
    class: 'definition',
    'aria-describedby': id,
    onPointerEnter: () => setOpen(true),
    onPointerLeave: () => setOpen(false),
    onFocus: () => setOpen(true),
    onBlur: () => setOpen(false),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpen(false);
    },
  };
  return (
    <>
      {onPress ? (
        <button ref={word as RefObject<HTMLButtonElement>} type="button" onClick={onPress} {...shared}>
          {children}
        </button>
      ) : (
        <span ref={word} tabIndex={0} role="note" {...shared}>
          {children}
        </span>
      )}
      <span class="unseen" id={id}>
        {text}
      </span>
      {open && (
        <span ref={tip} class="definition-tip" popover="manual" aria-hidden="true">
          {text}
        </span>
      )}
    </>
  );
}
