import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type BoardOrigin, originAround } from '../../../../core/life/centre';
import type { RolloutRecord } from '../../../../core/life/rollout-record';
import { MOST_ROLLOUT_STEPS, type SaveRolloutRequest } from '../../../../protocol/rollout';
import { boardGeometry } from '../../../components/board-geometry';
import { count } from '../../../components/format';
import { Icon } from '../../../components/icon';
import { Segmented } from '../../../components/segmented';
import { Slider } from '../../../components/slider';
import type { ThemeInfo } from '../../../components/theme';
import { usePixelRatio, useSize } from '../../../components/use-size';
import { readNumber } from '../../../components/read-number';
import { Button } from '../../../ui/button';
import { ProgressRing } from '../../../ui/progress-ring';
import { TextField } from '../../../ui/text-field';
import { BoardFigure } from '../board-figure';
import { boardSide } from '../board-side';
import { type LifeFrame, frameOf, population } from '../frame';
import { modelLook, plainLook } from '../looks';
import type { Framing } from '../state';
import { DistanceChart } from './distance-chart';
import { ErrorKinds } from './error-kinds';
import { FilmStrip } from './film-strip';
import type { Roller } from './roller';
import { RolloutNumbers } from './rollout-numbers';
import { rolloutSentence, stepWords } from './sentence';
import { StepTable } from './step-table';
import { usePlay } from '../../../components/use-play';
import './rollout.css';

export interface RolloutViewProps {
  readonly roller: Roller;
  readonly modelName: string;
  /** At the left of the heading's row. */
  readonly lead?: ComponentChildren;
  readonly framing: Framing;
  readonly onFraming: (framing: Framing) => void;
  readonly save: (rollout: SaveRolloutRequest) => void;
  readonly theme: ThemeInfo;
  readonly announce: (text: string) => void;
}

/** CSS pixels: of the side column, from which width on it stands at the side, and of the padding around the strip. */
const SIDE = 240;
const WITH_SIDE = 860;
const PADDING = 32;
const DEFAULT_STEPS = 50;

/** A model that is fed its own boards, step by step, beside the exact run from the same start. */
export function RolloutView(props: RolloutViewProps) {
  const { roller, theme, announce } = props;
  useRoller(roller);
  const { record, rolling, problem, made, place } = roller;
  const [steps, setSteps] = useState(made < roller.asked ? roller.asked : Math.max(DEFAULT_STEPS, made));
  const [isTable, setTable] = useState(false);
  const [room, size] = useSize<HTMLDivElement>();
  const { playing, setPlaying } = usePlay(roller, {
    calm: theme.reducedMotion,
    next: () => {
      // While steps are made, more may come.
      if (roller.place >= roller.made) return roller.rolling;
      roller.show(roller.place + 1);
      return true;
    },
    begin: () => {
      if (roller.place >= roller.made && !roller.rolling) roller.show(1);
    },
  });
  useEnd(roller, announce);

  const show = (next: number): void => {
    setPlaying(false);
    roller.show(next);
  };
  const nextOwn = (): void => {
    if (!record) return;
    const own = record.steps.filter((each) => each.own > 0);
    const next = own.find(({ step }) => step > roller.place) ?? own[0];
    if (!next) return announce('No step has an own error.');
    show(next.step);
    announce(stepWords(record, next.step));
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || made === 0) return;
    const target = event.target as HTMLElement;
    const isSlider = target instanceof HTMLInputElement && target.type === 'range';
    if (!isSlider && target.closest('input, select, textarea, [role=radiogroup]')) return;
    const does: Readonly<Record<string, () => void>> = {
      e: nextOwn,
      home: () => show(1),
      end: () => show(made),
      // Keys come faster than the page is drawn: what is on show is what the rollout says.
      arrowleft: () => show(roller.place - 1),
      arrowright: () => show(roller.place + 1),
      // A button that has the focus is pressed by it.
      ...(target.closest('button, vscode-button') ? {} : { ' ': () => setPlaying(!playing) }),
    };
    const action = does[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  };

  if (size.width === 0) return <div class="roll" ref={room} />;
  const beside = size.width >= WITH_SIDE;
  const mainWidth = size.width - (beside ? SIDE : 0);
  return (
    <div class={beside ? 'roll' : 'roll roll-narrow'} ref={room} onKeyDown={keys}>
      <div class="roll-main">
        <Head {...props} steps={steps} onSteps={setSteps} />
        {problem && (
          <p class="roll-problem" role="alert">
            {problem.message} {problem.action}
          </p>
        )}
        {!record || (made === 0 && record.broken === null) ? (
          <Begin {...props} />
        ) : (
          <>
            {made > 0 && <Boards {...props} record={record} width={mainWidth} onPlace={show} />}
            <section class="roll-time" aria-label="Hamming distance">
              <header>
                <h2>Hamming distance</h2>
                <span class="muted">cells wrong of {count(roller.start.length)}</span>
                {made > 0 && <Transport roller={roller} playing={playing} onPlaying={setPlaying} onShow={show} />}
                <span class="roll-legend">
                  <span>
                    <i class="roll-key-own" /> own
                  </span>
                  <span>
                    <i class="roll-key-inherited" /> inherited
                  </span>
                </span>
                {made > 0 && (
                  <Button
                    appearance="icon"
                    class={isTable ? 'toggled' : ''}
                    label={isTable ? 'Show the chart' : 'Show the steps as a table'}
                    onClick={() => setTable(!isTable)}
                  >
                    <Icon name="table" />
                  </Button>
                )}
              </header>
              <p class="roll-sentence">{rolloutSentence(record, rolling)}</p>
              {made > 0 && (
                <>
                  {isTable ? (
                    <StepTable record={record} place={place} onPlace={show} />
                  ) : (
                    <DistanceChart
                      record={record}
                      length={rolling ? roller.asked : made}
                      place={place}
                      onPlace={show}
                    />
                  )}
                </>
              )}
            </section>
            {made > 0 && (
              <section class="roll-errors" aria-label="Errors by neighbours and place" tabIndex={0}>
                <h2>Own errors by neighbours and place</h2>
                <ErrorKinds kinds={record.kinds} steps={made} />
              </section>
            )}
          </>
        )}
      </div>
      {record && made > 0 && <RolloutNumbers record={record} place={place} theme={theme} />}
    </div>
  );
}

