import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './text-field.css';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** After Enter or on leaving the field. @returns why it was refused, a sentence without its full stop; else nothing */
  readonly onCommit: (value: string) => string | void;
  readonly class?: string;
  /** Id of a `datalist` with suggestions. */
  readonly list?: string;
  readonly disabled?: boolean;
  /** What to type, while nothing is. */
  readonly placeholder?: string;
}

/**
 * A short line of text that counts when it is complete: Enter or leaving commits, Escape takes back. What is refused is said
 * beside it, until something else is done. Plain, not the toolkit's, whose hidden inner field costs 8 kB and a label for every
 * number beside a slider.
 */
export function TextField({ label, value, onCommit, class: className, list, disabled, placeholder }: TextFieldProps) {
  const element = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  useEffect(() => {
    if (!refused) return undefined;
    const over = (): void => setRefused(null);
    // Also where the field is not reached by it: the word stands over what is below.
    for (const event of ENDS) addEventListener(event, over, true);
    return () => {
      for (const event of ENDS) removeEventListener(event, over, true);
    };
  }, [refused]);
  useLayoutEffect(() => {
    if (element.current) element.current.value = value;
  }, [value]);
  const commit = (): void => {
    const field = element.current;
    if (!field || field.value === value) return;
    const why = onCommit(field.value);
    // What was typed may be refused or rounded: until the value changes, the field shows what counts.
    field.value = value;
    const { left, right, bottom } = field.getBoundingClientRect();
    setRefused(why ? { why: `${why}: ${value} stays.`, left, right: innerWidth - right, top: bottom + 2 } : null);
  };
  const input = (
    <input
      ref={element}
      class={className ? `text-field ${className}` : 'text-field'}
      type="text"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      defaultValue={value}
      disabled={disabled ?? false}
      placeholder={placeholder}
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
  if (!refused) return input;
  // On the side of the field that has more room.
  const side = refused.left > refused.right ? { right: `${refused.right}px` } : { left: `${refused.left}px` };
  return (
    <>
      {input}
      <span class="text-field-refused" role="alert" style={{ top: `${refused.top}px`, ...side }}>
        {refused.why}
      </span>
    </>
  );
}

/** Why something was not taken, and where the field was. */
interface Refused {
  readonly why: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

const ENDS = ['input', 'pointerdown', 'wheel', 'resize', 'keydown'] as const;
