import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ModelIdentity } from '../../src/core/trace/record';
import type { RestoreRequest } from '../../src/protocol/runs';
import { parseSafetensors } from '../../src/core/trace/safetensors';
import { readSafetensors } from '../harness/safetensors';
import { tableEngine, tableRun } from './fixtures/tableEngine';
import { tableAttention, tableHidden, tableLogits } from './fixtures/tableModel';

const folder = mkdtempSync(join(tmpdir(), 'vivarium-restore-'));
after(() => rmSync(folder, { recursive: true }));

type Engine = ReturnType<typeof tableEngine>;

/** Runs, and gives what a saved trace would say of the run. */
async function made(engine: Engine, over: Parameters<typeof tableRun>[0] = {}): Promise<RestoreRequest> {
  const ids: number[] = [];
  let model: ModelIdentity | undefined;
  let promptLength = 0;
  let recorded: RestoreRequest['recorded'] | undefined;
  await engine.call('run', tableRun(over), {
    onEvent: (event) => {
      if (event.type !== 'trace') return;
      for (const each of event.events) {
        if (each.type === 'header') ({ model, promptLength, capture: recorded } = each);
        if (each.type === 'token') ids.push(each.id);
      }
    },
  });
  assert.ok(model && recorded);
  const { hidden, logits } = recorded;
  return { runId: 'restored', model, ref: { folder: model.folder }, ids, promptLength, recorded: { hidden, logits } };
}

async function saved(engine: Engine, name: string, over: Parameters<typeof tableRun>[0] = {}) {
  const request = await made(engine, over);
  const path = join(folder, name);
  const answer = await engine.call('saveTensors', { runId: 'run', path });
  return { request, path, answer };
}

function checkTensors(path: string, ids: readonly number[], tolerance: number): void {
  const tensors = readSafetensors(path);
  const tokens = ids.length;
  for (const layer of [0, 1]) {
    const maps = tensors.get(`attention.${layer}`);
    assert.deepEqual(maps?.dims, [3, tokens, tokens]);
    for (let head = 0; head < 3; head++) {
      for (let query = 0; query < tokens; query++) {
        const expected = [...tableAttention(layer, head, query), ...new Array<number>(tokens - query - 1).fill(0)];
        const start = (head * tokens + query) * tokens;
        assert.deepEqual(Array.from(maps?.data.slice(start, start + tokens) as Float32Array), expected);
      }
    }
  }
  for (const block of [0, 1, 2]) {
    const rows = tensors.get(`hidden.${block}`);
    assert.deepEqual(rows?.dims, [tokens, 4]);
    ids.forEach((_, i) => assert.deepEqual(rows?.data.slice(i * 4, i * 4 + 4), tableHidden(block, i, 4)));
  }
  const logits = tensors.get('logits');
  assert.deepEqual(logits?.dims, [tokens, 12]);
  ids.forEach((id, i) => {
    tableLogits(id, 12).forEach((logit, j) => {
      assert.ok(Math.abs((logits?.data[i * 12 + j] as number) - logit) <= tolerance);
    });
  });
  assert.deepEqual(tensors.get('input_ids')?.data, BigInt64Array.from(ids, BigInt));
}

test('saved tensors are exact and cover all tokens, whether they were held or not', async () => {
  for (const [name, budget] of [
    ['held.safetensors', undefined],
    ['codes.safetensors', 100 * 1024],
    ['none.safetensors', 1],
  ] as const) {
    const { request, path, answer } = await saved(tableEngine({ chunk: 4 }, budget), name);
    checkTensors(path, request.ids, 1e-6);
    assert.equal(answer.bytes, readFileSync(path).length);
    assert.deepEqual(answer.tensors, [
      'attention.0',
      'attention.1',
      'hidden.0',
      'hidden.1',
      'hidden.2',
      'logits',
      'input_ids',
    ]);
    assert.equal(parseSafetensors(readFileSync(path), answer.bytes).tensors.size, 7);
  }
});

test('only what the run recorded is saved', async () => {
  const capture = { attention: [1], hidden: [], logits: false };
  const { answer } = await saved(tableEngine(), 'some.safetensors', { capture });
  assert.deepEqual(answer.tensors, ['attention.1', 'input_ids']);
});

