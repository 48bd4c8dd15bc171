import { useEffect, useMemo, useRef } from 'preact/hooks';
import { boardGeometry, cellBeside } from '../../components/board-geometry';
import { arrow } from '../../components/board';
import { weightStops } from '../../components/ramp';
import { usePixelRatio, useSize } from '../../components/use-size';
import { ProgressRing } from '../../ui/progress-ring';
import { Button } from '../../ui/button';
import { isBusy } from '../session';
import { ProblemNote } from '../attention/problem-note';
import { ShareRead } from '../attention/share-read';
import { CellPanel } from '../life/cell-panel';
import { lifePrompt } from '../../../core/life/prompt';
import { type LifeRun, answerToken, chosenCell, useLifeRun } from '../life/use-life';
import { placeWords, stateWord } from '../life/words';
import type { TabProps } from '../tab';
import {
  type GridSource,
  headRows,
  headsInOrder,
  indexOfHead,
  openingGridHead,
  strongestCell,
  useCellRows,
  useGridHeads,
} from './data';
import { askedCells } from './asked';
import { BoardsPanel } from './boards-panel';
import { HeadsPanel } from './heads-panel';
import { ModeSwitch } from './mode-switch';
import { NeighbourReaders } from './neighbour-readers';
import { OffsetMap } from './offset-map';
import { SidePanel } from './side-panel';
import { type GridState, type SingleHead, readGridState, sameSingle } from './state';
import { headName, offsetText } from './words';
import './grid.css';

/** Attention of a Life run on its board. */
export function GridTab(props: TabProps) {
  const run = useLifeRun(props.trace);
  const { runId, api } = props;
  const onTokens = (): void => props.setState({ mode: 'tokens' });
  if (!run || runId === null) {
    return (
      <Empty onTokens={onTokens}>
        <p>The prompt of this run is no board of its model: choose Board beside Run and draw one.</p>
      </Empty>
    );
  }
  const answered = Math.min(
    run.sequence.before.length,
    Math.max(0, (props.trace?.tokens.length ?? 0) - run.sequence.firstAnswer),
  );
  if (answered === 0) {
    return (
      <Empty onTokens={onTokens}>
        <p>No cell was predicted: there is no attention to show on the board.</p>
      </Empty>
    );
  }
  const source: GridSource = { api, runId, sequence: run.sequence, answered, gone: isBusy(props.status) };
  return <GridLoader {...props} run={run} source={source} />;
}

type GridHeads = NonNullable<ReturnType<typeof useGridHeads>['value']>;

interface GridProps extends TabProps {
  readonly run: LifeRun;
  readonly source: GridSource;
}

/**
 * Asks for the numbers of all heads first: they decide what is chosen. Until those of another run of the model are there, the run
 * before stays, so that an edit changes what is on show and takes nothing away.
 */
function GridLoader(props: GridProps) {
  const heads = useGridHeads(props.source);
  const last = useRef<(GridProps & { readonly heads: GridHeads }) | null>(null);
  const stays = last.current?.trace?.header.model.folder === props.trace?.header.model.folder ? last.current : null;
  const onTokens = (): void => props.setState({ mode: 'tokens' });
  if (heads.problem) {
    return (
      <Empty onTokens={onTokens}>
        <ProblemNote problem={heads.problem} retry={heads.retry} />
      </Empty>
    );
  }
  if (!heads.value && stays) {
    const { run, heads: before } = stays;
    return <Grid {...props} run={run} source={{ ...stays.source, gone: true }} heads={before} />;
  }
  if (!heads.value) {
    return (
      <div class="attention-empty" role="status">
        <ProgressRing />
        <p>Reading where the heads look on the board.</p>
        {heads.progress && <ShareRead progress={heads.progress} />}
      </div>
    );
  }
  if (heads.value.statistics.length === 0) {
    return (
      <Empty onTokens={onTokens}>
        <p>No attention was kept for this run.</p>
      </Empty>
    );
  }
  last.current = { ...props, heads: heads.value };
  return <Grid {...props} heads={heads.value} />;
}

function Empty({ children, onTokens }: { readonly children: preact.ComponentChildren; readonly onTokens: () => void }) {
  return (
    <div class="attention-empty">
      {children}
      <ModeSwitch mode="grid" onMode={onTokens} />
    </div>
  );
}

/** Widths, in CSS pixels, from which columns stand side by side; narrower the page scrolls. */
const THREE_COLUMNS = 1180;
const TWO_COLUMNS = 720;
/** Boxes of fixed sizes: cells divide them. */
const INPUT = 352;
const PREDICTION = 224;

