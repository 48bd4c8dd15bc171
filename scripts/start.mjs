// Opens VS Code with the extension on the samples: `npm start [-- --browser] [--no-open] [--port N]`.
// Needs nothing but Node before it: installs, builds, then uses the `code` of this machine, or else VS Code from npm
// in the browser.
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { install } from './lib/install.mjs';
import { onPath, root, run } from './lib/run.mjs';
import { startServer } from './lib/server.mjs';
import { ensureVsCode } from './lib/vscode.mjs';

const usage = `npm start [-- OPTIONS]
  --browser   use VS Code from npm in the default browser, also where there is a "code" on PATH
  --no-open   only print the address (implies --browser)
  --port N    serve on this port (default: any free one)`;

const started = Date.now();
const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const samples = path.join(root, 'samples');

/** What a person should read, without a stack. @param {unknown} error @returns {never} */
function quit(error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        browser: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port.`);
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return { browser: values.browser || values['no-open'], open: !values['no-open'], port };
  } catch (error) {
    quit(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** Runs a step, with its time. @param {string} name @param {() => Promise<boolean>} step @param {string} failure */
async function timed(name, step, failure) {
  const begun = Date.now();
  if (!(await step())) quit(failure);
  console.log(`${name}: ${seconds(begun)}`);
}

/** Whether the VS Code of this machine has opened. @param {string} code */
async function openDesktop(code) {
  const args = ['--new-window', `--extensionDevelopmentPath=${root}`, samples];
  return (await run(code, args, { shell: process.platform === 'win32' })) === 0;
}

/**
 * The build, as an installed extension of its own profile: a link, so that a new build needs no new start.
 *
 * @returns {Promise<string>} the folder of extensions
 */
async function linkExtension() {
  const { publisher, name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const folder = path.join(root, '.cache/start/extensions');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await symlink(root, path.join(folder, `${publisher}.${name}-${version}`), 'junction');
  return folder;
}

/** @param {string} address */
function openBrowser(address) {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : [onPath(['xdg-open', 'wslview']), [address]];
  if (command === null) return;
  // The address stands on the terminal where no browser opens.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

const fetchVsCode = () => ensureVsCode((line) => console.log(line));

/** @param {{ open: boolean, port: number }} options @param {import('./lib/vscode.mjs').VsCode} vscode */
async function serve({ open, port }, vscode) {
  const server = await startServer({
    vscode,
    dataDir: path.join(root, '.cache/start/data'),
    extensionsDir: await linkExtension(),
    port,
  });
  let stopping = false;
  onSignal = () => {
    stopping = true;
    void server.stop();
  };
  const address = server.url(samples);
  console.log(`Ready in ${seconds(started)}. Vivarium on the samples, until Ctrl-C:\n\n  ${address}\n`);
  console.log('It opens with the walkthrough: press "Explore a Sample" there.');
  if (open) openBrowser(address);
  const code = await server.ended;
  await server.stop();
  if (!stopping) quit(`VS Code ended by itself, with exit code ${code}:\n${server.log.slice(-2000)}`);
  console.log('\nStopped.');
}

/** What Ctrl-C does; a second one while a server ends has nothing more to do. @type {() => void} */
let onSignal = () => process.exit(130);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => onSignal());

const options = readOptions();
const code = options.browser ? null : onPath(['code']);
// Fetched beside the packages: both mostly wait for the network. A failure is told where it is awaited.
const fetching = code === null ? fetchVsCode() : null;
fetching?.catch(() => {});
await timed('Packages', install, 'The packages could not be installed, see above. Is the network there?');
const build = async () => (await run(process.execPath, ['esbuild.mjs'], { quiet: true })) === 0;
await timed('Build', build, 'The build failed.');
if (code !== null && (await openDesktop(code))) {
  console.log(`Ready in ${seconds(started)}: VS Code is open on the samples. The walkthrough is open there.`);
} else {
  if (code !== null) console.log('The "code" on PATH did not open: VS Code from npm instead.');
  await (fetching ?? fetchVsCode()).then((vscode) => serve(options, vscode)).catch(quit);
}