test('tensors that cannot be written leave nothing behind', async () => {
  const engine = tableEngine();
  await made(engine);
  const path = join(folder, 'missing', 'x.safetensors');
  await assert.rejects(engine.call('saveTensors', { runId: 'run', path }), { code: 'file', message: /missing/ });
});

test('saving that is stopped leaves the old file, and no other', async () => {
  const old = join(folder, 'kept.safetensors');
  writeFileSync(old, 'as it was');
  const stop = new AbortController();
  let isSaving = false;
  const engine = tableEngine({ chunk: 2, beforePass: () => (isSaving ? stop.abort() : undefined) }, 1);
  await made(engine);
  isSaving = true;
  await assert.rejects(engine.call('saveTensors', { runId: 'run', path: old }, { signal: stop.signal }), {
    code: 'cancelled',
  });
  assert.equal(readFileSync(old, 'utf8'), 'as it was');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('partial')),
    [],
  );
});

/** Every answer of a run, for comparison with another's. */
async function answers(engine: Engine, runId: string, tokens: number) {
  const overview = await engine.call('attentionOverview', { runId, size: 8 });
  const rows = await Promise.all(
    [0, 5, tokens - 1].map((query) => engine.call('attentionRow', { runId, layer: 1, head: 2, query })),
  );
  const logits = await Promise.all([1, 6, tokens - 1].map((index) => engine.call('positionLogits', { runId, index })));
  return {
    thumbnails: overview.thumbnails,
    layers: overview.layers,
    tokens: overview.tokens,
    codes: (await engine.call('attentionHead', { runId, layer: 0, head: 1 })).codes,
    rows: rows.map(({ weights, exact }) => ({ weights, exact })),
    pair: (await engine.call('attentionPair', { runId, query: 7, key: 3 })).weights,
    logits: logits.map((answer) => answer.logits),
  };
}

test('a run restored from its model gives what the original gave', async () => {
  const original = tableEngine();
  const request = await made(original);
  const fresh = tableEngine({ chunk: 5 });
  assert.deepEqual(await fresh.call('restoreRun', request), {
    attention: { layers: [0, 1], source: 'model' },
    logits: { source: 'model' },
  });
  assert.equal(fresh.loads, 0);
  const tokens = request.ids.length;
  assert.deepEqual(await answers(fresh, 'restored', tokens), await answers(original, 'run', tokens));
});

test('a run restored from its file gives exactly what the original gave, without the model', async () => {
  const original = tableEngine();
  const { request, path } = await saved(original, 'whole.safetensors');
  const fresh = tableEngine();
  const { ref: _, ...withoutModel } = request;
  assert.deepEqual(await fresh.call('restoreRun', { ...withoutModel, tensors: path }), {
    attention: { layers: [0, 1], source: 'file' },
    logits: { source: 'file' },
  });
  const tokens = request.ids.length;
  assert.deepEqual(await answers(fresh, 'restored', tokens), await answers(original, 'run', tokens));
  assert.equal(fresh.loads, 0);
  await fresh.call('closeRun', { runId: 'restored' });
});

test('a run restored from its model is saved with all that it recorded', async () => {
  const { request, path } = await saved(tableEngine(), 'first.safetensors');
  const fresh = tableEngine({ chunk: 5 });
  await fresh.call('restoreRun', request);
  const again = join(folder, 'from-model.safetensors');
  const { tensors } = await fresh.call('saveTensors', { runId: 'restored', path: again });
  assert.deepEqual(tensors, [...readSafetensors(path).keys()]);
  checkTensors(again, request.ids, 1e-6);
});

test('a run restored from a file that has all it recorded is saved again without the model', async () => {
  const capture = { attention: 'all', hidden: [], logits: true } as const;
  const { request, path } = await saved(tableEngine(), 'two.safetensors', { capture });
  const { ref: _, ...withoutModel } = request;
  const fresh = tableEngine();
  await fresh.call('restoreRun', { ...withoutModel, tensors: path });
  const again = join(folder, 'without-model.safetensors');
  await fresh.call('saveTensors', { runId: 'restored', path: again });
  assert.deepEqual(readFileSync(again), readFileSync(path));
  assert.equal(fresh.loads, 0);
});

test('a run restored from a file can be saved again', async () => {
  const { request, path } = await saved(tableEngine(), 'once.safetensors');
  const fresh = tableEngine();
  await fresh.call('restoreRun', { ...request, tensors: path });
  const again = join(folder, 'again.safetensors');
  await fresh.call('saveTensors', { runId: 'restored', path: again });
  const [first, second] = [readSafetensors(path), readSafetensors(again)];
  for (const name of ['attention.0', 'attention.1', 'logits', 'input_ids']) {
    assert.deepEqual(second.get(name)?.data, first.get(name)?.data, name);
  }
});

