// Runs the tests, all levels or those named: `npm test`, `npm test -- unit engine`. Installs what it needs, and ends
// with one line of counts. A level that cannot start counts as a failure.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserHint, ensureBrowser } from './lib/browser.mjs';
import { install } from './lib/install.mjs';
import { root, run } from './lib/run.mjs';
import { ensureVsCode } from './lib/vscode.mjs';

/**
 * @typedef {object} Level
 * @property {string} about
 * @property {readonly ('build' | 'browser' | 'vscode' | 'package')[]} needs
 * @property {readonly (readonly [string, readonly string[]])[]} [steps] commands that pass or fail as one, instead of
 *   the test files in `test/<level>/`
 * @property {'page' | 'vscode'} [window] what the tests drive: a file that fails is run once more, because the timing of
 *   another program's window is not ours, and that is said. Each file has a VS Code of its own, so those run one at a time.
 */

const node = process.execPath;
/** @param {string} file @param {string[]} args @returns {readonly [string, readonly string[]]} */
const tool = (file, ...args) => [`${path.basename(file)} ${args.join(' ')}`, [node, file, ...args]];

/** @type {Readonly<Record<string, Level>>} */
const levels = {
  check: {
    about: 'types, lint and format',
    needs: [],
    steps: [
      tool('node_modules/typescript/bin/tsc', '-b'),
      tool('node_modules/eslint/bin/eslint.js', '.'),
      tool('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
    ],
  },
  bundles: { about: 'what is in each bundle', needs: ['build'] },
  unit: { about: 'everything that needs no process, browser or model', needs: [] },
  engine: { about: 'the engine on the real onnxruntime', needs: ['build'] },
  cli: { about: 'the vivarium command', needs: ['build'] },
  live: { about: 'real vLLM and llama.cpp servers, where there are any', needs: ['build'] },
  training: { about: 'a few steps of training, and the export', needs: [] },
  webview: { about: 'the webview bundles in Chromium', needs: ['build', 'browser'], window: 'page' },
  integration: {
    about: 'inside the extension host of VS Code',
    needs: ['build', 'browser', 'vscode'],
    window: 'vscode',
  },
  e2e: {
    about: 'the packaged extension in VS Code',
    needs: ['build', 'browser', 'vscode', 'package'],
    window: 'vscode',
  },
};

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const broken = [];
/** @type {string[]} test files that passed only when they ran a second time */
const unsteady = [];

/** @param {string} what @param {string} why */
function fail(what, why) {
  total.failed++;
  broken.push(`${what}: ${why}`);
  console.error(`✖ ${what}: ${why}`);
}

/** @param {Counts} counts */
function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** @param {string} level @returns {string[]} */
function testFilesOf(level) {
  const folder = path.join(root, 'test', level);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => path.join('test', level, file))
    .sort();
}

