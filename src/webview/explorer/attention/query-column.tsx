import { useMemo } from 'preact/hooks';
import type { AttentionOverview, AttentionPair } from '../../../protocol/attention';
import type { RampStops } from '../../../core/colour/colour';
import type { Cell } from '../../components/heat-map';
import type { WeightScale } from '../../components/ramp';
import { Segmented } from '../../components/segmented';
import type { ThemeInfo } from '../../components/theme';
import { useSize } from '../../components/use-size';
import { KeyHints } from './key-hints';
import { MOST_ROWS, MostList } from './most-list';
import { PairTable, pairRoom } from './pair-table';
import type { Request } from './requests';
import { type Reading, largestOf } from './run-data';
import type { Direction, HeadRef } from './state';
import { WeightText } from './weight-text';
import './query-column.css';

export interface QueryColumnProps {
  readonly overview: AttentionOverview;
  /** Layers of the model, with attention or without. */
  readonly layers: number;
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
  readonly toLargest: boolean;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  /** Whether there is room for a column of its own; else the map of heads shows the pair. */
  readonly tall: boolean;
  /** Whether the page scrolls, so that the height is its own choice. */
  readonly scrolls: boolean;
  readonly onDirection: (direction: Direction) => void;
  readonly onQuery: (query: number) => void;
  readonly onKey: (key: number) => void;
  readonly onHead: (head: HeadRef) => void;
}

const LEAST = 2;
/** CSS pixels: heading with direction, three lines of text, heading of the list with the row of others, a row, the keys. */
const HEIGHT = { heading: 76, text: 84, most: 66, row: 21, pairHeading: 36, keys: 43 } as const;

/** Rows of the list of most that leave the text room for three lines. */
function rowsOfMost(height: number, pairAndKeys: number): number {
  const left = height - HEIGHT.heading - HEIGHT.text - HEIGHT.most - pairAndKeys;
  return Math.max(LEAST, Math.min(MOST_ROWS, Math.floor(left / HEIGHT.row)));
}

/** Where the chosen token looks, or who looks at it, and what the other heads do with the same pair. */
export function QueryColumn(props: QueryColumnProps) {
  const { selection, direction, labels, reading } = props;
  const looks = direction === 'looks';
  const subject = looks ? selection.query : selection.key;
  const other = looks ? selection.key : selection.query;
  const [room, size] = useSize<HTMLElement>();
  const pairAndKeys = props.tall
    ? HEIGHT.pairHeading + pairRoom({ ...props, width: size.width }).height + HEIGHT.keys
    : 0;
  const sum = useMemo(() => reading?.weights.reduce((total, weight) => total + (weight || 0), 0) ?? null, [reading]);

  return (
    <section class="attention-query" ref={room} aria-label={looks ? 'Where the query looks' : 'Who looks at the key'}>
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
          top={props.toLargest ? largestOf(reading) : 1}
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
        rows={props.scrolls ? MOST_ROWS : rowsOfMost(size.height, pairAndKeys)}
        onChoose={looks ? props.onKey : props.onQuery}
      />
      {props.tall && (
        <PairTable
          overview={props.overview}
          layers={props.layers}
          pair={props.pair}
          head={props.head}
          query={labels[selection.query] ?? ''}
          keyToken={labels[selection.key] ?? ''}
          scale={props.scale}
          toLargest={props.toLargest}
          stops={props.stops}
          theme={props.theme}
          width={size.width}
          onHead={props.onHead}
        />
      )}
      {props.tall && <KeyHints />}
    </section>
  );
}
