import { useEffect, useRef } from 'preact/hooks';
import type { AttentionOverview, AttentionPair } from '../../../protocol/attention';
import { type RampStops, css, inkOn } from '../../../core/colour/colour';
import { type WeightScale, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { reveal } from '../../components/thumbnails';
import { headTitle } from './heads';
import { ProblemNote } from './problem-note';
import type { Request } from './requests';
import type { HeadRef } from './state';
import { shortWeight, weightDetail } from './weight-format';

export interface PairTableProps {
  readonly overview: AttentionOverview;
  readonly pair: Request<AttentionPair>;
  readonly head: HeadRef;
  readonly query: string;
  readonly keyToken: string;
  readonly scale: WeightScale;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  readonly onHead: (head: HeadRef) => void;
}

/** Weights below this round to 0 and get no fill. */
const SHOWN = 0.005;

/** The same query and key in every head of the model. A click goes to the head. */
export function PairTable({ overview, pair, head, query, keyToken, scale, stops, theme, onHead }: PairTableProps) {
  const weights = pair.value?.weights;
  const cell = (layer: number, layerIndex: number, at: number) => {
    const weight = weights?.[layerIndex * overview.heads + at];
    const fill = weight !== undefined && weight >= SHOWN ? weightColour(stops, weight, scale) : null;
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

  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The chosen head comes into sight under the headings, and no other box scrolls with this one.
    const scroller = box.current;
    const column = scroller?.querySelector<HTMLElement>('thead .current');
    const row = scroller?.querySelector<HTMLElement>('tbody .current');
    if (!scroller || !column) return;
    const corner = scroller.querySelector<HTMLElement>('thead td');
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = scroller;
    const [headWidth, headHeight] = [corner?.offsetWidth ?? 0, corner?.offsetHeight ?? 0];
    scroller.scrollLeft =
      reveal(scrollLeft + headWidth, clientWidth - headWidth, column.offsetLeft, column.offsetWidth) - headWidth;
    if (!row) return;
    scroller.scrollTop =
      reveal(scrollTop + headHeight, clientHeight - headHeight, row.offsetTop, row.offsetHeight) - headHeight;
  }, [head.layer, head.head]);

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
      ) : (
        <div
          ref={box}
          class="pair-scroll"
          tabIndex={0}
          role="group"
          aria-label="Weights of the pair, heads down, layers to the right"
        >
          <table>
            <thead>
              <tr>
                <td />
                {overview.layers.map((layer) => (
                  <th key={layer} scope="col" class={layer === head.layer ? 'current' : ''}>
                    layer {layer}
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
