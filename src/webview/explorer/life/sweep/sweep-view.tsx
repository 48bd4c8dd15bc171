import { useEffect, useRef, useState } from 'preact/hooks';
import { MOST_BOARDS, MOST_ORDERS, sweepCsv, type OrderFigures } from '../../../../core/life/sweep';
import type { LifeSweep } from '../../../../protocol/sweep';
import { count, counted } from '../../../components/format';
import { Icon } from '../../../components/icon';
import { readNumber } from '../../../components/read-number';
import { Tag } from '../../../ui/badge';
import { Button } from '../../../ui/button';
import { TextField } from '../../../ui/text-field';
import type { TabBench, TabProps } from '../../tab';
import { FIELDS, ordersOf, readState, type FieldName, type SweepState } from './state';
import { SweepChart } from './sweep-chart';
import { SweepTable } from './sweep-table';
import './sweep.css';

/** A Life model asked what follows random boards of each density. */
export function SweepView(props: TabProps) {
  return props.bench && <Bench {...props} bench={props.bench} />;
}

function Bench(props: TabProps & { readonly bench: TabBench }) {
  const { bench, announce, setState, api } = props;
  const { sweep, model } = bench;
  const state = readState(props.state);
  const set = (change: Partial<SweepState>): void => setState(change);
  const [begins, setBegins] = useState(false);
  const [shown, setShown] = useState<number | null>(null);
  const orders = ordersOf(state);
  const running = sweep?.state === 'running';
  const onShow = sweep ?? state.last;
  useAnnounced(sweep, announce);
  useEffect(() => {
    if (sweep && !running) set({ last: sweep });
  }, [sweep?.id, running]);

  const begin = async (): Promise<void> => {
    if (!model) return;
    setBegins(true);
    const { boards, seed } = state;
    const asked = bench.settings.model ?? { folder: model.folder };
    if (await bench.startSweep({ model: asked, orders, boards, seed })) {
      announce(`Asking ${model.name} about ${counted(orders.length * boards, 'board')}.`);
    }
    setBegins(false);
  };
  const copy = (of: LifeSweep): void => {
    void api.call('copy', { text: sweepCsv(of.figures) }).then(
      () => announce('Copied as CSV.'),
      () => announce('It could not be copied.'),
    );
  };
  const blocked = reasonToWait(bench, orders);
  return (
    <div class="sweep">
      <header class="section-head sweep-head">
        <h2>Accuracy by density</h2>
        <div class="sweep-fields">
          <Fields state={state} disabled={running} onState={set} />
        </div>
        {running ? (
          <Button appearance="secondary" class="sweep-go" onClick={() => void bench.stopSweep()}>
            <Icon name="stop" slot="start" />
            Stop sweep
          </Button>
        ) : (
          <Button
            appearance="primary"
            class="sweep-go"
            disabled={blocked !== null || begins}
            onClick={() => void begin()}
          >
            <Icon name="play" slot="start" />
            Sweep
          </Button>
        )}
      </header>
      <p class="sweep-plan">
        {blocked ??
          `${counted(orders.length, 'density', 'densities')} × ${counted(state.boards, 'board')} = ${count(
            orders.length * state.boards,
          )} boards for ${model?.name ?? ''}`}
      </p>
      {onShow ? (
        <Result sweep={onShow} shown={shown} onShown={setShown} onCopy={copy} onSave={bench.saveSweep} />
      ) : (
        <Beginning />
      )}
    </div>
  );
}

interface ResultProps {
  readonly sweep: LifeSweep;
  readonly shown: number | null;
  readonly onShown: (order: number | null) => void;
  readonly onCopy: (sweep: LifeSweep) => void;
  readonly onSave: (sweep: LifeSweep) => Promise<string | null>;
}

function Result({ sweep, shown, onShown, onCopy, onSave }: ResultProps) {
  const { model, grid, plan, state, figures, message, problem } = sweep;
  const total = plan.orders.length * plan.boards;
  const done = figures.reduce((sum, { boards }) => sum + boards, 0);
  const running = state === 'running';
  return (
    <section class="sweep-result" aria-label="Result of the sweep">
      <header class="section-head sweep-facts">
        <h2>{{ running: 'Sweeping', done: 'Swept', stopped: 'Stopped', failed: 'Failed' }[state]}</h2>
        <span class="sweep-setup">
          <b title={`${model.folder}, ${model.file}`}>{model.name}</b>
          <Tag>{model.dtype}</Tag>
          <span>
            {grid.width} × {grid.height} {grid.topology}, {grid.rule}
          </span>
          <span>greedy</span>
          <span>seed {plan.seed}</span>
          <span class="number">
            {message ?? (done < total ? `${count(done)} of ${count(total)} boards` : `${count(total)} boards`)}
          </span>
        </span>
        <span class="sweep-export">
          <Button appearance="icon" label="Copy as CSV" disabled={running || done === 0} onClick={() => onCopy(sweep)}>
            <Icon name="copy" />
          </Button>
          <Button
            title="Save the table as a CSV file"
            disabled={running || done === 0}
            onClick={() => void onSave(sweep)}
          >
            CSV
          </Button>
        </span>
      </header>
      {running && (
        <progress class="sweep-progress" aria-label="Boards asked about" max={total} value={done}>
          {count(done)}
        </progress>
      )}
      {problem && (
        <p class="sweep-problem" role="alert">
          <Icon name="error" /> {problem.message} {problem.action}
        </p>
      )}
      <SweepChart sweep={sweep} shown={shown} />
      <SweepTable sweep={sweep} onShown={onShown} />
      <p class="sweep-note">
        A board counts as right where every cell is. Boards are drawn anew from the seed: the same seed gives the same
        boards, here and on the command line.
      </p>
    </section>
  );
}

