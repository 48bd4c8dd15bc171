import { accuracyOf, type OrderFigures } from '../../../../core/life/sweep';
import { wilsonInterval } from '../../../../core/numeric/proportion';
import type { LifeSweep } from '../../../../protocol/sweep';
import { axisTo } from '../../../components/axis';
import { useSize } from '../../../components/use-size';

const HEIGHT = 196;
const LEFT = 52;
const RIGHT = 18;
const TOP = 32;
const BOTTOM = 40;
/** Width from which on both stand side by side. */
const BESIDE = 760;
/** CSS pixels that a label of the densities needs. */
const LABEL = 34;

export interface SweepChartProps {
  readonly sweep: LifeSweep;
  /** The density whose row is under the pointer or has the focus; null where none. */
  readonly shown: number | null;
}

/** Two charts over one axis of densities: whole boards that are right, and wrong cells a board. The table has the numbers. */
export function SweepChart({ sweep, shown }: SweepChartProps) {
  const [room, { width }] = useSize<HTMLDivElement>();
  const { figures, grid } = sweep;
  const cells = axisTo(Math.max(0, ...figures.map((of) => wrongCells(of))));
  const share = axisTo(1);
  const each = width >= BESIDE ? Math.floor(width / 2) : width;
  return (
    <div class="sweep-charts" ref={room} aria-hidden="true">
      {width > 0 && (
        <>
          <Plot
            title="boards right, %"
            width={each}
            sweep={sweep}
            shown={shown}
            end={1}
            ticks={share.ticks.map((value) => ({ value, text: `${Math.round(value * 100)}` }))}
            value={(of) => accuracyOf(of).boards}
            range={({ boards, wrongBoards }) => wilsonInterval(boards - wrongBoards, boards)}
          />
          <Plot
            title={`wrong cells a board, of ${grid.width * grid.height}`}
            width={each}
            sweep={sweep}
            shown={shown}
            end={cells.end}
            ticks={cells.ticks.map((value) => ({ value, text: value.toFixed(cells.digits) }))}
            value={wrongCells}
            range={null}
          />
        </>
      )}
    </div>
  );
}

/** Wrong cells of a board, the mean of the boards that were asked about; every cell of an answer that is no board is wrong. */
export function wrongCells({ boards, wrongCells: wrong }: Pick<OrderFigures, 'boards' | 'wrongCells'>): number {
  return wrong / boards;
}

interface PlotProps extends SweepChartProps {
  readonly title: string;
  readonly width: number;
  /** Where the axis upwards ends. */
  readonly end: number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  readonly value: (figures: OrderFigures) => number;
  /** What the true value lies in; null where nothing is said of it. */
  readonly range: ((figures: OrderFigures) => { readonly low: number; readonly high: number }) | null;
}

function Plot({ title, width, sweep, shown, end, ticks, value, range }: PlotProps) {
  const { figures, plan } = sweep;
  const across = Math.max(1, width - LEFT - RIGHT);
  const down = HEIGHT - TOP - BOTTOM;
  const [least, most] = [Math.min(...plan.orders), Math.max(...plan.orders)];
  const x = (order: number): number => LEFT + (most > least ? (order - least) / (most - least) : 0.5) * across;
  const y = (of: number): number => TOP + down * (1 - of / end);
  const every = Math.max(1, Math.ceil((plan.orders.length * LABEL) / across));
  return (
    <svg width={width} height={HEIGHT}>
      {ticks.map(({ value: at, text }) => (
        <g key={at}>
          <path class="sweep-grid" d={`M${LEFT} ${Math.round(y(at)) + 0.5}h${across}`} />
          <text class="sweep-axis" x={LEFT - 8} y={y(at) + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      <path class="sweep-base" d={`M${LEFT} ${TOP + down + 0.5}h${across}`} />
      {plan.orders.map((order, place) =>
        place % every === 0 ? (
          <text key={order} class="sweep-axis" x={x(order)} y={TOP + down + 16} text-anchor="middle">
            {order}
          </text>
        ) : null,
      )}
      <text class="sweep-axis" x={LEFT + across} y={HEIGHT - 6} text-anchor="end">
        density: share of live cells
      </text>
      <text class="sweep-name" x={16} y={14}>
        {title}
      </text>
      {figures.length > 1 && (
        <path class="sweep-line" d={`M${figures.map((each) => `${x(each.order)} ${y(value(each))}`).join('L')}`} />
      )}
      {figures.map((each) => {
        const [at, top] = [x(each.order), y(value(each))];
        const within = range?.(each);
        return (
          <g key={each.order} class={each.order === shown ? 'sweep-point sweep-shown' : 'sweep-point'}>
            {within && <path d={`M${at} ${y(within.high)}V${y(within.low)}m-3 0h6M${at - 3} ${y(within.high)}h6`} />}
            <circle cx={at} cy={top} r={each.order === shown ? 5 : 3.5} />
          </g>
        );
      })}
    </svg>
  );
}
