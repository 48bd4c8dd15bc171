import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

/** Milliseconds until it must answer: it compiles and loads. */
const PATIENCE = 600_000;
/** Characters of its output that are kept for a report. */
const LOG_CHARACTERS = 20_000;

/**
 * A command: named by the environment, or on the path; null where there is none.
 *
 * @param {string} variable @param {string} name @returns {string | null}
 */
export function commandOf(variable, name) {
  const named = process.env[variable];
  if (named) return existsSync(named) ? named : null;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** @typedef {{ address: string, stop: () => Promise<void> }} Started */

/**
 * Starts a vLLM server on this machine's processor, with drafts from the prompt whose acceptance it tells step by step.
 *
 * @param {string} command
 * @param {string} model a folder with config, tokenizer and safetensors
 * @returns {Promise<Started>}
 * @throws {Error} with the end of its output, where it does not come up
 */
export function startVllm(command, model) {
  const speculation = { method: 'ngram', num_speculative_tokens: 4, prompt_lookup_min: 1, prompt_lookup_max: 3 };
  return start(
    command,
    [
      ...['serve', model, '--served-model-name', path.basename(model)],
      ...['--dtype', 'float32', '--max-model-len', '1024', '--enforce-eager', '--max-num-seqs', '4'],
      ...['--max-logprobs', '-1', '--per-request-spec-decode-metrics', 'detailed', '--enable-per-request-metrics'],
      ...['--speculative-config', JSON.stringify(speculation)],
    ],
    {
      HF_HUB_OFFLINE: '1',
      VLLM_CPU_KVCACHE_SPACE: '1',
      VLLM_CPU_OMP_THREADS_BIND: 'nobind',
      VLLM_NO_USAGE_STATS: '1',
      DO_NOT_TRACK: '1',
    },
  );
}

/**
 * Starts llama.cpp's server, with its counters.
 *
 * @param {string} command
 * @param {string} model a GGUF file
 * @param {readonly string[]} [more] options
 * @returns {Promise<Started>}
 * @throws {Error} with the end of its output, where it does not come up
 */
export function startLlama(command, model, more = []) {
  return start(command, ['--model', model, '--ctx-size', '1024', '--metrics', ...more], {});
}

/**
 * @param {string} command @param {readonly string[]} options @param {NodeJS.ProcessEnv} more
 * @returns {Promise<Started>}
 */
async function start(command, options, more) {
  const port = await freePort();
  const args = [...options, '--host', '127.0.0.1', '--port', String(port)];
  const env = { ...process.env, ...more };
  // A group of its own: it starts processes, which end with it.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let log = '';
  /** @type {number | string | null} */
  let ended = null;
  const keep = (/** @type {Buffer} */ piece) => (log = (log + piece.toString()).slice(-LOG_CHARACTERS));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => (ended = error.message));
  /** @type {Promise<void>} */
  const gone = new Promise((resolve) => {
    child.on('close', (code) => {
      ended ??= code ?? 'a signal';
      resolve();
    });
    child.on('error', () => resolve());
  });
  const stop = async () => {
    if (child.pid !== undefined && ended === null) process.kill(-child.pid, 'SIGTERM');
    const late = setTimeout(
      () => child.pid !== undefined && ended === null && process.kill(-child.pid, 'SIGKILL'),
      20_000,
    );
    await gone;
    clearTimeout(late);
  };
  const address = `http://127.0.0.1:${port}`;
  for (const began = Date.now(); Date.now() - began < PATIENCE;) {
    if (ended !== null) throw new Error(`${command} ended with ${ended}: ${log}`);
    const answer = await fetch(`${address}/v1/models`).catch(() => null);
    if (answer?.ok) return { address, stop };
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await stop();
  throw new Error(`${command} did not answer in ${PATIENCE / 1000} s: ${log}`);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
