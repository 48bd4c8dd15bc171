import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { autoregressive } from '../../../../src/core/decode/autoregressive';
import type { DecodeFinish, DecodeRequest, DecodeStep } from '../../../../src/core/decode/decoder';
import { filterLogits } from '../../../../src/core/decode/filters';
import { DECODERS, findDecoder } from '../../../../src/core/decode/registry';
import { CausalTable, type CausalTableOptions } from '../../../../src/core/sequence/causal-table';
import { CoreError } from '../../../../src/core/errors';
import type { Sampling } from '../../../../src/core/decode/sampling';

const PLAIN: Sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 };
const GREEDY: Sampling = { ...PLAIN, temperature: 0 };

/** After a: mostly b; after b: c or a; after c: anything. */
const chain = (options: Partial<CausalTableOptions> = {}): CausalTable =>
  CausalTable.markov(3, 1, { '0': [0.1, 0.7, 0.2], '1': [0.4, 0, 0.6], '2': [0.3, 0.3, 0.4] }, options);

interface Run {
  readonly steps: DecodeStep[];
  readonly ids: number[];
  readonly finish: DecodeFinish;
}

async function run(model: CausalTable, request: Partial<DecodeRequest>): Promise<Run> {
  const steps: DecodeStep[] = [];
  const generator = autoregressive.decode(model, {
    prompt: [0],
    maxNewTokens: 8,
    endIds: [],
    sampling: PLAIN,
    signal: { aborted: false },
    ...request,
  });
  for (;;) {
    const next = await generator.next();
    if (next.done) return { steps, ids: steps.flatMap((s) => s.writes.map((t) => t.id)), finish: next.value };
    steps.push(next.value);
  }
}

test('greedy decoding takes the most probable token at every step', async () => {
  const { ids, finish } = await run(chain(), { sampling: GREEDY, maxNewTokens: 5 });
  assert.deepEqual(ids, [0, 1, 2, 2, 2, 2]);
  assert.equal(finish, 'length');
});

test('every token but the first carries the logits row that predicted it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      async (prompt, chunk, maxNewTokens) => {
        const { steps, ids } = await run(chain({ chunk }), { prompt, maxNewTokens });
        const writes = steps.flatMap((s) => s.writes);
        assert.deepEqual(ids.slice(0, prompt.length), prompt);
        assert.equal(ids.length, prompt.length + maxNewTokens);
        for (let i = 0; i < writes.length; i++) {
          const token = writes[i]!;
          assert.equal(token.origin, i < prompt.length ? 'prompt' : 'sampled');
          if (i === 0) assert.equal(token.row, null);
          else assert.deepEqual(token.row, await chain().extend([ids[i - 1]!]));
        }
        // Chunks of the prompt, then one token a pass; the last token is never fed.
        const fed = steps.map((s) => s.fed);
        assert.equal(
          fed.reduce((a, b) => a + b, 0),
          prompt.length + Math.max(0, maxNewTokens - 1),
        );
        assert.ok(fed.slice(0, -Math.max(1, maxNewTokens)).every((n) => n === chunk));
      },
    ),
  );
});

test('drawn tokens follow the filtered distribution (chi-squared, p > 0.001)', async () => {
  const p = [0.02, 0.3, 0.05, 0.25, 0.18, 0.2];
  const settings = { temperature: 0.8, topK: 5, topP: 0.9, minP: 0.05 };
  const model = CausalTable.markov(p.length, 0, { '': p }, { chunk: 1 });
  const expected = filterLogits(Float32Array.from(p, Math.log), settings).probabilities;
  const n = 20_000;
  const { ids } = await run(model, { sampling: { ...settings, seed: 11 }, maxNewTokens: n });
  const counts = new Array<number>(p.length).fill(0);
  for (const id of ids.slice(1)) counts[id]!++;
  let chi2 = 0;
  expected.forEach((q, id) => {
    if (q === 0) assert.equal(counts[id], 0, 'a token that was cut was drawn');
    else chi2 += (counts[id]! - n * q) ** 2 / (n * q);
  });
  assert.equal([...expected].filter((q) => q > 0).length, 4);
  assert.ok(chi2 < 16.27, `chi-squared ${chi2} of 3 degrees`);
});

test('a Markov chain is sampled as a chain: transitions follow each row', async () => {
  const n = 30_000;
  const { ids } = await run(chain(), { maxNewTokens: n, sampling: { ...PLAIN, seed: 5 } });
  const rows = [
    [0.1, 0.7, 0.2],
    [0.4, 0, 0.6],
    [0.3, 0.3, 0.4],
  ];
  const counts = rows.map(() => [0, 0, 0]);
  for (let i = 1; i < ids.length; i++) counts[ids[i - 1]!]![ids[i]!]!++;
  let chi2 = 0;
  counts.forEach((row, from) => {
    const total = row.reduce((a, b) => a + b, 0);
    row.forEach((count, to) => {
      const expected = total * rows[from]![to]!;
      if (expected === 0) assert.equal(count, 0);
      else chi2 += (count - expected) ** 2 / expected;
    });
  });
  assert.ok(chi2 < 20.52, `chi-squared ${chi2} of 5 degrees`);
});

