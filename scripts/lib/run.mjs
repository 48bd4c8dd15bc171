import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a command to its end, its output on this terminal.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, shell?: boolean }} [options] quiet: the output is
 *   shown only where the command fails
 * @returns {Promise<number>} the exit code; 127 where the command could not be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code, signal) => {
      if (code !== 0 && output.length > 0) process.stderr.write(Buffer.concat(output));
      resolve(code ?? (signal ? 128 : 1));
    });
  });
}

/** npm, as the process that runs us knows it, or else the one on PATH. */
function npmCommand() {
  const script = process.env['npm_execpath'];
  if (script && /npm-cli\.js$/.test(script)) return { command: process.execPath, before: [script], shell: false };
  // npm is a batch file on Windows, and those start only through a shell.
  return { command: 'npm', before: [], shell: process.platform === 'win32' };
}

/** @param {readonly string[]} args @param {{ cwd?: string, quiet?: boolean }} [options] */
export function npm(args, options = {}) {
  const { command, before, shell } = npmCommand();
  return run(command, [...before, ...args], { ...options, shell });
}

/** The first of these commands that PATH has, as a full path; null where there is none. @param {readonly string[]} names */
export function onPath(names) {
  const finder = process.platform === 'win32' ? 'where' : 'which';
  for (const name of names) {
    const found = spawnSync(finder, [name], { encoding: 'utf8' });
    const first = found.status === 0 ? found.stdout.split(/\r?\n/)[0]?.trim() : '';
    if (first) return path.resolve(first);
  }
  return null;
}
