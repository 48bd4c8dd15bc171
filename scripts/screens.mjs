// `node scripts/screens.mjs OUT [--only tokens,layers] [--width 780] [--theme dark]`: pictures of every view, as PNG.
import { installAndBuild } from './lib/install.mjs';
import { root, run } from './lib/run.mjs';

if (!(await installAndBuild())) process.exit(1);
process.exitCode = await run(process.execPath, ['--import', 'tsx', 'test/screens/main.ts', ...process.argv.slice(2)], {
  cwd: root,
});
