import type { StepRow } from '../../core/lens/passes';

/** Most ticks on a slider: more would run into one another. */
const MOST_TICKS = 160;

/** Places, from 0, of the rows that had a rejection; of a long run one for each stretch that has some. */
export function rejectionTicks(rows: readonly StepRow[]): readonly number[] {
  const stretch = Math.max(1, rows.length / MOST_TICKS);
  const ticks = new Map<number, number>();
  rows.forEach(({ rejected }, place) => {
    const bin = Math.floor(place / stretch);
    if (rejected && !ticks.has(bin)) ticks.set(bin, place);
  });
  return [...ticks.values()];
}

/** [columns] of the passes that share a column: the mean of their tokens, and whether one had a rejection. */
export function columnsOf(
  rows: readonly StepRow[],
  columns: number,
): readonly { readonly mean: number; readonly rejected: boolean }[] {
  const sums = Array.from({ length: columns }, () => ({ tokens: 0, passes: 0, rejected: false }));
  rows.forEach(({ start, end, rejected }, place) => {
    const sum = sums[Math.min(columns - 1, Math.floor((place * columns) / rows.length))]!;
    sum.tokens += end - start;
    sum.passes++;
    sum.rejected ||= rejected;
  });
  return sums.map(({ tokens, passes, rejected }) => ({ mean: passes === 0 ? 0 : tokens / passes, rejected }));
}
