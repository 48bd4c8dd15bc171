import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { handOver } from '../../../../src/core/decode/hand-over';
import type { Decoder } from '../../../../src/core/decode/decoder';
import { promptLookup } from '../../../../src/core/decode/prompt-lookup';
import { speculative } from '../../../../src/core/decode/speculative';
import { RunPasses, countOrigins } from '../../../../src/core/lens/passes';
import type { TracePass, TraceToken } from '../../../../src/core/trace/record';
import { TraceRecorder } from '../../../../src/core/trace/recorder';
import { PLAIN, decodeAll, randomChain } from '../../../harness/decoding';

interface Run {
  readonly passes: readonly TracePass[];
  readonly tokens: readonly TraceToken[];
  readonly promptLength: number;
  readonly summary: ReturnType<TraceRecorder['summary']>;
}

/** A run on chains of 5 tokens, as the engine records it. */
async function record(decoder: Decoder, seed: number, options: Record<string, number>, chunk = 64): Promise<Run> {
  const target = randomChain(5, { seed, chunk });
  const draft = randomChain(5, { seed: seed + 1 });
  const prompt = [0, 1, 2, 0, 1];
  const decoded = await decodeAll(decoder, target, {
    prompt,
    maxNewTokens: 30,
    sampling: { ...PLAIN, seed },
    options,
    aids: { draft },
  });
  const recorder = new TraceRecorder({
    describe: (ids) => ids.map((id) => ({ text: `${id}`, bytes: [48 + id], special: false })),
    clock: () => 0,
    drafts: decoder.drafts,
  });
  const events = decoded.steps.flatMap((step) => [...recorder.record(step)]);
  return {
    passes: events.filter((event) => event.type === 'pass'),
    tokens: events.filter((event) => event.type === 'token'),
    promptLength: prompt.length,
    summary: recorder.summary('length'),
  };
}

const cases = fc.record({
  decoder: fc.constantFrom(speculative, promptLookup),
  seed: fc.nat(1000),
  gamma: fc.integer({ min: 1, max: 6 }),
  chunk: fc.constantFrom(2, 3, 64),
});

test('rows say of every generated token which pass brought it, as the trace has it', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ decoder, seed, gamma, chunk }) => {
      const { passes, tokens, promptLength } = await record(decoder, seed, { gamma }, chunk);
      const run = new RunPasses(promptLength);
      run.add(passes);
      // The first generated token is the prompt's.
      assert.equal(run.rows[0]?.start, promptLength + 1);
      assert.equal(run.rows.at(-1)?.end, tokens.length);
      for (const [place, row] of run.rows.entries()) {
        assert.equal(row.number, place + 1);
        if (place > 0) assert.equal(row.start, run.rows[place - 1]?.end);
        for (let index = row.start; index < row.end; index++) assert.equal(run.rowOf(index), row);
        const origins = tokens.slice(row.start, row.end).map(({ origin }) => origin);
        const { speculation } = row.pass;
        if (!speculation) assert.deepEqual(origins, ['sampled']);
        else assert.equal(origins.filter((origin) => origin === 'accepted').length, speculation.accepted);
        assert.equal(row.rejected, origins.includes('replacement'));
      }
      assert.equal(run.rowOf(0), run.rows[0]);
    }),
    { numRuns: 60 },
  );
});

test('totals are those of the summary, and count what was tested and what was not', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ decoder, seed, gamma }) => {
      const { passes, tokens, promptLength, summary } = await record(decoder, seed, { gamma });
      const run = new RunPasses(promptLength);
      run.add(passes);
      const { totals } = run;
      assert.deepEqual(totals.speculation, summary.speculation);
      const drafts = passes.flatMap(({ speculation }) => speculation?.drafted ?? []);
      assert.equal(totals.tested, drafts.filter(({ verdict }) => verdict !== 'unread').length);
      assert.equal(totals.unread, drafts.filter(({ verdict }) => verdict === 'unread').length);
      assert.equal(totals.rejected, countOrigins(tokens).replacement);
      assert.equal(totals.speculation.accepted, countOrigins(tokens).accepted);
      assert.equal(
        totals.testedByPosition.reduce((sum, tested) => sum + tested, 0),
        totals.tested,
      );
      totals.testedByPosition.forEach((tested, place) => {
        const accepted = totals.speculation.acceptedByPosition[place] ?? 0;
        assert.ok(accepted <= tested);
        // What is tested next is what was accepted and had a next.
        assert.ok((totals.testedByPosition[place + 1] ?? 0) <= accepted);
      });
      assert.equal(
        totals.byTokens.reduce((sum, count) => sum + count, 0),
        run.rows.length,
      );
      assert.equal(
        totals.byTokens.reduce((sum, count, brought) => sum + count * brought, 0),
        tokens.length - promptLength - 1,
      );
    }),
    { numRuns: 60 },
  );
});

test('passes that stream in come to the same as all at once', async () => {
  const { passes, promptLength } = await record(speculative, 3, { gamma: 4 });
  const [whole, streamed] = [new RunPasses(promptLength), new RunPasses(promptLength)];
  whole.add(passes);
  for (let known = 0; known <= passes.length; known++) streamed.add(passes.slice(0, known));
  assert.deepEqual(streamed.rows, whole.rows);
  assert.deepEqual(streamed.totals, whole.totals);
});

test('what a second model wrote is a row a block, and no draft', async () => {
  for (const at of [0, 7]) {
    const { passes, tokens, promptLength } = await record(handOver, 5, { at, block: 8 });
    const run = new RunPasses(promptLength);
    run.add(passes);
    assert.equal(run.drafts, true);
    assert.equal(run.totals.speculation.passes, 0);
    assert.equal(run.rows.at(-1)?.end, tokens.length);
    for (const { start, end, pass } of run.rows) {
      const origins = new Set(tokens.slice(start, end).map(({ origin }) => origin));
      assert.deepEqual([...origins], [pass.draftMilliseconds === undefined ? 'sampled' : 'handed-over']);
    }
  }
});

test('a run without passes after the prompt has no rows', () => {
  const run = new RunPasses(4);
  run.add([{ type: 'pass', step: 0, cached: 0, fed: 4, writes: 4, milliseconds: 1 }]);
  assert.deepEqual(run.rows, []);
  assert.equal(run.rowOf(2), null);
  assert.equal(run.drafts, false);
  assert.equal(run.totals.speculation.acceptanceRate, null);
});
