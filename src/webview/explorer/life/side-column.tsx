import { count, counted } from '../../components/format';
import type { ThemeInfo } from '../../components/theme';
import { CellPanel } from './cell-panel';
import { ErrorLegend } from './error-legend';
import { Fact } from './fact';
import { type LifeFrame, population } from './frame';
import type { LifeRun } from './use-life';

export interface SideColumnProps {
  readonly run: LifeRun;
  readonly frame: LifeFrame;
  readonly cell: number;
  readonly theme: ThemeInfo;
  readonly onStep: (by: number) => void;
}

/** The numbers of the step on show, the chosen cell, and what the marks mean. */
export function SideColumn({ run, frame, cell, theme, onStep }: SideColumnProps) {
  const { counts } = frame;
  const cells = run.sequence.before.length;
  return (
    <aside class="life-side" aria-label="Numbers">
      <CellPanel run={run} cell={cell} onStep={onStep} />
      <section>
        <h2>Board</h2>
        <dl class="life-numbers">
          <Fact name="Population, input" value={count(population(frame.input))} />
          <Fact name="Population, model" value={count(population(frame.predicted))} />
          <Fact name="Population, exact" value={count(population(frame.exact))} />
        </dl>
        <dl class="life-numbers">
          <Fact name="Cells wrong" value={`${count(counts.wrong)} of ${count(cells)}`} />
          <Fact name="False births" value={count(counts.falseBirths)} />
          <Fact name="False deaths" value={count(counts.falseDeaths)} />
          {counts.read < cells && <Fact name="Cells missing" value={count(cells - counts.read)} />}
        </dl>
      </section>
      <section>
        <h2>Errors</h2>
        <ErrorLegend theme={theme} inherited={false} />
      </section>
      <section class="life-keys">
        <span>
          <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> cell, on a board
        </span>
        <span>
          <kbd>E</kbd> next error
        </span>
      </section>
      <p class="unseen">{counted(counts.wrong, 'cell')} wrong</p>
    </aside>
  );
}
