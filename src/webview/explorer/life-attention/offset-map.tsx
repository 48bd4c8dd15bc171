import type { GridAttention } from '../../../protocol/attention';
import { Board } from '../../components/board';
import { boardGeometry } from '../../components/board-geometry';
import { type RampStops } from '../../../core/colour/colour';
import { type WeightScale, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { LEAST } from './data';
import { signed } from './words';

export interface OffsetMapProps {
  readonly heads: GridAttention;
  /** Of the head, layer by layer. */
  readonly index: number;
  readonly side: number;
  readonly ratio: number;
  readonly stops: RampStops;
  readonly scale: WeightScale;
  readonly theme: ThemeInfo;
}

/** Where a head looks relative to the predicted cell: the mean over all cells. */
export function OffsetMap({ heads, index, side, ratio, stops, scale, theme }: OffsetMapProps) {
  const { radius } = heads;
  const across = 2 * radius + 1;
  const weights = heads.byOffset.subarray(index * across ** 2, (index + 1) * across ** 2);
  const geometry = boardGeometry(
    { width: across, height: across, topology: 'plane' },
    { side, ratio, origin: { row: 0, column: 0 }, rulers: 'below' },
  );
  const said = Array.from(weights, (weight, at) => ({ weight, at }))
    .filter(({ weight }) => weight >= LEAST)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, 4)
    .map(
      ({ weight, at }) =>
        `${weight.toFixed(2)} at (${signed(Math.floor(at / across) - radius)}, ${signed((at % across) - radius)})`,
    );
  return (
    <section class="offset-map" aria-label="By offset">
      <header class="section-header">
        <h2>By offset</h2>
        <span class="muted">mean of {heads.cells} cells</span>
      </header>
      <Board
        geometry={geometry}
        look={(at) => {
          const weight = weights[at] ?? 0;
          return weight < LEAST ? {} : { fill: weightColour(stops, weight, scale), text: weight.toFixed(2) };
        }}
        textFrom={26}
        indexText={(at) => signed(at - radius)}
        liveShare={0}
        cursor={radius * across + radius}
        moore={true}
        theme={theme}
        label={`Mean weight by offset, rows down and columns right: ${said.join('; ') || 'nothing on cells near by'}`}
      />
    </section>
  );
}