interface HeadProps extends RolloutViewProps {
  readonly steps: number;
  readonly onSteps: (steps: number) => void;
}

/** How many steps, and what is to be done with them. */
function Head({ roller, lead, framing, onFraming, save, steps, onSteps }: HeadProps) {
  const { record, rolling, made, asked } = roller;
  const isNew = !record || (made === 0 && record.broken === null);
  const canRoll = isNew || (roller.canGoOn && steps > made);
  const file = (form: SaveRolloutRequest['form']): void => {
    if (record) save({ form, boards: joined(record.predicted), broken: record.broken });
  };
  return (
    <header class="roll-head">
      {lead}
      <span class="roll-run">
        <span class="muted">Steps</span>
        <TextField
          label={`Steps, 1 to ${MOST_ROLLOUT_STEPS}`}
          value={String(steps)}
          disabled={rolling}
          onCommit={(text) => {
            const read = readNumber(text, { min: 1, max: MOST_ROLLOUT_STEPS, whole: true });
            return read.ok ? onSteps(read.value) : read.why;
          }}
        />
        {rolling ? (
          <Button appearance="secondary" label="Stop the rollout" onClick={() => roller.stop()}>
            Stop
          </Button>
        ) : (
          <Button
            appearance="primary"
            disabled={!canRoll}
            title={
              canRoll
                ? 'The model is given its own answer, again and again. Greedy, whatever the settings of the run.'
                : 'All these steps are there: ask for more of them.'
            }
            onClick={() => void (isNew ? roller.begin(steps) : roller.goOn(steps))}
          >
            {isNew ? 'Roll' : 'Go on'}
          </Button>
        )}
        {rolling && (
          <span class="roll-progress number" role="status">
            <ProgressRing /> {count(made)} of {count(asked)}
          </span>
        )}
      </span>
      <span class="roll-controls">
        {roller.grid.topology === 'torus' && (
          <Segmented
            label="Framing"
            options={[
              { name: 'fixed', title: 'Fixed', hint: 'Row 0, column 0 in the corner.' },
              { name: 'centred', title: 'Centred on errors', hint: 'The torus is shifted; labels keep their numbers.' },
            ]}
            value={framing}
            onChange={onFraming}
          />
        )}
        <Button title="Save the steps as a CSV file" disabled={isNew || rolling} onClick={() => file('csv')}>
          CSV
        </Button>
        <Button
          title="Save the steps, with all boards, as a JSON file"
          disabled={isNew || rolling}
          onClick={() => file('json')}
        >
          JSON
        </Button>
      </span>
    </header>
  );
}

/** What there is before anything was rolled. */
function Begin({ roller, modelName }: RolloutViewProps) {
  return (
    <div class="roll-begin">
      {roller.rolling ? (
        <p role="status">
          <ProgressRing /> {modelName} predicts the first step…
        </p>
      ) : (
        <>
          <p>{modelName} is given its own answer, again and again, beside the exact run from the same board.</p>
          <p class="muted">
            It shows the first step that is wrong, and which of the errors that follow the model made itself and which
            it inherited from the board it was given.
          </p>
        </>
      )}
    </div>
  );
}

interface BoardsProps extends RolloutViewProps {
  readonly record: RolloutRecord;
  readonly width: number;
  readonly onPlace: (place: number) => void;
}

