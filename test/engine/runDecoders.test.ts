import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceHeader } from '../../src/core/trace/record';
import type { RunEvent, RunRequest } from '../../src/protocol/runs';
import { Problem } from '../../src/protocol/errors';
import { tableEngine, tableRun, traceOf } from './fixtures/tableEngine';
import { tableAttention, tableLogits, type TableModelSettings } from './fixtures/tableModel';

const draft = { folder: '/models/draft' };
/** Runs with a draft that is often wrong. */
const engineWith = (target: TableModelSettings = {}, other: TableModelSettings = {}) =>
  tableEngine(target, undefined, { seed: 2, ...other });
const speculative = (over: Partial<RunRequest> = {}): RunRequest =>
  tableRun({ decoder: 'speculative', draft, decoderOptions: { gamma: 3 }, maxNewTokens: 20, ...over });

async function record(engine: ReturnType<typeof tableEngine>, request: RunRequest, signal?: AbortSignal) {
  const events: RunEvent[] = [];
  const result = await engine.call('run', request, {
    onEvent: (event) => events.push(event),
    ...(signal ? { signal } : {}),
  });
  const trace = traceOf(events);
  const tokens = trace.filter((event) => event.type === 'token');
  const passes = trace.filter((event) => event.type === 'pass');
  return { result, trace, tokens, passes, ids: tokens.map(({ id }) => id), header: trace[0] as TraceHeader };
}
const refuses = (engine: ReturnType<typeof tableEngine>, request: RunRequest, code: string, message: RegExp) =>
  assert.rejects(
    record(engine, request),
    (error) => error instanceof Problem && error.code === code && message.test(error.message) && Boolean(error.action),
  );

test('a run with a draft streams its drafts, and its summary counts them', async () => {
  const { result, passes, header, tokens } = await record(engineWith(), speculative());
  assert.deepEqual(header.decoder.options, { gamma: 3, schedule: 'constant', confidence: 0 });
  assert.equal(header.decoder.draft?.folder, draft.folder);
  const drafts = passes.flatMap(({ speculation }) => (speculation ? [speculation] : []));
  const { speculation, generatedTokens } = result.summary;
  assert.equal(speculation!.passes, drafts.length);
  assert.equal(
    speculation!.drafted,
    drafts.reduce((sum, { drafted }) => sum + drafted.length, 0),
  );
  assert.ok(speculation!.accepted > 0 && speculation!.accepted < speculation!.drafted);
  assert.equal(tokens.filter(({ origin }) => origin === 'accepted').length, speculation!.accepted);
  assert.equal(tokens.filter(({ origin }) => origin !== 'prompt').length, generatedTokens);
  assert.ok(passes.every(({ draftMilliseconds }) => draftMilliseconds === undefined || draftMilliseconds >= 0));
});

test('what is kept of a run with rejected drafts is that of the tokens that stand', async () => {
  const engine = engineWith();
  const { ids } = await record(engine, speculative());
  const plain = await record(tableEngine(), tableRun({ maxNewTokens: 20 }));
  assert.deepEqual(ids, plain.ids);
  const overview = await engine.call('attentionOverview', { runId: 'run', size: 100 });
  assert.equal(overview.tokens, ids.length);
  const query = ids.length - 1;
  const { weights } = await engine.call('attentionRow', { runId: 'run', layer: 1, head: 2, query });
  assert.deepEqual(weights, tableAttention(1, 2, query));
  for (let index = 1; index < ids.length; index++) {
    const { logits, recomputed } = await engine.call('positionLogits', { runId: 'run', index });
    assert.equal(recomputed, false);
    assert.deepEqual(logits, tableLogits(ids[index - 1]!, 12), `logits of ${index}`);
  }
});

test('sequences are closed when a run ends, also where it fails or is stopped', async () => {
  const open = { target: 0, draft: 0 };
  const count = (which: 'target' | 'draft') => (event: 'open' | 'dispose') => {
    open[which] += event === 'open' ? 1 : -1;
  };
  let failAt = Infinity;
  const stop = new AbortController();
  let stopAt = Infinity;
  const engine = engineWith(
    {
      onSequence: count('target'),
      beforePass: (length) => {
        if (length >= failAt) throw new Problem({ code: 'run-failed', message: 'The pass failed.' });
        if (length >= stopAt) stop.abort();
      },
    },
    { onSequence: count('draft') },
  );
  await record(engine, speculative());
  assert.deepEqual(open, { target: 0, draft: 0 });
  failAt = 9;
  await assert.rejects(record(engine, speculative({ runId: 'fails' })));
  assert.deepEqual(open, { target: 0, draft: 0 });
  failAt = Infinity;
  stopAt = 9;
  const { result, tokens } = await record(engine, speculative({ runId: 'stops' }), stop.signal);
  assert.equal(result.summary.finish, 'cancelled');
  assert.ok(tokens.length >= 9 && tokens.length < 25);
  assert.deepEqual(open, { target: 0, draft: 0 });
});