function Grid(props: GridProps & { readonly heads: GridHeads }) {
  const { run, source, heads, theme, selected, chosen, onSelect, announce, bench, mode } = props;
  const { sequence, prediction } = run;
  const { grid } = sequence;
  const state = useMemo(() => readGridState(props.state), [props.state]);
  const setState = (partial: Partial<GridState>): void => props.setState(partial);
  const [room, size] = useSize<HTMLDivElement>();
  const ratio = usePixelRatio();

  const cell = Math.min(chosenCell(run, chosen ?? selected), source.answered - 1);
  // What the view opened with stays while other boards are asked: the best head of each is another.
  const opening = useRef<SingleHead | null>(null);
  const head =
    [state.head, opening.current].find((each) => each && indexOfHead(heads, each) >= 0) ?? openingGridHead(heads);
  opening.current = head;
  const index = indexOfHead(heads, head);
  const fetched = useCellRows(source, cell);
  const rows = useMemo(() => fetched.value && headRows(fetched.value, cell, sequence), [fetched.value, cell, sequence]);
  const row = rows?.[index] ?? null;
  const stops = useMemo(() => weightStops(theme.colours.background, theme.dark), [theme]);
  const choose = (next: number): void => onSelect(answerToken(sequence, next));
  const asked = useMemo(() => askedCells(bench, run, mode), [bench?.settings, bench?.model, run, mode]);
  const flip = (): void => {
    if (!asked) return;
    const alive = 1 - (asked[cell] as number);
    bench?.onBoard(lifePrompt(asked.with(cell, alive), grid));
    announce(`${placeWords(cell, grid.width)} is now ${stateWord(alive)} on the board that is given`);
  };

  const keys = (event: KeyboardEvent): void => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    // On many keyboards the brackets are typed with AltGr, which also reads as Ctrl and Alt.
    if (event.defaultPrevented || (modified && !event.getModifierState('AltGraph'))) return;
    if ((event.target as Element).closest('input, select, textarea, [role=radiogroup]')) return;
    const by = arrow(event.key);
    const bracket = { '[': -1, ']': 1 }[event.key];
    if (by) choose(cellBeside(cell, by[0], by[1], grid));
    else if (bracket !== undefined) {
      const order = headsInOrder(heads, state.gridSort);
      const at = order.findIndex((each) => sameSingle(each, head));
      const next = order[Math.max(0, Math.min(order.length - 1, at + bracket))];
      if (next) setState({ head: next });
    } else if (event.key === ' ' && asked && (event.target as Element).closest('.board')) flip();
    else if (event.key.toLowerCase() === 'm') setState({ frame: !state.frame });
    else return;
    event.preventDefault();
  };

  const strongest = row && strongestCell(row.weights);
  useAnnouncement(
    announce,
    row &&
      `${placeWords(cell, grid.width)}: ${stateWord(prediction.cells[cell])}. ${headName(head)} looks ` +
        (strongest === null || strongest === undefined
          ? 'outside the board'
          : `at ${offsetText(cell, strongest, grid)}, ${(row.weights[strongest] ?? 0).toFixed(2)}`),
  );

  if (size.width === 0) return <div class="grid-attention" ref={room} />;
  const columns = size.width >= THREE_COLUMNS ? 'three' : size.width >= TWO_COLUMNS ? 'two' : 'one';
  const narrow = columns === 'one';
  const inner = columns === 'three' ? size.width - 326 - 296 : narrow ? size.width : size.width - 326;
  const sideBySide = inner >= INPUT + PREDICTION + 80;
  const fit = (side: number): number => Math.min(side, inner - 58);
  const origin = { row: 0, column: 0 };
  const panel = (
    <div class="grid-cell">
      <CellPanel run={run} cell={cell} onStep={(by) => choose((cell + by + source.answered) % source.answered)} />
      {asked && (
        <Button title="On the board that is given (Space on a board)" onClick={flip}>
          Make it {asked[cell] === 1 ? 'dead' : 'alive'}
        </Button>
      )}
    </div>
  );
  const pictures = (
    <HeadsPanel
      sequence={sequence}
      heads={heads}
      rows={rows}
      cell={cell}
      head={head}
      state={state}
      setState={setState}
      onTokens={() => props.setState({ mode: 'tokens' })}
      stops={stops}
      theme={theme}
    />
  );
  const side = (
    <aside class="grid-side" aria-label="The chosen cell and head">
      {!narrow && panel}
      <SidePanel
        run={run}
        heads={heads}
        rows={rows}
        cell={cell}
        head={head}
        onHead={(next) => setState({ head: next })}
      />
    </aside>
  );
  return (
    <div class={`grid-attention attention ${columns}-columns`} ref={room} onKeyDown={keys}>
      {narrow && panel}
      {!narrow && pictures}
      <div class={sideBySide ? 'grid-middle' : 'grid-middle stacked'}>
        <BoardsPanel
          run={run}
          cell={cell}
          head={head}
          row={row}
          asked={asked}
          running={source.gone}
          problem={fetched.problem}
          onRetry={fetched.retry}
          state={state}
          setState={setState}
          input={boardGeometry(grid, { side: fit(INPUT), ratio, origin, rulers: 'above' })}
          prediction={boardGeometry(grid, {
            side: fit(sideBySide ? PREDICTION : INPUT),
            ratio,
            origin,
            rulers: 'above',
          })}
          stops={stops}
          theme={theme}
          onCell={choose}
        />
        <div class="grid-lower">
          <NeighbourReaders
            sequence={sequence}
            rows={rows}
            cell={cell}
            head={head}
            onHead={(next) => setState({ head: next })}
            stops={stops}
            scale={state.scale}
            theme={theme}
          />
          <OffsetMap
            heads={heads}
            index={index}
            side={fit(PREDICTION)}
            ratio={ratio}
            stops={stops}
            scale={state.scale}
            theme={theme}
          />
        </div>
        {columns === 'two' && side}
      </div>
      {narrow && pictures}
      {columns !== 'two' && side}
    </div>
  );
}

/** Says cell and head when they change; not when the tab opens. */
function useAnnouncement(announce: (text: string) => void, text: string | null): void {
  const said = useRef<string | null>(null);
  useEffect(() => {
    if (text === null || said.current === text) return;
    if (said.current !== null) announce(text);
    said.current = text;
  }, [announce, text]);
}
