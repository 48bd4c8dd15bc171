import { useState } from 'preact/hooks';
import type { AttentionOverview } from '../../../protocol/attention';
import { type RampStops, css, rampAt } from '../../../core/colour/colour';
import { Canvas, hatch } from '../../components/canvas';
import { rampGradient } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { headTitle } from './heads';
import type { HeadRef } from './state';
import './heads-map.css';

export interface HeadsMapProps {
  readonly overview: AttentionOverview;
  /** Layers of the model; those without attention are hatched. */
  readonly layers: number;
  readonly head: HeadRef;
  /** What the colours show. */
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  /** [layers, heads] in the order of the overview; null while they are read. */
  readonly values: ArrayLike<number> | null;
  /** Value at the ramp's end, and the place of a value on it, in [0, 1]. */
  readonly largest: number;
  readonly position: (value: number) => number;
  readonly stops: RampStops;
  /** CSS pixels that it may take. */
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeInfo;
  readonly onHead: (head: HeadRef) => void;
}

/** CSS pixels of the numbers of heads and of layers beside the cells. */
const LABELS_LEFT = 26;
const LABELS_TOP = 15;
/** A label needs this much room along its axis. */
const LABEL = { across: 20, down: 11 } as const;
const CELL = { least: 3, widest: 34, highest: 18 } as const;

/** CSS pixels of a cell, as large as the room allows. */
export function headCell(width: number, height: number, layers: number, heads: number) {
  const fit = (room: number, count: number, most: number): number =>
    Math.max(CELL.least, Math.min(most, Math.floor(room / Math.max(1, count))));
  return {
    width: fit(width - LABELS_LEFT, layers, CELL.widest),
    height: fit(height - LABELS_TOP, heads, CELL.highest),
  };
}

/** Every head of the model as one cell, layers to the right, heads down: all in sight at once. A click goes to the head. */
export function HeadsMap(props: HeadsMapProps) {
  const { overview, head, values, theme } = props;
  const [hovered, setHovered] = useState<HeadRef | null>(null);
  const { heads } = overview;
  const layers = Math.max(props.layers, ...overview.layers.map((layer) => layer + 1));
  const cell = headCell(props.width, props.height, layers, heads);
  const [width, height] = [layers * cell.width, heads * cell.height];
  const indexOf = ({ layer, head: at }: HeadRef): number | null => {
    const place = overview.layers.indexOf(layer);
    return place < 0 || at === null ? null : place * heads + at;
  };

  const draw = (context: CanvasRenderingContext2D, pixel: number): void => {
    const gap = cell.width >= 6 && cell.height >= 6 ? 1 : 0;
    for (let layer = 0; layer < layers; layer++) {
      for (let at = 0; at < heads; at++) {
        const index = indexOf({ layer, head: at });
        const value = index === null ? undefined : values?.[index];
        const box = [layer * cell.width, at * cell.height, cell.width - gap, cell.height - gap] as const;
        if (index === null) context.fillStyle = hatch(context, theme.colours.border, pixel);
        else if (value === undefined || Number.isNaN(value)) context.fillStyle = css(theme.colours.background);
        else context.fillStyle = css(rampAt(props.stops, props.position(value)));
        context.fillRect(...box);
        if (!theme.colours.contrastBorder || gap === 0) continue;
        context.strokeStyle = css(theme.colours.contrastBorder, 0.55);
        context.lineWidth = pixel;
        context.strokeRect(box[0] + pixel / 2, box[1] + pixel / 2, box[2] - pixel, box[3] - pixel);
      }
    }
  };

  const under = (event: PointerEvent): HeadRef | null => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const layer = Math.floor((event.clientX - box.left) / cell.width);
    const at = Math.floor((event.clientY - box.top) / cell.height);
    return overview.layers.includes(layer) && at >= 0 && at < heads ? { layer, head: at } : null;
  };
  const keys = (event: KeyboardEvent): void => {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const layer = overview.layers[overview.layers.indexOf(head.layer) + by[0]!];
    const at = (head.head ?? heads) + by[1]!;
    if (layer !== undefined && at >= 0 && at < heads) props.onHead({ layer, head: at });
  };

  const said = hovered ?? head;
  const value = (ref: HeadRef): string => {
    const index = indexOf(ref);
    const number = index === null ? undefined : values?.[index];
    return number === undefined || Number.isNaN(number) ? '–' : number.toFixed(props.decimals);
  };
  const every = (size: number, room: number): number => Math.max(1, Math.ceil(room / size));
  const [everyLayer, everyHead] = [every(cell.width, LABEL.across), every(cell.height, LABEL.down)];
  return (
    <div class="heads-map">
      <div class="heads-map-plot" style={{ width: `${LABELS_LEFT + width}px`, height: `${LABELS_TOP + height}px` }}>
        <svg class="heads-map-labels" width={LABELS_LEFT + width} height={LABELS_TOP + height} aria-hidden="true">
          {Array.from({ length: layers }, (_, layer) =>
            layer % everyLayer === 0 || layer === head.layer ? (
              <text
                key={layer}
                class={layer === head.layer ? 'current' : ''}
                x={LABELS_LEFT + (layer + 0.5) * cell.width}
                y={10}
                text-anchor="middle"
                opacity={layer !== head.layer && Math.abs(layer - head.layer) < everyLayer ? 0 : 1}
              >
                {cell.width >= 26 ? `L${layer}` : layer}
              </text>
            ) : null,
          )}
          {Array.from({ length: heads }, (_, at) =>
            at % everyHead === 0 || at === head.head ? (
              <text
                key={at}
                class={at === head.head ? 'current' : ''}
                x={LABELS_LEFT - 5}
                y={LABELS_TOP + (at + 0.5) * cell.height}
                text-anchor="end"
                dominant-baseline="central"
                opacity={head.head !== null && at !== head.head && Math.abs(at - head.head) < everyHead ? 0 : 1}
              >
                h{at}
              </text>
            ) : null,
          )}
        </svg>
        <div
          class="heads-map-cells"
          style={{ left: `${LABELS_LEFT}px`, top: `${LABELS_TOP}px`, width: `${width}px`, height: `${height}px` }}
          tabIndex={0}
          role="application"
          aria-roledescription="map of heads"
          aria-label={`${props.title} of ${overview.statistics.length} heads, layers to the right, heads down. ${headTitle(head)}: ${value(head)} ${props.unit}. Arrow keys choose.`}
          aria-busy={values === null}
          onKeyDown={keys}
          onPointerMove={(event) => setHovered(under(event))}
          onPointerLeave={() => setHovered(null)}
          onClick={(event) => {
            const ref = under(event as unknown as PointerEvent);
            if (ref) props.onHead(ref);
          }}
        >
          <Canvas width={width} height={height} draw={draw} />
          {head.head !== null && (
            <span
              class="heads-map-chosen"
              style={{
                left: `${head.layer * cell.width - 1}px`,
                top: `${head.head * cell.height - 1}px`,
                width: `${cell.width + 1}px`,
                height: `${cell.height + 1}px`,
              }}
            />
          )}
        </div>
      </div>
      <p class="heads-map-caption">
        <span class="heads-map-value" title={props.title}>
          L{said.layer} {said.head === null ? 'mean' : `H${said.head}`} <b>{value(said)}</b> {props.unit}
        </span>
        <span class="spring" />
        <span>0</span>
        <i class="heads-map-ramp" style={{ backgroundImage: rampGradient(props.stops) }} />
        <span>{props.largest.toFixed(props.decimals)}</span>
      </p>
    </div>
  );
}
