// `npm run bench [-- --smollm2 FOLDER] [-- --only decode,probes]`: measures, prints, and writes test/bench/RESULTS.md.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** @param {string} command @param {string[]} args @param {string} [cwd] */
function run(command, args, cwd = root) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(path.join(root, 'node_modules'))) run(npm, ['install', '--ignore-scripts']);
run(process.execPath, ['esbuild.mjs', '--production']);
const bench = path.join(root, 'test', 'bench');
if (!existsSync(path.join(bench, 'node_modules', '@huggingface', 'transformers'))) {
  console.log('Installing what the bench compares against (transformers.js, about 470 MB) …');
  run(npm, ['install', '--ignore-scripts', '--no-package-lock'], bench);
}
run(process.execPath, ['--import', 'tsx', path.join('test', 'bench', 'main.ts'), ...process.argv.slice(2)]);
