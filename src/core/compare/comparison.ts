import type { OptionValues } from '../decode/options';
import type { ModelIdentity, Trace, TraceHeader } from '../trace/record';
import { firstDifference, type Difference } from './difference';
import { measure, type Measurement } from './measurement';

export const COMPARISON_VERSION = 1;
/** Most counted runs of each decoder. */
export const MOST_ROUNDS = 9;
/** Most rows. */
export const MOST_ROWS = 32;

/** Decoders side by side: one model, prompt and seed under each. */
export interface Comparison {
  readonly version: typeof COMPARISON_VERSION;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Counted runs of each decoder that were asked for. */
  readonly rounds: number;
  readonly state: 'running' | 'done' | 'stopped';
  /** In the order in which they were asked for. */
  readonly rows: readonly ComparisonRow[];
  /** The row that the others are compared with: the first that has a result; null while none has. */
  readonly first: number | null;
  /** What all runs had in common; null while there is no result. */
  readonly setup: ComparisonSetup | null;
}

export type ComparisonSetup = Pick<
  TraceHeader,
  'model' | 'promptText' | 'promptLength' | 'sampling' | 'maxNewTokens' | 'software'
>;

/** A decoder with its options, as it was asked for. */
export interface ComparedDecoder {
  readonly decoder: string;
  /** Emits the model's (filtered) distribution exactly. */
  readonly exact: boolean;
  /** All with their values, defaults too: rows of one decoder differ in them. */
  readonly options: OptionValues;
}

export interface ComparisonRow extends ComparedDecoder {
  /** `stopped`: it was not run as often as was asked for, because the comparison was stopped. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  /** Of the counted runs so far; null before the first. */
  readonly result: ComparedResult | null;
  /** Why it `failed`. */
  readonly problem: RowProblem | null;
}

export interface RowProblem {
  readonly message: string;
  readonly action?: string;
}

/**
 * What the counted runs of a decoder brought. The measurement is that of one of them, so that its parts add up: the run with
 * the median wall time, of an even number the faster of the two in the middle.
 */
export interface ComparedResult extends Measurement {
  /** All options with their values. */
  readonly allOptions: OptionValues;
  readonly draft: ModelIdentity | null;
  /** Counted runs. */
  readonly rounds: number;
  /** Least and most wall time of the counted runs. */
  readonly secondsRange: { readonly min: number; readonly max: number };
  /** Whether all counted runs said the same tokens in as many passes. */
  readonly steady: boolean;
  /** Wall time of the first decoder over this one's; null where either took no time. */
  readonly speedUp: number | null;
  /** Against the first decoder; null where the tokens are the same. */
  readonly difference: Difference | null;
}

/** The counted runs of one row, in the order in which they were made. */
export type CountedRuns = readonly Trace[];

/** The run that stands for all: the one with the median wall time, of an even number the faster of the middle two. */
export function medianRun(runs: CountedRuns): Trace | undefined {
  const seconds = (trace: Trace): number => trace.summary?.seconds ?? 0;
  const sorted = runs.toSorted((a, b) => seconds(a) - seconds(b));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * @param runs of this decoder, at least one.
 * @param first the run that stands for the first decoder.
 */
export function resultOf(runs: CountedRuns, first: Trace): ComparedResult | null {
  const median = medianRun(runs);
  if (!median) return null;
  const { decoder } = median.header;
  const measurement = measure(median);
  const seconds = runs.map(({ summary }) => summary?.seconds ?? 0);
  const firstSeconds = first.summary?.seconds ?? 0;
  return {
    ...measurement,
    allOptions: decoder.options ?? {},
    draft: decoder.draft ?? null,
    rounds: runs.length,
    secondsRange: { min: Math.min(...seconds), max: Math.max(...seconds) },
    steady: runs.every(
      (run) => run.passes.length === median.passes.length && firstDifference(median.tokens, run.tokens) === null,
    ),
    speedUp: measurement.seconds > 0 && firstSeconds > 0 ? firstSeconds / measurement.seconds : null,
    difference: firstDifference(first.tokens, median.tokens),
  };
}

/** What a run has in common with all runs of its comparison. */
export function setupOf({ header }: Trace): ComparisonSetup {
  const { model, promptText, promptLength, sampling, maxNewTokens, software } = header;
  return {
    model,
    ...(promptText === undefined ? {} : { promptText }),
    promptLength,
    sampling,
    maxNewTokens,
    software,
  };
}

/** A comparison that went on when it was last kept, and does not any more. */
export function asStopped(comparison: Comparison): Comparison {
  if (comparison.state !== 'running') return comparison;
  const rows = comparison.rows.map((row): ComparisonRow => {
    return row.state === 'running' || row.state === 'waiting' ? { ...row, state: 'stopped' } : row;
  });
  return { ...comparison, state: 'stopped', rows };
}
