import type { SpeculationSummary, Trace } from '../trace/record';
import { RunPasses, type PassTotals, type StepRow } from './passes';

/** What a server counted of its drafts, as the views of passes show it. */
export interface ReportedSteps {
  /** The drafts that have a place in the sequence. */
  readonly rows: readonly StepRow[];
  /** Drafts that the server counted, and those of them without a place. */
  readonly drafts: number;
  readonly unplaced: number;
  readonly totals: PassTotals;
}

/**
 * The drafts that a server counted, step by step. That the drafted token after the accepted ones was rejected, and that those
 * after it were never judged, follows from the rule of speculative decoding (Leviathan et al. 2023, algorithm 1); which tokens
 * they were, and p, q and r, the server does not tell. Steps without a draft it does not count.
 * @returns null where it told nothing of drafts.
 */
export function reportedSteps({ tokens, summary }: Pick<Trace, 'tokens' | 'summary'>): ReportedSteps | null {
  if (!summary?.speculation) return null;
  const reported = summary.reported ?? [];
  const rows: StepRow[] = [];
  for (const { start, drafted, accepted } of reported) {
    if (start === null) continue;
    const known = start + accepted < tokens.length;
    rows.push({
      number: rows.length + 1,
      pass: null,
      draft: { drafted, accepted, next: !known ? null : accepted < drafted ? 'replacement' : 'bonus' },
      start,
      end: Math.min(tokens.length, start + accepted + 1),
      rejected: known && accepted < drafted,
    });
  }
  return {
    rows,
    drafts: reported.length,
    unplaced: reported.length - rows.length,
    totals: totalsOf(summary.speculation, reported, rows),
  };
}

/** Every step of a run that verified a draft and has a place in the sequence, whoever counted it. */
export function draftedSteps(trace: Trace): readonly StepRow[] {
  if (trace.header.model.server) return reportedSteps(trace)?.rows ?? [];
  const run = new RunPasses(trace.header.promptLength);
  run.add(trace.passes);
  return run.rows.filter(({ draft }) => draft);
}

function totalsOf(
  speculation: SpeculationSummary,
  reported: readonly { readonly drafted: number; readonly accepted: number }[],
  rows: readonly StepRow[],
): PassTotals {
  const testedByPosition: number[] = [];
  const byTokens: number[] = [];
  let [rejected, longest] = [0, 0];
  for (const { drafted, accepted } of reported) {
    for (let place = 0; place < Math.min(accepted + 1, drafted); place++) {
      testedByPosition[place] = (testedByPosition[place] ?? 0) + 1;
    }
    if (accepted < drafted) rejected++;
    longest = Math.max(longest, drafted);
  }
  for (const { start, end } of rows) byTokens[end - start] = (byTokens[end - start] ?? 0) + 1;
  const tested = testedByPosition.reduce((sum, n) => sum + n, 0);
  return {
    speculation,
    tested,
    testedByPosition,
    unread: Math.max(0, speculation.drafted - tested),
    rejected,
    byTokens: Array.from(byTokens, (steps) => steps ?? 0),
    longest,
  };
}
