import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent, RunRequest } from '../../src/protocol/runs';
import { packedRow } from '../../src/core/lens/packed';
import { codeErrorBound, WEIGHT_OF_CODE } from '../../src/core/numeric/codes';
import { tableEngine, tableRun, traceOf } from './fixtures/tableEngine';
import { tableAttention, tableLogits } from './fixtures/tableModel';

async function record(engine: ReturnType<typeof tableEngine>, over: Partial<RunRequest> = {}, signal?: AbortSignal) {
  const events: RunEvent[] = [];
  const result = await engine.call('run', tableRun(over), {
    onEvent: (event) => events.push(event),
    ...(signal ? { signal } : {}),
  });
  return { result, events, trace: traceOf(events) };
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: (value: number) => number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number];
    assert.ok(Math.abs(a - e) <= tolerance(e), `element ${i}: ${a} is not ${e}`);
  }
}

const exactly = (): number => 0;
const nearly = (): number => 1e-6;

test('a run streams its trace in order: header, then each pass before its tokens, then the summary', async () => {
  const { result, events, trace } = await record(tableEngine({ chunk: 2 }));
  assert.equal(events[0]?.type, 'loading');
  assert.equal(trace[0]?.type, 'header');
  assert.deepEqual(trace.at(-1), result.summary);
  const tokens = trace.filter((event) => event.type === 'token');
  assert.deepEqual(
    tokens.map(({ index }) => index),
    [...Array(13).keys()],
  );
  assert.equal(
    tokens
      .slice(0, 5)
      .map(({ text }) => text)
      .join(''),
    'abcde',
  );
  const passes = trace.filter((event) => event.type === 'pass');
  assert.deepEqual(
    passes.map(({ cached, fed }) => [cached, fed]),
    [[0, 2], [2, 2], [4, 1], ...[5, 6, 7, 8, 9, 10, 11].map((length) => [length, 1])],
  );
  assert.equal(result.summary.finish, 'length');
  assert.equal(result.summary.generatedTokens, 8);
});

test('what a trace says of its making is the request and the model', async () => {
  const { trace } = await record(tableEngine(), { capture: { attention: [1], hidden: [0, 2], logits: false } });
  const header = trace[0];
  assert.ok(header?.type === 'header');
  assert.equal(header.promptText, 'abcde');
  assert.equal(header.promptLength, 5);
  assert.equal(header.model.sha256, 'a'.repeat(64));
  assert.deepEqual(header.capture, { attention: [1], hidden: [0, 2], logits: false });
  assert.deepEqual(header.decoder, { name: 'autoregressive', exact: true });
  assert.equal(header.software.platform, 'test');
});

test('a prompt scored alone has no generated tokens, and its tensors cover it', async () => {
  const engine = tableEngine();
  const { result } = await record(engine, { maxNewTokens: 0 });
  assert.equal(result.summary.generatedTokens, 0);
  const overview = await engine.call('attentionOverview', { runId: 'run', size: 10 });
  assert.equal(overview.tokens, 5);
});

test('tensors cover the token that was drawn last too', async () => {
  const engine = tableEngine();
  await record(engine);
  const overview = await engine.call('attentionOverview', { runId: 'run', size: 100 });
  assert.equal(overview.tokens, 13);
  assert.equal(overview.size, 13);
  assert.equal(overview.kept, 'float32');
  const row = await engine.call('attentionRow', { runId: 'run', layer: 1, head: 2, query: 12 });
  close(row.weights, tableAttention(1, 2, 12), exactly);
  assert.equal(row.exact, true);
});

test('a run equals itself however its prompt is cut into passes', async () => {
  const whole = await record(tableEngine({ chunk: 64 }));
  const cut = await record(tableEngine({ chunk: 1 }));
  const tokens = (trace: typeof whole.trace) => trace.filter(({ type }) => type === 'token');
  assert.deepEqual(tokens(cut.trace), tokens(whole.trace));
});

