// `npm run pictures [-- NAME …]`: the pictures of README and walkthrough and the results of the tour, made anew.
import path from 'node:path';
import { installAndBuild } from './lib/install.mjs';
import { root, run } from './lib/run.mjs';

if (!(await installAndBuild())) process.exit(1);
const vsix = path.join(root, '.cache/vivarium-pictures.vsix');
const packed = await run(process.execPath, ['scripts/package.mjs', '--no-build', '--out', vsix], { quiet: true });
if (packed !== 0) process.exit(packed);
process.exitCode = await run(
  process.execPath,
  ['--import', 'tsx', 'test/screens/pictures.ts', ...process.argv.slice(2)],
  { env: { ...process.env, VIVARIUM_VSIX: vsix } },
);
