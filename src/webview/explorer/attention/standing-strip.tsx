import { Definition } from '../../components/definition';
import { rankOf } from './heads';

export interface StandingStripProps {
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  readonly definition: string;
  /** The number of every head. */
  readonly values: readonly number[];
  /** The chosen head; null where it has no such number. */
  readonly index: number | null;
  /** A value to compare with, marked on the strip. */
  readonly reference?: { readonly text: string; readonly value: number };
}

const WIDTH = 1000;

/** Where one head stands among all in one number: a tick a head, from 0 to the largest. */
export function StandingStrip(props: StandingStripProps) {
  const { title, unit, decimals, definition, values, index, reference } = props;
  const largest = Math.max(...values, reference?.value ?? 0, Number.EPSILON);
  const value = index === null ? undefined : values[index];
  const x = (of: number): number => (of / largest) * WIDTH;
  return (
    <div class="strip">
      <span>
        <Definition text={definition}>{title}</Definition>
        {reference && <span class="strip-value">, {reference.text}</span>}
      </span>
      <span class="strip-value">
        {value === undefined ? (
          '–'
        ) : (
          <>
            <b>{value.toFixed(decimals)}</b>
            {unit && ` ${unit}`} · {rankOf(value, values)} of {values.length}
          </>
        )}
      </span>
      <div class="strip-plot" aria-hidden="true">
        <span>0</span>
        <svg viewBox={`0 0 ${WIDTH} 16`} preserveAspectRatio="none">
          <path class="strip-base" d={`M0 15.5H${WIDTH}`} />
          <path class="strip-ticks" d={values.map((each) => `M${x(each).toFixed(1)} 4V15`).join('')} />
          {reference && <path class="strip-reference" d={`M${x(reference.value).toFixed(1)} 0V15`} />}
          {value !== undefined && <path class="strip-chosen" d={`M${x(value).toFixed(1)} 0V15`} />}
        </svg>
        <span title={index === null ? 'Entropy, distance and first-token mass are those of single heads.' : ''}>
          {largest.toFixed(decimals)}
        </span>
      </div>
    </div>
  );
}
