import { useMemo } from 'preact/hooks';
import { count } from '../../components/format';
import type { Reading } from './run-data';
import { weightDetail, weightText } from './weight-format';
import './most-list.css';

export interface MostListProps {
  readonly reading: Reading | null;
  readonly labels: readonly string[];
  readonly looks: boolean;
  /** The other token of the selected pair. */
  readonly chosen: number;
  /** Rows before the others are summed up. */
  readonly rows: number;
  readonly onChoose: (index: number) => void;
}

/** Rows where there is room. */
export const MOST_ROWS = 8;

/** The largest weights, and what is left for all others together. */
export function MostList({ reading, labels, looks, chosen, rows, onChoose }: MostListProps) {
  const ranked = useMemo(() => rank(reading, rows), [reading, rows]);
  const total = ranked.known;
  const [one, many] = looks ? ['key', 'keys'] : ['query', 'queries'];
  const others = total - ranked.most.length;
  const longest = ranked.most[0]?.weight ?? 0;
  const full = SCALES.find((end) => longest <= end) ?? 1;
  return (
    <section class="most" aria-label={looks ? 'Looks at most' : 'Looked at most by'}>
      <header class="section-header">
        <h2>{looks ? 'Looks at most' : 'Looked at most by'}</h2>
        <span class="muted">
          {ranked.most.length} of {count(total)} {total === 1 ? one : many}
        </span>
      </header>
      <ol class="most-rows" title={`The bars' scale ends at ${full}.`}>
        {ranked.most.map(({ index, weight }, place) => (
          <li key={place}>
            <button
              type="button"
              class={index === chosen ? 'most-row chosen' : 'most-row'}
              aria-current={index === chosen}
              title={weightDetail(weight, reading?.exact ?? false)}
              onClick={() => onChoose(index)}
            >
              <span class="most-position">{index}</span>
              <span class="most-token">{labels[index]}</span>
              <Bar part={weight / full} />
              <span class="most-weight">{weightText(weight)}</span>
            </button>
          </li>
        ))}
        {others > 0 && (
          <li class="most-row others">
            <span class="most-others">
              {count(others)} {others === 1 ? 'other' : 'others'}
            </span>
            <Bar part={ranked.rest / full} hatched />
            <span class="most-weight">{weightText(ranked.rest)}</span>
          </li>
        )}
      </ol>
    </section>
  );
}

/** Ends of the bars' scale: the smallest that holds the largest weight. The bar of all others may run out of it. */
const SCALES = [0.1, 0.25, 0.5, 1] as const;

function Bar({ part, hatched = false }: { readonly part: number; readonly hatched?: boolean }) {
  return (
    <span class="most-track" aria-hidden="true">
      <span
        class={`most-bar${hatched ? ' hatched' : ''}${part > 1 ? ' beyond' : ''}`}
        style={{ width: `${Math.min(1, part) * 100}%` }}
      />
    </span>
  );
}

interface Ranked {
  readonly most: readonly { readonly index: number; readonly weight: number }[];
  /** Weight of all others together. */
  readonly rest: number;
  /** Weights that are not left out. */
  readonly known: number;
}

function rank(reading: Reading | null, rows: number): Ranked {
  if (!reading) return { most: [], rest: 0, known: 0 };
  const { weights, first } = reading;
  const known = Array.from(weights, (_, at) => at).filter((at) => !Number.isNaN(weights[at]));
  const order = known.sort((a, b) => weights[b]! - weights[a]! || a - b);
  const rest = order.slice(rows).reduce((sum, at) => sum + weights[at]!, 0);
  return {
    most: order.slice(0, rows).map((at) => ({ index: at + first, weight: weights[at]! })),
    rest,
    known: known.length,
  };
}
