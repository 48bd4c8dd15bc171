import type { Trace } from '../trace/record';

/** t(1): the wall time of passes over one token. */
export interface PlainTime {
  /** Median. */
  readonly milliseconds: number;
  /** How many passes that is the median of. */
  readonly passes: number;
}

/** Fewer passes are no measure for another run. */
export const ENOUGH_PASSES = 5;

/**
 * t(1) of a model, as a run of it shows, for other runs of the same model on the same machine: the passes after the prompt
 * that were fed one token. null where fewer than {@link ENOUGH_PASSES} were.
 */
export function plainTimeOf({ header, passes }: Pick<Trace, 'header' | 'passes'>): PlainTime | null {
  const plain = passes.filter(({ fed, cached }) => fed === 1 && cached >= header.promptLength);
  if (plain.length < ENOUGH_PASSES) return null;
  return { milliseconds: median(plain.map(({ milliseconds }) => milliseconds)), passes: plain.length };
}

/** The middle of the values, or the mean of the two in the middle; at least one value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
