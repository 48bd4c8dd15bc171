import { useMemo } from 'preact/hooks';
import { type BreakEven, type DraftLengthCost, type RunCosts, breakEven } from '../../../core/lens/break-even';
import type { PassTotals } from '../../../core/lens/passes';
import type { PlainTime } from '../../../core/lens/plain-time';
import type { TraceHeader } from '../../../core/trace/record';
import { UNKNOWN, count, counted, probability } from '../../components/format';
import { Button } from '../../ui/button';
import type { TabProps } from '../tab';
import { breakEvenSentence, outcomeOf } from './break-even-text';
import { milliseconds, times } from './numbers';
import { Figure } from './run-panel';
import './break-even-panel.css';

export interface BreakEvenPanelProps {
  readonly tab: TabProps;
  readonly header: TraceHeader;
  readonly costs: RunCosts;
  readonly totals: PassTotals;
  readonly plain: PlainTime | null;
  /** Whether t(1) is this run's own; else it is of an earlier run of the same model. */
  readonly plainIsOwn: boolean;
}

/** Whether drafting was worth its time on this machine, from what the passes took. */
export function BreakEvenPanel({ tab, header, costs, totals, plain, plainIsOwn }: BreakEvenPanelProps) {
  const { alpha, accepted } = totals.speculation;
  // α is the chance under the exact rule; a lossy one accepts more, and by nothing that the trace has in closed form.
  const acceptance = header.decoder.exact ? alpha : totals.tested === 0 ? null : accepted / totals.tested;
  const found = useMemo(
    () => (acceptance === null ? null : breakEven(costs, acceptance, plain)),
    [costs, acceptance, plain?.milliseconds],
  );
  return (
    <section class="spec-break-even" aria-labelledby="spec-break-even-title">
      <header class="section-head">
        <h2 id="spec-break-even-title">Break-even</h2>
        <span class="muted spec-formula wide-only">
          speed-up = E[tokens] · t(1) / (γ · d + t(γ + 1)), from this run’s wall times
        </span>
      </header>
      {found ? (
        <Found
          found={found}
          acceptance={acceptance ?? 0}
          exact={header.decoder.exact}
          model={header.model.name}
          plainIsOwn={plainIsOwn}
          passes={costs.drafted.passes}
          {...(tab.runAgain ? { onMeasure: () => tab.runAgain?.({ decoder: 'autoregressive' }) } : {})}
        />
      ) : (
        <p class="spec-note">No pass has verified a draft: there is nothing to hold against plain decoding.</p>
      )}
    </section>
  );
}

interface FoundProps {
  readonly found: BreakEven;
  readonly acceptance: number;
  readonly exact: boolean;
  readonly model: string;
  readonly plainIsOwn: boolean;
  readonly passes: number;
  readonly onMeasure?: () => void;
}

