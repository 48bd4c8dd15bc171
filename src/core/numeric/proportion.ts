/**
 * Wilson's score interval of a proportion (Wilson 1927, doi 10.1080/01621459.1927.10502953): unlike p ± z·σ it stays within
 * [0, 1], and it says something where all or none succeeded.
 * @param successes of `trials`, in [0, trials].
 * @param trials above 0.
 * @param z standard deviations to either side; 1.96 for 95 %.
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  z = 1.96,
): { readonly low: number; readonly high: number } {
  const share = successes / trials;
  const squared = (z * z) / trials;
  const centre = (share + squared / 2) / (1 + squared);
  const half = (z / (1 + squared)) * Math.sqrt((share * (1 - share)) / trials + squared / (4 * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
