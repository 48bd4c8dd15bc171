import type { DecodeStep, DraftedStep, SpeculationStep } from '../decode/decoder';
import { topK } from '../numeric/ranking';
import { judge } from './judge';
import {
  RESIDUAL_KEPT,
  type Alternative,
  type FinishReason,
  type Judgement,
  type TraceDraft,
  type TracePass,
  type TraceSpeculation,
  type TraceSummary,
  type TraceToken,
} from './record';
import { SpeculationCounter } from './speculation';

/** What a token reads as, in the order of the ids: the tokenizer's part of a trace. */
export type DescribeTokens = (ids: readonly number[]) => readonly TokenReading[];

export interface TokenReading {
  readonly text: string;
  readonly bytes: readonly number[];
  readonly special: boolean;
}

export interface RecorderOptions {
  readonly describe: DescribeTokens;
  /** Monotonic clock in milliseconds. */
  readonly clock: () => number;
  /** Whether the decoder drafts: the summary then says what that brought, also where nothing was drafted. */
  readonly drafts?: boolean;
}

/**
 * Turns what a decoder brings into the events of a trace, and counts what the summary says. Create it right before the
 * first pass: its clock starts then.
 */
export class TraceRecorder {
  private readonly readings = new Map<number, TokenReading>();
  private readonly started: number;
  private lastToken: number;
  private prefillEnd: number;
  private prefillMilliseconds = 0;
  private tokens = 0;
  private generated = 0;
  private passes = 0;
  private readonly speculation = new SpeculationCounter();

  constructor(private readonly options: RecorderOptions) {
    this.started = options.clock();
    this.lastToken = this.started;
    this.prefillEnd = this.started;
  }

  /**
   * The pass and its tokens, judged one by one as they are asked for: at a large vocabulary judging a long prompt takes
   * a while, and the caller may let messages through in between.
   */
  *record(step: DecodeStep): Generator<TracePass | TraceToken> {
    const { writes, speculation, ...pass } = step;
    const { milliseconds } = step;
    const readPrompt = this.generated === 0;
    if (speculation) this.speculation.add(speculation);
    yield {
      type: 'pass',
      step: this.passes++,
      ...pass,
      writes: writes.length,
      ...(speculation ? { speculation: this.describeDraft(speculation) } : {}),
    };
    if (readPrompt) {
      this.prefillMilliseconds += milliseconds;
    }
    for (const { index, id, origin, row } of writes) {
      const judgement = row === null ? null : this.judge(row, id);
      const reading = this.reading(id);
      this.tokens++;
      if (origin !== 'prompt') this.generated++;
      yield {
        type: 'token',
        index,
        id,
        text: reading.text,
        bytes: reading.bytes,
        special: reading.special,
        origin,
        judgement,
      };
    }
    this.lastToken = this.options.clock();
    if (readPrompt) this.prefillEnd = this.lastToken;
  }

  /**
   * Generated tokens per second so far, as the summary defines it: the first token is the prompt passes' and counts with
   * them, so it is (n − 1) over the wall time since; null before the second.
   */
  get tokensPerSecond(): number | null {
    const decoding = this.lastToken - this.prefillEnd;
    return this.generated < 2 || decoding <= 0 ? null : ((this.generated - 1) * 1000) / decoding;
  }

  /** Tokens recorded so far, prompt included. */
  get tokenCount(): number {
    return this.tokens;
  }

  summary(
    finish: FinishReason,
    options: { readonly message?: string; readonly notes?: readonly string[] } = {},
  ): TraceSummary {
    return {
      type: 'summary',
      finish,
      ...(options.message === undefined ? {} : { message: options.message }),
      passes: this.passes,
      promptTokens: this.tokens - this.generated,
      generatedTokens: this.generated,
      seconds: (this.lastToken - this.started) / 1000,
      prefillSeconds: this.prefillMilliseconds / 1000,
      tokensPerSecond: this.tokensPerSecond,
      ...(this.options.drafts ? { speculation: this.speculation.summary } : {}),
      notes: options.notes ?? [],
    };
  }

  private judge(logits: Float32Array, id: number): Judgement {
    const { probability, rank, surprisal, entropy, topIds, topProbabilities } = judge(logits, id);
    return { probability, rank, surprisal, entropy, top: this.alternatives(topIds, topProbabilities) };
  }

  /** A draft as the trace keeps it: with the texts of its tokens, and of the residual its most probable ones. */
  private describeDraft({ start, drafted, accepted, residual, next }: SpeculationStep): TraceSpeculation {
    return {
      start,
      drafted: drafted.map((each) => this.describeDrafted(each)),
      accepted,
      residual: residual && { mass: residual.mass, top: this.mostProbable(residual.probabilities) },
      next: next && { id: next.id, text: this.reading(next.id).text, origin: next.origin },
    };
  }

  /** Field by field: a pass may have hundreds, and to copy what is left of an object is several times as slow. */
  private describeDrafted(each: DraftedStep): TraceDraft {
    const { id, source, q, p, ratio, r, verdict, tv, outputTv, borrowed, threshold } = each;
    const described = { id, text: this.reading(id).text, source, q, p, ratio, r, verdict, tv };
    if (outputTv === undefined && borrowed === undefined && threshold === undefined) return described;
    return {
      ...described,
      ...(outputTv === undefined ? {} : { outputTv }),
      ...(borrowed === undefined ? {} : { borrowed }),
      ...(threshold === undefined ? {} : { threshold }),
    };
  }

  private mostProbable(probabilities: Float64Array): Alternative[] {
    const ids = [...topK(probabilities, RESIDUAL_KEPT)].filter((id) => (probabilities[id] as number) > 0);
    return this.alternatives(
      ids,
      ids.map((id) => Math.min(1, probabilities[id] as number)),
    );
  }

  private alternatives(ids: ArrayLike<number>, probabilities: ArrayLike<number>): Alternative[] {
    const found: Alternative[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      found.push({ id, text: this.reading(id).text, probability: probabilities[i] as number });
    }
    return found;
  }

  /** What a token reads as; each is described once a run. */
  private reading(id: number): TokenReading {
    const known = this.readings.get(id);
    if (known) return known;
    const reading = this.options.describe([id])[0] as TokenReading;
    this.readings.set(id, reading);
    return reading;
  }
}
