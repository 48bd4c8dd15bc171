// Packs the extension for one platform and checks what is inside:
// `npm run package [-- --target linux-x64] [--out FILE] [--no-build]`.
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { install } from './lib/install.mjs';
import { whyNotShipped } from './lib/contents.mjs';
import { root, run } from './lib/run.mjs';

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    out: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
/** Platforms of VS Code for which onnxruntime-node has a library, and the budget of the VSIX in MB. */
const budgets = { 'linux-x64': 53, 'linux-arm64': 46, 'darwin-arm64': 49, 'win32-x64': 65, 'win32-arm64': 66 };

/** @param {string} message @returns {never} */
function quit(message) {
  console.error(message);
  process.exit(1);
}

/** The files of a folder, relative to it, with forward slashes. @param {string} folder */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

/**
 * Puts the runtime beside the bundles: its scripts without maps, types and sources, and one platform's library.
 *
 * @param {string} target
 * @param {string} modules
 */
async function stageRuntime(target, modules) {
  const from = path.join(root, 'node_modules');
  const [platform, arch] = target.split('-');
  const library = new RegExp(`^bin/napi-v\\d+/${platform}/${arch}/`);
  const isLibrary = (/** @type {string} */ file) => {
    // macOS gets the same library under two names: the binding asks for the short one.
    return library.test(file) && !/\.\d+\.\d+\.\d+\.dylib$/.test(file);
  };
  /** @type {readonly [string, (file: string) => boolean][]} */
  const packages = [
    ['onnxruntime-node', (file) => /^(package\.json|dist\/.*\.js)$/.test(file) || isLibrary(file)],
    ['onnxruntime-common', (file) => /^(package\.json|dist\/cjs\/.*\.(js|json))$/.test(file)],
  ];
  for (const [name, wanted] of packages) {
    for (const file of (await filesIn(path.join(from, name))).filter(wanted)) {
      await cp(path.join(from, name, file), path.join(modules, name, file));
    }
    // What its own install script needs is not shipped, so nothing may look for it.
    const manifestFile = path.join(modules, name, 'package.json');
    const { scripts: _scripts, devDependencies: _dev, ...manifest } = JSON.parse(await readFile(manifestFile, 'utf8'));
    delete manifest.dependencies?.['adm-zip'];
    delete manifest.dependencies?.['global-agent'];
    await writeFile(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** Lists the VSIX and ends with an error where it holds something that is not to be shipped. @param {string} vsix */
async function check(vsix, /** @type {string} */ target, /** @type {number} */ budget) {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(vsix);
  /** @type {{ name: string, bytes: number }[]} */
  const files = [];
  for await (const entry of zip.eachEntry()) files.push({ name: entry.fileName, bytes: entry.compressedSize });
  const problems = whyNotShipped(
    files.map(({ name }) => name),
    target,
  );
  const size = (await stat(vsix)).size / 1e6;
  if (size > budget) problems.push(`the VSIX has ${size.toFixed(1)} MB, more than ${budget}`);

  for (const { name, bytes } of files.sort((a, b) => b.bytes - a.bytes).slice(0, 12)) {
    console.log(`  ${(bytes / 1000).toFixed(0).padStart(8)} kB  ${name}`);
  }
  console.log(`${path.relative(process.cwd(), vsix)}: ${files.length} files, ${size.toFixed(1)} MB of ${budget} MB`);
  if (problems.length > 0) quit(problems.map((problem) => `✖ ${problem}`).join('\n'));
}

const { target } = options;
if (!(target in budgets)) quit(`There is no onnxruntime for ${target}. Targets: ${Object.keys(budgets).join(', ')}.`);
const budget = budgets[/** @type {keyof typeof budgets} */ (target)];
if (!(await install())) quit('The packages could not be installed, see above.');
const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const vsix = path.resolve(options.out ?? `${name}-${target}-${version}.vsix`);
const modules = path.join(root, 'dist/node_modules');

if (!options['no-build'] && (await run(process.execPath, ['esbuild.mjs', '--production'])) !== 0)
  quit('The build failed.');
if ((await run(process.execPath, ['scripts/notices.mjs', '--check'])) !== 0) quit('Run: node scripts/notices.mjs');
let packed = 1;
try {
  await rm(modules, { recursive: true, force: true });
  await stageRuntime(target, modules);
  await mkdir(path.dirname(vsix), { recursive: true });
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const args = ['package', '--no-dependencies', '--no-rewrite-relative-links', '--target', target, '--out', vsix];
  packed = await run(process.execPath, [vsce, ...args], { quiet: true });
} finally {
  // The build goes on with the packages of the project.
  await rm(modules, { recursive: true, force: true });
}
if (packed !== 0 || !existsSync(vsix)) quit('vsce could not pack the extension, see above.');
await check(vsix, target, budget);
