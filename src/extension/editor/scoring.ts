import * as crypto from 'node:crypto';
import { textSpans, type TokenSpan } from '../../core/text/spans';
import { windowsOf, type Window } from '../../core/text/windows';
import type { TraceToken } from '../../core/trace/record';
import type { CancelSignal, Caller } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { ModelRef, ModelSummary } from '../../protocol/models';

/** Tokens that are scored at most: what comes after them is said, and left as it is. */
export const MOST_TOKENS = 20_000;
/** Tokens of a window where neither file nor config says how long a context may be. */
const DEFAULT_CONTEXT = 512;

/** A stretch of a text and the model's judgement of it. */
export interface ScoredSpan extends TokenSpan {
  /** Its tokens with their judgements: several where they share a character. */
  readonly tokens: readonly TraceToken[];
  /** Bits, of its tokens together; null for the first of the text, where nothing predicted it. */
  readonly surprisal: number | null;
}

export interface ScoredText {
  /** In the order of the text, without gaps. */
  readonly spans: readonly ScoredSpan[];
  /** Tokens that were judged. */
  readonly judged: number;
  /** Bits: mean surprisal of these. */
  readonly mean: number;
  /** Tokens of a window: every token is judged after half as many at least, where there are as many before it. */
  readonly context: number;
  /** What was left out and why, one sentence each. */
  readonly notes: readonly string[];
}

/** Windows that were scored before, by their token ids. */
type Known = Map<string, readonly TraceToken[]>;

/**
 * Scores texts with a model, in windows where they are longer than its context. What was scored before is kept for the
 * next time: an edit costs the windows from it on.
 */
export class TextScorer {
  private known: Known = new Map();

  constructor(
    private readonly engine: Caller<EngineApi>,
    private readonly model: ModelSummary,
  ) {}

  /**
   * @param texts how to say what is left out
   * @throws Problem what tokenising or the model fails with, `cancelled`
   */
  async score(
    text: string,
    signal: CancelSignal,
    texts: { readonly capped: (tokens: number) => string; readonly changed: string },
  ): Promise<ScoredText> {
    const ref: ModelRef = { folder: this.model.folder, file: this.model.file };
    const { tokens } = await this.engine.call('tokenize', { model: ref, text }, { signal });
    const { spans, whole } = textSpans(text, tokens);
    const ids = tokens.slice(0, MOST_TOKENS).map(({ id }) => id);
    const context = Math.max(2, this.model.contextLength ?? DEFAULT_CONTEXT);
    const judged: (TraceToken | undefined)[] = new Array<undefined>(ids.length);
    const kept: Known = new Map();
    for (const window of windowsOf(ids.length, context)) {
      const scored = await this.window(ref, ids, window, kept, signal);
      for (let at = window.from; at < window.end; at++) judged[at] = scored[at - window.start];
    }
    // Only what the text has now is kept for the next time.
    this.known = kept;
    const covered = spans.filter(({ last }) => last < ids.length);
    const scoredSpans = covered.map((span): ScoredSpan => {
      const own = judged.slice(span.first, span.last + 1).filter((token) => token !== undefined);
      const surprisal =
        own.length > 0 ? own.reduce((sum, { judgement }) => sum + (judgement?.surprisal ?? 0), 0) : null;
      return { ...span, tokens: own, surprisal };
    });
    const bits = judged.flatMap((token) => (token?.judgement ? [token.judgement.surprisal] : []));
    return {
      spans: scoredSpans,
      judged: bits.length,
      mean: bits.length > 0 ? bits.reduce((sum, value) => sum + value, 0) / bits.length : 0,
      context,
      notes: [...(tokens.length > ids.length ? [texts.capped(ids.length)] : []), ...(whole ? [] : [texts.changed])],
    };
  }

  private async window(
    model: ModelRef,
    ids: readonly number[],
    { start, end }: Window,
    kept: Known,
    signal: CancelSignal,
  ): Promise<readonly TraceToken[]> {
    const own = ids.slice(start, end);
    const key = own.join();
    const scored = this.known.get(key) ?? (await this.scoreWindow(model, own, signal));
    kept.set(key, scored);
    return scored;
  }

  private async scoreWindow(model: ModelRef, ids: readonly number[], signal: CancelSignal): Promise<TraceToken[]> {
    const runId = crypto.randomUUID();
    const tokens: TraceToken[] = [];
    await this.engine.call(
      'run',
      {
        runId,
        model,
        prompt: { ids },
        decoder: 'autoregressive',
        sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
        maxNewTokens: 0,
        capture: { attention: [], hidden: [], logits: false },
      },
      {
        signal,
        onEvent: (event) => {
          if (event.type !== 'trace') return;
          for (const each of event.events) if (each.type === 'token') tokens.push(each);
        },
      },
    );
    await this.engine.call('closeRun', { runId });
    return tokens;
  }
}
