// `npm run bench [-- --smollm2 FOLDER] [-- --only decode,probes]`: measures, prints, and writes test/bench/RESULTS.md.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { installAndBuild } from './lib/install.mjs';
import { npm, root, run } from './lib/run.mjs';

if (!(await installAndBuild())) process.exit(1);
const bench = path.join(root, 'test', 'bench');
if (!existsSync(path.join(bench, 'node_modules', '@huggingface', 'transformers'))) {
  console.log('Installing what the bench compares against (transformers.js, about 470 MB) …');
  const installed = await npm(['install', '--ignore-scripts', '--no-package-lock'], { cwd: bench });
  if (installed !== 0) process.exit(installed);
}
process.exitCode = await run(process.execPath, ['--import', 'tsx', 'test/bench/main.ts', ...process.argv.slice(2)]);
