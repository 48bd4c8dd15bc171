import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './popover.css';

export interface PopoverProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** Class of the part inside that should have the focus at first. */
  readonly focus?: string;
}

/** A small editor over the page: Escape or a press outside closes it, and the focus goes back to where it was. */
export function Popover({ label, onClose, children, focus }: PopoverProps) {
  const element = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const first = element.current?.querySelector<HTMLElement>(`${focus ? `.${focus} ` : ''}:is(input, select)`);
    first?.focus();
    const onPointerDown = (event: PointerEvent): void => {
      const inside = event.composedPath().includes(element.current!);
      if (!inside && !(opener && event.composedPath().includes(opener))) close.current();
    };
    document.addEventListener('pointerdown', onPointerDown);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown);
      if (!document.activeElement || document.activeElement === document.body) opener?.focus();
    };
  }, [focus]);

  return (
    <div
      class="popover"
      role="dialog"
      aria-label={label}
      ref={element}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (to instanceof Node && !event.currentTarget.contains(to)) onClose();
      }}
    >
      {children}
    </div>
  );
}
