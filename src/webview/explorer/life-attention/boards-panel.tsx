import type { ProblemData } from '../../../protocol/errors';
import { NO_CELL } from '../../../core/life/prediction';
import { Board } from '../../components/board';
import type { BoardGeometry } from '../../components/board-geometry';
import type { CellLook } from '../../components/board-painter';
import { type RampStops, css } from '../../../core/colour/colour';
import { legendWeights, rampGradient, rampPosition, weightColour } from '../../components/ramp';
import { Segmented } from '../../components/segmented';
import type { ThemeInfo } from '../../components/theme';
import { ProblemNote } from '../attention/problem-note';
import { shortWeight, weightText } from '../attention/weight-format';
import { ErrorLegend } from '../life/error-legend';
import { aliveColour } from '../life/looks';
import type { LifeRun } from '../life/use-life';
import { frameOfRun } from '../life/frame';
import { type HeadRow, LEAST } from './data';
import { NineCells } from './nine-cells';
import type { GridState, SingleHead } from './state';
import { headName } from './words';

export interface BoardsPanelProps {
  readonly run: LifeRun;
  readonly cell: number;
  readonly head: SingleHead;
  /** The head's row for the cell; null while it is read. */
  readonly row: HeadRow | null;
  /** The board in the prompt, which may have been edited since the run; null where that is no board. */
  readonly asked: Uint8Array | null;
  /** The run has given way to another, which is under way. */
  readonly running: boolean;
  readonly problem: ProblemData | null;
  readonly onRetry: () => void;
  readonly state: GridState;
  readonly setState: (partial: Partial<GridState>) => void;
  readonly input: BoardGeometry;
  readonly prediction: BoardGeometry;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  readonly onCell: (cell: number) => void;
}

/** Side of a live cell's square: the fill around it shows. */
const LIVE = 0.36;

/** The board that was given, shaded by where the head looks; and the prediction, where the cell is chosen. */
export function BoardsPanel(props: BoardsPanelProps) {
  const { run, cell, head, row, state, setState, stops, theme, onCell } = props;
  const { before, grid } = run.sequence;
  const { prediction } = run;
  const frame = frameOfRun(run.sequence, prediction);
  const edited = props.asked?.some((alive, at) => alive !== before[at]) ?? false;
  const onInput = (at: number): CellLook => {
    const alive = props.asked?.[at] ?? before[at];
    const weight = row?.weights[at] ?? 0;
    return {
      live: alive === 1,
      outline: alive === before[at] ? undefined : { colour: theme.colours.focus, kind: 'dashed' },
      fill: weight < LEAST / 5 ? undefined : weightColour(stops, weight, state.scale),
      text: weight < LEAST ? undefined : weight.toFixed(2),
    };
  };
  const onPrediction = (at: number): CellLook => {
    const error = frame.errors[at];
    const alive = prediction.alive[at] ?? Number.NaN;
    return {
      live: prediction.cells[at] === 1,
      unknown: prediction.cells[at] === NO_CELL,
      fill: Number.isNaN(alive) || alive < 0.005 ? undefined : aliveColour(theme.colours, alive * 0.82),
      mark: error ? { shape: error.error === 'false-birth' ? 'plus' : 'ring', own: true } : undefined,
    };
  };
  return (
    <div class={props.running ? 'grid-boards grid-before' : 'grid-boards'}>
      <section class="grid-prediction" aria-label="Prediction">
        <header class="section-header">
          <h2>Prediction</h2>
          <span class="spring" />
          {props.running ? (
            <span class="grid-running">Running again…</span>
          ) : edited ? (
            <span
              class="grid-running"
              title="Cells in a dashed line are not what the model was given: Run shows what it makes of them."
            >
              board edited since
            </span>
          ) : (
            <span>
              {frame.counts.wrong} of {before.length} wrong
            </span>
          )}
        </header>
        <Board
          geometry={props.prediction}
          look={onPrediction}
          liveShare={LIVE}
          cursor={cell}
          theme={theme}
          onCursor={onCell}
          label={`Prediction, ${grid.width} × ${grid.height}. Arrow keys choose the cell whose attention is shown.`}
        />
        <Legend stops={stops} state={state} theme={theme} />
      </section>
      <section class="grid-input" aria-label="Input">
        <header class="section-header">
          <h2>Input</h2>
          <span class="muted">
            layer {head.layer}, head {head.head}
          </span>
          <span class="spring" />
          <Segmented
            label="Scale of the weights"
            options={[
              { name: 'linear', title: 'Linear' },
              { name: 'sqrt', title: 'Square root', hint: 'Shows small weights.' },
            ]}
            value={state.scale}
            onChange={(scale) => setState({ scale })}
          />
        </header>
        <Board
          geometry={props.input}
          look={onInput}
          liveShare={LIVE}
          cursor={cell}
          moore={state.frame}
          theme={theme}
          onCursor={onCell}
          label={`Board that was given, shaded by the attention of ${headName(head)}.`}
        />
        <NineCells sequence={run.sequence} cell={cell} row={row} />
        {props.problem ? (
          <ProblemNote problem={props.problem} retry={props.onRetry} />
        ) : (
          <MassBar row={row} width={props.input.width} left={props.input.left} />
        )}
      </section>
    </div>
  );
}

