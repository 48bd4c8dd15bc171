import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { AttentionHead, AttentionOverview } from '../../../protocol/attention';
import { WEIGHT_OF_CODE } from '../../../core/numeric/codes';
import { packedIndex } from '../../../core/lens/packed';
import type { ProblemData } from '../../../protocol/errors';
import { AxisLabels } from '../../components/axis-labels';
import { type RampStops, css, inkOn } from '../../../core/colour/colour';
import { type Cell, HeatMap } from '../../components/heat-map';
import { largestCode } from '../../components/heat-map-pixels';
import { LOG_FLOOR, type WeightScale, pixelsOfCodes, weightColour } from '../../components/ramp';
import { Segmented } from '../../components/segmented';
import type { ThemeInfo } from '../../components/theme';
import { usePixelRatio, useSize } from '../../components/use-size';
import { headTitle } from './heads';
import { KeyHints } from './key-hints';
import { type MapLayout, NUMBERS_FROM, mapLayout } from './layout';
import { ProblemNote } from './problem-note';
import { HatchNote, Readout } from './readout';
import type { Request } from './requests';
import { type Reading, type Source, rowReading, useRow } from './run-data';
import { SequenceOverview } from './sequence-overview';
import { type AttentionState, type HeadRef, MOST_WITHOUT, toggled } from './state';
import { shortWeight, withoutText } from './weight-format';
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
  /** Keys that are left out of every row. */
  readonly without: readonly number[];
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
  /** Whether the keys are explained below the map. */
  readonly hints: boolean;
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
        <LeaveOut {...props} />
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
              {
                name: 'log',
                title: 'Log',
                hint: `Colour proportional to the logarithm, from ${LOG_FLOOR}: the smallest weights show. What is less, and 0, has no colour.`,
              },
            ]}
            onChange={(scale) => setState({ scale })}
          />
          <label title="Every picture's scale ends at the largest weight that it shows. A query that can look at one key only does not count.">
            <input
              type="checkbox"
              checked={state.toLargest}
              onChange={(event) => setState({ toLargest: event.currentTarget.checked })}
            />
            To largest
          </label>
        </span>
      </header>
      {state.view === 'table' ? <WeightsTable {...props} /> : <MapBody {...props} />}
    </section>
  );
}

