import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { AttentionHead, AttentionOverview } from '../../../protocol/attention';
import { WEIGHT_OF_CODE } from '../../../core/numeric/codes';
import { packedIndex } from '../../../core/lens/packed';
import type { ProblemData } from '../../../protocol/errors';
import { AxisLabels } from '../../components/axis-labels';
import { type RampStops, css, inkOn } from '../../../core/colour/colour';
import { type Cell, HeatMap } from '../../components/heat-map';
import { type WeightScale, weightColour } from '../../components/ramp';
import { Segmented } from '../../components/segmented';
import type { ThemeInfo } from '../../components/theme';
import { usePixelRatio, useSize } from '../../components/use-size';
import { headTitle } from './heads';
import { LABELS_LEFT, LABELS_TOP, type MapLayout, NUMBERS_FROM, OVERVIEW_SIDE, mapLayout } from './layout';
import { ProblemNote } from './problem-note';
import { HatchNote, Readout } from './readout';
import type { Request } from './requests';
import { type Reading, type Source, rowReading, useRow } from './run-data';
import { SequenceOverview } from './sequence-overview';
import type { AttentionState, HeadRef } from './state';
import { shortWeight } from './weight-format';
import { WeightsTable } from './weights-table';
import { useWindowOrigin } from './window-origin';
import './map-column.css';

export interface MapColumnProps {
  readonly source: Source;
  /** Tokens that the map covers. */
  readonly tokens: number;
  readonly map: Request<AttentionHead>;
  readonly overview: AttentionOverview;
  readonly head: HeadRef;
  readonly selection: Cell;
  /** Weights of the selected query. */
  readonly row: Reading | null;
  /** Why its exact weights could not be read. */
  readonly rowProblem: ProblemData | null;
  readonly onRetryRow: () => void;
  /** Row of the query or column of the key, as the state's direction says. */
  readonly reading: Reading | null;
  readonly labels: readonly string[];
  readonly promptLength: number;
  readonly state: AttentionState;
  readonly setState: (partial: Partial<AttentionState>) => void;
  readonly stops: RampStops;
  readonly pixelOfCode: Uint32Array;
  readonly theme: ThemeInfo;
  readonly onSelect: (cell: Cell) => void;
  readonly onHead: (head: HeadRef) => void;
  readonly onQuery: (query: number) => void;
  readonly onKey: (key: number) => void;
  /** Says which keys are on show where the window follows the selection; not where it was dragged. */
  readonly onSpan: (span: KeySpan) => void;
  /** Whether the page scrolls, so that the map's height is its own choice. */
  readonly scrolls: boolean;
}

/** Keys on show: `count` from `from`. */
export interface KeySpan {
  readonly from: number;
  readonly count: number;
}

/** One head, large. */
export function MapColumn(props: MapColumnProps) {
  const { head, state, setState } = props;
  return (
    <section class="attention-map" aria-label={headTitle(head)}>
      <header class="section-header">
        <h2>{headTitle(head)}</h2>
        <span class="spring" />
        <Segmented
          label="Show the weights as"
          value={state.view}
          options={[
            { name: 'map', title: 'Map' },
            { name: 'table', title: 'Table', hint: 'The same numbers as tables' },
          ]}
          onChange={(view) => setState({ view })}
        />
        <span class="control-group">
          <span class="control-label">Scale</span>
          <Segmented<WeightScale>
            label="Scale of the colours"
            value={state.scale}
            options={[
              { name: 'linear', title: 'Linear', hint: 'Colour proportional to the weight' },
              {
                name: 'sqrt',
                title: 'Square root',
                hint: 'Colour proportional to the square root: small weights show',
              },
            ]}
            onChange={(scale) => setState({ scale })}
          />
        </span>
      </header>
      {state.view === 'table' ? <WeightsTable {...props} /> : <MapBody {...props} />}
    </section>
  );
}

const PADDING = 16;

function MapBody(props: MapColumnProps) {
  const [room, size] = useSize<HTMLDivElement>();
  const ratio = usePixelRatio();
  const layout = useMemo(
    () =>
      mapLayout({
        width: size.width - 2 * PADDING,
        height: props.scrolls ? Infinity : size.height,
        ratio,
        tokens: props.tokens,
      }),
    [size.width, size.height, props.scrolls, ratio, props.tokens],
  );
  return (
    <div class="map-room" ref={room}>
      {size.width > 0 && <MapFigure {...props} layout={layout} ratio={ratio} />}
    </div>
  );
}

interface FigureProps extends MapColumnProps {
  readonly layout: MapLayout;
  readonly ratio: number;
}

