import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Settings of a profile without Chat, accounts, telemetry and updates: nothing but the editor. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'window.commandCenter': false,
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * @typedef {object} ServerOptions
 * @property {import('./vscode.mjs').VsCode} vscode
 * @property {string} dataDir the profile; settings are written into it where it has none
 * @property {string} extensionsDir
 * @property {number} [port] 0, the default, takes a free one
 * @property {Readonly<Record<string, unknown>>} [settings]
 * @property {boolean} [testDriver] lets the page name an extension and its tests; for tests alone
 * @property {boolean} [workspaceTrust] asks whether the folder is trusted, as on a desktop
 * @property {NodeJS.ProcessEnv} [env]
 */

/** VS Code's server on this machine alone, behind a token. */
export class VsCodeServer {
  /** Everything it has printed, for a report when something goes wrong. */
  log = '';
  /** Resolves, with the exit code, when the process is gone. @type {Promise<number | null>} */
  ended;

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string | null} token
   */
  constructor(child, token) {
    this.child = child;
    this.token = token;
    this.port = 0;
    // Also where nobody stops the server: nothing of it may outlive this process.
    const killAtExit = () => this.#kill('SIGKILL');
    process.once('exit', killAtExit);
    this.ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    void this.ended.then(() => process.off('exit', killAtExit));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => (this.log = (this.log + String(chunk)).slice(-100_000)));
    }
  }

  /**
   * The address that opens a folder.
   *
   * @param {string} folder absolute path
   * @param {readonly (readonly [string, string])[]} [payload] for the test driver
   */
  url(folder, payload) {
    const address = new URL(`http://127.0.0.1:${this.port}/`);
    if (this.token !== null) address.searchParams.set('tkn', this.token);
    address.searchParams.set('folder', remotePath(folder));
    if (payload) address.searchParams.set('payload', JSON.stringify(payload));
    return address.href;
  }

  /** Where the server sees a file of this machine. @param {string} file absolute path */
  remoteUri(file) {
    return `vscode-remote://127.0.0.1:${this.port}${remotePath(file)}`;
  }

  /** Ends the server with every process that it has started; resolves when it is gone. */
  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.#kill('SIGTERM');
    const timer = setTimeout(() => this.#kill('SIGKILL'), 3000);
    await this.ended;
    clearTimeout(timer);
    // Extension hosts outlive a server that was told to end politely.
    this.#kill('SIGKILL');
  }

  /** @param {NodeJS.Signals} signal */
  #kill(signal) {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
      else process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}

/** `C:\x` is `/C:/x` in an address. @param {string} file */
function remotePath(file) {
  const forward = file.split(path.sep).join('/');
  return forward.startsWith('/') ? forward : `/${forward}`;
}

/** @param {ServerOptions} options */
async function prepareProfile({ dataDir, extensionsDir, settings }) {
  const user = path.join(dataDir, 'data/User');
  await mkdir(user, { recursive: true });
  await mkdir(extensionsDir, { recursive: true });
  const file = path.join(user, 'settings.json');
  if (!existsSync(file)) await writeFile(file, `${JSON.stringify({ ...quietSettings, ...settings }, null, 2)}\n`);
}

/**
 * Starts a server and waits until it listens.
 *
 * @param {ServerOptions} options
 * @returns {Promise<VsCodeServer>}
 * @throws {Error} with one sentence, where it does not come up (a port in use, say)
 */
export async function startServer(options) {
  await prepareProfile(options);
  // The test driver's address cannot carry a token through its payload's remote authority.
  const token = options.testDriver ? null : randomBytes(16).toString('hex');
  const args = [
    options.vscode.server,
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...(token === null ? ['--without-connection-token'] : ['--connection-token', token]),
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-telemetry', '--disable-update-check'],
    ...['--server-data-dir', options.dataDir, '--extensions-dir', options.extensionsDir],
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = spawn(options.vscode.node, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    // A process group of its own, so that everything below it can be ended at once.
    detached: process.platform !== 'win32',
  });
  const server = new VsCodeServer(child, token);
  try {
    server.port = await listening(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 * Waits until a server listens.
 *
 * @param {VsCodeServer} server
 * @returns {Promise<number>} its port
 */
function listening(server) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`VS Code could not be started: ${why}`));
    server.child.once('error', (error) => fail(error.message));
    void server.ended.then((code) => fail(`it ended with exit code ${code}. What it said:\n${server.log}`));
    const look = () => {
      const port = /listening on (\d+)/.exec(server.log)?.[1];
      if (port !== undefined) resolve(Number(port));
      // It goes on without its port otherwise.
      const taken = /EADDRINUSE.*?:(\d+)/.exec(server.log)?.[1];
      if (taken !== undefined) fail(`port ${taken} is in use. Choose another one with --port.`);
    };
    server.child.stdout?.on('data', look);
    server.child.stderr?.on('data', look);
  });
}
