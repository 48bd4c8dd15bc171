import type { AttentionOverview, AttentionPair } from '../../../protocol/attention';
import { type RampStops, css, inkOn } from '../../../core/colour/colour';
import { type WeightScale, rampPosition, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { headTitle } from './heads';
import { HeadsMap } from './heads-map';
import { ProblemNote } from './problem-note';
import type { Request } from './requests';
import type { HeadRef } from './state';
import { shortWeight, weightDetail } from './weight-format';

export interface PairTableProps {
  readonly overview: AttentionOverview;
  /** Layers of the model, with attention or without. */
  readonly layers: number;
  readonly pair: Request<AttentionPair>;
  readonly head: HeadRef;
  readonly query: string;
  readonly keyToken: string;
  readonly scale: WeightScale;
  readonly toLargest: boolean;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  /** CSS pixels from side to side. */
  readonly width: number;
  readonly onHead: (head: HeadRef) => void;
}

/** Weights below this round to 0 and get no fill. */
const SHOWN = 0.005;

/** CSS pixels of a number and of a row, and how high the numbers may be. */
const NUMBER = { width: 36, height: 19 } as const;
const ROW_HEADING = 24;
/** CSS pixels of a column whose heading is written out. */
const NAMED_WIDTH = 47;
const COLUMN_HEADING = 18;
const HIGHEST = 240;
const PADDING = 32;

/** CSS pixels of what shows the pair in every head: numbers where they fit, else a map. */
export function pairRoom({ overview, width }: Pick<PairTableProps, 'overview' | 'width'>) {
  const numbers = COLUMN_HEADING + overview.heads * NUMBER.height;
  const fits = ROW_HEADING + overview.layers.length * NUMBER.width <= width - PADDING && numbers <= HIGHEST;
  return { fits, height: fits ? numbers : MAP_HEIGHT };
}

/** CSS pixels of a map with its caption. */
const MAP_HEIGHT = 150;

/** The same query and key in every head of the model. A click goes to the head. */
export function PairTable(props: PairTableProps) {
  const { overview, pair, head, query, keyToken, scale, stops, theme, onHead } = props;
  const weights = pair.value?.weights;
  const top = props.toLargest && weights ? Math.max(...weights, Number.EPSILON) : 1;
  const named = ROW_HEADING + overview.layers.length * NAMED_WIDTH <= props.width - PADDING;
  const cell = (layer: number, layerIndex: number, at: number) => {
    const weight = weights?.[layerIndex * overview.heads + at];
    const fill = weight !== undefined && weight >= SHOWN ? weightColour(stops, weight, scale, top) : null;
    const chosen = layer === head.layer && at === head.head;
    return (
      <td
        key={layer}
        class={`${chosen ? 'chosen' : ''}${fill ? ' filled' : ''}`}
        aria-current={chosen ? 'true' : undefined}
        style={fill ? { backgroundColor: css(fill), color: css(inkOn(fill, theme.colours.foreground)) } : undefined}
        title={
          weight === undefined
            ? ''
            : `${headTitle({ layer, head: at })}: ${weightDetail(weight, pair.value?.exact ?? false)}`
        }
        onClick={() => onHead({ layer, head: at })}
      >
        {weight === undefined ? '–' : shortWeight(weight)}
      </td>
    );
  };

  return (
    <section class="pair" aria-label="The same pair in every head">
      <header class="section-header">
        <span class="token-box">{query}</span>
        <span aria-label="on">→</span>
        <span class="token-box">{keyToken}</span>
        <h2>in every head</h2>
      </header>
      {pair.problem ? (
        <ProblemNote problem={pair.problem} retry={pair.retry} />
      ) : !pairRoom(props).fits ? (
        <HeadsMap
          overview={overview}
          layers={props.layers}
          head={head}
          title={`Weight of ${query} on ${keyToken}`}
          unit=""
          decimals={2}
          values={weights ?? null}
          largest={top}
          position={(weight) => rampPosition(weight, scale, top)}
          stops={stops}
          width={props.width - PADDING}
          height={MAP_HEIGHT - 22}
          theme={theme}
          onHead={onHead}
        />
      ) : (
        <div class="pair-heads">
          <table aria-label="Weights of the pair, heads down, layers to the right">
            <thead>
              <tr>
                <td />
                {overview.layers.map((layer) => (
                  <th key={layer} scope="col" class={layer === head.layer ? 'current' : ''}>
                    {named ? `layer ${layer}` : `L${layer}`}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {Array.from({ length: overview.heads }, (_, at) => (
                <tr key={at}>
                  <th scope="row" class={at === head.head ? 'current' : ''} aria-label={`head ${at}`}>
                    h{at}
                  </th>
                  {overview.layers.map((layer, layerIndex) => cell(layer, layerIndex, at))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
