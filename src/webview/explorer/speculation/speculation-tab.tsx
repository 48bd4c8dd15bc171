import { useMemo } from 'preact/hooks';
import { LEAST_PASSES, plainTime, runCosts } from '../../../core/lens/break-even';
import { ENOUGH_PASSES } from '../../../core/lens/plain-time';
import { reportedSteps } from '../../../core/lens/reported-steps';
import { isBusy } from '../session';
import type { Trace } from '../../../core/trace/record';
import type { TabProps } from '../tab';
import { NoDrafts } from './no-drafts';
import { ReportedView } from './reported-view';
import { SpeculationView } from './speculation-view';
import { readState } from './state';
import { useRunPasses } from '../use-run-passes';
import './speculation.css';

/** The passes of the run, where there were drafts; else what to do to see some. */
export function SpeculationTab(props: TabProps) {
  return props.trace ? <OfTrace {...props} trace={props.trace} /> : null;
}

function OfTrace(props: TabProps & { readonly trace: NonNullable<TabProps['trace']> }) {
  const { trace, mode, status } = props;
  const { passes, totals } = useRunPasses(trace);
  const state = useMemo(() => readState(props.state), [props.state]);
  const costs = useMemo(() => runCosts(passes.rows), [passes, passes.rows.length]);

  const own = plainTime(costs, LEAST_PASSES);
  const enough = plainTime(costs, ENOUGH_PASSES);

  if (trace.header.model.server) return <OfServer {...props} trace={trace} table={state.table} />;
  if (passes.rows.length === 0 && isBusy(status)) return <p class="spec-waiting">The first pass is under way…</p>;
  if (!passes.drafts) return <NoDrafts tab={props} trace={trace} plain={own} />;
  // Few passes of the run's own are worth less than many of another run of the same model.
  const { sha256 } = trace.header.model;
  const other = mode === 'explorer' && state.plain?.sha256 === sha256 ? state.plain : null;
  const plain = enough ?? other ?? own;
  return (
    <SpeculationView
      {...props}
      passes={passes}
      totals={totals}
      costs={costs}
      plain={plain}
      plainIsOwn={plain !== other}
      table={state.table}
    />
  );
}

/** A server tells of its drafts with its last word. */
function OfServer({ trace, table, ...props }: TabProps & { readonly trace: Trace; readonly table: boolean }) {
  const steps = useMemo(() => reportedSteps(trace), [trace.tokens, trace.summary]);
  if (isBusy(props.status)) return <p class="spec-waiting">A server tells of its drafts when the run has ended.</p>;
  if (!steps) return <NoDrafts tab={{ ...props, trace }} trace={trace} plain={null} />;
  return <ReportedView {...props} trace={trace} steps={steps} table={table} />;
}
