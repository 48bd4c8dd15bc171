/** Seconds of processor time: what else runs on the machine does not count, so that a limit on them is no race. */
export function processorSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
