/** Of so few values none is called an outlier. */
const FEWEST = 8;
/** One value in so many may be cut off, one at least. */
const ONE_IN = 50;
/** How many times as large as all that may not be cut off a value must be. */
const BEYOND = 1.5;

/**
 * The largest of values from 0 that an axis should reach, so that a few do not flatten all others: those that are more
 * than {@link BEYOND} times as large as the rest (of 50 values one, of 100 two ...) stand beyond it. What is not finite
 * always does.
 * @param least the rest counts as at least this large.
 */
export function endWithoutOutliers(values: Iterable<number>, least = 0): number {
  const finite = Float64Array.from([...values].filter(Number.isFinite)).sort();
  const most = finite.at(-1) ?? 0;
  if (finite.length < FEWEST) return most;
  const mayGo = Math.max(1, Math.floor(finite.length / ONE_IN));
  const limit = BEYOND * Math.max(least, finite.at(-1 - mayGo) as number);
  return finite.findLast((value) => value <= limit) ?? most;
}