/** @param {readonly (readonly [string, readonly string[]])[]} steps */
async function runSteps(steps) {
  for (const [name, [command, ...args]] of steps) {
    const started = Date.now();
    if ((await run(/** @type {string} */ (command), args)) === 0) {
      total.passed++;
      console.log(`  ✔ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } else fail(name, 'failed, see above');
  }
}

/**
 * @param {readonly string[]} files
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} alone one file at a time
 * @returns {Promise<{ code: number, counts: Record<string, Counts> | null }>} the counts of each file; null where the
 *   runner ended before it could count
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */
async function runFiles(files, env, alone) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'vivarium-counts-'));
  const countsFile = path.join(scratch, 'counts.json');
  const reporter = pathToFileURL(path.join(root, 'scripts/lib/reporter.mjs')).href;
  const flags = [
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    '--test-timeout=600000',
    ...(alone ? ['--test-concurrency=1'] : []),
  ];
  const code = await run(node, ['--import', 'tsx', '--test', ...flags, ...files], {
    env: { ...env, VIVARIUM_COUNTS: countsFile },
  });
  const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : null;
  rmSync(scratch, { recursive: true, force: true });
  return { code, counts };
}

/** @param {string} level @param {NodeJS.ProcessEnv} env @param {Level['window']} window */
async function runTests(level, env, window) {
  const files = testFilesOf(level);
  if (files.length === 0) return fail(level, `there is no test/${level}/**/*.test.ts`);
  const { code, counts } = await runFiles(files, env, window === 'vscode');
  if (counts === null) return fail(level, 'the tests ended before they could be counted');
  const failed = files.filter((file) => (counts[file]?.failed ?? 0) > 0);
  if (window !== undefined && failed.length > 0) {
    console.log(`Once more: ${failed.join(', ')}`);
    const again = await runFiles(failed, env, true);
    for (const file of failed) {
      const second = again.counts?.[file];
      if (second === undefined) continue;
      counts[file] = second;
      if (second.failed === 0) unsteady.push(file);
    }
  }
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const one of Object.values(counts)) {
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) sum[key] += one[key];
  }
  for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += sum[key];
  console.log(countsLine(sum));
  if (sum.failed > 0) broken.push(`${level}: ${sum.failed} failed`);
  else if (code !== 0 && failed.length === 0) fail(level, `the test runner ended with exit code ${code}`);
}

/**
 * What levels need, made once each, when the first level asks.
 *
 * @param {NodeJS.ProcessEnv} env the needs leave here what the tests look for
 * @returns {Record<Level['needs'][number], () => Promise<string | null>>} each gives null, or why it could not be had
 */
function needsOf(env) {
  return {
    build: async () => {
      const code = await run(node, ['esbuild.mjs', '--production']);
      // What is too large can be tested all the same.
      if (code === 2) fail('build', 'a bundle is over its budget');
      return code === 0 || code === 2 ? null : 'the build failed';
    },
    browser: async () => {
      const browser = await ensureBrowser();
      if (browser === null) return `there is no Chrome, Chromium or Edge. ${browserHint}`;
      env['VIVARIUM_BROWSER'] = browser;
      return null;
    },
    vscode: async () => {
      try {
        await ensureVsCode((line) => console.log(line));
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    package: async () => {
      const file = path.join(root, '.cache', 'vivarium-test.vsix');
      if ((await run(node, ['scripts/package.mjs', '--no-build', '--out', file], { quiet: true })) !== 0) {
        return 'packaging failed';
      }
      env['VIVARIUM_VSIX'] = file;
      return null;
    },
  };
}

/** @param {readonly string[]} chosen */
async function runLevels(chosen) {
  const env = { ...process.env };
  const make = needsOf(env);
  /** @type {Map<string, string | null>} */
  const made = new Map();
  for (const name of chosen) {
    const level = /** @type {Level} */ (levels[name]);
    const started = Date.now();
    console.log(`\n=== ${name}: ${level.about}`);
    /** @type {string | null} */
    let missing = null;
    for (const need of level.needs) {
      if (!made.has(need)) made.set(need, await make[need]());
      missing ??= made.get(need) ?? null;
    }
    if (missing !== null) fail(name, missing);
    else if (level.steps) await runSteps(level.steps);
    else await runTests(name, env, level.window);
    console.log(`--- ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in levels));
if (unknown.length > 0) {
  console.error(`There is no level "${unknown.join('", "')}". Levels: ${Object.keys(levels).join(', ')}.`);
  process.exit(2);
}
mkdirSync(path.join(root, '.cache'), { recursive: true });
if (await install())
  await runLevels(asked.length > 0 ? Object.keys(levels).filter((name) => asked.includes(name)) : Object.keys(levels));
else fail('install', 'npm could not install the packages, see above');

if (unsteady.length > 0) console.log(`\nPassed on the second attempt: ${unsteady.join(', ')}`);
if (broken.length > 0) console.log(`\n${broken.map((line) => `✖ ${line}`).join('\n')}`);
console.log(`\n${countsLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
