import { useRef } from 'preact/hooks';
import './segmented.css';

export interface SegmentedProps<Name extends string> {
  readonly label: string;
  readonly options: readonly { readonly name: Name; readonly title: string; readonly hint?: string }[];
  readonly value: Name;
  readonly onChange: (name: Name) => void;
}

/** One of a few, all in sight: a radio group whose arrows choose. */
export function Segmented<Name extends string>({ label, options, value, onChange }: SegmentedProps<Name>) {
  const group = useRef<HTMLDivElement>(null);
  const choose = (place: number): void => {
    const option = options[(place + options.length) % options.length]!;
    onChange(option.name);
    group.current?.querySelector<HTMLElement>(`[data-name="${option.name}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const place = options.findIndex((option) => option.name === value);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(place + step);
  };
  return (
    <div class="segmented" role="radiogroup" aria-label={label} ref={group} onKeyDown={onKeyDown}>
      {options.map((option) => (
        <button
          key={option.name}
          type="button"
          role="radio"
          data-name={option.name}
          aria-checked={option.name === value}
          tabIndex={option.name === value ? 0 : -1}
          title={option.hint}
          onClick={() => onChange(option.name)}
        >
          {option.title}
        </button>
      ))}
    </div>
  );
}
