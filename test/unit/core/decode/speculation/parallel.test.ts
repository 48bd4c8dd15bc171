import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { autoregressive } from '../../../../../src/core/decode/autoregressive';
import type { DecodeRequest, DecodeStep, LifeTask } from '../../../../../src/core/decode/decoder';
import { jacobi } from '../../../../../src/core/decode/jacobi';
import { lookahead } from '../../../../../src/core/decode/lookahead';
import { speculativeJacobi } from '../../../../../src/core/decode/speculative-jacobi';
import { NgramPool } from '../../../../../src/core/decode/speculation/ngram-pool';
import { REFRESHES, refreshOf } from '../../../../../src/core/decode/speculation/refresh';
import { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { totalVariation } from '../../../../../src/core/numeric/distance';
import { Random } from '../../../../../src/core/numeric/random';
import { decodeAll, GREEDY, PLAIN, randomChain, randomDistribution } from '../../../../harness/decoding';

// How the decoders that guess many places at once go about it. That they are exact is in parallelExactness.test.ts.

/** The next token is a sum of all before it: a wrong guess misleads every place after it. */
const sums = (size: number, options = {}): CausalTable =>
  new CausalTable({
    ...options,
    vocabularySize: size,
    distribution: (context) => {
      const next = (context.reduce((sum, id, i) => sum + id * (i + 1), 1) * 7) % size;
      return Array.from({ length: size }, (_, id) => (id === next ? 0.9 : 0.1 / (size - 1)));
    },
  });

const draftsOf = (steps: readonly DecodeStep[]) => steps.flatMap(({ speculation }) => speculation ?? []);
const sourcesOf = (steps: readonly DecodeStep[]) =>
  draftsOf(steps).map(({ drafted }) => drafted.map(({ source }) => source));

test('Jacobi: a window of n guesses is decided in n passes at most, whatever the model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), fc.integer({ min: 2, max: 9 }), fc.boolean(), async (seed, window, isGreedy) => {
      const { steps } = await decodeAll(jacobi, seed % 2 === 0 ? sums(5) : randomChain(5, { seed }), {
        maxNewTokens: 40,
        sampling: isGreedy ? GREEDY : { ...PLAIN, seed },
        options: { window, initial: 'random' },
      });
      // A window begins with guesses that are all first ones, and shrinks until none is left.
      let passes = 0;
      for (const sources of sourcesOf(steps)) {
        const isNew = sources.every((source) => source === 'initial');
        assert.ok(isNew || sources.every((source) => source === 'previous-pass'));
        passes = isNew ? 1 : passes + 1;
        assert.ok(passes <= window - 1);
      }
    }),
    { numRuns: 60 },
  );
});

test('Jacobi: where a token does not depend on those before it, one pass makes all guesses right', async () => {
  const places = new CausalTable({
    vocabularySize: 4,
    distribution: (context) => [0, 1, 2, 3].map((id) => (id === (context.length * 3) % 4 ? 0.97 : 0.01)),
  });
  const { steps, ids } = await decodeAll(jacobi, places, {
    maxNewTokens: 21,
    sampling: GREEDY,
    options: { window: 11, initial: 'repeat' },
  });
  assert.deepEqual(
    ids,
    Array.from({ length: 22 }, (_, i) => (i === 0 ? 0 : (i * 3) % 4)),
  );
  // After the prompt's pass: a window with wrong guesses, then the same places right.
  assert.ok(steps.length <= 5, `${steps.length} passes`);
});

test('Jacobi at a temperature: the draw of a place is the same in every pass, told as r < p', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const target = randomChain(5, { seed, peak: 4 });
    const request = { maxNewTokens: 20, sampling: { ...PLAIN, seed } };
    const { steps } = await decodeAll(jacobi, target, { ...request, options: { window: 6, initial: 'random' } });
    for (const { drafted, residual } of draftsOf(steps)) {
      for (const { r, p, ratio, q, verdict, tv } of drafted) {
        if (verdict === 'unread') continue;
        assert.deepEqual([q, ratio, tv], [1, p, 1 - p!]);
        assert.ok(r! >= 0 && r! < 1);
        assert.equal(verdict, r! < ratio! ? 'accepted' : 'rejected');
      }
      const rejected = drafted.find(({ verdict }) => verdict === 'rejected');
      assert.equal(residual === null, rejected === undefined);
      if (rejected && residual) assert.ok(Math.abs(residual.mass - (1 - rejected.p!)) < 1e-12);
    }
  }
});

