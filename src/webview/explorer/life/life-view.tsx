import { useEffect, useMemo, useRef } from 'preact/hooks';
import { originAround } from '../../../core/life/centre';
import { readLifeAnswer } from '../../../core/life/prompt';
import type { Trace } from '../../../core/trace/record';
import { boardGeometry } from '../../components/board-geometry';
import { css } from '../../../core/colour/colour';
import { count, probability } from '../../components/format';
import { Icon } from '../../components/icon';
import { Segmented } from '../../components/segmented';
import { usePixelRatio, useSize } from '../../components/use-size';
import { Button } from '../../ui/button';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { BoardFigure } from './board-figure';
import { boardSide } from './board-side';
import { BoardTable } from './board-table';
import { type LifeFrame, frameOfRun, population } from './frame';
import { LEAST_ENTROPY, MOST_ENTROPY, aliveColour, entropyColour, modelLook, plainLook } from './looks';
import { LaterPart, PartSwitch } from './parts';
import type { LifePartProps } from './part';
import { SideColumn } from './side-column';
import { type Shows, readState } from './state';
import { type LifeRun, answerToken, chosenCell, useLifeRun } from './use-life';
import { errorWords, placeWords, stateWord } from './words';
import { SweepLink } from './sweep/sweep-link';
import './life.css';

export function LifeTab(props: TabProps) {
  const run = useLifeRun(props.trace);
  const state = useMemo(() => readState(props.state), [props.state]);
  const grid = props.trace?.header.model.life;
  if (!props.trace || !grid) return null;
  if (!run) {
    return (
      <div class="life-empty">
        <p>The prompt of this run is no board of {props.trace.header.model.name}.</p>
        <p class="muted">
          Choose Board beside Run and draw one. As text it is {grid.width} × {grid.height} cells, each 0 or 1, as{' '}
          <code>{grid.prompt}</code>
        </p>
      </div>
    );
  }
  if (props.runId === null) return null;
  const lead = <PartSwitch part={state.part} onPart={(part) => props.setState({ part })} />;
  const part = { ...props, trace: props.trace, runId: props.runId, run, state, lead };
  return state.part === 'step' ? <LifeView {...part} /> : <LaterPart {...part} part={state.part} />;
}

/** CSS pixels: of the side column, and from which width on it stands at the side. */
const SIDE = 240;
const WITH_SIDE = 860;

const SHOWN: readonly { readonly name: Shows; readonly title: string; readonly hint: string }[] = [
  { name: 'state', title: 'State', hint: 'What the model says of each cell.' },
  { name: 'alive', title: 'p alive', hint: 'How probable the model found it that the cell is alive.' },
  { name: 'entropy', title: 'Entropy', hint: 'How unsure the model was of the cell, in bits.' },
];

