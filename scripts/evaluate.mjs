// `npm run evaluate [-- --model MODEL --write]`: measures the bundled models through the engine, for their cards.
import { installAndBuild } from './lib/install.mjs';
import { run } from './lib/run.mjs';

if (!(await installAndBuild())) process.exit(1);
process.exitCode = await run(process.execPath, ['--import', 'tsx', 'test/evaluate/main.ts', ...process.argv.slice(2)]);