test('a seed reproduces a run, whatever the chunks, and another seed gives another', async () => {
  const ids = async (seed: number, chunk: number): Promise<number[]> =>
    (await run(chain({ chunk }), { prompt: [0, 2, 1], maxNewTokens: 30, sampling: { ...PLAIN, seed } })).ids;
  assert.deepEqual(await ids(3, 1), await ids(3, 512));
  assert.notDeepEqual(await ids(3, 1), await ids(4, 1));
});

test('an end token is written and ends the run', async () => {
  const { ids, finish } = await run(chain(), { sampling: GREEDY, endIds: [2] });
  assert.deepEqual(ids, [0, 1, 2]);
  assert.equal(finish, 'end-of-text');
});

test('an end token within the prompt does not end it', async () => {
  const { ids, finish } = await run(chain(), { prompt: [2, 2, 0], endIds: [2], maxNewTokens: 1, sampling: GREEDY });
  assert.deepEqual([ids, finish], [[2, 2, 0, 1], 'length']);
});

test('no new tokens scores the prompt alone', async () => {
  const { steps, ids, finish } = await run(chain(), { prompt: [0, 1, 2], maxNewTokens: 0 });
  assert.deepEqual([steps.length, ids, finish], [1, [0, 1, 2], 'length']);
});

test('a sequence that fills the context ends there', async () => {
  const model = chain({ contextLength: 4 });
  const { ids, finish } = await run(model, { sampling: GREEDY, prompt: [0, 1], maxNewTokens: 50 });
  assert.deepEqual([ids.length, finish], [4, 'context-full']);
  const full = await run(model, { prompt: [0, 1, 2, 0], maxNewTokens: 5 });
  assert.deepEqual([full.ids, full.finish], [[0, 1, 2, 0], 'context-full']);
});

test('a signal stops between passes, and what was written stands', async () => {
  const signal = { aborted: false };
  const generator = autoregressive.decode(chain(), {
    prompt: [0],
    maxNewTokens: 100,
    endIds: [],
    sampling: GREEDY,
    signal,
  });
  const first = await generator.next();
  assert.equal(first.done, false);
  signal.aborted = true;
  assert.deepEqual(await generator.next(), { done: true, value: 'cancelled' });
});

test('times are those of the given clock', async () => {
  let now = 0;
  const { steps } = await run(chain(), { maxNewTokens: 2, clock: () => (now += 5) });
  assert.deepEqual(
    steps.map((s) => s.milliseconds),
    [5, 5],
  );
});

test('what the target held before is forgotten', async () => {
  const model = chain();
  await model.extend([2, 2, 2]);
  assert.deepEqual((await run(model, { sampling: GREEDY })).ids, (await run(chain(), { sampling: GREEDY })).ids);
});

test('requests that cannot be decoded are refused before the first pass', async () => {
  const wrong: Partial<DecodeRequest>[] = [
    { prompt: [] },
    { prompt: [0, 3] },
    { prompt: [-1] },
    { prompt: [0.5] },
    { prompt: [0, 0, 0, 0, 0] },
    { maxNewTokens: -1 },
    { maxNewTokens: NaN },
    { sampling: { ...PLAIN, topP: 2 } },
  ];
  for (const request of wrong) {
    const model = chain({ contextLength: 4 });
    await assert.rejects(run(model, request), (error) => error instanceof CoreError);
    assert.equal(model.passes, 0);
  }
});

test('rolling back and going on equals never having gone there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 8 }),
      async (kept, detour) => {
        const table = { '0,1': [0.1, 0.2, 0.7], '1,1': [0.8, 0.1, 0.1] };
        const [a, b] = [CausalTable.markov(3, 2, table), CausalTable.markov(3, 2, table)];
        await a.extend(kept);
        await a.extend(detour);
        a.rollback(kept.length);
        await b.extend(kept);
        assert.equal(a.length, kept.length);
        assert.deepEqual(await a.extend([1, 1]), await b.extend([1, 1]));
      },
    ),
  );
});

test('a table model refuses what the contract says it refuses, its length unchanged', async () => {
  const model = chain({ contextLength: 3 });
  await model.extend([0, 1]);
  await assert.rejects(model.extend([]), CoreError);
  await assert.rejects(model.extend([1, 1]), CoreError);
  assert.throws(() => model.rollback(3), CoreError);
  assert.equal(model.length, 2);
});

test('decoders are found by name', () => {
  assert.equal(findDecoder('autoregressive'), autoregressive);
  assert.equal(findDecoder('toString'), undefined);
  assert.equal(new Set(DECODERS.map((d) => d.name)).size, DECODERS.length);
});
