import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineClient, START_CRASHES, type EngineClientOptions } from '../../src/client/index';
import { ENGINE_PROTOCOL } from '../../src/protocol/handshake';
import { type RunEvent, type RunRequest } from '../../src/protocol/runs';
import type { EngineStatus } from '../../src/protocol/explorer';

const enginePath = fileURLToPath(new URL('fixtures/engine.mjs', import.meta.url));
const clients: EngineClient[] = [];
after(() => {
  for (const client of clients) client.dispose();
});

class Watched {
  readonly statuses: EngineStatus[] = [];
  readonly lines: string[] = [];
  readonly client: EngineClient;
  private onStatus: () => void = () => undefined;

  constructor(options: Partial<EngineClientOptions> = {}) {
    this.client = new EngineClient({
      enginePath,
      log: (line) => this.lines.push(line),
      idleMilliseconds: Infinity,
      onStatus: (status) => {
        this.statuses.push(status);
        this.onStatus();
      },
      ...options,
    });
    clients.push(this.client);
  }

  async pid(): Promise<number> {
    return (await this.client.call('info', {})).pid;
  }

  run(behaviour: string, options: Parameters<EngineClient['call']>[2] = {}, maxNewTokens = 0) {
    return this.client.call('run', runRequest(behaviour, maxNewTokens), options);
  }

  /** A run that has begun in the engine, and its answer. */
  async begun(behaviour: string, signal?: AbortSignal): Promise<{ answer: Promise<unknown> }> {
    let answer: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      const onEvent = (event: RunEvent): void => {
        if (event.type === 'loading') resolve();
      };
      answer = this.client.call('run', runRequest(behaviour), { onEvent, ...(signal ? { signal } : {}) });
      answer.catch(() => undefined);
    });
    return { answer };
  }

  tokenize(text: string, signal?: AbortSignal) {
    return this.client.call('tokenize', { model: { folder: 'none' }, text }, signal ? { signal } : {});
  }

  /** Settles with the next status of that state, or at once where it is the last one now. */
  reached(state: EngineStatus['state']): Promise<void> {
    return new Promise((resolve) => {
      this.onStatus = () => {
        if (this.statuses.at(-1)?.state === state) resolve();
      };
      this.onStatus();
    });
  }

  states(): string[] {
    return this.statuses.map(({ state }) => state);
  }
}

function runRequest(runId: string, maxNewTokens = 0): RunRequest {
  return {
    model: { folder: 'none' },
    prompt: { text: 'x' },
    decoder: 'autoregressive',
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
    maxNewTokens,
    capture: { attention: 'all', hidden: [], logits: false },
    runId,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the engine starts with the first call and stays for the next', async () => {
  const watched = new Watched();
  assert.equal(watched.client.pid, undefined);
  const pid = await watched.pid();
  assert.equal(await watched.pid(), pid);
  assert.equal(watched.client.pid, pid);
  assert.deepEqual(watched.states(), ['starting', 'ready']);
});

test('the flags of a debugger that this process was started under are not handed on', async (t) => {
  const before = process.env['NODE_OPTIONS'];
  t.after(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  });
  // With it, Node would open the port, wait for a debugger, and never say hello.
  process.env['NODE_OPTIONS'] = '--inspect-brk=0';
  const watched = new Watched();
  assert.equal((await watched.tokenize('environment NODE_OPTIONS')).tokens[0]?.text, 'unset');
});

test('calls made while it starts share one process', async () => {
  const watched = new Watched();
  const pids = await Promise.all([watched.pid(), watched.pid(), watched.pid()]);
  assert.equal(new Set(pids).size, 1);
});

test('under Electron it would run as plain Node', async () => {
  const watched = new Watched();
  assert.equal((await watched.tokenize('environment ELECTRON_RUN_AS_NODE')).tokens[0]?.text, '1');
});

test('bytes arrive as they were sent, and events in order', async () => {
  const watched = new Watched();
  const { codes } = await watched.client.call('attentionHead', { runId: 'x', layer: 8_000_000, head: 0 });
  assert.equal(codes.length, 8_000_000);
  assert.ok(codes.every((code) => code === 7));
  const seen: number[] = [];
  await watched.client.call('run', runRequest('quick', 500), {
    onEvent: (event) => event.type === 'progress' && seen.push(event.tokens),
  });
  assert.deepEqual(seen, [...Array(500).keys()]);
});

test('a process killed at rest is reported, and the next call works', async () => {
  const watched = new Watched();
  const pid = await watched.pid();
  process.kill(pid, 'SIGKILL');
  await watched.reached('crashed');
  assert.match((watched.statuses.at(-1) as { message: string }).message, /SIGKILL/);
  assert.notEqual(await watched.pid(), pid);
  assert.equal(watched.states().at(-1), 'ready');
});

