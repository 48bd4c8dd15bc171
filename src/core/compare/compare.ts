import type { AbortSignalLike } from '../abortSignal';
import { assembleTrace } from '../trace/assemble';
import type { Trace, TraceEvent } from '../trace/record';
import {
  COMPARISON_VERSION,
  medianRun,
  resultOf,
  setupOf,
  type ComparedDecoder,
  type Comparison,
  type ComparisonRow,
  type RowProblem,
} from './comparison';

/** Tokens of the run before the first that counts: a session is slower when it is new. */
export const WARM_UP_TOKENS = 4;

export interface CompareRequest<D extends ComparedDecoder> {
  /** A UUID. */
  readonly id: string;
  readonly createdAt: string;
  /** At least one, each with options of its own; the others are compared with the first. */
  readonly decoders: readonly D[];
  /** Counted runs of each, 1 or more. */
  readonly rounds: number;
  readonly maxNewTokens: number;
  /** Stops the run under way, and with it the comparison; finished runs stay. */
  readonly signal: AbortSignalLike;
}

/** How a comparison runs a decoder, whoever holds the engine. */
export interface CompareRuntime<D extends ComparedDecoder> {
  /**
   * Runs the prompt to its end, or throws.
   * @param run tells a warm-up, which does not count, from a run that does.
   * @param onEvents gets the events of the trace.
   */
  run(decoder: D, run: ComparedRunRequest, onEvents: (events: readonly TraceEvent[]) => void): Promise<void>;
  /** What failed, for its row; null where it was stopped. */
  problemOf(error: unknown): RowProblem | null;
}

export interface ComparedRunRequest {
  readonly maxNewTokens: number;
  /** From 1; 0 for a warm-up. */
  readonly round: number;
}

/** A comparison as it stands, and the run that stands for each row that has a result. */
export interface ComparisonState {
  readonly comparison: Comparison;
  /** [rows] */
  readonly runs: readonly (Trace | null)[];
}

/**
 * Runs every decoder once, then every decoder again, as many rounds as are asked for: a machine that slows down meanwhile slows
 * all of them. Before its first run that counts each is run for a few tokens; after a failure, which may have cost the engine
 * its sessions, so is each again. One that failed is not run again.
 * Yields whenever something has changed; the last is the end of it.
 */
export async function* compareDecoders<D extends ComparedDecoder>(
  request: CompareRequest<D>,
  runtime: CompareRuntime<D>,
): AsyncGenerator<ComparisonState, void> {
  const { decoders, rounds, signal } = request;
  const rows = decoders.map((decoder) => new ComparedRow(decoder));
  const standing = (state: Comparison['state']): ComparisonState => comparisonState(request, rows, state);
  let warm = new Set<ComparedRow<D>>();
  let stopped = false;

  compare: for (let round = 1; round <= rounds; round++) {
    for (const row of rows) {
      if (row.problem) continue;
      if ((stopped = signal.aborted)) break compare;
      row.running = true;
      yield standing('running');
      try {
        if (!warm.has(row)) {
          const maxNewTokens = Math.min(WARM_UP_TOKENS, request.maxNewTokens);
          await runtime.run(row.decoder, { maxNewTokens, round: 0 }, () => undefined);
          warm.add(row);
        }
        const events: TraceEvent[] = [];
        const { maxNewTokens } = request;
        await runtime.run(row.decoder, { maxNewTokens, round }, (more) => events.push(...more));
        if (!(stopped = signal.aborted)) row.add(assembleTrace(events));
      } catch (error) {
        row.problem = runtime.problemOf(error);
        stopped = row.problem === null;
        warm = new Set();
      }
      row.running = false;
      if (stopped) break compare;
      yield standing('running');
    }
  }
  yield standing(stopped ? 'stopped' : 'done');
}

class ComparedRow<D extends ComparedDecoder> {
  running = false;
  problem: RowProblem | null = null;
  private readonly counted: Trace[] = [];

  constructor(readonly decoder: D) {}

  /** Rounds that say the same share their tokens: nine copies of a long run would be most of what a comparison holds. */
  add(trace: Trace): void {
    const alike = this.counted.find((other) => sameTokens(other, trace));
    this.counted.push(alike ? { ...trace, tokens: alike.tokens } : trace);
  }

  get median(): Trace | null {
    return medianRun(this.counted) ?? null;
  }

  row(first: Trace | null, rounds: number, state: Comparison['state']): ComparisonRow {
    const { decoder, exact, options } = this.decoder;
    const over = this.counted.length === rounds;
    return {
      decoder,
      exact,
      options,
      state: this.problem
        ? 'failed'
        : this.running
          ? 'running'
          : over
            ? 'done'
            : state === 'stopped'
              ? 'stopped'
              : 'waiting',
      result: first && resultOf(this.counted, first),
      problem: this.problem,
    };
  }
}

function sameTokens(a: Trace, b: Trace): boolean {
  return (
    a.tokens.length === b.tokens.length &&
    a.tokens.every(({ id, origin }, i) => id === b.tokens[i]?.id && origin === b.tokens[i].origin)
  );
}

function comparisonState<D extends ComparedDecoder>(
  { id, createdAt, rounds }: CompareRequest<D>,
  rows: readonly ComparedRow<D>[],
  state: Comparison['state'],
): ComparisonState {
  const runs = rows.map(({ median }) => median);
  const place = runs.findIndex((run) => run !== null);
  const first = runs[place] ?? null;
  return {
    comparison: {
      version: COMPARISON_VERSION,
      id,
      createdAt,
      rounds,
      state,
      rows: rows.map((row) => row.row(first, rounds, state)),
      first: first ? place : null,
      setup: first && setupOf(first),
    },
    runs,
  };
}