function LifeView(props: LifePartProps) {
  const { run, state, setState, lead, theme, selected, chosen, hovered, onSelect, onHover, announce, status } = props;
  const { sequence, prediction } = run;
  const { grid } = sequence;
  const [room, size] = useSize<HTMLDivElement>();
  const ratio = usePixelRatio();

  const frame = useMemo(() => frameOfRun(sequence, prediction), [run]);
  const cell = chosenCell(run, chosen ?? selected);
  const shownCell = hovered === null ? cell : chosenCell(run, hovered);
  const choose = (next: number): void => {
    // What the pointer rests on does not hide what the keys choose.
    onHover(null);
    onSelect(answerToken(sequence, next));
  };
  const preview = (next: number | null): void => onHover(next === null ? null : answerToken(sequence, next));
  useAnnouncedCell(announce, run, frame, cell);

  const wrong = useMemo(() => frame.errors.flatMap((error, at) => (error ? [at] : [])), [frame]);
  const origin = originAround(state.framing === 'centred' ? wrong : [], grid);
  const beside = size.width >= WITH_SIDE;
  const side = boardSide(size.width - (beside ? SIDE : 0));
  const geometry = boardGeometry(grid, { side, ratio, origin, rulers: 'below' });
  const common = { geometry, liveShare: 0.86, cursor: cell, theme, onCursor: choose, onHover: preview };

  const keys = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest('input, select, textarea')) return;
    if (event.key.toLowerCase() !== 'e' || wrong.length === 0) return;
    event.preventDefault();
    choose(wrong.find((at) => at > cell) ?? wrong[0]!);
  };

  const running = isBusy(status) && !props.trace.summary;
  const facts = running
    ? `${count(frame.counts.read)} of ${count(frame.predicted.length)} cells`
    : `${count(population(frame.predicted))} alive, `;
  if (size.width === 0) return <div class="life" ref={room} />;
  return (
    <div class={beside ? 'life' : 'life life-narrow'} ref={room} onKeyDown={keys}>
      <div class="life-main">
        <header class="section-head">
          {lead}
          <span class="section-legend">
            {grid.topology === 'torus' && (
              <span class="key">
                <i class="life-seam" /> seam of the torus
              </span>
            )}
          </span>
          <span class="life-controls">
            <span class="control-name">Model shows</span>
            <Segmented
              label="What the model’s board shows"
              options={SHOWN}
              value={state.shows}
              onChange={(shows) => setState({ shows })}
            />
            {grid.topology === 'torus' && (
              <Segmented
                label="Framing"
                options={[
                  { name: 'fixed', title: 'Fixed', hint: 'Row 0, column 0 in the corner.' },
                  {
                    name: 'centred',
                    title: 'Centred on errors',
                    hint: 'The torus is shifted; labels keep their numbers.',
                  },
                ]}
                value={state.framing}
                onChange={(framing) => setState({ framing })}
              />
            )}
            <Button
              appearance="icon"
              class={state.view === 'table' ? 'toggled' : ''}
              label={state.view === 'table' ? 'Show boards' : 'Show as a table'}
              onClick={() => setState({ view: state.view === 'table' ? 'boards' : 'table' })}
            >
              <Icon name="table" />
            </Button>
          </span>
        </header>
        {state.view === 'table' ? (
          <BoardTable run={run} frame={frame} shows={state.shows} cell={cell} onCell={choose} />
        ) : (
          <div class="life-boards">
            <BoardFigure
              {...common}
              title="Input"
              subtitle="the prompt’s board"
              facts={`${count(population(frame.input))} alive`}
              look={plainLook(frame.input)}
              label={`Board of the prompt, ${grid.width} × ${grid.height}: ${population(frame.input)} alive.`}
            />
            <BoardFigure
              {...common}
              title="Model"
              subtitle="predicts"
              facts={
                <>
                  {facts}
                  {!running && <b>{count(frame.counts.wrong)} wrong</b>}
                </>
              }
              look={modelLook(frame, prediction, state.shows, theme.colours)}
              label={`The model’s next board: ${population(frame.predicted)} alive, ${frame.counts.wrong} wrong.`}
            />
            <BoardFigure
              {...common}
              title="Exact"
              subtitle={grid.rule}
              facts={`${count(population(frame.exact))} alive`}
              look={plainLook(frame.exact)}
              label={`The exact next board: ${population(frame.exact)} alive.`}
            />
          </div>
        )}
        {props.trace.summary && frame.counts.read < frame.predicted.length && (
          <p class="life-note life-broken" role="status">
            The answer is no whole board. {brokenWhy(props.trace, run)}
          </p>
        )}
        <Scale shows={state.shows} theme={theme} />
        {props.bench?.model?.life && <SweepLink onTab={props.onTab} />}
      </div>
      <SideColumn
        run={run}
        frame={frame}
        cell={shownCell}
        theme={theme}
        onStep={(by) => choose((cell + by + frame.exact.length) % frame.exact.length)}
      />
    </div>
  );
}

/** What keeps the answer from being a board. */
function brokenWhy(trace: Trace, { sequence }: LifeRun): string {
  const said = trace.tokens.slice(sequence.firstAnswer).map(({ text }) => text);
  const [start = ''] = sequence.grid.answer.split('{cells}');
  const reading = readLifeAnswer(start + said.join(''), sequence.grid);
  return reading.cells === null ? reading.reason : '';
}

/** What the colours of the model's board mean, and where the numbers come from. */
function Scale({ shows, theme }: { readonly shows: Shows; readonly theme: TabProps['theme'] }) {
  if (shows === 'state') return null;
  const alive = shows === 'alive';
  const colourAt = (place: number) =>
    alive
      ? aliveColour(theme.colours, place)
      : entropyColour(theme.colours, LEAST_ENTROPY * (MOST_ENTROPY / LEAST_ENTROPY) ** place);
  const stops = [0, 0.25, 0.5, 0.75, 1].map((place) => `${css(colourAt(place))} ${place * 100}%`);
  return (
    <p class="life-scale">
      <span>{alive ? 'p alive' : 'entropy, bits, logarithmic'}</span>
      <span class="number">{alive ? 0 : '10⁻⁶'}</span>
      <i style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span class="number">{MOST_ENTROPY}</span>
      <span class="muted">From the run’s record of each token, before temperature and filters.</span>
    </p>
  );
}

/** Says what is known of a cell when it is chosen; not when the tab opens. */
function useAnnouncedCell(announce: (text: string) => void, run: LifeRun, frame: LifeFrame, cell: number): void {
  const said = useRef<number | null>(null);
  const { prediction, sequence } = run;
  useEffect(() => {
    const last = said.current;
    said.current = cell;
    if (last === null || last === cell) return;
    const error = frame.errors[cell];
    announce(
      `${placeWords(cell, sequence.grid.width)}: ${stateWord(frame.predicted[cell])}, ` +
        `p alive ${probability(prediction.alive[cell])}${error ? `, ${errorWords(error)}` : ''}`,
    );
  }, [announce, cell]);
}
