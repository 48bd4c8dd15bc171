import { useMemo, useRef } from 'preact/hooks';
import { type PassTotals, RunPasses } from '../../core/lens/passes';
import type { Trace, TracePass } from '../../core/trace/record';

/** The rows of a run and what they add up to; what streams in is added to what is there. */
export function useRunPasses(trace: Trace): { readonly passes: RunPasses; readonly totals: PassTotals } {
  const kept = useRef<{ of: readonly TracePass[]; passes: RunPasses } | null>(null);
  // The passes of a run are one array that grows; another array is another run, or the run asked for again.
  if (kept.current?.of !== trace.passes) {
    kept.current = { of: trace.passes, passes: new RunPasses(trace.header.promptLength) };
  }
  const { passes } = kept.current;
  passes.add(trace.passes);
  const totals = useMemo(() => passes.totals, [passes, trace.passes.length]);
  return { passes, totals };
}
