import { type StepRow, rowOf } from '../../../core/lens/passes';
import type { ReportedSteps } from '../../../core/lens/reported-steps';
import type { Trace } from '../../../core/trace/record';
import { UNKNOWN, count, counted } from '../../components/format';
import { Mark } from '../../components/marks';
import { TokenLabel } from '../../components/token-chip';
import { useSize } from '../../components/use-size';
import type { TabProps } from '../tab';
import { OutputSection } from './output-section';
import { PassesSection } from './passes-section';
import { RunPanel } from './run-panel';
import { columnsOf, linesOf } from './speculation-view';
import { usePassChoice } from './use-pass-choice';
import './reported.css';

export interface ReportedViewProps extends TabProps {
  readonly steps: ReportedSteps;
  readonly table: boolean;
}

/** The speculation of a run on a server, as far as the server counts it; what it does not tell is said and never invented. */
export function ReportedView(props: ReportedViewProps) {
  const { trace, steps, selected, hovered, onSelect, onHover, announce } = props;
  const [room, size] = useSize<HTMLDivElement>();
  const { rows, totals } = steps;
  const chosen = selected === null ? (rows[0] ?? null) : rowOf(rows, selected);
  const preview = hovered === null ? null : rowOf(rows, hovered);
  const { choose, hoverRow, setTable } = usePassChoice(props, rows);

  if (!trace) return null;
  if (size.width === 0) return <div class="spec" ref={room} />;
  return (
    <div class={`spec spec-reported ${columnsOf(size.width)}`} ref={room}>
      <OutputSection
        trace={trace}
        selected={selected}
        hovered={hovered}
        chosen={chosen}
        preview={preview}
        follow={false}
        lines={linesOf(size.width)}
        onSelect={onSelect}
        onHover={onHover}
        announce={announce}
        theme={props.theme}
      />
      {rows.length > 0 ? (
        <PassesSection
          trace={trace}
          rows={rows}
          about="one row a pass that verified a draft, as the server counted"
          totals={totals}
          chosen={chosen}
          preview={preview}
          follow={false}
          table={props.table}
          onTable={setTable}
          onChoose={choose}
          onHover={hoverRow}
          theme={props.theme}
        />
      ) : (
        <p class="spec-note spec-unplaced">{withoutPlace(steps)}</p>
      )}
      <div class="spec-below">
        <StepDetail trace={trace} row={preview ?? chosen} steps={steps} />
        <RunPanel header={trace.header} rows={rows} totals={totals} reported />
      </div>
    </div>
  );
}

function withoutPlace({ drafts }: ReportedSteps): string {
  return drafts === 0
    ? 'The server told the sums of its drafts alone: not which pass drafted how many tokens.'
    : `The server counted ${counted(drafts, 'draft')}, but its answer does not show between which tokens they stood.`;
}

/** One draft in the server’s own numbers, and what of it was not reported. */
function StepDetail({
  trace,
  row,
  steps,
}: {
  readonly trace: Trace;
  readonly row: StepRow | null;
  readonly steps: ReportedSteps;
}) {
  const draft = row?.draft;
  return (
    <section class="spec-detail" aria-labelledby="spec-detail-title">
      <header class="section-head">
        <h2 id="spec-detail-title">{row ? `Pass ${count(row.number)}` : 'Drafts'}</h2>
        {draft && (
          <span class="muted spec-formula">
            {count(draft.drafted)} drafted, {count(draft.accepted)} accepted
          </span>
        )}
      </header>
      {row && draft && (
        <table class="reported">
          <caption class="unseen">Drafted tokens of the pass, as far as the server told them</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                #
              </th>
              <th scope="col">draft</th>
              <th scope="col">verdict</th>
              <th scope="col" class="number" title="Probability with which the token was drafted.">
                q
              </th>
              <th
                scope="col"
                class="number"
                title="The model’s probability of the token, after temperature and filters."
              >
                p
              </th>
              <th scope="col" class="number" title="What was drawn to decide.">
                r
              </th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: draft.drafted }, (_, place) => (
              <StepToken key={place} trace={trace} row={row} place={place} accepted={draft.accepted} />
            ))}
          </tbody>
        </table>
      )}
      <p class="spec-note">
        {draft
          ? 'The server counts its drafts. Which tokens were rejected, p, q and r are not reported, and neither is the time of a pass.'
          : 'Which tokens were drafted, p, q and r are not reported.'}
        {steps.unplaced > 0 &&
          steps.rows.length > 0 &&
          ` Of ${counted(steps.unplaced, 'more draft')} the answer does not show between which tokens they stood; they count in the sums of the run.`}
      </p>
    </section>
  );
}

interface StepTokenProps {
  readonly trace: Trace;
  readonly row: StepRow;
  readonly place: number;
  readonly accepted: number;
}

function StepToken({ trace, row, place, accepted }: StepTokenProps) {
  const token = place < accepted ? trace.tokens[row.start + place] : undefined;
  const kind = place < accepted ? 'accepted' : place > accepted || !row.rejected ? 'unused' : 'rejected';
  return (
    <tr>
      <td class="number">{place + 1}</td>
      <th scope="row">{token ? <TokenLabel text={token.text} /> : <span class="muted">not reported</span>}</th>
      <td>
        <Mark kind={kind} /> {kind}
      </td>
      <td class="number">{UNKNOWN}</td>
      <td class="number">{UNKNOWN}</td>
      <td class="number">{UNKNOWN}</td>
    </tr>
  );
}