test('a process killed during a run fails the run with what is known, and the next call works', async () => {
  const watched = new Watched();
  const { answer } = await watched.begun('wait');
  process.kill(await watched.pid(), 'SIGKILL');
  await assert.rejects(answer, {
    code: 'engine-crashed',
    message: 'The engine process was ended from outside by SIGKILL.',
    action: /If nobody ended it, the system may have done so for lack of memory/,
  });
  assert.equal((await watched.run('quick')).runId, 'quick');
});

test('a process killed while it starts fails the calls that wait for it, and the next call works', async () => {
  const environment = { FIXTURE_START: 'silent' };
  const watched = new Watched({ env: environment });
  const call = watched.pid();
  process.kill(watched.client.pid as number, 'SIGKILL');
  await assert.rejects(call, { code: 'engine-crashed' });
  environment.FIXTURE_START = 'well';
  assert.ok(await watched.pid());
});

test('a crash is told with the exit code and the line that says why', async () => {
  const watched = new Watched();
  await assert.rejects(watched.run('exit'), {
    code: 'engine-crashed',
    message: /exit code 134, probably because memory ran out: terminate called .*bad_alloc\.$/,
    action: /smaller model/,
  });
  await assert.rejects(watched.run('throw'), {
    code: 'engine-crashed',
    message: /exit code 1: TypeError: the fixture tripped\.$/,
    action: /Run again/,
  });
  await assert.rejects(watched.run('abort'), { code: 'engine-crashed', message: /SIGABRT/ });
  assert.ok(watched.lines.some((line) => line.includes('bad_alloc')));
  assert.ok(await watched.pid());
});

test('an engine that crashes while starting is not started for ever', async () => {
  const watched = new Watched({ env: { FIXTURE_START: 'crash' } });
  for (let i = 0; i < START_CRASHES; i++) {
    await assert.rejects(watched.pid(), { code: 'engine-crashed', message: /exit code 3.*no such weights/ });
  }
  await assert.rejects(watched.pid(), { code: 'engine-crashed', message: /crashed 3 times.*no such weights/ });
  assert.equal(watched.states().filter((state) => state === 'starting').length, START_CRASHES);
});

test('crashes of runs do not count as crashes of the start', async () => {
  const watched = new Watched();
  for (let i = 0; i <= START_CRASHES; i++) await assert.rejects(watched.run('exit'), { code: 'engine-crashed' });
  assert.ok(await watched.pid());
});

test('an engine of another version is refused with a clear sentence', async () => {
  const watched = new Watched({ env: { FIXTURE_PROTOCOL: '999' } });
  const message = new RegExp(`version 999 .* version ${ENGINE_PROTOCOL}`);
  await assert.rejects(watched.pid(), { code: 'engine-version', message, action: /Reload/ });
  await watched.client.ended();
});

test('a script or a program that does not exist is a problem, not an exception', async () => {
  await assert.rejects(new Watched({ enginePath: '/nowhere/engine.mjs' }).pid(), {
    code: 'engine-crashed',
    message: /Cannot find module/,
  });
  await assert.rejects(new Watched({ execPath: '/nowhere/node' }).pid(), {
    code: 'engine-crashed',
    message: /could not be started.*ENOENT/,
  });
});

test('an idle engine ends, and the next call starts another', async () => {
  const watched = new Watched({ idleMilliseconds: 1 });
  const pid = await watched.pid();
  await watched.reached('stopped');
  await watched.client.ended();
  assert.ok(!isAlive(pid));
  assert.notEqual(await watched.pid(), pid);
});

test('an engine with a request under way is not idle', async () => {
  const watched = new Watched({ idleMilliseconds: 1 });
  const stop = new AbortController();
  const { answer } = await watched.begun('wait', stop.signal);
  // Longer than the idle time by far: another process starts meanwhile.
  await new Watched().pid();
  assert.ok(!watched.states().includes('stopped'));
  stop.abort();
  await answer;
});

test('a run that is stopped answers with what there was, and the process lives on', async () => {
  const watched = new Watched();
  const pid = await watched.pid();
  const stop = new AbortController();
  const { answer } = await watched.begun('wait', stop.signal);
  stop.abort();
  assert.deepEqual(await answer, { runId: 'wait', summary: 'what there was' });
  assert.equal(await watched.pid(), pid);
});

test('a run that does not stop costs the process its life: it is cancelled, others are told why, the next works', async () => {
  const watched = new Watched();
  const pid = await watched.pid();
  const stop = new AbortController();
  const other = await watched.begun('ignore');
  const { answer } = await watched.begun('hang', stop.signal);
  stop.abort();
  await assert.rejects(answer, { code: 'cancelled' });
  await assert.rejects(other.answer, {
    code: 'engine-stopped',
    message: /another run did not stop/,
    action: 'Run again.',
  });
  assert.ok(!watched.states().includes('crashed'));
  assert.notEqual(await watched.pid(), pid);
});