const answers = {
  'held exactly': undefined,
  'held as codes': 600 * 1024,
  'not held': 1,
} as const;
for (const [how, budget] of Object.entries(answers)) {
  test(`attention ${how} answers every question alike`, async () => {
    const tokens = 150;
    const engine = tableEngine({ contextLength: 200, layers: 4, heads: 5, chunk: 70 }, budget);
    const ids = Array.from({ length: tokens }, (_, i) => i % 11);
    await record(engine, {
      prompt: { ids },
      maxNewTokens: 0,
      capture: { attention: 'all', hidden: [], logits: false },
    });
    const exact = budget === undefined;
    const tolerance = exact ? exactly : (weight: number): number => codeErrorBound(weight) + 1e-6;

    const progress: number[] = [];
    const overview = await engine.call(
      'attentionOverview',
      { runId: 'run', size: 20 },
      { onEvent: ({ done, total }) => progress.push(done / total) },
    );
    assert.equal(overview.kept, exact ? 'float32' : 'codes');
    assert.equal(overview.size, 20);
    assert.deepEqual(overview.layers, [0, 1, 2, 3]);
    assert.equal(overview.thumbnails.length, 4 * 5 * 20 * 20);
    assert.deepEqual(
      progress.toSorted((a, b) => a - b),
      progress,
    );
    assert.equal(progress.at(-1), 1);
    for (const { layer, head, firstToken, distance, structure } of overview.statistics) {
      assert.ok(structure >= 0 && structure < Math.log2(tokens), `structure of ${structure} bits`);
      let first = 0;
      let far = 0;
      for (let query = 0; query < tokens; query++) {
        const row = tableAttention(layer, head, query);
        first += row[0] as number;
        if (query > 0) row.forEach((weight, key) => (far += weight * (query - key)));
      }
      assert.ok(Math.abs(firstToken - first / tokens) < (exact ? 1e-6 : 1e-3));
      assert.ok(Math.abs(distance - far / (tokens - 1)) < (exact ? 1e-3 : 0.5));
    }

    const without = [0, 7];
    const shared = (layer: number, at: number, query: number): number[] => {
      const row = Array.from(tableAttention(layer, at, query), (weight, key) => (without.includes(key) ? 0 : weight));
      const left = row.reduce((a, b) => a + b, 0);
      return row.map((weight) => weight / left);
    };
    const bound = (weight: number): number => (exact ? 1e-5 : 3 * codeErrorBound(weight) + 1e-3);
    const rowWithout = await engine.call('attentionRow', { runId: 'run', layer: 2, head: 3, query: 60, without });
    close(Array.from(rowWithout.weights), shared(2, 3, 60), bound);
    const pairWithout = await engine.call('attentionPair', { runId: 'run', query: 60, key: 9, without });
    close(
      Array.from(pairWithout.weights),
      Array.from({ length: 20 }, (_, at) => shared(Math.floor(at / 5), at % 5, 60)[9]!),
      bound,
    );
    const less = await engine.call('attentionHead', { runId: 'run', layer: 2, head: 3, without });
    close(
      Array.from(less.codes.subarray(packedRow(60), packedRow(60) + 61), (code) => WEIGHT_OF_CODE[code] as number),
      shared(2, 3, 60),
      (weight) => bound(weight) + codeErrorBound(weight),
    );
    const pictures = await engine.call('attentionOverview', { runId: 'run', size: 20, without });
    assert.deepEqual(pictures.without, without);
    pictures.statistics.forEach(({ firstToken }, at) =>
      assert.ok(Math.abs(firstToken - overview.statistics[at]!.firstToken) < 1e-6, 'of whole rows'),
    );
    assert.notDeepEqual(pictures.thumbnails, overview.thumbnails);

    const head = await engine.call('attentionHead', { runId: 'run', layer: 2, head: 3 });
    assert.equal(head.tokens, tokens);
    const codes = head.codes.subarray(packedRow(149), packedRow(149) + 150);
    close(
      Array.from(codes, (code) => WEIGHT_OF_CODE[code] as number),
      tableAttention(2, 3, 149),
      (weight) => codeErrorBound(weight) + 1e-6,
    );

    const row = await engine.call('attentionRow', { runId: 'run', layer: 3, head: 4, query: 100 });
    assert.equal(row.exact, exact);
    close(row.weights, tableAttention(3, 4, 100), tolerance);

    const mean = await engine.call('attentionRow', { runId: 'run', layer: 1, head: null, query: 50 });
    const expected = tableAttention(1, 0, 50).map(
      (_, key) => [0, 1, 2, 3, 4].reduce((sum, h) => sum + (tableAttention(1, h, 50)[key] as number), 0) / 5,
    );
    close(mean.weights, expected, exact ? nearly : tolerance);
    const meanHead = await engine.call('attentionHead', { runId: 'run', layer: 1, head: null });
    close(
      Array.from(meanHead.codes.subarray(packedRow(50), packedRow(51)), (code) => WEIGHT_OF_CODE[code] as number),
      expected,
      (weight) => 2 * codeErrorBound(weight) + 1e-6,
    );

    const pair = await engine.call('attentionPair', { runId: 'run', query: 90, key: 7 });
    assert.equal(pair.exact, exact);
    close(
      pair.weights,
      [0, 1, 2, 3].flatMap((l) => [0, 1, 2, 3, 4].map((h) => tableAttention(l, h, 90)[7] as number)),
      tolerance,
    );
    const future = await engine.call('attentionPair', { runId: 'run', query: 7, key: 90 });
    assert.ok(future.weights.every((weight) => weight === 0));
  });
}

