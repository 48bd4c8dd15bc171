import { type ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './definition.css';

/** A word with its definition, which shows on hover and on focus; Escape hides it. */
export function Definition({ text, children }: { readonly text: string; readonly children: ComponentChildren }) {
  const id = useId();
  const word = useRef<HTMLSpanElement>(null);
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

  return (
    <>
      <span
        ref={word}
        class="definition"
        tabIndex={0}
        role="note"
        aria-describedby={id}
        onPointerEnter={() => setOpen(true)}
        onPointerLeave={() => setOpen(false)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setOpen(false);
        }}
      >
        {children}
      </span>
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