test('Speculative Jacobi: a guess is judged against the distribution that the pass before gave its place', async () => {
  for (const refresh of REFRESHES) {
    const { steps, ids } = await decodeAll(speculativeJacobi, randomChain(6, { seed: 4 }), {
      maxNewTokens: 60,
      sampling: { ...PLAIN, seed: 11 },
      options: { window: 5, initial: 'random', refresh },
    });
    const chain = randomChain(6, { seed: 4 });
    let before: { start: number; fed: number[] } | null = null;
    let checked = 0;
    for (const { speculation } of steps) {
      if (!speculation) continue;
      const { start, drafted } = speculation;
      for (const [i, { id, q, source }] of drafted.entries()) {
        if (source === 'initial') assert.equal(q, 1);
        else {
          assert.equal(source, 'previous-pass');
          // Row j of the pass before is that of the token after its j-th.
          const fed: number = before!.fed[start + i - before!.start]!;
          chain.rollback(0);
          const logits = await chain.extend([fed]);
          assert.ok(Math.abs(Math.exp(logits[id]!) - q) < 1e-6, `${refresh}: q ${q}`);
          checked++;
        }
      }
      before = { start, fed: [ids[start - 1]!, ...drafted.map(({ id }) => id)] };
    }
    assert.ok(checked > 20);
  }
});

test('Speculative Jacobi: the window is always filled up, with first guesses behind those of the pass before', async () => {
  const { steps } = await decodeAll(speculativeJacobi, randomChain(6, { seed: 4 }), {
    maxNewTokens: 60,
    sampling: { ...PLAIN, seed: 1 },
    options: { window: 8, initial: 'repeat' },
  });
  const sources = sourcesOf(steps);
  assert.ok(sources.slice(0, -6).every((drafted) => drafted.length === 7));
  for (const drafted of sources) assert.deepEqual(drafted, [...drafted].sort().reverse(), String(drafted));
  assert.ok(steps.slice(1).every(({ fed }) => fed <= 8));
});

test('first guesses: the token to the left, what the model says there, the cells of the grid', async () => {
  const first = async (initial: string, aids = {}) => {
    const { steps, ids } = await decodeAll(speculativeJacobi, sums(5), {
      prompt: [3, 1],
      maxNewTokens: 9,
      sampling: GREEDY,
      options: { window: 4, initial },
      aids,
    });
    return { drafted: draftsOf(steps)[0]!.drafted, sampled: ids[2]! };
  };
  const repeat = await first('repeat');
  assert.deepEqual(
    repeat.drafted.map(({ id }) => id),
    [repeat.sampled, repeat.sampled, repeat.sampled],
  );
  const sample = await first('sample');
  assert.ok(sample.drafted.every(({ id, source }) => id === sample.sampled && source === 'initial'));
  const life: LifeTask = {
    grid: { width: 3, height: 2, topology: 'torus', rule: 'B3/S23', prompt: '', answer: '' },
    cells: Uint8Array.of(0, 1, 1, 0, 1, 0),
    answered: 1,
    answer: (cells) => [4, ...cells],
  };
  for (const initial of ['previous-grid', 'automatic']) {
    const { drafted } = await first(initial, { life });
    // The first generated token is the answer's second; the draft begins with its third.
    assert.deepEqual(
      drafted.map(({ id, source }) => [id, source]),
      [
        [1, 'grid'],
        [1, 'grid'],
        [0, 'grid'],
      ],
    );
  }
  assert.deepEqual((await first('automatic')).drafted, repeat.drafted);
});