test('logits of a position are those kept, or the same computed again', async () => {
  const kept = tableEngine();
  const scored = tableEngine({ chunk: 3 }, 1);
  for (const [engine, recomputed] of [
    [kept, false],
    [scored, true],
  ] as const) {
    const { trace } = await record(engine);
    const ids = trace.flatMap((event) => (event.type === 'token' ? [event.id] : []));
    for (const index of [1, 4, 9, 12, 13]) {
      const answer = await engine.call('positionLogits', { runId: 'run', index });
      assert.equal(answer.recomputed, recomputed);
      close(answer.logits, tableLogits(ids[index - 1] as number, 12), nearly);
    }
    await assert.rejects(engine.call('positionLogits', { runId: 'run', index: 14 }), { code: 'bad-request' });
  }
});

test('runs that were used least recently make room for new ones, and are computed again when asked for', async () => {
  const engine = tableEngine({ contextLength: 64, layers: 4, heads: 8 }, 300 * 1024);
  await record(engine, { runId: 'first' });
  const before = engine.runs.get('first').bytes;
  assert.ok(before > 0);
  await record(engine, { runId: 'second' });
  await record(engine, { runId: 'third' });
  assert.equal(engine.runs.get('first').bytes, 0);
  assert.ok(engine.runs.bytes <= 300 * 1024);
  const { weights } = await engine.call('attentionRow', { runId: 'first', layer: 3, head: 7, query: 9 });
  close(weights, tableAttention(3, 7, 9), nearly);
});

test('a run that is closed is unknown', async () => {
  const engine = tableEngine();
  await record(engine);
  await engine.call('closeRun', { runId: 'run' });
  await assert.rejects(engine.call('attentionHead', { runId: 'run', layer: 0, head: 0 }), { code: 'run-unknown' });
  await engine.call('closeRun', { runId: 'run' });
});

test('a stopped run is a result: cancelled, with everything up to there', async () => {
  const stop = new AbortController();
  const engine = tableEngine({
    beforePass: (length) => {
      if (length === 8) stop.abort();
    },
  });
  const { result, trace } = await record(engine, { maxNewTokens: 50 }, stop.signal);
  assert.equal(result.summary.finish, 'cancelled');
  const tokens = trace.filter(({ type }) => type === 'token');
  assert.ok(tokens.length >= 9 && tokens.length < 55);
  assert.equal(result.summary.promptTokens + result.summary.generatedTokens, tokens.length);
  const row = await engine.call('attentionRow', { runId: 'run', layer: 0, head: 0, query: 8 });
  close(row.weights, tableAttention(0, 0, 8), exactly);
});

test('a run that fails half-way streams what there was and a summary with the reason, and answers with the problem', async () => {
  const engine = tableEngine({
    beforePass: (length) => {
      if (length === 7) throw new Error('a node failed');
    },
  });
  const events: RunEvent[] = [];
  await assert.rejects(engine.call('run', tableRun(), { onEvent: (event) => events.push(event) }), {
    message: 'a node failed',
  });
  const trace = traceOf(events);
  const summary = trace.at(-1);
  assert.ok(summary?.type === 'summary');
  assert.equal(summary.finish, 'failed');
  assert.equal(summary.message, 'a node failed');
  assert.equal(trace.filter(({ type }) => type === 'token').length, 8);
  const row = await engine.call('attentionRow', { runId: 'run', layer: 0, head: 0, query: 6 });
  close(row.weights, tableAttention(0, 0, 6), exactly);
});

test('a computation that is stopped leaves nothing half-made behind', async () => {
  let stop: AbortController | undefined;
  const engine = tableEngine({ chunk: 2, beforePass: (length) => (length === 4 ? stop?.abort() : undefined) }, 1);
  await record(engine);
  stop = new AbortController();
  await assert.rejects(engine.call('attentionOverview', { runId: 'run', size: 9 }, { signal: stop.signal }), {
    code: 'cancelled',
  });
  stop = undefined;
  const overview = await engine.call('attentionOverview', { runId: 'run', size: 9 });
  assert.equal(overview.tokens, 13);
});