const NAMES: Readonly<Record<FieldName, string>> = {
  from: 'Density from',
  to: 'to',
  step: 'in steps of',
  boards: 'Boards at each',
  seed: 'Seed',
};

const LABELS: Readonly<Record<FieldName, string>> = {
  from: 'First density',
  to: 'Last density',
  step: 'Step between densities',
  boards: `Boards at each density, 1 to ${MOST_BOARDS}`,
  seed: 'Seed of the boards',
};

interface FieldsProps {
  readonly state: SweepState;
  readonly disabled: boolean;
  readonly onState: (change: Partial<SweepState>) => void;
}

function Fields({ state, disabled, onState }: FieldsProps) {
  return (Object.keys(FIELDS) as FieldName[]).map((name) => (
    <span key={name} class="sweep-field" title={`${LABELS[name]}: ${FIELDS[name].min} to ${FIELDS[name].max}`}>
      <span class="sweep-label" aria-hidden="true">
        {NAMES[name]}
      </span>
      <TextField
        label={LABELS[name]}
        value={`${state[name]}`}
        disabled={disabled}
        onCommit={(text) => {
          const read = readNumber(text, FIELDS[name]);
          return read.ok ? onState({ [name]: read.value }) : read.why;
        }}
      />
    </span>
  ));
}

/** Before the first sweep: what will be measured, and how. */
function Beginning() {
  return (
    <div class="empty">
      <h2>How full may a board be before the model gets it wrong?</h2>
      <p>
        Boards are drawn at random, each cell alive with the density as its probability, and the model is asked what
        follows each. Its answer is held against the rule, cell by cell.
      </p>
      <p>
        Near 0 and near 1 boards die at once and are easy; in between it shows whether the rule was learnt or the boards
        of the training.
      </p>
    </div>
  );
}

/** Why nothing can be swept now: a sentence; null where it can. */
function reasonToWait({ model, comparison }: TabBench, orders: readonly number[]): string | null {
  if (!model?.life || model.problem) return 'Choose a Life model that can be run.';
  if (orders.length === 0) return 'The first density is above the last.';
  if (orders.length >= MOST_ORDERS && (orders.at(-1) ?? 0) < 1) return `At most ${MOST_ORDERS} densities at once.`;
  return comparison?.state === 'running' ? 'Decoders are being compared: a sweep would slow them down.' : null;
}

/** Says each density that is finished, and the end, for those who do not see the table fill. */
function useAnnounced(sweep: LifeSweep | null, announce: (text: string) => void): void {
  const told = useRef<string | null>(keyOf(sweep));
  useEffect(() => {
    const key = keyOf(sweep);
    if (!sweep || key === told.current) return;
    told.current = key;
    const sentence = sentenceOf(sweep);
    if (sentence !== null) announce(sentence);
  }, [sweep]);
}

function keyOf(sweep: LifeSweep | null): string | null {
  return sweep && `${sweep.id} ${sweep.state} ${complete(sweep).length}`;
}

/** Densities of which all boards were asked about. */
function complete({ figures, plan }: LifeSweep): readonly OrderFigures[] {
  return figures.filter(({ boards }) => boards === plan.boards);
}

function sentenceOf(sweep: LifeSweep): string | null {
  const { state, problem } = sweep;
  const last = complete(sweep).at(-1);
  const end = { running: '', done: 'Sweep complete', stopped: 'Sweep stopped', failed: 'Sweep failed' }[state];
  if (state === 'failed') return `${end}: ${problem?.message ?? ''}`;
  if (state !== 'running') return `${end}: ${counted(complete(sweep).length, 'density', 'densities')}.`;
  return last
    ? `Density ${last.order}: ${last.boards - last.wrongBoards} of ${counted(last.boards, 'board')} right.`
    : null;
}
