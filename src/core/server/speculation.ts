import type { SpeculationSummary } from '../trace/record';
import { SpeculationCounter } from '../trace/speculation';
import { maybe, object } from '../check/check';
import { count, list, malformed, readAnswer } from './answer';

/** What vLLM counts of a request (`metrics.speculative_decoding`, with `--per-request-spec-decode-metrics detailed`). */
export interface ReportedSpeculation {
  /** One entry a step that verified a draft; empty where the server counts no single steps. */
  readonly steps: readonly { readonly drafted: number; readonly accepted: number }[];
  readonly summary: SpeculationSummary;
}

const told = maybe(
  object({
    num_spec_steps: count,
    num_draft_tokens: count,
    num_accepted_draft_tokens: count,
    per_step_drafted: maybe(list(count)),
    per_step_accepted: maybe(list(count)),
    /** `[k]`: steps that accepted k tokens. */
    acceptance_histogram: maybe(list(count)),
  }),
);

/**
 * @returns null where the server says nothing of it.
 * @throws CoreError `server-answer` where its steps do not add up to its sums.
 */
export function readSpeculation(value: unknown): ReportedSpeculation | null {
  const read = readAnswer(told, value, '"speculative_decoding"');
  if (read === null) return null;
  const { num_spec_steps: passes, num_draft_tokens: drafted, num_accepted_draft_tokens: accepted } = read;
  const { per_step_accepted: acceptedEach, per_step_drafted: draftedEach } = read;
  if (acceptedEach === null || draftedEach === null) {
    return { steps: [], summary: sums(passes, drafted, accepted, read.acceptance_histogram ?? []) };
  }
  const steps = acceptedEach.map((each, i) => ({ accepted: each, drafted: draftedEach[i] ?? 0 }));
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

function sums(passes: number, drafted: number, accepted: number, counts: readonly number[]): SpeculationSummary {
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