function MapFigure(props: FigureProps) {
  const { layout, ratio, source, tokens, map, head, selection, labels, promptLength, theme } = props;
  const [hovered, setHovered] = useState<Cell | null>(null);
  const [origin, setOrigin, follows] = useWindowOrigin(selection, props.state.key !== null, layout, tokens);
  const window = useMemo(() => ({ ...origin, count: layout.count }), [origin, layout.count]);
  const { onSpan } = props;
  useLayoutEffect(() => {
    if (follows) onSpan({ from: window.key, count: window.count });
  }, [onSpan, follows, window.key, window.count]);
  const settledQuery = useSettled(hovered && hovered.query !== selection.query ? hovered.query : null);
  const hoveredRow = useRow(source, head, settledQuery);

  const cell = hovered ?? selection;
  const row =
    hovered && hovered.query !== selection.query ? rowReading(hoveredRow.value, map.value, hovered.query) : props.row;
  const readout = (
    <Readout
      query={{ index: cell.query, label: labels[cell.query] ?? '' }}
      keyToken={{ index: cell.key, label: labels[cell.key] ?? '' }}
      weight={row?.weights[cell.key] ?? null}
      exact={row?.exact ?? false}
      scale={props.state.scale}
      stops={props.stops}
      explainsHatch={layout.readout !== 'above'}
    />
  );
  const aside =
    layout.readout === 'triangle' ? null : (
      <div class={`map-aside ${layout.readout}`}>
        {readout}
        {!layout.whole && (
          <SequenceOverview
            map={map.value}
            tokens={tokens}
            window={window}
            selection={selection}
            pixelOfCode={props.pixelOfCode}
            side={OVERVIEW_SIDE[layout.readout]}
            ratio={ratio}
            theme={theme}
            onMove={setOrigin}
          />
        )}
      </div>
    );
  const cellText = useCellText(props);
  const axis = { labels, count: layout.count, pitch: layout.pitch, promptLength, theme };

  return (
    <div class={`map-figure ${layout.readout}`}>
      {layout.readout === 'above' && aside}
      <div class="map-square" style={{ width: `${LABELS_LEFT + layout.side}px` }}>
        <div class="map-corner" aria-hidden="true" style={{ width: `${LABELS_LEFT}px`, height: `${LABELS_TOP}px` }}>
          <span>key →</span>
          <span>query ↓</span>
        </div>
        <AxisLabels
          {...axis}
          axis="column"
          from={window.key}
          depth={LABELS_TOP}
          selected={selection.key}
          hovered={hovered?.key ?? null}
          onSelect={props.onKey}
        />
        <AxisLabels
          {...axis}
          axis="row"
          from={window.query}
          depth={LABELS_LEFT}
          selected={selection.query}
          hovered={hovered?.query ?? null}
          onSelect={props.onQuery}
        />
        <HeatMap
          map={map.value}
          window={window}
          cell={layout.cell}
          ratio={ratio}
          pixelOfCode={props.pixelOfCode}
          selected={selection}
          hovered={hovered}
          cellText={cellText}
          theme={theme}
          label={`${headTitle(head)}: attention weights of ${tokens} queries on the keys up to them`}
          describedBy="attention-keys"
          onHover={setHovered}
          onSelect={props.onSelect}
        >
          {layout.readout === 'triangle' && <div class="readout-place">{readout}</div>}
          {map.problem && <ProblemNote problem={map.problem} retry={map.retry} />}
        </HeatMap>
      </div>
      {layout.readout === 'beside' && aside}
      {props.rowProblem && <ProblemNote problem={props.rowProblem} retry={props.onRetryRow} />}
      <p class="map-foot" style={{ paddingLeft: `${LABELS_LEFT}px` }}>
        <span class="prompt-sample">prompt tokens</span>
        {layout.readout === 'above' && <HatchNote />}
        <span>Each row sums to 1.</span>
        <span title="Drawn from weights kept in 8 bits, at most 0.004 away. The numbers of the selected query are exact where they say so.">
          Colours from 8-bit codes.
        </span>
      </p>
    </div>
  );
}

/** The numbers of the cells, where cells are large enough: exact for the selected query. */
function useCellText({ layout, map, row, selection, state, stops, theme }: FigureProps) {
  const codes = layout.pitch >= NUMBERS_FROM ? map.value?.codes : undefined;
  return useMemo(() => {
    if (!codes) return null;
    return ({ query, key }: Cell) => {
      const known = query === selection.query ? row?.weights[key] : undefined;
      const weight = known ?? WEIGHT_OF_CODE[codes[packedIndex(query, key)] ?? 0] ?? 0;
      const ink = inkOn(weightColour(stops, weight, state.scale), theme.colours.foreground);
      return { text: shortWeight(weight), ink: css(ink) };
    };
  }, [codes, row, selection.query, stops, state.scale, theme]);
}

const SETTLE_MS = 60;

/** The value once it has stayed the same for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
