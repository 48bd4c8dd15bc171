import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { otherLayersText } from '../../../core/trace/mixing';
import { layersWithAttention, type Trace } from '../../../core/trace/record';
import type { AttentionOverview } from '../../../protocol/attention';
import type { Cell } from '../../components/heat-map';
import { pixelsOfCodes, weightStops } from '../../components/ramp';
import { tokenLabel } from '../../../core/text/tokens';
import { usePixelRatio, useSize } from '../../components/use-size';
import { ProgressRing } from '../../ui/progress-ring';
import type { TabProps } from '../tab';
import { HeadsColumn, thumbnailSize } from './heads-column';
import { hasHead, headOrder, headTitle, openingHead, sameHead } from './heads';
import { type KeySpan, MapColumn } from './map-column';
import { ProblemNote } from './problem-note';
import { QueryColumn } from './query-column';
import { type Source, columnReading, rowReading, useHead, useOverview, usePair, useRow } from './run-data';
import { ShareRead } from './share-read';
import { type AttentionState, readState, toggled } from './state';
import { weightText } from './weight-format';

export interface AttentionViewProps extends TabProps {
  readonly trace: Trace;
  readonly runId: string;
}

/** Asks for the pictures of all heads first: what they cover decides what can be chosen. */
export function AttentionView(props: AttentionViewProps) {
  const { trace, runId, api } = props;
  const ratio = usePixelRatio();
  const { without } = useMemo(() => readState(props.state), [props.state]);
  const source: Source = { api, runId, tokens: trace.tokens.length, without };
  const { heads, mixing } = trace.header.model;
  const layers = layersWithAttention(trace.header.model).length;
  const overview = useOverview(source, thumbnailSize(layers * heads, ratio));

  // Where other keys are left out the old pictures stay until the new ones are there.
  const shown = useRef<AttentionOverview | null>(null);
  if (overview.value) shown.current = overview.value;
  const value = overview.value ?? shown.current;

  if (overview.problem) {
    return (
      <div class="attention-empty">
        <ProblemNote problem={overview.problem} retry={overview.retry} />
      </div>
    );
  }
  if (!value) {
    const { progress } = overview;
    return (
      <div class="attention-empty" role="status">
        <ProgressRing />
        <p>
          Reading the attention of {layers} layers × {heads} heads.
        </p>
        {progress && <ShareRead progress={progress} />}
      </div>
    );
  }
  if (value.layers.length === 0 || value.tokens === 0) {
    return (
      <div class="attention-empty">
        <p>
          {layers === 0
            ? `This model has no attention: ${otherLayersText(mixing)}.`
            : 'No attention was kept for this run.'}
        </p>
        <p class="muted">
          {layers > 0 && props.model && !props.model.probes.attention.available ? props.model.probes.attention.how : ''}
        </p>
      </div>
    );
  }
  return <Attention {...props} overview={value} source={source} ratio={ratio} />;
}

interface AttentionProps extends AttentionViewProps {
  readonly overview: AttentionOverview;
  readonly source: Source;
  readonly ratio: number;
}

/**
 * CSS pixels from which heads, map and query stand side by side; heads over query beside the map; the two side by side
 * under the map. Narrower the page scrolls.
 */
const THREE_COLUMNS = 1000;
const TWO_COLUMNS = 680;
const MAP_ABOVE = 440;

type Columns = 'three' | 'two' | 'above' | 'one';

function columnsOf(width: number): Columns {
  if (width >= THREE_COLUMNS) return 'three';
  if (width >= TWO_COLUMNS) return 'two';
  return width >= MAP_ABOVE ? 'above' : 'one';
}