test('guesses from a grid are refused in one sentence where there is none, before the first pass', async () => {
  for (const decoder of [jacobi, lookahead, speculativeJacobi]) {
    const model = sums(5);
    await assert.rejects(
      decodeAll(decoder, model, { options: { initial: 'previous-grid' } }),
      /previous grid need a prompt that asks a Life model for the next grid: choose another "initial"/,
    );
    assert.equal(model.passes, 0);
  }
});

test('the window of a grid is its answer, that of anything else 16 tokens', async () => {
  const cells = Uint8Array.from({ length: 49 }, (_, i) => i % 2);
  const life: LifeTask = {
    grid: { width: 7, height: 7, topology: 'torus', rule: 'B3/S23', prompt: '', answer: '' },
    cells,
    answered: 0,
    answer: (grid) => [...grid],
  };
  for (const [aids, drafted] of [
    [{ life }, 48],
    [{}, 15],
  ] as const) {
    const { steps } = await decodeAll(speculativeJacobi, sums(5), { maxNewTokens: 80, sampling: GREEDY, aids });
    assert.equal(draftsOf(steps)[0]!.drafted.length, drafted);
  }
});

test('a window that is larger than what is left of the text, of the context or of a pass is cut', async () => {
  for (const decoder of [jacobi, lookahead, speculativeJacobi]) {
    const run = (request: Partial<DecodeRequest>, options = {}) =>
      decodeAll(decoder, sums(5, options), { sampling: GREEDY, options: { window: 100 }, ...request });
    const plain = await decodeAll(autoregressive, sums(5), { sampling: GREEDY, maxNewTokens: 30 });
    const short = await run({ maxNewTokens: 30 });
    assert.deepEqual(short.ids, plain.ids);
    assert.ok(short.steps.every(({ cached, fed }) => cached + fed <= 30));
    const full = await run({ maxNewTokens: 99 }, { contextLength: 17 });
    assert.deepEqual([full.ids, full.finish], [plain.ids.slice(0, 17), 'context-full']);
    const narrow = await run({ maxNewTokens: 30 }, { chunk: 4 });
    assert.deepEqual(narrow.ids, plain.ids);
    assert.ok(narrow.steps.every(({ fed }) => fed <= 4));
  }
});

test('a guess that ends the text early cuts the pass there, and what the model says instead stands', async () => {
  let cut = 0;
  for (const decoder of [jacobi, lookahead, speculativeJacobi]) {
    for (let seed = 0; seed < 60; seed++) {
      const request = { maxNewTokens: 24, endIds: [2], sampling: GREEDY, options: { window: 6, initial: 'random' } };
      const seeded = { ...request, sampling: { ...GREEDY, seed } };
      const { options: _, ...alone } = seeded;
      const plain = await decodeAll(autoregressive, randomChain(6, { seed }), alone);
      const own = await decodeAll(decoder, randomChain(6, { seed }), seeded);
      assert.deepEqual([own.ids, own.finish], [plain.ids, plain.finish]);
      for (const { drafted, next } of draftsOf(own.steps)) {
        const end = drafted.findIndex(({ id }) => id === 2);
        if (end < 0) continue;
        assert.equal(end, drafted.length - 1);
        if (drafted[end]!.verdict === 'accepted') assert.equal(next, null);
        else cut++;
      }
    }
  }
  assert.ok(cut > 10);
});