function Found({ found, acceptance, exact, model, plainIsOwn, passes, onMeasure }: FoundProps) {
  const { plain, usual } = found;
  const size = usual.gamma + 1;
  return (
    <div class="break-even">
      <div class="break-even-words">
        <p class={`break-even-sentence break-even-${outcomeOf(found)}`}>{breakEvenSentence(found)}</p>
        {!plain && onMeasure && (
          <p>
            <Button onClick={onMeasure}>Measure: run without drafts</Button>
          </p>
        )}
        <dl class="spec-figures">
          <Figure
            name="d, a drafted token"
            definition="Median, over the passes that verified a draft, of the wall time of drafting over the tokens drafted."
            value={milliseconds(found.draft)}
            note={counted(passes, 'pass', 'passes')}
          />
          <Figure
            name="t(1)"
            definition={`Median wall time of a pass of ${model} over one token: what plain decoding takes for a token.`}
            value={milliseconds(plain?.milliseconds ?? null)}
            note={
              plain
                ? `${counted(plain.passes, 'pass', 'passes')}${plainIsOwn ? '' : ' of an earlier run'}`
                : 'not measured'
            }
          />
          <Figure
            name={`t(${size})`}
            definition={`Median wall time of a pass over ${size} tokens: the newest one and a draft of ${usual.gamma}, the length drafted most often.`}
            value={milliseconds(usual.milliseconds)}
            note={counted(usual.passes, 'pass', 'passes')}
          />
          <Figure
            name="speed-up measured"
            definition="t(1) over the time that a token took: drafting and verifying, over the tokens brought, in all passes that verified a draft."
            value={times(found.measured)}
            note={`${milliseconds(found.perToken)} a token`}
          />
          <Figure
            name="speed-up predicted"
            definition={`By Leviathan’s formula with the measured times, drafts of ${usual.gamma} and the chance of acceptance ${exact ? 'α' : 'accepted over tested (the rule is lossy, so not α)'} of this run, as if it were the same everywhere.`}
            value={times(usual.speedUp)}
            note={`γ = ${usual.gamma}, ${exact ? 'α' : 'accepted'} ${probability(acceptance)}`}
          />
          <Figure
            name="best draft length"
            definition="The draft length with the largest predicted speed-up, up to the longest that was measured; 0: no draft at all."
            value={found.best === null ? UNKNOWN : count(found.best)}
            note={found.best === null ? 'needs t(1)' : ''}
          />
        </dl>
      </div>
      <LengthTable found={found} />
    </div>
  );
}

/** What each draft length would bring: measured where a pass had that size, else on the line between two that were. */
function LengthTable({ found }: { readonly found: BreakEven }) {
  // The line of 1× stays inside.
  const most = 1.06 * found.lengths.reduce((top, { speedUp }) => Math.max(top, speedUp ?? 0), 1);
  return (
    <div class="lengths-scroll" tabIndex={0} role="group" aria-label="Draft lengths">
      <table class="lengths">
        <caption class="unseen">Predicted speed-up by draft length</caption>
        <thead>
          <tr>
            <th scope="col" class="number" title="Tokens of a draft.">
              γ
            </th>
            <th scope="col" class="number" title="Wall time of a pass over γ + 1 tokens.">
              t(γ + 1)
            </th>
            <th
              scope="col"
              title="How many passes the median is of; between: on the line between two sizes that at least 3 passes had."
            >
              from
            </th>
            <th scope="col" class="number" title="Tokens that a pass brings: 1 + α + … + α^γ.">
              E[tokens]
            </th>
            <th scope="col" class="number">
              speed-up
            </th>
            <th class="lengths-bar" aria-hidden="true">
              <span class="lengths-plot">
                <span style={{ left: `${100 / most}%` }}>1×</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.lengths.map((entry) => (
            <LengthRow key={entry.gamma} entry={entry} most={most} found={found} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LengthRowProps {
  readonly entry: DraftLengthCost;
  readonly most: number;
  readonly found: BreakEven;
}

function LengthRow({ entry, most, found }: LengthRowProps) {
  const { gamma, milliseconds: time, passes, tokens, speedUp } = entry;
  const names = [passes === 0 ? 'lengths-between' : '', gamma === found.best ? 'lengths-best' : ''];
  return (
    <tr class={names.filter(Boolean).join(' ') || undefined}>
      <th scope="row" class="number">
        {gamma}
      </th>
      <td class="number">{milliseconds(time)}</td>
      <td>{passes === 0 ? 'between' : counted(passes, 'pass', 'passes')}</td>
      <td class="number">{tokens.toFixed(2)}</td>
      <td class="number">
        {times(speedUp)}
        {gamma === found.best && <span class="unseen"> best</span>}
      </td>
      <td class="lengths-bar" aria-hidden="true">
        <span class="lengths-plot">
          <i class="lengths-one" style={{ left: `${100 / most}%` }} />
          <i class="lengths-fill" style={{ width: `${(100 * (speedUp ?? 0)) / most}%` }} />
        </span>
      </td>
    </tr>
  );
}
