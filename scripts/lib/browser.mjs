import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { onPath, run } from './run.mjs';

const commands = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
];

function installedPaths() {
  if (process.platform === 'darwin') {
    const apps = ['/Applications', path.join(process.env['HOME'] ?? '', 'Applications')];
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return apps.flatMap((folder) => names.map((name) => path.join(folder, `${name}.app/Contents/MacOS/${name}`)));
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? []);
    const names = ['Google/Chrome', 'Chromium', 'Microsoft/Edge'];
    return folders.flatMap((folder) =>
      names.map((name) => path.join(folder, name, 'Application', name.endsWith('Edge') ? 'msedge.exe' : 'chrome.exe')),
    );
  }
  return [];
}

/** The browser that Playwright has downloaded for itself, where it has. */
async function playwrightBrowser() {
  try {
    const { chromium } = await import('playwright-core');
    return chromium.executablePath();
  } catch {
    // Not installed yet, or no build for this platform.
    return '';
  }
}

/**
 * The Chrome, Chromium or Edge of this machine; `VIVARIUM_BROWSER` comes first.
 *
 * @returns {Promise<string | null>} path of the executable
 */
export async function findBrowser() {
  const chosen = process.env['VIVARIUM_BROWSER'];
  if (chosen) return existsSync(chosen) ? chosen : null;
  const onDisk = [...installedPaths(), await playwrightBrowser()].find((file) => file !== '' && existsSync(file));
  return onDisk ?? (process.platform === 'win32' ? null : onPath(commands));
}

/** What a person has to run where there is no browser and none can be installed here. */
export const browserHint = 'Install Chrome, or run: npx playwright-core install chromium';

/**
 * The browser for the tests; installed by apt where there is none and this is root on Debian.
 *
 * @returns {Promise<string | null>} path of the executable
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found || process.env['VIVARIUM_BROWSER']) return found;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return null;
  console.log('There is no Chrome, Chromium or Edge: installing Debian’s chromium ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, quiet: true };
  if ((await run('apt-get', ['update', '-q'], quiet)) !== 0) return null;
  const packages = ['chromium', 'fonts-dejavu-core'];
  if ((await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet)) !== 0) return null;
  return findBrowser();
}
