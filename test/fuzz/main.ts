// `npm run fuzz [-- COUNT SEED]`: texts with runs, cuts and repetitions for what reads cells, names and servers.
import { fuzz, type Kind } from './fuzz';

const [count = 10_000, seed = 14] = process.argv.slice(2).map(Number);
for (const kind of ['cells', 'names', 'servers'] satisfies Kind[]) {
  const { texts, refused, slowest, faults } = fuzz(kind, count, seed);
  process.stdout.write(
    `${kind}: ${texts} texts, ${refused} refusals, slowest ${(slowest * 1000).toFixed(0)} ms, ${faults.length} faults\n`,
  );
  for (const fault of faults.slice(0, 5)) process.stdout.write(`  ${fault}\n`);
  if (slowest > 1 || faults.length > 0) process.exitCode = 1;
}
