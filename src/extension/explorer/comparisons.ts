import { randomUUID } from 'node:crypto';
import { compareDecoders, type ComparisonState } from '../../core/compare/compare';
import type { ComparedDecoder, Comparison } from '../../core/compare/comparison';
import type { Trace } from '../../core/trace/record';
import type { Caller } from '../../protocol/call';
import { measuredRun, rowProblem } from '../../protocol/compare';
import type { EngineApi } from '../../protocol/engine';
import type { RunRequest } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { ComparisonProgress } from '../../protocol/explorer';

export interface ComparisonsOptions {
  readonly engine: Caller<EngineApi>;
  /** Keeps comparisons, and the runs that stand for their rows, for the time after the window. */
  readonly store: ComparisonKeeper;
  readonly onComparison: (comparison: Comparison) => void;
  readonly onProgress: (progress: ComparisonProgress | null) => void;
  /** For the log: what the rows say in a sentence. */
  readonly report: (what: string, error: unknown) => void;
}

export interface ComparisonKeeper {
  keep(comparison: Comparison, runs: readonly Trace[]): Promise<void>;
  find(id: string): Promise<Comparison | undefined>;
  findRun(runId: string): Promise<Trace | undefined>;
}

/** What is compared: decoders, each as the request that it is. */
export interface ComparisonPlan {
  readonly decoders: readonly ComparedDecoder[];
  readonly rounds: number;
  readonly maxNewTokens: number;
  readonly requestOf: (decoder: ComparedDecoder, runId: string) => RunRequest;
}

/** The comparison of one Explorer: the one on show, which goes on while its page is hidden. */
export class Comparisons {
  /** The one on show; its state says whether it goes on. */
  comparison: Comparison | null = null;
  progress: ComparisonProgress | null = null;
  private runs = new Map<string, Trace>();
  private stopper: AbortController | undefined;

  constructor(private readonly options: ComparisonsOptions) {}

  get running(): boolean {
    return this.stopper !== undefined;
  }

  /** Begins in place of the one on show, which must not go on any more. */
  start(plan: ComparisonPlan): string {
    const id = randomUUID();
    const stopper = new AbortController();
    this.stopper = stopper;
    this.comparison = null;
    this.runs = new Map();
    void this.follow(id, plan, stopper);
    return id;
  }

  stop(): void {
    this.stopper?.abort();
  }

  /** After a reload of the window: the comparison from disk, where none is on show. */
  async revive(id: string): Promise<void> {
    const found = await this.options.store.find(id);
    if (!this.comparison && !this.running) this.comparison = found ?? null;
  }

  /** The comparison of this id. @throws Problem `run-unknown` where it is not on show. */
  of(id: string): Comparison {
    if (this.comparison?.id === id) return this.comparison;
    throw new Problem({ code: 'run-unknown', message: 'This comparison is no longer on show.' });
  }

  /** The run that stands for a row of the comparison on show. @throws Problem `run-unknown` where it is not kept any more. */
  async run(runId: string): Promise<Trace> {
    const belongs = this.comparison?.rows.some(({ result }) => result?.runId === runId) ?? false;
    const trace = belongs ? (this.runs.get(runId) ?? (await this.options.store.findRun(runId))) : undefined;
    if (trace) return trace;
    throw new Problem({
      code: 'run-unknown',
      message: 'This run is not kept any more.',
      action: 'Compare again, and open it then.',
    });
  }

  private async follow(id: string, plan: ComparisonPlan, stopper: AbortController): Promise<void> {
    const { engine, report } = this.options;
    const { decoders, rounds, maxNewTokens, requestOf } = plan;
    const { signal } = stopper;
    const states = compareDecoders(
      { id, createdAt: new Date().toISOString(), decoders, rounds, maxNewTokens, signal },
      {
        run: async (decoder, run, onEvents) => {
          const row = decoders.indexOf(decoder);
          const total = run.maxNewTokens;
          this.setProgress({ row, round: run.round, message: null, tokens: 0, total });
          const request = { ...requestOf(decoder, randomUUID()), maxNewTokens: total };
          await measuredRun(engine, request, {
            signal,
            priority: 'background',
            onEvents,
            onProgress: (event) =>
              this.setProgress({
                ...{ row, round: run.round },
                ...(event.type === 'loading'
                  ? { message: event.message, tokens: 0, total }
                  : { message: null, tokens: event.tokens, total: event.total }),
              }),
          });
        },
        problemOf: (error) => {
          const problem = rowProblem(error);
          if (problem) report('Comparing decoders', error);
          return problem;
        },
      },
    );
    let last: ComparisonState | undefined;
    let kept = Promise.resolve();
    for await (const state of states) {
      last = state;
      const { comparison } = state;
      if (comparison.state !== 'running') break;
      this.show(state);
      // The window may go in the middle of it. What is kept later is written later.
      if (comparison.first !== null) kept = kept.then(() => this.options.store.keep(comparison, []));
    }
    this.stopper = undefined;
    this.setProgress(null);
    if (!last) return;
    this.show(last);
    const runs = [...this.runs.values()];
    await kept;
    await this.options.store.keep(last.comparison, runs);
  }

  private show({ comparison, runs }: ComparisonState): void {
    this.comparison = comparison;
    this.runs = new Map(runs.flatMap((run) => (run ? [[run.header.id, run] as const] : [])));
    this.options.onComparison(comparison);
  }

  private setProgress(progress: ComparisonProgress | null): void {
    this.progress = progress;
    this.options.onProgress(progress);
  }
}
