import { mooreChance } from '../../../core/life/attention';
import type { GridAttention } from '../../../protocol/attention';
import { weightText } from '../attention/weight-format';
import type { LifeRun } from '../life/use-life';
import { type HeadRow, LEAST, indexOfHead, strongestCell } from './data';
import { type SingleHead, sameSingle } from './state';
import { LAYER_NOTE, MOORE_DEFINITION, headName, offsetText } from './words';

export interface SidePanelProps {
  readonly run: LifeRun;
  readonly heads: GridAttention;
  readonly rows: readonly HeadRow[] | null;
  readonly cell: number;
  readonly head: SingleHead;
  readonly onHead: (head: SingleHead) => void;
}

/** Cells that are listed one by one. */
const LISTED = 5;

/** Where the chosen head looks from the chosen cell, in numbers; and where every head does. */
export function SidePanel({ run, heads, rows, cell, head, onHead }: SidePanelProps) {
  const { sequence } = run;
  const { grid, before } = sequence;
  const row = rows?.[indexOfHead(heads, head)] ?? null;
  const statistics = heads.statistics[indexOfHead(heads, head)];
  const chance = mooreChance(grid);
  const most = row ? largest(row.weights) : [];
  const listed = most.reduce((sum, at) => sum + (row?.weights[at] ?? 0), 0);
  const place = (at: number): string => `${Math.floor(at / grid.width)}, ${at % grid.width}`;
  return (
    <>
      <section aria-label="Looks at most">
        <header class="section-header">
          <h2>Looks at most</h2>
          <span class="muted">this head, this cell</span>
        </header>
        <table class="grid-list">
          <thead>
            <tr>
              <th scope="col">(dy, dx)</th>
              <th scope="col">cell</th>
              <th scope="col">
                <span class="unseen">state and weight</span>
              </th>
              <th scope="col" class="number">
                weight
              </th>
            </tr>
          </thead>
          <tbody>
            {most.map((at) => (
              <tr key={at}>
                <td>{offsetText(cell, at, grid)}</td>
                <td>{place(at)}</td>
                <td>
                  <span class="state-and-bar">
                    <i
                      class={before[at] === 1 ? 'alive-key' : 'dead-key'}
                      title={before[at] === 1 ? 'alive' : 'dead'}
                    />
                    <Bar part={row?.weights[at] ?? 0} />
                  </span>
                </td>
                <td class="number">{weightText(row?.weights[at])}</td>
              </tr>
            ))}
            <tr class="muted">
              <td colSpan={3}>{before.length - most.length} other cells</td>
              <td class="number">{row ? weightText(Math.max(0, 1 - row.mass.outside - listed)) : '–'}</td>
            </tr>
            <tr class="muted">
              <td colSpan={3}>outside the board</td>
              <td class="number">{weightText(row?.mass.outside)}</td>
            </tr>
          </tbody>
        </table>
        {sequence.grid && head.layer > 0 && <p class="note">{LAYER_NOTE}</p>}
      </section>
      <section aria-label="Moore score">
        <header class="section-header">
          <h2 title={MOORE_DEFINITION}>Moore score</h2>
          <span class="muted">mass on the 3 × 3, chance {chance.toFixed(3)}</span>
        </header>
        <table class="grid-list score-list">
          <tbody>
            {(
              [
                ['this cell', row?.mass.neighbourhood ?? null],
                [`mean of ${heads.cells}`, statistics?.neighbourhood ?? null],
                ['inside', statistics?.bulk ?? null],
                ['at edges', statistics?.edge ?? null],
                ['in corners', statistics?.corner ?? null],
              ] as const
            ).map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="wide">
                  <Bar part={value ?? 0} chance={chance} />
                </td>
                <td class="number">{weightText(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section aria-label="Strongest cell of every head">
        <header class="section-header">
          <h2>Strongest cell, every head</h2>
        </header>
        <table class="grid-list head-list">
          <thead>
            <tr>
              <th scope="col">head</th>
              <th scope="col">(dy, dx)</th>
              <th scope="col">
                <span class="unseen">weight</span>
              </th>
              <th scope="col" class="number">
                weight
              </th>
              <th scope="col" class="number">
                outside
              </th>
            </tr>
          </thead>
          <tbody>
            {rows?.map((each) => {
              const at = strongestCell(each.weights);
              const weight = at === null ? null : (each.weights[at] ?? null);
              const chosen = sameSingle(each, head);
              return (
                <tr
                  key={headName(each)}
                  class={chosen ? 'chosen' : ''}
                  aria-current={chosen ? 'true' : undefined}
                  onClick={() => onHead({ layer: each.layer, head: each.head })}
                >
                  <td>
                    <button type="button" onClick={() => onHead({ layer: each.layer, head: each.head })}>
                      {headName(each)}
                    </button>
                  </td>
                  <td>{at === null ? '–' : offsetText(cell, at, grid)}</td>
                  <td class="wide">
                    <Bar part={weight ?? 0} />
                  </td>
                  <td class="number">{weightText(weight)}</td>
                  <td class="number muted">{weightText(each.mass.outside)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <section class="grid-keys">
        <span>
          <kbd>←</kbd> <kbd>↑</kbd> <kbd>↓</kbd> <kbd>→</kbd> cell
        </span>
        <span>
          <kbd>[</kbd> <kbd>]</kbd> head
        </span>
        <span>
          <kbd>Space</kbd> edit
        </span>
        <span>
          <kbd>M</kbd> frame
        </span>
      </section>
    </>
  );
}

function Bar({ part, chance }: { readonly part: number; readonly chance?: number }) {
  return (
    <span class="score-bar" aria-hidden="true">
      <i style={{ width: `${Math.min(1, part) * 100}%` }} />
      {chance !== undefined && <s style={{ left: `${chance * 100}%` }} />}
    </span>
  );
}

function largest(weights: Float32Array): readonly number[] {
  return Array.from(weights, (_, at) => at)
    .filter((at) => (weights[at] ?? 0) >= LEAST)
    .sort((one, other) => (weights[other] ?? 0) - (weights[one] ?? 0) || one - other)
    .slice(0, LISTED);
}