test('a coupled refresh leaves p as it is and changes as few guesses as it can', () => {
  const random = Random.fromSeed(3);
  for (let trial = 0; trial < 4; trial++) {
    const [p, q] = [1, 2].map(() => Float64Array.from(randomDistribution(random, 6))) as [Float64Array, Float64Array];
    const tv = totalVariation(p, q);
    const row = Float32Array.from(p, Math.log);
    const old = Float32Array.from(q, Math.log);
    const samples = 30_000;
    const kept: Record<string, number> = {};
    for (const kind of REFRESHES) {
      const counts = new Float64Array(6);
      let same = 0;
      for (let seed = 0; seed < samples; seed++) {
        const own = Random.ofStream(seed, 77);
        const refresh = refreshOf(kind, { ...PLAIN, seed }, own);
        const before = refresh(old, 5, undefined);
        const after = refresh(row, 5, before);
        counts[after.id]!++;
        if (after.id === before.id) same++;
      }
      counts.forEach((count, id) => {
        const deviation = Math.sqrt((p[id]! * (1 - p[id]!)) / samples);
        assert.ok(Math.abs(count / samples - p[id]!) < 5 * deviation, `${kind}: token ${id}`);
      });
      kept[kind] = same / samples;
    }
    const slack = 0.02;
    // Maximal: 1 − TV. Gumbel: between (1 − TV) / (1 + TV) and that. Independent: Σ p q.
    assert.ok(Math.abs(kept['maximal-coupling']! - (1 - tv)) < slack);
    assert.ok(kept['gumbel']! < 1 - tv + slack && kept['gumbel']! > (1 - tv) / (1 + tv) - slack);
    const chance = p.reduce((sum, value, id) => sum + value * q[id]!, 0);
    assert.ok(Math.abs(kept['independent']! - chance) < slack);
  }
});

test('coupling takes fewer passes: 5 tokens, 64 long, a window of 16', async () => {
  const passes: Record<string, number> = {};
  for (const refresh of REFRESHES) {
    let sum = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { steps } = await decodeAll(speculativeJacobi, randomChain(5, { seed: 1 + (seed % 4) }), {
        maxNewTokens: 64,
        sampling: { ...PLAIN, seed },
        options: { window: 16, initial: 'random', refresh },
      });
      sum += steps.length;
    }
    passes[refresh] = sum / 60;
  }
  // The reference: 23.1 and 15.0, on chains of its own.
  const { independent, gumbel, 'maximal-coupling': maximal } = passes as Record<(typeof REFRESHES)[number], number>;
  assert.ok(independent < 32 && maximal < 0.8 * independent && gumbel < 0.8 * independent, JSON.stringify(passes));
});

test('the pool keeps the newest n-grams of each first token, each once', () => {
  const pool = new NgramPool(2);
  pool.add(1, [2, 3]);
  pool.add(1, [4, 5]);
  pool.add(1, [2, 3]);
  pool.add(7, [0, 0]);
  assert.deepEqual(pool.find(1), [
    [4, 5],
    [2, 3],
  ]);
  pool.add(1, [6, 6]);
  assert.deepEqual(pool.find(1), [
    [2, 3],
    [6, 6],
  ]);
  assert.deepEqual(pool.find(3), []);
});

test('Lookahead drafts n-grams of the sequence and of its own window; without the first it still finds the second', async () => {
  const cycle = (): CausalTable =>
    CausalTable.markov(
      5,
      1,
      Object.fromEntries(
        [0, 1, 2, 3, 4].map((id) => [id, [0, 1, 2, 3, 4].map((to) => (to === (id + 1) % 5 ? 0.96 : 0.01))]),
      ),
    );
  const run = async (fromSequence: boolean) => {
    const { ids, steps } = await decodeAll(lookahead, cycle(), {
      maxNewTokens: 60,
      sampling: GREEDY,
      options: { window: 6, ngram: 4, 'from-sequence': fromSequence },
    });
    assert.deepEqual(
      ids,
      Array.from({ length: 61 }, (_, i) => i % 5),
    );
    return { steps, sources: sourcesOf(steps).flat() };
  };
  const [both, window] = [await run(true), await run(false)];
  for (const { steps, sources } of [both, window]) {
    assert.ok(sources.includes('pool') && sources.includes('previous-pass'));
    assert.ok(steps.length < 30, `${steps.length} passes`);
    // The n-gram stands first in a draft, and is judged first.
    for (const drafted of sourcesOf(steps)) {
      const pooled = drafted.filter((source) => source === 'pool').length;
      assert.ok(pooled <= 3 && drafted.slice(0, pooled).every((source) => source === 'pool'));
    }
  }
});