/** How the row divides: the three parts are all of it. */
function MassBar({
  row,
  width,
  left,
}: {
  readonly row: HeadRow | null;
  readonly width: number;
  readonly left: number;
}) {
  const { neighbourhood = 0, elsewhere = 0, outside = 0 } = row?.mass ?? {};
  const part = (value: number): { width: string } => ({ width: `${Math.min(1, value) * 100}%` });
  return (
    <div class="mass" style={{ width: `${width}px`, marginLeft: `${left}px` }}>
      <div class="mass-bar" aria-hidden="true">
        <i class="mass-near" style={part(neighbourhood)} />
        <i class="mass-elsewhere" style={part(elsewhere)} />
        <i class="mass-outside" style={part(outside)} />
      </div>
      <p>
        <span>
          <i class="mass-near" /> on the 3 × 3 <b>{row ? weightText(neighbourhood) : '–'}</b>
        </span>
        <span>
          <i class="mass-elsewhere" /> elsewhere <b>{row ? weightText(elsewhere) : '–'}</b>
        </span>
        <span>
          <i class="mass-outside" /> outside <b>{row ? weightText(outside) : '–'}</b>
        </span>
      </p>
    </div>
  );
}

function Legend({ stops, state, theme }: Pick<BoardsPanelProps, 'stops' | 'state' | 'theme'>) {
  return (
    <div class="grid-legend">
      <span>attention weight{state.scale === 'sqrt' && ', square-root scale'}</span>
      <i class="grid-ramp" style={{ background: rampGradient(stops) }} />
      <span class="legend-ticks">
        {legendWeights(state.scale).map((weight) => (
          <span key={weight} style={{ left: `${rampPosition(weight, state.scale) * 100}%` }}>
            {weight === 1 ? 1 : shortWeight(weight).replace(/(\.\d)0$/, '$1')}
          </span>
        ))}
      </span>
      <span class="legend-alive">
        probability alive <span>0</span>
        <i
          style={{
            background: `linear-gradient(to right, ${css(theme.colours.background)}, ${css(aliveColour(theme.colours, 0.82))})`,
          }}
        />
        <span>1</span>
      </span>
      <span class="legend-keys">
        <span>
          <i class="alive-key" /> alive
        </span>
        <span>
          <i class="chosen-key" /> chosen
        </span>
        <span>
          <i class="frame-key" /> neighbours
        </span>
      </span>
      <ErrorLegend theme={theme} inherited={false} />
    </div>
  );
}
