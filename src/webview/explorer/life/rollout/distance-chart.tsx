import type { RolloutRecord } from '../../../../core/life/rollout-record';
import { count } from '../../../components/format';
import { useSize } from '../../../components/use-size';

export interface DistanceChartProps {
  readonly record: RolloutRecord;
  /** Steps of the axis: those that were asked for, while they are made. */
  readonly length: number;
  /** The step on show. */
  readonly place: number;
  readonly onPlace: (place: number) => void;
}

const HEIGHT = 132;
const LEFT = 40;
const RIGHT = 16;
const TOP = 10;
/** Below the plot: ticks of own errors, then the axis' labels. */
const BOTTOM = 34;
const TICK = 10;

/**
 * The Hamming distance to the exact run by step. What stands below its line is stacked: inherited cells, hatched, and on
 * them the cells that the step itself got wrong, solid. Ticks below say where the model broke the rule, also where that is
 * not to be seen in the distance. It shows; the slider below it is operated, and the table read.
 */
export function DistanceChart({ record, length, place, onPlace }: DistanceChartProps) {
  const [room, { width }] = useSize<HTMLDivElement>();
  const { steps, firstWrong } = record;
  const across = Math.max(1, width - LEFT - RIGHT);
  const down = HEIGHT - TOP - BOTTOM;
  const [most, ticks] = scaleTo(Math.max(...steps.map(({ wrong }) => wrong), 0));
  const x = (step: number): number => LEFT + ((step - 0.5) / length) * across;
  const y = (cells: number): number => TOP + down * (1 - cells / most);
  const choose = (event: PointerEvent): void => {
    const left = (event.currentTarget as Element).getBoundingClientRect().left;
    onPlace(Math.ceil(((event.clientX - left - LEFT) / across) * length));
  };
  const chosen = steps[place - 1];
  const base = TOP + down;
  const wrong = firstWrong === null ? null : Math.min(firstWrong, length);
  const labelAt = (at: number) =>
    at > LEFT + across * 0.6 ? ({ x: at - 6, anchor: 'end' } as const) : { x: at + 6, anchor: 'start' as const };
  return (
    <div class="roll-chart" ref={room}>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          aria-hidden="true"
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            choose(event);
          }}
          onPointerMove={(event) => {
            if ((event.buttons & 1) !== 0) choose(event);
          }}
        >
          <defs>
            <pattern
              id="roll-inherited"
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <path class="roll-hatch" d="M0 0V5" />
            </pattern>
          </defs>
          {ticks.map((cells) => (
            <g key={cells}>
              <path class="roll-grid" d={`M${LEFT} ${Math.round(y(cells)) + 0.5}H${LEFT + across}`} />
              <text class="roll-axis" x={LEFT - 8} y={y(cells) + 4} text-anchor="end">
                {count(cells)}
              </text>
            </g>
          ))}
          <path
            class="roll-area-inherited"
            fill="url(#roll-inherited)"
            d={areaOf(
              steps.map(({ inherited }) => [0, inherited]),
              x,
              y,
            )}
          />
          <path
            class="roll-area-own"
            d={areaOf(
              steps.map((each) => [each.inherited, each.wrong]),
              x,
              y,
            )}
          />
          <path
            class="roll-line"
            d={lineOf(
              steps.map(({ wrong }) => wrong),
              x,
              y,
            )}
          />
          {steps.map(({ step, own }) =>
            own > 0 ? <path key={step} class="roll-own-tick" d={`M${x(step)} ${base + 3}v${TICK}`} /> : null,
          )}
          <path class="roll-base" d={`M${LEFT} ${base + 0.5}H${LEFT + across}`} />
          {axisSteps(length, across).map((step) => (
            <text key={step} class="roll-axis" x={x(step)} y={HEIGHT - 6} text-anchor="middle">
              {count(step)}
            </text>
          ))}
          {wrong !== null && (
            <>
              <path class="roll-first" d={`M${x(wrong)} ${TOP}V${base}`} />
              <text class="roll-label" x={labelAt(x(wrong)).x} y={TOP + 8} text-anchor={labelAt(x(wrong)).anchor}>
                first wrong step {count(firstWrong)}
              </text>
            </>
          )}
          {chosen && (
            <>
              <path class="roll-chosen" d={`M${x(place)} ${TOP}V${base + TICK + 4}`} />
              <circle class="roll-chosen-dot" cx={x(place)} cy={y(chosen.wrong)} r="4" />
            </>
          )}
        </svg>
      )}
    </div>
  );
}

type Place = (value: number) => number;

/** Columns from one value to another, each as wide as its step; nothing where all are empty. */
function areaOf(spans: readonly (readonly [from: number, to: number])[], x: Place, y: Place): string {
  let path = '';
  spans.forEach(([from, to], at) => {
    if (to <= from) return;
    path += `M${x(at + 0.5)} ${y(from)}V${y(to)}H${x(at + 1.5)}V${y(from)}Z`;
  });
  return path;
}

/** A line in steps, from the start, where nothing is wrong. */
function lineOf(values: readonly number[], x: Place, y: Place): string {
  return values.reduce((path, value, at) => `${path}V${y(value)}H${x(at + 1.5)}`, `M${x(0.5)} ${y(0)}`);
}

/** The end of the axis of cells, and where it is labelled: 0, and at most four more. */
function scaleTo(most: number): readonly [number, readonly number[]] {
  const unit = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => each * 4 >= most) ?? most;
  const end = Math.max(2, Math.ceil(most / unit)) * unit;
  return [end, Array.from({ length: Math.round(end / unit) + 1 }, (_, at) => at * unit)];
}

/** Steps that are labelled: 1, and round ones after it that have room. */
function axisSteps(length: number, across: number): readonly number[] {
  const room = Math.max(1, Math.floor(across / 56));
  const unit = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500].find((each) => length / each <= room) ?? length;
  const steps = Array.from({ length: Math.floor(length / unit) }, (_, at) => (at + 1) * unit);
  return unit === 1 ? steps : [1, ...steps];
}