test('what a file lacks comes from the model', async () => {
  const original = tableEngine();
  const capture = { attention: [1], hidden: [], logits: false };
  const { request, path } = await saved(original, 'part.safetensors', { capture });
  const fresh = tableEngine();
  assert.deepEqual(await fresh.call('restoreRun', { ...request, tensors: path }), {
    attention: { layers: [1], source: 'file' },
    logits: { source: 'model' },
  });
  const { logits } = await fresh.call('positionLogits', { runId: 'restored', index: 3 });
  assert.deepEqual(logits, (await original.call('positionLogits', { runId: 'run', index: 3 })).logits);
  const { weights } = await fresh.call('attentionRow', { runId: 'restored', layer: 0, head: 0, query: 4 });
  assert.deepEqual(weights, tableAttention(0, 0, 4));
});

test('a model that is another one now is said to be', async () => {
  const request = await made(tableEngine());
  const changed = tableEngine({ sha256: 'b'.repeat(64) });
  const { attention } = await changed.call('restoreRun', request);
  assert.equal(attention.source, 'model');
  assert.match(attention.reason ?? '', /SHA-256 differs/);
  const smaller = tableEngine({ vocabularySize: 3 });
  const answer = await smaller.call('restoreRun', request);
  assert.deepEqual([answer.attention.source, answer.logits.source], ['none', 'none']);
  assert.match(answer.attention.reason ?? '', /do not fit the model/);
});

test('a model that is missing, or cannot be probed, is a reason and no failure', async () => {
  const request = await made(tableEngine());
  const { ref: _, ...withoutModel } = request;
  const engine = tableEngine();
  const gone = await engine.call('restoreRun', withoutModel);
  assert.equal(gone.attention.source, 'none');
  assert.match(gone.logits.reason ?? '', /table, is not to be found/);
  await assert.rejects(engine.call('attentionHead', { runId: 'restored', layer: 0, head: 0 }), {
    code: 'not-available',
    message: /is not to be found/,
  });
  const moved = await engine.call('restoreRun', { ...request, ref: { folder: '/missing' } });
  assert.match(moved.attention.reason ?? '', /no such folder/);
  const blind = await tableEngine({ attention: false }).call('restoreRun', request);
  assert.deepEqual([blind.attention.source, blind.logits.source], ['none', 'model']);
  assert.match(blind.attention.reason ?? '', /it is a table/);
});

test('a tensor file that is missing, cut, no tensor file, or of another run is not used, and why is said', async () => {
  const { request, path } = await saved(tableEngine(), 'good.safetensors');
  const bytes = readFileSync(path);
  const other = await saved(tableEngine(), 'other.safetensors', { prompt: { text: 'edcba' } });
  const shorter = await saved(tableEngine(), 'shorter.safetensors', { maxNewTokens: 2 });
  const cut = join(folder, 'cut.safetensors');
  writeFileSync(cut, bytes);
  truncateSync(cut, bytes.length - 5);
  const junk = join(folder, 'junk.safetensors');
  writeFileSync(junk, 'no tensors at all');
  const cases: readonly (readonly [string, RegExp])[] = [
    [join(folder, 'nothing.safetensors'), /cannot be read.*ENOENT/],
    [cut, /no tensor file that can be used/],
    [junk, /no tensor file that can be used/],
    [folder, /cannot be read/],
    [other.path, /not those of this run/],
    [shorter.path, /not those of this run/],
  ];
  for (const [tensors, reason] of cases) {
    const { attention } = await tableEngine().call('restoreRun', { ...request, tensors });
    assert.equal(attention.source, 'model', tensors);
    assert.match(attention.reason ?? '', reason);
  }
});

test('a run is restored in place of one with the same id', async () => {
  const engine = tableEngine();
  const request = await made(engine);
  await engine.call('restoreRun', { ...request, runId: 'run' });
  assert.equal(engine.runs.get('run').bytes, 0);
  const { weights } = await engine.call('attentionRow', { runId: 'run', layer: 1, head: 0, query: 9 });
  assert.deepEqual(weights, tableAttention(1, 0, 9));
});
