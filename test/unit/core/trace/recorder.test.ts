import assert from 'node:assert/strict';
import test from 'node:test';
import type { DecodeStep } from '../../../../src/core/decode/decoder';
import { autoregressive } from '../../../../src/core/decode/autoregressive';
import { speculative } from '../../../../src/core/decode/speculative';
import { CausalTable } from '../../../../src/core/sequence/causal-table';
import type { TracePass, TraceToken } from '../../../../src/core/trace/record';
import { TraceRecorder } from '../../../../src/core/trace/recorder';

const LETTERS = ['a', 'b', 'c'];
const describe = (ids: readonly number[]) =>
  ids.map((id) => ({ text: LETTERS[id]!, bytes: [97 + id], special: id === 2 }));

async function record(options: { chunk?: number; maxNewTokens: number }) {
  let now = 0;
  const model = CausalTable.markov(3, 0, { '': [0.25, 0.5, 0.25] }, { chunk: options.chunk ?? 512 });
  const steps = autoregressive.decode(model, {
    prompt: [0, 2, 1],
    maxNewTokens: options.maxNewTokens,
    endIds: [],
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
    signal: { aborted: false },
    clock: () => (now += 10),
  });
  const recorder = new TraceRecorder({ describe, clock: () => now });
  const events: (TracePass | TraceToken)[] = [];
  for await (const step of steps) events.push(...recorder.record(step));
  return { events, recorder };
}

test('a run becomes passes and tokens in order, each token with the judgement of the row before it', async () => {
  const { events } = await record({ maxNewTokens: 1 });
  assert.deepEqual(
    events.map((e) => (e.type === 'pass' ? `pass ${e.step}: ${e.cached}+${e.fed}` : `${e.index} ${e.text}`)),
    ['pass 0: 0+3', '0 a', '1 c', '2 b', '3 b'],
  );
  const [first, second, , generated] = events.filter((e) => e.type === 'token');
  assert.equal(first!.judgement, null);
  assert.deepEqual([second!.special, second!.bytes, second!.origin], [true, [99], 'prompt']);
  assert.equal(second!.judgement!.rank, 2);
  assert.ok(Math.abs(second!.judgement!.surprisal - 2) < 1e-6);
  assert.ok(Math.abs(second!.judgement!.entropy - 1.5) < 1e-6);
  assert.equal(generated!.origin, 'sampled');
  assert.deepEqual(
    generated!.judgement!.top.map(({ id, text }) => [id, text]),
    [
      [1, 'b'],
      [0, 'a'],
      [2, 'c'],
    ],
  );
});

test('the summary counts passes, tokens and time: speed is of the tokens after the first', async () => {
  const { recorder } = await record({ maxNewTokens: 5, chunk: 2 });
  const summary = recorder.summary('length', { notes: ['Only layer 0 was kept.'] });
  // Six passes, 10 ms each, and 10 ms between them: two read the prompt (and give the first token), four decode.
  assert.deepEqual(summary, {
    type: 'summary',
    finish: 'length',
    passes: 6,
    promptTokens: 3,
    generatedTokens: 5,
    seconds: 0.12,
    prefillSeconds: 0.02,
    tokensPerSecond: 50,
    notes: ['Only layer 0 was kept.'],
  });
});

test('where fewer than two tokens were generated there is no speed', async () => {
  for (const maxNewTokens of [0, 1]) {
    const { recorder } = await record({ maxNewTokens });
    assert.equal(recorder.summary('length').tokensPerSecond, null);
  }
});

test('a speculative run keeps each draft with the texts of its tokens and the top of the residual', async () => {
  const p = [0.5, 0.3, 0.2];
  const q = [0.2, 0.6, 0.2];
  const letters = (seed: number) => {
    const target = CausalTable.markov(3, 0, { '': p });
    const draft = CausalTable.markov(3, 0, { '': q });
    return speculative.decode(target, {
      prompt: [0],
      maxNewTokens: 30,
      endIds: [],
      sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, seed },
      signal: { aborted: false },
      options: { gamma: 3 },
      aids: { draft },
    });
  };
  const recorder = new TraceRecorder({ describe, clock: () => 0, drafts: true });
  const events: (TracePass | TraceToken)[] = [];
  for await (const step of letters(1)) events.push(...recorder.record(step));
  const drafts = events.flatMap((event) => (event.type === 'pass' && event.speculation ? [event.speculation] : []));
  const rejections = drafts.filter(({ residual }) => residual !== null);
  assert.ok(rejections.length > 2 && rejections.length < drafts.length);
  for (const { drafted, residual, next, accepted } of drafts) {
    for (const { id, text } of drafted) assert.equal(text, LETTERS[id]);
    if (!residual) continue;
    // max(0, p − q) = 0.3, 0, 0: tokens that cannot be drawn are left out.
    assert.ok(Math.abs(residual.mass - 0.3) < 1e-6);
    assert.deepEqual(residual.top, [{ id: 0, text: 'a', probability: 1 }]);
    assert.deepEqual(next, { id: 0, text: 'a', origin: 'replacement' });
    assert.equal(drafted[accepted]!.id, 1);
  }
  const { speculation, generatedTokens, passes } = recorder.summary('length');
  assert.equal(speculation!.passes, drafts.length);
  assert.equal(
    speculation!.accepted,
    drafts.reduce((sum, { accepted }) => sum + accepted, 0),
  );
  assert.ok(Math.abs(speculation!.alpha! - 0.7) < 1e-6);
  assert.equal(generatedTokens, 30);
  assert.ok(passes < 30);
});

test('the summary of a decoder that drafts says so where nothing was drafted, of another nothing', async () => {
  const recorder = new TraceRecorder({ describe, clock: () => 0, drafts: true });
  assert.equal(recorder.summary('length').speculation!.acceptanceRate, null);
  const { recorder: plain } = await record({ maxNewTokens: 1 });
  assert.equal('speculation' in plain.summary('length'), false);
});

test('each id is described once a run', () => {
  const asked: number[] = [];
  const recorder = new TraceRecorder({
    clock: () => 0,
    describe: (ids) => {
      asked.push(...ids);
      return describe(ids);
    },
  });
  const logits = Float32Array.of(0, 0, 0);
  const step: DecodeStep = {
    cached: 0,
    fed: 1,
    milliseconds: 0,
    writes: [
      { index: 0, id: 0, origin: 'prompt', row: null },
      { index: 1, id: 1, origin: 'prompt', row: logits },
      { index: 2, id: 2, origin: 'sampled', row: logits },
    ],
  };
  assert.equal([...recorder.record(step)].length, 4);
  assert.deepEqual(asked.sort(), [0, 1, 2]);
});
