import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, mock, type TestContext } from 'node:test';
import { traceEvents } from '../../../src/core/trace/assemble';
import type { Trace, TraceHeader, TraceToken } from '../../../src/core/trace/record';
import { serializeTrace } from '../../../src/core/trace/vivtrace';
import type { Problem } from '../../../src/protocol/errors';
import { RunStore } from '../../../src/extension/runs/store';

const idOf = (place: number): string => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;

function traceNumber(place: number, tokens = 3): Trace {
  const header: TraceHeader = {
    type: 'header',
    version: 2,
    id: idOf(place),
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, place)).toISOString(),
    software: { vivarium: '0', onnxruntime: '0', node: '0', platform: 'test' },
    model: {
      name: 'tiny',
      folder: '/models/tiny',
      file: 'model.onnx',
      sha256: '0'.repeat(64),
      dtype: 'fp32',
      architecture: 'llama',
      task: 'text',
      layers: 1,
      heads: 1,
      vocabularySize: 9,
      contextLength: null,
    },
    sequence: { form: 'causal' },
    tokenizer: 'tokenizer.json',
    promptText: `prompt\n  ${place}`,
    promptLength: 2,
    decoder: { name: 'autoregressive', exact: true },
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
    maxNewTokens: 1,
    endIds: [],
    capture: { attention: [], hidden: [], logits: false },
  };
  return {
    header,
    tokens: Array.from({ length: tokens }, (_, index): TraceToken => {
      const origin = index < 2 ? 'prompt' : 'sampled';
      return { type: 'token', index, id: index, text: `${index}`, bytes: [], special: false, origin, judgement: null };
    }),
    passes: [{ type: 'pass', step: 0, cached: 0, fed: tokens, writes: tokens, milliseconds: 1 }],
    summary: {
      type: 'summary',
      finish: 'length',
      passes: 1,
      promptTokens: 2,
      generatedTokens: tokens - 2,
      seconds: 1,
      prefillSeconds: 1,
      tokensPerSecond: null,
      notes: [],
    },
  };
}

