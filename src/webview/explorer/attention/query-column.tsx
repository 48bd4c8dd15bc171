import { useMemo } from 'preact/hooks';
import type { AttentionOverview, AttentionPair } from '../../../protocol/attention';
import type { RampStops } from '../../../core/colour/colour';
import type { Cell } from '../../components/heat-map';
import type { WeightScale } from '../../components/ramp';
import { Segmented } from '../../components/segmented';
import type { ThemeInfo } from '../../components/theme';
import { MostList } from './most-list';
import { PairTable } from './pair-table';
import type { Request } from './requests';
import type { Reading } from './run-data';
import type { Direction, HeadRef } from './state';
import { WeightText } from './weight-text';
import './query-column.css';

export interface QueryColumnProps {
  readonly overview: AttentionOverview;
  readonly head: HeadRef;
  readonly selection: Cell;
  readonly direction: Direction;
  /** Row of the query or column of the key, as `direction` says. */
  readonly reading: Reading | null;
  readonly pair: Request<AttentionPair>;
  readonly labels: readonly string[];
  /** Tokens of the run; more than the maps cover where the last was never fed. */
  readonly texts: readonly string[];
  readonly scale: WeightScale;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  readonly onDirection: (direction: Direction) => void;
  readonly onQuery: (query: number) => void;
  readonly onKey: (key: number) => void;
  readonly onHead: (head: HeadRef) => void;
}

/** Where the chosen token looks, or who looks at it, and what the other heads do with the same pair. */
export function QueryColumn(props: QueryColumnProps) {
  const { selection, direction, labels, reading } = props;
  const looks = direction === 'looks';
  const subject = looks ? selection.query : selection.key;
  const other = looks ? selection.key : selection.query;
  const sum = useMemo(() => reading?.weights.reduce((total, weight) => total + weight, 0) ?? null, [reading]);

  return (
    <section class="attention-query" aria-label={looks ? 'Where the query looks' : 'Who looks at the key'}>
      <div class="query-text">
        <header class="section-header">
          <h2>{looks ? 'Query' : 'Key'}</h2>
          <span class="token-box">{labels[subject]}</span>
          <span class="muted">position {subject}</span>
        </header>
        <div class="direction">
          <Segmented<Direction>
            label="Direction"
            value={direction}
            options={[
              {
                name: 'looks',
                title: 'Looks at',
                hint: 'The weights of the query on all keys up to it: a row of the map',
              },
              {
                name: 'looked',
                title: 'Looked at by',
                hint: 'The weights of all later queries on the key: a column of the map',
              },
            ]}
            onChange={props.onDirection}
          />
        </div>
        <WeightText
          texts={props.texts}
          reading={reading}
          subject={subject}
          other={other}
          looks={looks}
          scale={props.scale}
          stops={props.stops}
          theme={props.theme}
          onChoose={looks ? props.onQuery : props.onKey}
        />
        {!looks && (
          <p class="note">
            A column does not sum to 1: each weight is a share of another query.
            {sum !== null && ` This one sums to ${sum.toFixed(2)}.`}
          </p>
        )}
      </div>
      <MostList
        reading={reading}
        labels={labels}
        looks={looks}
        chosen={other}
        onChoose={looks ? props.onKey : props.onQuery}
      />
      <PairTable
        overview={props.overview}
        pair={props.pair}
        head={props.head}
        query={labels[selection.query] ?? ''}
        keyToken={labels[selection.key] ?? ''}
        scale={props.scale}
        stops={props.stops}
        theme={props.theme}
        onHead={props.onHead}
      />
      <p class="key-hints" id="attention-keys">
        <span>
          <kbd aria-label="Up">↑</kbd>
          <kbd aria-label="Down">↓</kbd> query
        </span>
        <span>
          <kbd aria-label="Left">←</kbd>
          <kbd aria-label="Right">→</kbd> key
        </span>
        <span>
          <kbd>[</kbd>
          <kbd>]</kbd> head
        </span>
      </p>
    </section>
  );
}