function Attention(props: AttentionProps) {
  const { trace, overview, source, ratio, theme, selected, onSelect, announce } = props;
  const state = useMemo(() => readState(props.state), [props.state]);
  const setState = (partial: Partial<AttentionState>): void => props.setState(partial);
  const [room, size] = useSize<HTMLDivElement>();
  const tokens = overview.tokens;

  const { without } = source;
  const head = useMemo(
    () => (state.head && hasHead(overview, state.head) ? state.head : openingHead(overview)),
    [state.head?.layer, state.head?.head, overview],
  );
  const query = Math.min(selected ?? tokens - 1, tokens - 1);
  const map = useHead(source, head);
  const exactRow = useRow(source, head, query);
  const row = useMemo(
    () => rowReading(exactRow.value, map.value, query, without),
    [exactRow.value, map.value, query, without],
  );
  const [span, setSpan] = useState<KeySpan>({ from: 0, count: tokens });
  const key = state.key === null ? strongest(row?.weights, span) : Math.min(state.key, query);
  const pair = usePair(source, query, row ? key : null);
  const column = useMemo(() => columnReading(map.value, key, without), [map.value, key, without]);
  const selection = useMemo<Cell>(() => ({ query, key }), [query, key]);
  const looks = state.direction === 'looks';

  const labels = useMemo(
    () => trace.tokens.slice(0, tokens).map((token) => tokenLabel(token.text)),
    [trace.tokens, tokens],
  );
  const texts = useMemo(() => trace.tokens.map((token) => token.text), [trace.tokens, trace.tokens.length]);
  const stops = useMemo(() => weightStops(theme.colours.background, theme.dark), [theme]);
  const pixelOfCode = useMemo(() => pixelsOfCodes(stops, state.scale), [stops, state.scale]);

  const select = (cell: Cell): void => {
    const [nextQuery, nextKey] = [clamp(cell.query, tokens), clamp(cell.key, tokens)];
    if (nextQuery !== selected) onSelect(nextQuery);
    if (nextKey !== state.key) setState({ key: nextKey });
  };
  const selectQuery = (next: number): void => onSelect(clamp(next, tokens));
  const selectKey = (next: number): void => select({ query: Math.max(query, next), key: next });
  // The same for ever: with them the column of heads is left alone while the query moves.
  const selectHead = useLatest((next: AttentionState['head']): void => setState({ head: next }));
  const showHeads = useLatest((show: AttentionState['show']): void => setState({ show }));
  const sortHeads = useLatest((sort: AttentionState['sort']): void => setState({ sort }));

  const keys = (event: KeyboardEvent): void => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    // On many keyboards the brackets are typed with AltGr, which also reads as Ctrl and Alt.
    if (event.defaultPrevented || (modified && !event.getModifierState('AltGraph'))) return;
    if ((event.target as Element).closest('input, select, textarea, .table-scroll')) return;
    const bracket = { '[': -1, ']': 1 }[event.key];
    const to = { ArrowUp: query - 1, ArrowDown: query + 1, PageUp: query - PAGE, PageDown: query + PAGE }[event.key];
    const toKey = { ArrowLeft: key - 1, ArrowRight: key + 1, Home: 0, End: query }[event.key];
    if (bracket !== undefined) {
      const order = headOrder(overview, state.sort);
      const at = order.findIndex((each) => sameHead(each, head));
      const next = order[at < 0 ? 0 : Math.max(0, Math.min(order.length - 1, at + bracket))];
      if (next) selectHead(next);
    } else if (event.key === 'x' || event.key === 'X') setState({ without: toggled(without, key) });
    else if (to !== undefined) selectQuery(to);
    else if (toKey !== undefined) select({ query, key: Math.max(0, Math.min(query, toKey)) });
    else return;
    event.preventDefault();
  };

  useAnnouncement(
    announce,
    row?.weights[key] === undefined
      ? null
      : `${headTitle(head)}. Query ${query} ${labels[query]}, key ${key} ${labels[key]}: ${weightText(row.weights[key])}`,
    exactRow.value !== null || exactRow.problem !== null,
  );

  const columns = columnsOf(size.width);
  const tall = columns === 'three' || columns === 'one';
  const { layers } = trace.header.model;
  const showsPair = columns !== 'three' || state.show === 'pair';
  const uncovered = trace.tokens.length - tokens;
  if (size.width === 0) return <div class="attention" ref={room} />;
  return (
    <div class={`attention ${columns}-columns`} ref={room} onKeyDown={keys}>
      {uncovered > 0 && (
        <p class="note attention-covered">
          The maps cover the first {tokens} of {trace.tokens.length} tokens: the model never read what follows.
        </p>
      )}
      <HeadsColumn
        overview={overview}
        others={otherLayersText(trace.header.model.mixing)}
        layers={layers}
        head={head}
        show={state.show}
        sort={state.sort}
        pair={showsPair ? pair.value : null}
        pairTitle={showsPair ? `${labels[query]} → ${labels[key]}` : ''}
        scale={state.scale}
        toLargest={state.toLargest}
        stops={stops}
        tall={columns === 'three'}
        pixelOfCode={pixelOfCode}
        ratio={ratio}
        theme={theme}
        onHead={selectHead}
        onShow={showHeads}
        onSort={sortHeads}
      />
      <MapColumn
        source={source}
        tokens={tokens}
        map={map}
        overview={overview}
        head={head}
        selection={selection}
        row={row}
        rowProblem={exactRow.problem}
        onRetryRow={exactRow.retry}
        reading={looks ? row : column}
        without={without}
        labels={labels}
        promptLength={trace.header.promptLength}
        state={state}
        setState={setState}
        stops={stops}
        pixelOfCode={pixelOfCode}
        theme={theme}
        onSelect={select}
        onHead={selectHead}
        onQuery={selectQuery}
        onKey={selectKey}
        onSpan={setSpan}
        hints={!tall}
        scrolls={columns === 'one'}
      />
      <QueryColumn
        overview={overview}
        layers={layers}
        head={head}
        selection={selection}
        direction={state.direction}
        reading={looks ? row : column}
        pair={pair}
        labels={labels}
        texts={texts}
        scale={state.scale}
        toLargest={state.toLargest}
        stops={stops}
        theme={theme}
        tall={tall}
        scrolls={columns === 'one'}
        onDirection={(direction) => setState({ direction })}
        onQuery={selectQuery}
        onKey={selectKey}
        onHead={selectHead}
      />
    </div>
  );
}

/** A function that stays the same and does what the last one given does. */
function useLatest<A extends unknown[]>(run: (...given: A) => void): (...given: A) => void {
  const latest = useRef(run);
  latest.current = run;
  return useMemo(
    () =>
      (...given: A) =>
        latest.current(...given),
    [],
  );
}

/** Queries that Page Up and Page Down go. */
const PAGE = 10;

function clamp(index: number, tokens: number): number {
  return Math.max(0, Math.min(tokens - 1, index));
}

/** The key on show that has the largest weight. */
function strongest(weights: Float32Array | undefined, { from, count }: KeySpan): number {
  let best = Math.min(from, Math.max(0, (weights?.length ?? 0) - 1));
  let most = -1;
  weights?.subarray(from, from + count).forEach((weight, at) => {
    if (weight > most) [best, most] = [from + at, weight];
  });
  return best;
}

/** Says the selection's weight when it changes, once the exact number is there; not when the tab opens. */
function useAnnouncement(announce: (text: string) => void, text: string | null, ready: boolean): void {
  const said = useRef<string | null>(null);
  useEffect(() => {
    if (text === null || !ready || said.current === text) return;
    if (said.current !== null) announce(text);
    said.current = text;
  }, [announce, text, ready]);
}