test('prompts that cannot be run say why', async () => {
  const engine = tableEngine({ contextLength: 6 });
  const refused = (over: Partial<RunRequest>, expected: object): Promise<void> =>
    assert.rejects(record(engine, over), expected);
  await refused({ prompt: { text: '' } }, { code: 'prompt-empty' });
  await refused({ prompt: { ids: [] } }, { code: 'prompt-empty' });
  await refused(
    { prompt: { text: 'abcdefg' } },
    { code: 'prompt-too-long', message: /7 tokens.*takes 6/, action: /by 1 token/ },
  );
  await refused({ prompt: { text: '\ud800' } }, { code: 'prompt-invalid' });
  await refused({ prompt: { ids: [1, 12] } }, { code: 'prompt-invalid', message: /12 .*0 to 11/ });
  await refused({ prompt: { ids: [-1] } }, { code: 'bad-request', message: /prompt\.ids\[0\]/ });
  await refused({ prompt: { ids: [1.5] } }, { code: 'bad-request' });
  await refused({ prompt: { text: 'z' } }, { code: 'vocabulary-mismatch', message: /25.*12/ });
  await refused({ decoder: 'magic' }, { code: 'bad-request', message: /magic/, action: /autoregressive/ });
  await refused(
    { capture: { attention: [2], hidden: [], logits: false } },
    { code: 'bad-request', message: /2.*0 to 1/ },
  );
  await refused({ model: { folder: '/missing' } }, { code: 'model-not-found' });
  await refused({ sampling: { ...tableRun().sampling, topP: 2 } }, { code: 'bad-request', message: /sampling\.topP/ });
  assert.equal(engine.runs.bytes, 0);
});

test('a prompt that fills the context is scored and ends there', async () => {
  const { result } = await record(tableEngine({ contextLength: 5 }));
  assert.equal(result.summary.finish, 'context-full');
  assert.equal(result.summary.generatedTokens, 0);
});

test('what a model cannot give is noted where all was wished for, and refused where it was named', async () => {
  const engine = tableEngine({ attention: false });
  const { result, trace } = await record(engine);
  assert.match(result.summary.notes.join(), /cannot give attention.*it is a table/);
  assert.ok(trace[0]?.type === 'header' && trace[0].capture.attention.length === 0);
  await assert.rejects(engine.call('attentionOverview', { runId: 'run', size: 9 }), {
    code: 'not-available',
    message: /it is a table/,
  });
  await assert.rejects(record(engine, { capture: { attention: [0], hidden: [], logits: false } }), {
    code: 'not-available',
  });
});

test('questions outside a run are refused with what there is', async () => {
  const engine = tableEngine();
  await record(engine);
  const ask = { runId: 'run', layer: 0, head: 0, query: 0 };
  await assert.rejects(engine.call('attentionRow', { ...ask, layer: 2 }), {
    code: 'bad-request',
    message: /layer 2.*has 2/,
  });
  await assert.rejects(engine.call('attentionRow', { ...ask, head: 3 }), {
    code: 'bad-request',
    message: /head 3.*has 3/,
  });
  await assert.rejects(engine.call('attentionRow', { ...ask, query: 13 }), { code: 'bad-request', message: /13/ });
  await assert.rejects(engine.call('attentionPair', { runId: 'run', query: 0, key: 13 }), { code: 'bad-request' });
  await assert.rejects(engine.call('attentionRow', { ...ask, runId: 'other' }), { code: 'run-unknown' });
});

test('what a run holds already is shown while it goes on', async () => {
  let goOn = (): void => undefined;
  const answered = new Promise<void>((resolve) => (goOn = resolve));
  // The run does not end before the questions are answered.
  const engine = tableEngine({ beforePass: (length) => (length === 8 ? answered : undefined) });
  let asked: Promise<unknown> | undefined;
  const run = engine.call('run', tableRun(), {
    onEvent: (event) => {
      if (event.type !== 'trace' || !event.events.some(({ type }) => type === 'token')) return;
      asked ??= Promise.all([
        engine.call('positionLogits', { runId: 'run', index: 3 }),
        engine.call('attentionRow', { runId: 'run', layer: 0, head: 0, query: 3 }),
        engine.call('attentionPair', { runId: 'run', query: 3, key: 1 }),
        engine.call('attentionHead', { runId: 'run', layer: 1, head: 2 }),
      ]).then(goOn);
    },
  });
  assert.equal((await run).summary.finish, 'length');
  await asked;
});

test('a hover is answered between the passes of a run', async () => {
  const engine = tableEngine();
  await record(engine, { runId: 'old' });
  const order: string[] = [];
  let hover: Promise<unknown> = Promise.resolve();
  const run = engine.call('run', tableRun({ maxNewTokens: 40 }), {
    onEvent: (event) => {
      if (event.type !== 'trace' || order.length > 0) return;
      order.push('run begun');
      hover = engine
        .call('attentionRow', { runId: 'old', layer: 0, head: 0, query: 3 })
        .then(() => order.push('hover'));
    },
  });
  await run.then(() => order.push('run done'));
  await hover;
  assert.deepEqual(order, ['run begun', 'hover', 'run done']);
});