test('a small request that does not stop is given up and leaves the process alone', async () => {
  const watched = new Watched();
  const pid = await watched.pid();
  const stop = new AbortController();
  const call = watched.tokenize('never', stop.signal);
  call.catch(() => undefined);
  // The answer of a later request says that the earlier one has arrived.
  await watched.pid();
  stop.abort();
  await assert.rejects(call, { code: 'cancelled' });
  assert.equal(await watched.pid(), pid);
});

test('a call that is cancelled before or during the start is cancelled', async () => {
  const watched = new Watched();
  await assert.rejects(watched.tokenize('x', AbortSignal.abort()), { code: 'cancelled' });
  assert.equal(watched.client.pid, undefined);
  const stop = new AbortController();
  const call = watched.tokenize('x', stop.signal);
  stop.abort();
  await assert.rejects(call, { code: 'cancelled' });
  assert.equal((await watched.tokenize('x')).tokens[0]?.text, 'x');
});

test('a process that has leaked is renewed before the next run, and only then', async () => {
  const watched = new Watched({ env: { FIXTURE_RESIDENT: '1000' }, memoryLimitBytes: 999 });
  const pid = await watched.pid();
  await watched.tokenize('x');
  assert.equal(await watched.pid(), pid);
  await watched.run('quick');
  assert.notEqual(watched.client.pid, pid);
  assert.deepEqual(watched.states(), ['starting', 'ready', 'stopped', 'starting', 'ready']);
});

test('a process that has leaked is not renewed while it runs something', async () => {
  const watched = new Watched({ env: { FIXTURE_RESIDENT: '1000' }, memoryLimitBytes: 999 });
  const stop = new AbortController();
  const { answer } = await watched.begun('wait', stop.signal);
  const pid = await watched.pid();
  await watched.run('quick');
  assert.equal(watched.client.pid, pid);
  stop.abort();
  await answer;
});

test('a process within its limit is kept', async () => {
  const watched = new Watched({ env: { FIXTURE_RESIDENT: '1000' }, memoryLimitBytes: 1000 });
  const pid = await watched.pid();
  await watched.run('quick');
  assert.equal(await watched.pid(), pid);
});

test('a model that does not fit beside others gets a process of its own, and one that never fits is refused', async () => {
  const watched = new Watched();
  await watched.run('fill');
  const pid = await watched.pid();
  assert.equal((await watched.run('large')).runId, 'large');
  assert.notEqual(await watched.pid(), pid);
  await assert.rejects(watched.run('huge'), { code: 'memory', message: 'It never fits.' });
  const fresh = await watched.pid();
  await assert.rejects(watched.run('huge'), { code: 'memory' });
  assert.equal(await watched.pid(), fresh);
});

test('dispose ends the process and fails what waits and what comes', async () => {
  const watched = new Watched();
  const { answer } = await watched.begun('wait');
  const pid = await watched.pid();
  watched.client.dispose();
  await assert.rejects(answer, { code: 'engine-stopped' });
  await assert.rejects(watched.pid(), { code: 'engine-stopped' });
  await watched.client.ended();
  assert.ok(!isAlive(pid));
  assert.deepEqual(watched.states(), ['starting', 'ready', 'stopped']);
});

test('dispose ends a process that hangs', async () => {
  const watched = new Watched();
  const pid = await watched.pid();
  const { answer } = await watched.begun('hang');
  watched.client.dispose();
  await assert.rejects(answer, { code: 'engine-stopped' });
  await watched.client.ended();
  assert.ok(!isAlive(pid));
});

test('the engine ends when the program that started it is killed', async () => {
  const parent = fork(fileURLToPath(new URL('fixtures/parent.ts', import.meta.url)), [enginePath], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [said] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const pid = Number(said.toString());
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  // The test runner's time limit is the limit here.
  while (isAlive(pid)) await delay(5);
});

test('garbage from the engine is dropped', async () => {
  const watched = new Watched();
  assert.equal((await watched.run('garbage')).runId, 'garbage');
  assert.ok(await watched.pid());
});

test('a method that the engine does not know is answered', async () => {
  await assert.rejects(new Watched().client.call('closeRun', { runId: 'x' }), { code: 'unknown-method' });
});

test('parameters that cannot be sent fail their call alone', async () => {
  const watched = new Watched();
  await assert.rejects(watched.tokenize((() => 'x') as unknown as string), { code: 'internal' });
  assert.ok(await watched.pid());
});
