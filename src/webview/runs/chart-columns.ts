import { endWithoutOutliers } from '../../core/numeric/outliers';
import { surprisalDifference, type PairRow } from '../../core/compare/runPair';

/** Neighbouring places that one bar of the chart stands for. */
export interface ChartColumn {
  /** Places `start` to `end` (exclusive). */
  readonly start: number;
  readonly end: number;
  /** The largest divergence of them, in bits; null where none is known. */
  readonly kl: number | null;
  /** The difference of surprisal that is furthest from 0, in bits. */
  readonly surprisal: number | null;
  /** Where the largest divergence is, else the first place: what a click on the bar selects. */
  readonly peak: number;
}

/** As many columns as fit, each of as many places. @param most at least 1. */
export function chartColumns(rows: readonly PairRow[], most: number): readonly ChartColumn[] {
  const each = Math.max(1, Math.ceil(rows.length / Math.max(1, most)));
  const columns: ChartColumn[] = [];
  for (let start = 0; start < rows.length; start += each) {
    const end = Math.min(rows.length, start + each);
    let [kl, surprisal, peak]: [number | null, number | null, number] = [null, null, start];
    for (const row of rows.slice(start, end)) {
      const divergence = row.divergence?.klAtLeast ?? null;
      if (divergence !== null && divergence > (kl ?? -1)) [kl, peak] = [divergence, row.index];
      const difference = row.shared ? surprisalDifference(row) : null;
      if (difference !== null && Math.abs(difference) >= Math.abs(surprisal ?? 0)) surprisal = difference;
    }
    columns.push({ start, end, kl, surprisal, peak });
  }
  return columns;
}

/**
 * The end of a scale from 0: 0.1, 0.2, 0.5, 1, 2, 5 ... bits. It holds the values but for a few that would flatten all
 * others; `clips` says that there are such.
 */
export function scaleOf(values: readonly (number | null)[]): { readonly end: number; readonly clips: boolean } {
  const sizes = values.flatMap((value) => (value === null ? [] : Math.abs(value)));
  const end = stepFrom(endWithoutOutliers(sizes));
  return { end, clips: sizes.some((size) => size > end) };
}

function stepFrom(most: number): number {
  for (let unit = 0.1; ; unit *= 10) {
    for (const factor of [1, 2, 5]) if (factor * unit >= most - 1e-12) return Number((factor * unit).toPrecision(1));
  }
}
