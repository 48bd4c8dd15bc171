import type { Trace } from '../../src/core/trace/record';
import type { ModelRef } from '../../src/protocol/models';
import { median } from '../bench/worker';
import type { Progress } from './progress';
import { runTraced, type Subject } from './subject';

/** Tokens of a run before the first that counts. */
const WARM_UP_TOKENS = 8;
/** Draft lengths that are tried. */
export const DRAFT_LENGTHS: readonly number[] = Array.from({ length: 16 }, (_, at) => at + 1);

export interface DraftPrompt {
  readonly prompt: { readonly text: string } | { readonly ids: readonly number[] };
  readonly maxNewTokens: number;
  /** What the prompt is one of, for figures of each group. */
  readonly group: string;
}

/** What speculation brought at one draft length, over all prompts. */
export interface LengthFigures {
  readonly length: number;
  /** As vLLM counts: accepted / drafted, and 1 + accepted / passes. */
  readonly passes: number;
  readonly drafted: number;
  readonly accepted: number;
  /** Median milliseconds of a pass that verifies a whole draft; null where none was that long. */
  readonly verifyMilliseconds: number | null;
  /** Wall time of the plain runs over that of the runs with drafts: whole runs, prompts included. */
  readonly speedUp: number;
}

export interface GroupFigures {
  readonly group: string;
  readonly drafted: number;
  readonly accepted: number;
}

export interface DraftFigures {
  readonly prompts: number;
  /** Tokens that were generated, without drafts. */
  readonly tokens: number;
  readonly lengths: readonly LengthFigures[];
  /** At `groupLength`. */
  readonly groups: readonly GroupFigures[];
  readonly groupLength: number;
  /** Runs with drafts, and those that wrote token for token what the target writes alone. */
  readonly runs: number;
  readonly identical: number;
  /** Median milliseconds of a pass of the target over one token, and of drafting one token. */
  readonly milliseconds: { readonly target: number; readonly draft: number };
}

class Tally {
  passes = 0;
  drafted = 0;
  accepted = 0;
  seconds = 0;
  private readonly verifying: number[] = [];

  constructor(readonly length: number) {}

  add({ passes, summary }: Trace): void {
    if (!summary?.speculation) throw new Error('A speculative run did not say what it drafted.');
    this.passes += summary.speculation.passes;
    this.drafted += summary.speculation.drafted;
    this.accepted += summary.speculation.accepted;
    this.seconds += summary.seconds;
    const whole = passes.filter(({ speculation }) => speculation?.drafted.length === this.length);
    this.verifying.push(...whole.map(({ milliseconds }) => milliseconds));
  }

  figures(plainSeconds: number): LengthFigures {
    const { length, passes, drafted, accepted, seconds, verifying } = this;
    const verifyMilliseconds = verifying.length === 0 ? null : median(verifying);
    return { length, passes, drafted, accepted, verifyMilliseconds, speedUp: plainSeconds / seconds };
  }
}

/**
 * Greedy decoding with and without drafts, by the engine's own speculative decoder. The plain run of a prompt is made
 * before and after those with drafts, whose order turns from prompt to prompt: so what else the machine does is spread.
 */
export async function evaluateDraft(
  subject: Subject,
  draft: ModelRef,
  prompts: readonly DraftPrompt[],
  { lengths, groupLength }: { readonly lengths: readonly number[]; readonly groupLength: number },
  progress: Progress,
): Promise<DraftFigures> {
  const tallies = new Map(lengths.map((length) => [length, new Tally(length)]));
  const groups = new Map<string, { drafted: number; accepted: number }>();
  const plainPasses: number[] = [];
  const draftPasses: number[] = [];
  let [plainSeconds, tokens, runs, identical] = [0, 0, 0, 0];
  const done = progress.counter('prompts with and without drafts', prompts.length);
  const speculative = ({ prompt, maxNewTokens }: DraftPrompt, gamma: number): Promise<Trace> =>
    runTraced(subject, { prompt, maxNewTokens, decoder: 'speculative', draft, decoderOptions: { gamma } });
  // A session is slower when it is new.
  if (prompts[0]) await speculative({ ...prompts[0], maxNewTokens: WARM_UP_TOKENS }, 4);
  for (const [turn, { group, ...prompt }] of prompts.entries()) {
    const alone = await runTraced(subject, prompt);
    for (let at = 0; at < lengths.length; at++) {
      const length = lengths[(at + turn) % lengths.length] as number;
      const trace = await speculative({ ...prompt, group }, length);
      tallies.get(length)?.add(trace);
      runs++;
      if (sameTokens(trace, alone)) identical++;
      if (length === groupLength) {
        const sum = groups.get(group) ?? { drafted: 0, accepted: 0 };
        const { drafted = 0, accepted = 0 } = trace.summary?.speculation ?? {};
        groups.set(group, { drafted: sum.drafted + drafted, accepted: sum.accepted + accepted });
      }
      for (const { speculation, draftMilliseconds } of trace.passes) {
        if (speculation) draftPasses.push((draftMilliseconds ?? 0) / speculation.drafted.length);
      }
    }
    const again = await runTraced(subject, prompt);
    plainSeconds += (secondsOf(alone) + secondsOf(again)) / 2;
    tokens += alone.summary?.generatedTokens ?? 0;
    plainPasses.push(...alone.passes.filter(({ fed }) => fed === 1).map(({ milliseconds }) => milliseconds));
    done();
  }
  return {
    prompts: prompts.length,
    tokens,
    lengths: [...tallies.values()].map((tally) => tally.figures(plainSeconds)),
    groups: [...groups].map(([group, counts]) => ({ group, ...counts })),
    groupLength,
    runs,
    identical,
    milliseconds: { target: median(plainPasses), draft: median(draftPasses) },
  };
}

/** The draft length with which the runs were quickest; undefined where none was quicker than the target alone. */
export function quickest(lengths: readonly LengthFigures[]): LengthFigures | undefined {
  return lengths.filter(({ speedUp }) => speedUp > 1).sort((a, b) => b.speedUp - a.speedUp)[0];
}

function secondsOf({ summary }: Trace): number {
  return summary?.seconds ?? NaN;
}

function sameTokens(one: Trace, other: Trace): boolean {
  return one.tokens.length === other.tokens.length && one.tokens.every(({ id }, at) => id === other.tokens[at]?.id);
}
