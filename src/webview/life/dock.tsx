import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { errorOf } from '../../core/life/prediction';
import { parseRule, step } from '../../core/life/rule';
import type { LifeGrid } from '../../core/trace/record';
import type { ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { Board } from '../components/board';
import { boardGeometry } from '../components/board-geometry';
import type { CellLook } from '../components/board-painter';
import { count, counted } from '../components/format';
import { Icon } from '../components/icon';
import { Segmented } from '../components/segmented';
import type { ThemeInfo } from '../components/theme';
import { usePixelRatio } from '../components/use-size';
import { Button } from '../ui/button';
import { Dropdown } from '../ui/dropdown';
import { ProgressRing } from '../ui/progress-ring';
import { askedBoard, type Asked } from './asked-board';
import { DockRollout } from './dock-rollout';
import type { LifeEditor } from './editor';
import type { DockShows, DockState, LifeState } from './state';
import { Action } from './toolbar';
import { usePrediction, type PredictionState } from './use-prediction';

const SIDE = 176;
const LIVE_SHARE = 0.84;

export interface DockProps {
  readonly editor: LifeEditor;
  readonly state: LifeState;
  readonly theme: ThemeInfo;
}

/** The model beside the rule: what a model of Life says comes next, what does, and where the two differ. */
export function Dock({ editor, state, theme }: DockProps) {
  const { models, dock } = state;
  const { open, folder, shows } = dock;
  const change = (part: Partial<DockState>): void => editor.store.update({ dock: { ...dock, ...part } });
  const model = models?.find((each) => each.folder === folder) ?? models?.[0] ?? null;
  const grid = model?.life ?? null;
  const moving = state.playing || state.going !== null;
  const asked = useMemo(
    () => (open && grid && !moving ? askedBoard(editor.shown, state.selection, grid) : null),
    [open, grid, moving, state.revision, state.board, state.selection],
  );
  const prediction = usePrediction(editor.sync.api, model, asked?.fits && shows !== 'rollout' ? asked.cells : null);
  const exact = useMemo(
    () => (asked?.fits && grid ? step(asked.cells, grid, parseRule(grid.rule)) : null),
    [asked, grid],
  );
  useSpoken(editor, model, prediction, exact);

  return (
    <section class="dock" aria-label="Model beside the rule">
      <header>
        <h2>Model beside the rule</h2>
        {open && models && models.length > 0 && model && (
          <>
            <Dropdown
              label="Model of Life"
              value={model.folder}
              options={models.map(({ folder: value, name }) => ({ value, text: name }))}
              onChange={(value) => change({ folder: value })}
            />
            <Segmented
              label="What is shown"
              value={shows}
              options={[
                { name: 'prediction', title: 'Prediction', hint: 'What the model says comes next' },
                { name: 'exact', title: 'Exact', hint: 'What comes next by the rule' },
                { name: 'error', title: 'Error', hint: 'The prediction, with a mark on each wrong cell' },
                { name: 'rollout', title: 'Rollout', hint: 'The model given its own boards, beside the exact run' },
              ]}
              onChange={(value) => change({ shows: value })}
            />
          </>
        )}
        <span class="dock-end">
          {open && asked?.fits && model && (
            <Button onClick={() => explore(editor, model, asked.cells)}>Open in Explorer</Button>
          )}
          <Action
            icon={open ? 'down' : 'up'}
            label={open ? 'Close the model beside the rule' : 'Open the model beside the rule'}
            expanded={open}
            onClick={() => change({ open: !open })}
          />
        </span>
      </header>
      {open && (
        <div class="dock-body">
          {!models ? (
            <Message text="A model of Life says what it thinks comes next, cell by cell, beside what does.">
              <Button appearance="primary" onClick={() => void editor.sync.loadModels()}>
                Ask a model
              </Button>
            </Message>
          ) : !grid ? (
            <Message text="Nothing is predicted here: there is no model of Life that can be run." />
          ) : moving ? (
            <Message text="The model is asked when the board stands still." />
          ) : !asked?.fits ? (
            asked && <WayOut editor={editor} state={state} asked={asked} grid={grid} />
          ) : shows === 'rollout' ? (
            model && <DockRollout editor={editor} model={model} grid={grid} cells={asked.cells} theme={theme} />
          ) : (
            exact && (
              <Boards grid={grid} asked={asked} exact={exact} prediction={prediction} shows={shows} theme={theme} />
            )
          )}
        </div>
      )}
    </section>
  );
}

function Message({ text, children }: { readonly text: string; readonly children?: ComponentChildren }) {
  return (
    <p class="dock-message">
      <Icon name="info" />
      <span>{text}</span>
      {children}
    </p>
  );
}

/** Why nothing is predicted, and the one thing that helps. */
function WayOut(props: {
  readonly editor: LifeEditor;
  readonly state: LifeState;
  readonly asked: Exclude<Asked, { fits: true }>;
  readonly grid: LifeGrid;
}) {
  const { editor, asked, grid } = props;
  return (
    <Message text={`Nothing is predicted here: ${asked.why}`}>
      {asked.wayOut === 'rule' ? (
        <Button appearance="primary" onClick={() => editor.setRule(grid.rule)}>
          Change the rule to {grid.rule}
        </Button>
      ) : (
        <Button appearance="primary" onClick={() => editor.selecting.selectAround(grid)}>
          Select {grid.width} × {grid.height}
        </Button>
      )}
    </Message>
  );
}

function Boards(props: {
  readonly grid: LifeGrid;
  readonly asked: Extract<Asked, { fits: true }>;
  readonly exact: Uint8Array;
  readonly prediction: PredictionState | null;
  readonly shows: Exclude<DockShows, 'rollout'>;
  readonly theme: ThemeInfo;
}) {
  const { grid, asked, exact, prediction, shows, theme } = props;
  const ratio = usePixelRatio();
  const geometry = boardGeometry(grid, { side: SIDE, ratio, origin: { row: 0, column: 0 }, rulers: 'none' });
  const said = prediction?.state === 'said' ? prediction.prediction.cells : null;
  const picture = { geometry, liveShare: LIVE_SHARE, cursor: null, theme };
  const lookOf = (cell: number): CellLook => {
    if (shows === 'exact') return { live: exact[cell] === 1 };
    if (!said) return { unknown: true };
    const error = shows === 'error' ? errorOf(said[cell] as number, exact[cell] as number) : null;
    const mark = error ? ({ shape: error === 'false-birth' ? 'plus' : 'ring', own: true } as const) : undefined;
    return { live: said[cell] === 1, mark };
  };
  const titles = { prediction: 'Prediction', exact: 'Exact', error: 'Prediction with its errors' };
  const label = `${titles[shows]}: ${shows === 'exact' ? alive(exact) : said ? alive(said) : 'not known yet'}`;
  return (
    <div class="dock-boards">
      <Board {...picture} look={(cell) => ({ live: asked.cells[cell] === 1 })} label={`Asked: ${alive(asked.cells)}`} />
      <span class="dock-arrow muted" aria-hidden="true">
        →
      </span>
      <Board {...picture} look={lookOf} label={label} />
      <div class="dock-facts">
        <p>
          Asked about {asked.what}
          {asked.what.endsWith(`${grid.width} × ${grid.height}`)
            ? ''
            : `, in the middle of ${grid.width} × ${grid.height}`}
          .
        </p>
        <Outcome prediction={prediction} exact={exact} />
      </div>
    </div>
  );
}

function Outcome({ prediction, exact }: { readonly prediction: PredictionState | null; readonly exact: Uint8Array }) {
  if (!prediction || prediction.state === 'asking') {
    return (
      <p class="dock-asking">
        <ProgressRing /> Asking…
      </p>
    );
  }
  if (prediction.state === 'failed') {
    const { message, action } = prediction.problem;
    return (
      <p class="dock-failed" role="alert">
        {message} {action}
      </p>
    );
  }
  const { cells, reason, milliseconds } = prediction.prediction;
  if (!cells) return <p>The answer is no board. {reason}</p>;
  const { births, deaths } = errorsOf(cells, exact);
  return (
    <>
      <p class="number">{outcome(births, deaths, cells.length)}</p>
      {births + deaths > 0 && <p class="muted">+ false birth, ○ false death</p>}
      <p class="muted number">Greedy, {count(milliseconds)} ms</p>
    </>
  );
}

function errorsOf(said: Uint8Array, exact: Uint8Array): { births: number; deaths: number } {
  let [births, deaths] = [0, 0];
  said.forEach((cell, at) => {
    const error = errorOf(cell, exact[at] as number);
    if (error === 'false-birth') births++;
    else if (error) deaths++;
  });
  return { births, deaths };
}

function outcome(births: number, deaths: number, cells: number): string {
  if (births + deaths === 0) return `All ${count(cells)} cells are right.`;
  const wrong = [
    births > 0 ? counted(births, 'false birth') : null,
    deaths > 0 ? counted(deaths, 'false death') : null,
  ].filter((part) => part !== null);
  return `${count(births + deaths)} of ${count(cells)} cells wrong: ${wrong.join(', ')}.`;
}

function alive(cells: Uint8Array): string {
  return `${counted(
    cells.reduce((sum, cell) => sum + cell, 0),
    'cell',
  )} alive`;
}

function explore(editor: LifeEditor, model: ModelSummary, cells: Uint8Array<ArrayBuffer>): void {
  const ref = { folder: model.folder, ...(model.file ? { file: model.file } : {}) };
  editor.sync.api.call('explore', { model: ref, cells }).catch((error: unknown) => {
    editor.store.say({ kind: 'error', ...Problem.from(error).toData() });
  });
}

/** Says how the prediction came out, for those who do not see it. */
function useSpoken(
  editor: LifeEditor,
  model: ModelSummary | null,
  prediction: PredictionState | null,
  exact: Uint8Array | null,
): void {
  useEffect(() => {
    if (prediction?.state !== 'said' || !exact || !model) return;
    const { cells, reason } = prediction.prediction;
    if (!cells) return editor.store.speak(`${model.name}: the answer is no board. ${reason ?? ''}`);
    const { births, deaths } = errorsOf(cells, exact);
    editor.store.speak(`${model.name}: ${outcome(births, deaths, cells.length)}`);
  }, [prediction]);
}