function history(t: TestContext, limit = 1e6) {
  const folder = mkdtempSync(join(tmpdir(), 'vivarium-runs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const reported: string[] = [];
  const lost: string[] = [];
  let changes = 0;
  const options = {
    folder: join(folder, 'runs'),
    limit: () => limit,
    report: (what: string) => void reported.push(what),
    onLost: ({ message }: Problem) => void lost.push(message),
    onChange: () => void changes++,
  };
  return {
    folder: options.folder,
    reported,
    lost,
    another: () => new RunStore(options),
    store: new RunStore(options),
    changes: () => changes,
  };
}

async function keep(store: RunStore, trace: Trace): Promise<void> {
  const recording = store.record();
  for (const event of traceEvents(trace)) recording.add([event]);
  await recording.end(trace);
}

const ids = async (store: RunStore): Promise<string[]> => (await store.list()).map(({ id }) => id);

describe('the history of runs', () => {
  it('gives a run back as it was, and lists the newest first', async (t) => {
    const { store, changes } = history(t);
    for (const place of [1, 3, 2]) await keep(store, traceNumber(place));
    assert.deepEqual(await ids(store), [3, 2, 1].map(idOf));
    assert.deepEqual(await store.find(idOf(3)), { trace: traceNumber(3), notes: [] });
    const [run] = await store.list();
    assert.equal(run?.prompt, 'prompt 3');
    assert.equal(run.tokens, 3);
    assert.equal(run.finish, 'length');
    assert.equal(changes(), 3);
  });

  it('has what came of a run whose window went in the middle of it, and says so', async (t) => {
    const { store } = history(t);
    const trace = traceNumber(1);
    const recording = store.record();
    recording.add([trace.header, ...trace.passes, trace.tokens[0] as TraceToken]);
    recording.add([trace.tokens[1] as TraceToken]);
    // No end: the window is gone. The next one finds the lines that were written.
    const found = await waitFor(async () => {
      const now = await store.find(idOf(1));
      return now?.trace.tokens.length === 2 ? now : undefined;
    });
    assert.match(found.notes.join(), /ends before its run did/);
    const [run] = await store.list();
    assert.equal(run?.finish, null);
    assert.equal(run.tokens, 2);
  });

  it('keeps names and pins, and forgets a name that is emptied', async (t) => {
    const { store } = history(t);
    for (const place of [1, 2]) await keep(store, traceNumber(place));
    await store.change(idOf(1), { pinned: true });
    await store.change(idOf(1), { name: '  mine ' });
    const [first] = await store.list();
    assert.deepEqual([first?.id, first?.name, first?.pinned], [idOf(1), 'mine', true]);
    await store.change(idOf(1), { name: '', pinned: false });
    const [, last] = await store.list();
    assert.deepEqual([last?.id, 'name' in (last ?? {}), 'pinned' in (last ?? {})], [idOf(1), false, false]);
  });

  it('removes the oldest beyond the limit, but nothing that is pinned', async (t) => {
    // Room for three of these runs, and the first is there already when the others come.
    const { store, folder } = history(t, 3.5 * serializeTrace(traceNumber(1)).length);
    await keep(store, traceNumber(1));
    await store.change(idOf(1), { pinned: true });
    for (const place of [2, 3, 4]) await keep(store, traceNumber(place));
    assert.deepEqual(await ids(store), [1, 4, 3].map(idOf));
    assert.equal(readdirSync(folder).length, 6);
  });

  it('keeps nothing where the limit is 0', async (t) => {
    const { store } = history(t, 0);
    await keep(store, traceNumber(1));
    assert.deepEqual(await store.list(), []);
    assert.equal(await store.find(idOf(1)), undefined);
  });

  it('deletes a run with all that belongs to it', async (t) => {
    const { store, folder } = history(t);
    for (const place of [1, 2]) await keep(store, traceNumber(place));
    await store.remove([idOf(1)]);
    assert.deepEqual(await ids(store), [idOf(2)]);
    assert.equal(readdirSync(folder).length, 2);
  });

  it('reads a damaged digest anew from its trace, and leaves out a run that cannot be read', async (t) => {
    const { store, folder, reported } = history(t);
    for (const place of [1, 2]) await keep(store, traceNumber(place));
    writeFileSync(join(folder, `${idOf(1)}.json`), '{"id": 7');
    rmSync(join(folder, `${idOf(2)}.json`));
    truncateSync(join(folder, `${idOf(2)}.vivtrace`), 10);
    const list = await store.list();
    assert.deepEqual(
      list.map(({ id, prompt }) => [id, prompt]),
      [[idOf(1), 'prompt 1']],
    );
    assert.equal(reported.length, 1);
  });

  it('tells of a run that an older version listed what newer ones say, once, and keeps what the user gave it', async (t) => {
    const { store, folder } = history(t);
    await keep(store, traceNumber(1));
    await store.change(idOf(1), { name: 'mine', pinned: true });
    const file = join(folder, `${idOf(1)}.json`);
    const { decoded, generated, ...older } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.ok(decoded !== undefined && generated !== undefined);
    writeFileSync(file, JSON.stringify(older));
    const [run] = await store.list();
    assert.deepEqual([run?.decoded, run?.generated, run?.name, run?.pinned], [decoded, generated, 'mine', true]);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), run);
  });

  it('does not follow an id that is none to a file elsewhere', async (t) => {
    const { store, folder } = history(t);
    await keep(store, traceNumber(1));
    const other = join(folder, '..', 'other.vivtrace');
    writeFileSync(other, 'mine');
    assert.equal(await store.find('../other'), undefined);
    await store.remove(['../other']);
    assert.equal(readFileSync(other, 'utf8'), 'mine');
  });

  it('leaves nothing on a full disk, and says so', async (t) => {
    const { store, folder, lost } = history(t);
    const { writeFile } = fs;
    const full = mock.method(fs, 'writeFile', async (file: string) => {
      // What a full disk does: the file is made, and what is to stand in it is refused.
      await writeFile(file, '');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    syncBuiltinESMExports();
    try {
      await keep(store, traceNumber(1));
    } finally {
      full.mock.restore();
      syncBuiltinESMExports();
    }
    assert.ok(full.mock.callCount() > 0);
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(lost, ['The run could not be kept in the history: the disk is full.']);
    await keep(store, traceNumber(2));
    assert.deepEqual(await ids(store), [idOf(2)]);
  });

  it('removes empty files that others left', async (t) => {
    const { store, folder } = history(t);
    await keep(store, traceNumber(1));
    const empty = join(folder, `${idOf(2)}.vivtrace`);
    writeFileSync(empty, '');
    utimesSync(empty, new Date(2026, 0, 1), new Date(2026, 0, 1));
    await keep(store, traceNumber(3));
    assert.ok(!existsSync(empty));
  });

  it('does not remove a run that another window is writing', async (t) => {
    const { store, another, folder, lost } = history(t, 2.2 * serializeTrace(traceNumber(1)).length);
    const trace = traceNumber(1);
    const events = [...traceEvents(trace)];
    const recording = store.record();
    recording.add(events.slice(0, 3));
    await waitFor(async () => (existsSync(join(folder, `${idOf(1)}.vivtrace`)) ? true : undefined));
    for (const place of [2, 3, 4]) await keep(another(), traceNumber(place));
    recording.add(events.slice(3));
    await recording.end(trace);
    assert.deepEqual(lost, []);
    assert.deepEqual(await store.find(idOf(1)), { trace, notes: [] });
    assert.deepEqual(await ids(store), [4, 1].map(idOf));
  });

  it('does not make a run anew that was deleted while it was written', async (t) => {
    const { store, folder } = history(t);
    const trace = traceNumber(1);
    const events = [...traceEvents(trace)];
    const recording = store.record();
    recording.add(events.slice(0, 3));
    const file = join(folder, `${idOf(1)}.vivtrace`);
    await waitFor(async () => (existsSync(file) ? true : undefined));
    await store.remove([idOf(1)]);
    recording.add(events.slice(3));
    await recording.end(trace);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('removes a run that is dated in the future before those that are not', async (t) => {
    const { store, folder } = history(t, 2.5 * serializeTrace(traceNumber(1)).length);
    const { header, ...rest } = traceNumber(1);
    await keep(store, { ...rest, header: { ...header, createdAt: '9999-01-01T00:00:00.000Z' } });
    const file = join(folder, `${idOf(1)}.vivtrace`);
    utimesSync(file, new Date(2030, 0, 1), new Date(2030, 0, 1));
    for (const place of [2, 3]) await keep(store, traceNumber(place));
    assert.deepEqual(await ids(store), [3, 2].map(idOf));
  });

  it('keeps the name and the pin that a run was given while it was written', async (t) => {
    const { store, folder } = history(t);
    const trace = traceNumber(1);
    const events = [...traceEvents(trace)];
    const recording = store.record();
    recording.add(events.slice(0, 3));
    await waitFor(async () => (existsSync(join(folder, `${idOf(1)}.vivtrace`)) ? true : undefined));
    await store.change(idOf(1), { name: 'mine', pinned: true });
    recording.add(events.slice(3));
    await recording.end(trace);
    const [run] = await store.list();
    assert.deepEqual([run?.name, run?.pinned, run?.finish], ['mine', true, 'length']);
  });

  it('that cannot be written costs a run nothing', async (t) => {
    const { store, folder, reported } = history(t);
    writeFileSync(folder, 'a file where the folder should be');
    await keep(store, traceNumber(1));
    assert.equal(reported.length, 1);
    assert.deepEqual(await store.list(), []);
  });
});

async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
