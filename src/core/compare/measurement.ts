import { CoreError } from '../errors';
import { generatedText } from '../trace/text';
import type { FinishReason, SpeculationSummary, Trace } from '../trace/record';

/** What a comparison says of one run. Seconds are wall time on the machine that ran it. */
export interface Measurement {
  readonly runId: string;
  /** Runs of the model, those that read the prompt included. */
  readonly passes: number;
  readonly generatedTokens: number;
  /** generatedTokens / passes; null without passes. */
  readonly tokensPerPass: number | null;
  /** From the first pass to the last token. */
  readonly seconds: number;
  /** Of `seconds`: the passes that read the prompt. They count in `verifySeconds` too. */
  readonly prefillSeconds: number;
  /** Of `seconds`: drafting, the draft model's reading of the prompt included; 0 where nothing was drafted. */
  readonly draftSeconds: number;
  /** Of `seconds`: the passes of the model. What is left of `seconds` went to choosing, judging and recording tokens. */
  readonly verifySeconds: number;
  readonly tokensPerSecond: number | null;
  readonly finish: FinishReason;
  /** null where the decoder drafts nothing. */
  readonly speculation: SpeculationSummary | null;
  /** All tokens, prompt included. */
  readonly ids: readonly number[];
  /** null without a tokenizer. */
  readonly generatedText: string | null;
  /** When each pass ended, in seconds of drafting and passes since the start: the first {@link PASS_ENDS_KEPT}. */
  readonly passEnds: readonly number[];
}

export const PASS_ENDS_KEPT = 2048;

/** @throws CoreError `trace-invalid` where the run has not ended. */
export function measure({ header, tokens, passes, summary }: Trace): Measurement {
  if (!summary) throw new CoreError('trace-invalid', 'The run has not ended.');
  const generatedTokens = tokens.length - header.promptLength;
  let milliseconds = 0;
  const ends = passes.map((pass) => (milliseconds += pass.milliseconds + (pass.draftMilliseconds ?? 0)));
  return {
    runId: header.id,
    passes: passes.length,
    generatedTokens,
    tokensPerPass: passes.length === 0 ? null : generatedTokens / passes.length,
    seconds: summary.seconds,
    prefillSeconds: summary.prefillSeconds,
    draftSeconds: passes.reduce((sum, pass) => sum + (pass.draftMilliseconds ?? 0), 0) / 1000,
    verifySeconds: passes.reduce((sum, pass) => sum + pass.milliseconds, 0) / 1000,
    tokensPerSecond: summary.tokensPerSecond,
    finish: summary.finish,
    speculation: summary.speculation ?? null,
    ids: tokens.map(({ id }) => id),
    generatedText: generatedText({ header, tokens }),
    passEnds: ends.slice(0, PASS_ENDS_KEPT).map((end) => end / 1000),
  };
}
