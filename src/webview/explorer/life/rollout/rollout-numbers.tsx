import type { RolloutRecord } from '../../../../core/life/rollout-record';
import { count } from '../../../components/format';
import type { ThemeInfo } from '../../../components/theme';
import { ErrorLegend } from '../error-legend';
import { Fact } from '../fact';
import { population } from '../frame';

export interface RolloutNumbersProps {
  readonly record: RolloutRecord;
  readonly place: number;
  readonly theme: ThemeInfo;
}

/** The numbers of the step on show and of the whole, and what the marks mean. */
export function RolloutNumbers({ record, place, theme }: RolloutNumbersProps) {
  const { steps, predicted, exact, firstWrong, own, inherited } = record;
  const step = steps[place - 1];
  if (!step) return null;
  const alive = (board: Uint8Array | undefined): string => count(board ? population(board) : null);
  return (
    <aside class="roll-side" aria-label="Numbers" tabIndex={0}>
      <section>
        <h2>Generation</h2>
        <p class="roll-generation number">
          <b>{count(place)}</b> <span class="muted">of {count(steps.length)}</span>
        </p>
        <dl>
          <Fact name="Population, input" value={alive(predicted[place - 1])} />
          <Fact name="Population, model" value={alive(predicted[place])} />
          <Fact name="Population, exact" value={alive(exact[place])} />
        </dl>
      </section>
      <section>
        <dl>
          <Fact name="Hamming distance" value={count(step.wrong)} />
          <Fact name="Own errors, this step" value={count(step.own)} />
          <Fact name="Inherited errors" value={count(step.inherited)} />
          <Fact name="False births" value={count(step.falseBirths)} />
          <Fact name="False deaths" value={count(step.falseDeaths)} />
        </dl>
      </section>
      <section>
        <dl>
          <Fact name="First wrong step" value={firstWrong === null ? 'none' : count(firstWrong)} />
          <Fact name="Own errors, all steps" value={count(own)} />
          <Fact name="Inherited, all steps" value={count(inherited)} />
          <Fact
            name="Steps with own errors"
            value={`${count(steps.filter((each) => each.own > 0).length)} of ${count(steps.length)}`}
          />
        </dl>
      </section>
      <section>
        <h2>Errors</h2>
        <ErrorLegend theme={theme} inherited />
        <p class="muted">
          Own: the model broke the rule for the board it was given. Inherited: the rule was kept, but that board was
          already wrong.
        </p>
      </section>
      <section class="roll-keys">
        <span>
          <kbd>Space</kbd> play or pause
        </span>
        <span>
          <kbd>←</kbd> <kbd>→</kbd> one step
        </span>
        <span>
          <kbd>E</kbd> next own error
        </span>
        <span>
          <kbd>Home</kbd> first step
        </span>
      </section>
    </aside>
  );
}
