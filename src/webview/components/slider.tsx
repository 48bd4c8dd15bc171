import './slider.css';

export interface SliderProps {
  readonly label: string;
  /** Whole number from 0 to `last`. */
  readonly place: number;
  readonly last: number;
  /** How the value reads, for those who hear it. */
  readonly text: string;
  readonly onPlace: (place: number) => void;
  /** A dashed tick at a place, with what it means. */
  readonly mark?: { readonly place: number; readonly title: string };
  /** Small ticks below the track at these places. */
  readonly ticks?: readonly number[];
  readonly disabled?: boolean;
}

/** The browser's own slider in the editor's colours: its keys and its role come with it. */
export function Slider({ label, place, last, text, onPlace, mark, ticks, disabled }: SliderProps) {
  const part = (at: number): string => `${(100 * Math.max(0, Math.min(last, at))) / Math.max(1, last)}%`;
  return (
    <span class="slider" style={{ '--slider-fill': part(place) }}>
      {mark && (
        <i class="slider-mark-track">
          <i class="slider-mark" style={{ left: part(mark.place) }} title={mark.title} />
        </i>
      )}
      {ticks && ticks.length > 0 && (
        <i class="slider-mark-track">
          {ticks.map((at) => (
            <i key={at} class="slider-tick" style={{ left: part(at) }} />
          ))}
        </i>
      )}
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={place}
        disabled={disabled ?? false}
        aria-label={label}
        aria-valuetext={text}
        onInput={(event) => onPlace(Number(event.currentTarget.value))}
      />
    </span>
  );
}
