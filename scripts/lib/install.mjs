import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npm, root, run } from './run.mjs';

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }>} */
function packagesIn(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
}

/** Whether what the lockfile names is what is installed. */
export function installed() {
  if (!existsSync(path.join(root, 'node_modules/.package-lock.json'))) return false;
  const wanted = packagesIn('package-lock.json');
  const present = packagesIn('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([folder, entry]) => folder === '' || entry.optional === true || present[folder]?.version === entry.version,
  );
}

/** Installs the locked packages where they are not there yet. Returns whether they are there now. */
export async function install() {
  if (installed()) return true;
  console.log('Installing the packages of package-lock.json ...');
  return (await npm(['ci', '--no-fund', '--no-audit', '--loglevel=error'])) === 0;
}

/**
 * Installs what is missing and builds what is measured. A bundle over its budget is no reason not to measure it.
 *
 * @returns {Promise<boolean>} whether all of it is there
 */
export async function installAndBuild() {
  if (!(await install())) return false;
  const code = await run(process.execPath, ['esbuild.mjs', '--production'], { quiet: true });
  return code === 0 || code === 2;
}
