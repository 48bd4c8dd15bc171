import type { SpeculationSummary } from '../trace/record';
import { SpeculationCounter } from '../trace/speculation';
import { countOf, listOf, malformed, objectOf } from './json';

/** What vLLM counts of a request (`metrics.speculative_decoding`, with `--per-request-spec-decode-metrics detailed`). */
export interface ReportedSpeculation {
  /** One entry a step that verified a draft; empty where the server counts no single steps. */
  readonly steps: readonly { readonly drafted: number; readonly accepted: number }[];
  readonly summary: SpeculationSummary;
}

/**
 * @returns null where the server says nothing of it.
 * @throws CoreError `server-answer` where its steps do not add up to its sums.
 */
export function readSpeculation(value: unknown): ReportedSpeculation | null {
  if (value == null) return null;
  const told = objectOf(value, '"speculative_decoding"');
  const passes = countOf(told['num_spec_steps'], '"num_spec_steps"');
  const drafted = countOf(told['num_draft_tokens'], '"num_draft_tokens"');
  const accepted = countOf(told['num_accepted_draft_tokens'], '"num_accepted_draft_tokens"');
  if (told['per_step_accepted'] == null || told['per_step_drafted'] == null) {
    return { steps: [], summary: sums(passes, drafted, accepted, told['acceptance_histogram']) };
  }
  const draftedEach = listOf(told['per_step_drafted'], '"per_step_drafted"');
  const steps = listOf(told['per_step_accepted'], '"per_step_accepted"').map((each, i) => ({
    accepted: countOf(each, '"per_step_accepted"'),
    drafted: countOf(draftedEach[i], '"per_step_drafted"'),
  }));
  const counter = new SpeculationCounter();
  for (const step of steps) {
    if (step.accepted > step.drafted || step.drafted > 1_000) throw malformed('a step accepts more than it drafts');
    counter.add({ accepted: step.accepted, drafted: new Array<{ tv: null }>(step.drafted).fill({ tv: null }) });
  }
  const { summary } = counter;
  if (summary.passes !== passes || summary.drafted !== drafted || summary.accepted !== accepted) {
    throw malformed('its speculative steps do not add up to its own sums');
  }
  return { steps, summary };
}

/** `acceptance_histogram[k]`: steps that accepted k tokens. */
function sums(passes: number, drafted: number, accepted: number, histogram: unknown): SpeculationSummary {
  const counts = histogram == null ? [] : listOf(histogram, '"acceptance_histogram"').map((n) => countOf(n, 'a count'));
  return {
    passes,
    drafted,
    accepted,
    acceptanceRate: drafted === 0 ? null : accepted / drafted,
    meanAcceptanceLength: passes === 0 ? null : 1 + accepted / passes,
    acceptedByPosition: counts.slice(1).map((_, i) => counts.slice(i + 1).reduce((sum, n) => sum + n, 0)),
    alpha: null,
  };
}
