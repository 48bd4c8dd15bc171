import { placeOf } from '../../../core/life/neighbourhood';
import { neighbourCounts, parseRule } from '../../../core/life/rule';
import { probability, smallBits } from '../../components/format';
import { Icon } from '../../components/icon';
import { Button } from '../../ui/button';
import type { LifeRun } from './use-life';
import { placeWords, stateWord } from './words';
import './cell-panel.css';

export interface CellPanelProps {
  readonly run: LifeRun;
  readonly cell: number;
  readonly onStep?: (by: number) => void;
}

/** What the model thought of a cell, what the rule says, and why. */
export function CellPanel({ run, cell, onStep }: CellPanelProps) {
  const { sequence, prediction } = run;
  const { grid, before } = sequence;
  const alive = prediction.alive[cell] ?? Number.NaN;
  const bounded = prediction.bounded[cell] === 1;
  const said = prediction.cells[cell];
  const exact = prediction.exact[cell];
  const known = !Number.isNaN(alive);
  return (
    <section class="cell-panel" aria-label="Chosen cell">
      <header>
        <h2>Cell</h2>
        <span class="cell-place">{placeWords(cell, grid.width)}</span>
        {onStep && (
          <span class="cell-steps">
            <Button appearance="icon" label="Cell before" onClick={() => onStep(-1)}>
              <Icon name="left" />
            </Button>
            <Button appearance="icon" label="Next cell" onClick={() => onStep(1)}>
              <Icon name="right" />
            </Button>
          </span>
        )}
      </header>
      <dl class="cell-figures">
        <div title={ALIVE}>
          <dt>p alive</dt>
          <dd>{bounded ? atMost(alive) : probability(known ? alive : null)}</dd>
        </div>
        <div title={ENTROPY}>
          <dt>entropy</dt>
          <dd>{smallBits(prediction.entropy[cell])}</dd>
        </div>
        <div>
          <dt>exact</dt>
          <dd>
            {stateWord(exact)} {said === exact && <Icon name="check" />}
            {said !== undefined && said !== exact && said <= 1 && <Icon name="close" class="cell-wrong" />}
          </dd>
        </div>
      </dl>
      <div class="cell-why">
        <Neighbours run={run} cell={cell} />
        <dl>
          <dt>Now</dt>
          <dd>{stateWord(before[cell])}</dd>
          <dt>Place</dt>
          <dd>{placeOf(cell, grid) === 'bulk' ? 'inside' : placeOf(cell, grid)}</dd>
          <dt>Model says</dt>
          <dd>{stateWord(said)}</dd>
        </dl>
        <p>
          <b>{ruleWords(run, cell)}</b>
        </p>
      </div>
    </section>
  );
}

const ALIVE =
  'Probability of the token 1 among all tokens, before temperature and filters, as the run recorded it with the token.';
const ENTROPY =
  'Entropy of the model’s distribution over all tokens at this cell: 0 where it is sure, 1 where dead and alive are equal. In bits.';

/** A token that is not among the alternatives that the run kept is at most as probable as the last of them. */
function atMost(value: number): string {
  return value < 0.001 ? '<0.001' : `≤${value.toFixed(3)}`;
}

function aliveAround({ sequence }: LifeRun, cell: number): number {
  return neighbourCounts(sequence.before, sequence.grid)[cell] as number;
}

/** What the rule makes of the cell. */
function ruleWords(run: LifeRun, cell: number): string {
  const { birth, survival } = parseRule(run.sequence.grid.rule);
  const count = aliveAround(run, cell);
  const counted = `${count === 0 ? 'no' : count} live ${count === 1 ? 'neighbour' : 'neighbours'}`;
  const lives = run.sequence.before[cell] === 1;
  const fate = lives ? (survival[count] ? 'lives on' : 'dies') : birth[count] ? 'birth' : 'stays dead';
  return `${counted.charAt(0).toUpperCase()}${counted.slice(1)}: ${fate}`;
}

/** The 3 × 3 cells around one on the board that the model was given. */
function Neighbours({ run, cell }: { readonly run: LifeRun; readonly cell: number }) {
  const { grid, before } = run.sequence;
  const rows = [-1, 0, 1].map((by) => wrap(Math.floor(cell / grid.width) + by, grid.height, grid.topology));
  const columns = [-1, 0, 1].map((by) => wrap((cell % grid.width) + by, grid.width, grid.topology));
  return (
    <svg class="cell-neighbours" viewBox="-18 -14 79 75" width="79" height="75" aria-hidden="true">
      <rect class="cell-frame" x="0.5" y="0.5" width="59" height="59" />
      {rows.map((row, at) => (
        <text key={at} x="-4" y={at * 20 + 14} text-anchor="end">
          {row ?? ''}
        </text>
      ))}
      {columns.map((column, at) => (
        <text key={at} x={at * 20 + 10} y="-4" text-anchor="middle">
          {column ?? ''}
        </text>
      ))}
      {rows.map((row, y) =>
        columns.map((column, x) =>
          row === null || column === null ? (
            <path key={`${y}${x}`} class="cell-outside" d={`M${x * 20 + 4} ${y * 20 + 16}l12 -12`} />
          ) : before[row * grid.width + column] === 1 ? (
            <rect key={`${y}${x}`} class="cell-alive" x={x * 20 + 6} y={y * 20 + 6} width="8" height="8" />
          ) : null,
        ),
      )}
      <rect class="cell-chosen" x="21" y="21" width="18" height="18" />
    </svg>
  );
}

/** null: beyond the edge of a plane. */
function wrap(index: number, count: number, topology: 'torus' | 'plane'): number | null {
  if (index >= 0 && index < count) return index;
  return topology === 'torus' ? (index + count) % count : null;
}