test('a pass that fails within a draft leaves the tensors of the tokens that were told', async () => {
  let failing = false;
  const engine = engineWith({
    beforePass: (length) => {
      failing ||= length >= 9;
      if (failing && length < 30) throw new Problem({ code: 'run-failed', message: 'The pass failed.' });
    },
  });
  const events: RunEvent[] = [];
  await assert.rejects(engine.call('run', speculative(), { onEvent: (event) => events.push(event) }));
  const trace = traceOf(events);
  const summary = trace.at(-1);
  assert.ok(summary?.type === 'summary' && summary.finish === 'failed' && summary.message === 'The pass failed.');
  const tokens = trace.filter((event) => event.type === 'token').length;
  assert.equal(summary.promptTokens + summary.generatedTokens, tokens);
  const run = engine.runs.get('run');
  assert.equal(run.record.ids.length, tokens);
  assert.ok([...run.attention.values()].every((layer) => layer.tokens <= tokens));
});

test('what does not fit is refused before the run begins', async () => {
  await refuses(engineWith(), speculative({ decoder: 'magic' }), 'bad-request', /no decoder named "magic"/);
  const { draft: _, ...withoutDraft } = speculative();
  await refuses(engineWith(), withoutDraft, 'bad-request', /"speculative" needs a draft model/);
  await refuses(engineWith(), tableRun({ draft }), 'bad-request', /"autoregressive" uses no draft model/);
  const other = engineWith({}, { vocabularySize: 11 });
  await refuses(other, speculative(), 'vocabulary-mismatch', /knows 11 tokens, and table knows 12/);
  const letters = engineWith({}, { firstLetter: 'b' });
  await refuses(letters, speculative(), 'vocabulary-mismatch', /Token 0 is "a" for table and "b" for its draft table/);
  await refuses(
    engineWith(),
    tableRun({ decoder: 'copy-previous' }),
    'prompt-invalid',
    /for models of the Game of Life/,
  );
  await assert.rejects(
    record(engineWith(), speculative({ decoderOptions: { gamma: 999 } })),
    (error) => error instanceof Problem && error.code === 'bad-request' && /"gamma" must be/.test(error.message),
  );
});

test('LANTERN reads the model’s embeddings; what it borrows is in the trace', async () => {
  const request = speculative({
    decoder: 'lantern',
    decoderOptions: { delta: 0.3, neighbours: 3 },
    sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 2 },
  });
  const { passes, result, header } = await record(engineWith(), request);
  assert.equal(header.decoder.exact, false);
  const judged = passes.flatMap(({ speculation }) => speculation?.drafted ?? []).filter(({ p }) => p !== null);
  assert.ok(judged.some(({ borrowed }) => borrowed! > 0));
  assert.ok(judged.every(({ outputTv }) => outputTv! >= 0 && outputTv! <= 1));
  assert.equal(result.summary.speculation!.outputTv!.tokens, judged.length);
});

test('Hugging Face’s heuristic goes on from run to run with the same two models', async () => {
  const engine = engineWith({}, { seed: 0 });
  const first = async (schedule: string, runId: string): Promise<number> => {
    const { passes } = await record(engine, speculative({ runId, decoderOptions: { gamma: 2, schedule } }));
    return passes.find(({ speculation }) => speculation)!.speculation!.drafted.length;
  };
  assert.equal(await first('heuristic', 'a'), 2);
  assert.ok((await first('heuristic', 'b')) > 2);
  assert.equal(await first('heuristic_transient', 'c'), 2);
});

test('early exit: the trace says at which layer the draft left, and the parts are given back', async () => {
  const open = { sequences: 0, exits: 0 };
  const engine = tableEngine({
    layers: 4,
    onSequence: (event) => {
      open.sequences += event === 'open' ? 1 : -1;
    },
    onExitReleased: () => {
      open.exits--;
    },
  });
  const exit = async (layer: number, runId: string) => {
    open.exits++;
    const decoderOptions = { layer, gamma: 3 };
    return record(engine, tableRun({ decoder: 'early-exit', decoderOptions, maxNewTokens: 20, runId }));
  };
  const plain = await record(tableEngine({ layers: 4 }), tableRun({ maxNewTokens: 20 }));
  const half = await exit(0, 'half');
  assert.deepEqual(half.header.decoder.options, { layer: 2, gamma: 3 });
  assert.equal(half.header.decoder.exact, true);
  assert.deepEqual(half.ids, plain.ids);
  const drafted = half.passes.flatMap(({ speculation }) => speculation?.drafted ?? []);
  assert.ok(drafted.length > 0 && drafted.every(({ source }) => source === 'early-exit'));
  const whole = await exit(4, 'whole');
  assert.deepEqual(whole.ids, plain.ids);
  assert.equal(whole.result.summary.speculation!.acceptanceRate, 1);
  assert.deepEqual(open, { sequences: 0, exits: 0 });
});

test('a model that cannot be cut at a layer, or has no such layer, says so before the run begins', async () => {
  const run = (decoderOptions = {}) => tableRun({ decoder: 'early-exit', decoderOptions });
  const message = 'model.onnx cannot be cut at layer 1: it is a table.';
  await assert.rejects(
    record(tableEngine({ uncut: message }), run()),
    (error) => error instanceof Problem && error.code === 'not-available' && error.message === message,
  );
  await assert.rejects(
    record(tableEngine(), run({ layer: 3 })),
    (error) =>
      error instanceof Problem && error.code === 'bad-request' && /from 1 to 2, the layers/.test(error.message),
  );
  const { result } = await record(tableEngine({ exitNote: 'The table is one piece.' }), run());
  assert.deepEqual(result.summary.notes, [
    'The table is one piece. The layers below are therefore run again to verify.',
  ]);
});