/** What is left out of the rows. */
function LeaveOut({ state, setState, selection, labels }: MapColumnProps) {
  const { without } = state;
  const { key } = selection;
  const toggle = (of: number): void => setState({ without: toggled(without, of) });
  return (
    <span class="control-group leave-out">
      <label title="Leaves out what goes to the first token, where many heads rest, and shares each row out anew among the other keys: in the map, the pictures, the numbers and the lists.">
        <input type="checkbox" checked={without.includes(0)} onChange={() => toggle(0)} />
        Without first token
      </label>
      {key !== 0 && (
        <button
          type="button"
          class="leave-out-key"
          aria-pressed={without.includes(key)}
          disabled={!without.includes(key) && without.length >= MOST_WITHOUT}
          title={`Leaves out the column of the selected key (X).`}
          onClick={() => toggle(key)}
        >
          {without.includes(key) ? 'With' : 'Without'} {labels[key]}
        </button>
      )}
      {without.some((each) => each !== 0 && each !== key) && (
        <button type="button" class="leave-out-key" onClick={() => setState({ without: [] })}>
          All keys
        </button>
      )}
    </span>
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
        hints: props.hints,
      }),
    [size.width, size.height, props.scrolls, ratio, props.tokens, props.hints],
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

  const { toLargest, scale } = props.state;
  const { stops, without } = props;
  const top = useMemo(
    () => (toLargest && map.value ? WEIGHT_OF_CODE[largestCode(map.value, window, without)] || 1 : null),
    [toLargest, map.value, window, without],
  );
  const pixelOfCode = useMemo(
    () => (top === null ? props.pixelOfCode : pixelsOfCodes(stops, scale, top)),
    [top, props.pixelOfCode, stops, scale],
  );
  const said = withoutText(without, labels);
  const cell = hovered ?? selection;
  const row =
    hovered && hovered.query !== selection.query
      ? rowReading(hoveredRow.value, map.value, hovered.query, without)
      : props.row;
  const readout = (
    <Readout
      query={{ index: cell.query, label: labels[cell.query] ?? '' }}
      keyToken={{ index: cell.key, label: labels[cell.key] ?? '' }}
      weight={row?.weights[cell.key] ?? null}
      exact={row?.exact ?? false}
      scale={scale}
      top={top}
      without={said}
      {...(layout.readout === 'beside' ? { width: layout.aside } : {})}
      stops={stops}
      explainsHatch={layout.readout !== 'above'}
    />
  );
  const aside =
    layout.readout === 'triangle' ? null : (
      <div class={asideClass(layout)} style={layout.readout === 'beside' ? { width: `${layout.aside}px` } : undefined}>
        {readout}
        {!layout.whole && (
          <SequenceOverview
            map={map.value}
            tokens={tokens}
            window={window}
            selection={selection}
            pixelOfCode={pixelOfCode}
            side={layout.overview}
            ratio={ratio}
            theme={theme}
            onMove={setOrigin}
          />
        )}
        {layout.readout === 'beside' && <Foot {...props} without={said} />}
      </div>
    );
  const cellText = useCellText(props, top ?? 1);
  const room = layout.labels;
  const axis = { labels, count: layout.count, pitch: layout.pitch, promptLength, theme };

  return (
    <div class={`map-figure ${layout.readout}`}>
      {layout.readout === 'above' && aside}
      <div class="map-square" style={{ width: `${room.left + layout.side}px` }}>
        <div class="map-corner" aria-hidden="true" style={{ width: `${room.left}px`, height: `${room.top}px` }}>
          <span>key →</span>
          <span>query ↓</span>
        </div>
        <AxisLabels
          {...axis}
          axis="column"
          from={window.key}
          depth={room.top}
          selected={selection.key}
          hovered={hovered?.key ?? null}
          onSelect={props.onKey}
        />
        <AxisLabels
          {...axis}
          axis="row"
          from={window.query}
          depth={room.left}
          selected={selection.query}
          hovered={hovered?.query ?? null}
          onSelect={props.onQuery}
        />
        <HeatMap
          map={map.value}
          window={window}
          cell={layout.cell}
          ratio={ratio}
          pixelOfCode={pixelOfCode}
          without={without}
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
      {layout.readout !== 'beside' && <Foot {...props} without={said} />}
    </div>
  );
}

/** CSS pixels under which the weight stands below its tokens. */
const NARROW_ASIDE = 240;

function asideClass({ readout, whole, aside }: MapLayout): string {
  const kind = readout === 'above' ? (whole ? 'one-line' : '') : aside < NARROW_ASIDE ? 'narrow' : '';
  return `map-aside ${readout} ${kind}`.trim();
}

/** What holds for the whole map. */
function Foot({ layout, hints, without }: Omit<FigureProps, 'without'> & { readonly without: string }) {
  const style = layout.readout === 'beside' ? {} : { paddingLeft: `${layout.labels.left}px` };
  return (
    <div class="map-foot" style={style}>
      <span class="prompt-sample">prompt tokens</span>
      {layout.readout === 'above' && <HatchNote leavesOut={without !== ''} />}
      <span>Each row sums to 1{without && ` ${without}`}.</span>
      <span title="Drawn from weights kept in 8 bits, at most 0.004 away. The numbers of the selected query are exact where they say so.">
        Colours from 8-bit codes.
      </span>
      {hints && <KeyHints />}
    </div>
  );
}

/** The numbers of the cells, where cells are large enough: exact for the selected query. */
function useCellText({ layout, map, row, selection, state, stops, theme, without }: FigureProps, top: number) {
  const codes = layout.pitch >= NUMBERS_FROM ? map.value?.codes : undefined;
  return useMemo(() => {
    if (!codes) return null;
    return ({ query, key }: Cell) => {
      if (without.includes(key)) return { text: '', ink: 'none' };
      const known = query === selection.query ? row?.weights[key] : undefined;
      const weight = known ?? WEIGHT_OF_CODE[codes[packedIndex(query, key)] ?? 0] ?? 0;
      const ink = inkOn(weightColour(stops, weight, state.scale, top), theme.colours.foreground);
      return { text: shortWeight(weight), ink: css(ink) };
    };
  }, [codes, row, selection.query, stops, state.scale, theme, without, top]);
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