/** What the model was given at the step on show, what it made of it, and what is true; and the steps around it. */
function Boards({ roller, record, framing, theme, width, onPlace }: BoardsProps) {
  const { grid, predicted, exact } = record;
  const { place } = roller;
  const ratio = usePixelRatio();
  const frame = useMemo(
    () => frameOf(place, predicted[place - 1]!, predicted[place]!, exact[place]!, grid),
    [record, place],
  );
  const origin = useMemo(() => originOf(frame, framing, record), [frame, framing]);
  const geometry = boardGeometry(grid, { side: boardSide(width), ratio, origin, rulers: 'below' });
  const common = { geometry, liveShare: 0.86, cursor: null, theme };
  const { wrong } = frame.counts;
  return (
    <>
      <div class="roll-boards">
        <BoardFigure
          {...common}
          title="Input"
          subtitle={place === 1 ? 'the start' : 'the model’s own board'}
          facts={`step ${count(place - 1)}, ${count(population(frame.input))} alive`}
          look={plainLook(frame.input)}
          label={`What the model was given at step ${place}: ${population(frame.input)} alive.`}
        />
        <BoardFigure
          {...common}
          title="Model"
          subtitle="predicts"
          facts={
            <>
              step {count(place)}, {count(population(frame.predicted))} alive, <b>{count(wrong)} wrong</b>
            </>
          }
          look={modelLook(frame, null, 'state', theme.colours)}
          label={`What the model made of it: ${population(frame.predicted)} alive. ${stepWords(record, place)}.`}
        />
        <BoardFigure
          {...common}
          title="Exact"
          subtitle="from the start"
          facts={`step ${count(place)}, ${count(population(frame.exact))} alive`}
          look={plainLook(frame.exact)}
          label={`The exact board at step ${place}: ${population(frame.exact)} alive.`}
        />
      </div>
      <FilmStrip record={record} place={place} width={width - PADDING} theme={theme} onPlace={onPlace} />
    </>
  );
}

/** Around the errors of the step; where it has none, around those of the first wrong step. */
function originOf({ errors }: LifeFrame, framing: Framing, record: RolloutRecord): BoardOrigin {
  const { grid, predicted, exact, firstWrong } = record;
  if (framing === 'fixed') return { row: 0, column: 0 };
  const here = errors.flatMap((error, at) => (error ? [at] : []));
  const board = firstWrong === null ? undefined : predicted[firstWrong];
  const truth = firstWrong === null ? undefined : exact[firstWrong];
  const first = board && truth ? Array.from(board.keys()).filter((at) => board[at] !== truth[at]) : [];
  return originAround(here.length > 0 ? here : first, grid);
}

interface TransportProps {
  readonly roller: Roller;
  readonly playing: boolean;
  readonly onPlaying: (playing: boolean) => void;
  readonly onShow: (place: number) => void;
}

/** Which step is on show. */
function Transport({ roller, playing, onPlaying, onShow }: TransportProps) {
  const { place, made, record } = roller;
  const ticks = useMemo(
    () => (record?.steps ?? []).flatMap(({ step, own }) => (own > 0 ? [step - 1] : [])).slice(0, MOST_TICKS),
    [record, made],
  );
  return (
    <span class="roll-transport">
      <Button appearance="icon" label="First step (Home)" disabled={place <= 1} onClick={() => onShow(1)}>
        <Icon name="first" />
      </Button>
      <Button appearance="icon" label="Step back (←)" disabled={place <= 1} onClick={() => onShow(roller.place - 1)}>
        <Icon name="previous" />
      </Button>
      <Button
        appearance="icon"
        class="roll-play"
        label={playing ? 'Pause (Space)' : 'Play (Space)'}
        onClick={() => onPlaying(!playing)}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </Button>
      <Button appearance="icon" label="Step on (→)" disabled={place >= made} onClick={() => onShow(roller.place + 1)}>
        <Icon name="next" />
      </Button>
      <Button appearance="icon" label="Last step (End)" disabled={place >= made} onClick={() => onShow(made)}>
        <Icon name="last" />
      </Button>
      <Slider
        label="Step"
        place={place - 1}
        last={Math.max(1, made - 1)}
        text={record ? stepWords(record, place) : ''}
        ticks={ticks}
        disabled={made < 2}
        onPlace={(at) => onShow(at + 1)}
      />
      <span class="number roll-where">
        step {count(place)} of {count(made)}
      </span>
    </span>
  );
}

/** Ticks of the slider; the chart has them all. */
const MOST_TICKS = 200;

function joined(boards: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const cells = boards[0]?.length ?? 0;
  const all = new Uint8Array(boards.length * cells);
  boards.forEach((board, at) => all.set(board, at * cells));
  return all;
}

/** Renders again with every change of the rollout, at most once a frame; keeps it when the view goes. */
function useRoller(roller: Roller): void {
  const [, draw] = useState(0);
  useEffect(() => {
    let waiting = 0;
    const leave = roller.subscribe(() => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        draw((times) => times + 1);
      });
    });
    draw((times) => times + 1);
    return () => {
      cancelAnimationFrame(waiting);
      leave();
      roller.flush();
    };
  }, [roller]);
}

/** Says how it came out, for those who do not see it. */
function useEnd(roller: Roller, announce: (text: string) => void): void {
  const was = useRef(roller.rolling);
  const { rolling, record } = roller;
  useEffect(() => {
    if (was.current && !rolling && record) announce(rolloutSentence(record, false));
    was.current = rolling;
  }, [rolling, roller]);
}
