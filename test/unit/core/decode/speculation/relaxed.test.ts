import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { EmbeddingMatrix } from '../../../../../src/core/decode/decoder';
import { lantern } from '../../../../../src/core/decode/lantern';
import { LanternRule, type LanternBudget } from '../../../../../src/core/decode/speculation/lantern-rule';
import { Neighbours } from '../../../../../src/core/decode/speculation/neighbours';
import { draftDistance, exactRule, type AcceptanceRule } from '../../../../../src/core/decode/speculation/rule';
import { TypicalRule } from '../../../../../src/core/decode/speculation/typical-rule';
import { verifyDraft } from '../../../../../src/core/decode/speculation/verify';
import { speculative } from '../../../../../src/core/decode/speculative';
import { totalVariation } from '../../../../../src/core/numeric/distance';
import { Random } from '../../../../../src/core/numeric/random';
import { chiSquared } from '../../../../harness/chiSquared';
import { decodeAll, GREEDY, PLAIN, randomChain, randomDistribution } from '../../../../harness/decoding';

function embeddings(rows: number, seed: number, width = 4): EmbeddingMatrix {
  const random = Random.fromSeed(seed);
  return { rows, width, values: Float32Array.from({ length: rows * width }, () => random.uniform() - 0.5) };
}
const rule = (matrix: EmbeddingMatrix, k: number, budget: LanternBudget): LanternRule =>
  new LanternRule(new Neighbours(matrix, k + 1), k, budget);
const logits = (p: ArrayLike<number>): Float32Array => Float32Array.from(p, Math.log);
const at = (p: Float64Array) => ({ p, row: logits(p), greedy: false });
/** Tokens on a line: their places are their embeddings. */
const line = (...places: number[]): EmbeddingMatrix => ({
  rows: places.length,
  width: 1,
  values: Float32Array.from(places),
});
/** A Dirichlet(1) draw: uniform over all distributions. */
const dirichlet = (random: Random, size: number): Float64Array => {
  const weights = Float64Array.from({ length: size }, () => -Math.log(1 - random.uniform()));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test('neighbours are the others by distance of their embeddings, equals in order of id', () => {
  const neighbours = new Neighbours(line(0, 5, 1, -1, 2), 9);
  assert.deepEqual([...neighbours.of(0)], [2, 3, 4, 1]);
  assert.deepEqual([...new Neighbours(line(0, 5, 1, -1, 2), 2).of(1)], [4, 2]);
});

test('LANTERN borrows from the nearest tokens in order, as long as the budget lasts', () => {
  const p = Float64Array.of(0.1, 0.2, 0.3, 0.4);
  const q = Float64Array.of(0.7, 0.1, 0.1, 0.1);
  const ruling = (k: number, delta: number) => rule(line(0, 1, 2, 3), k, { delta }).judge(at(p), 0, q);
  const near = (actual: number, expected: number): void =>
    assert.ok(Math.abs(actual - expected) < 1e-12, String(actual));
  near(ruling(3, 0.2).borrowed!, 0.2);
  near(ruling(3, 0.2).ratio, 0.3 / 0.7);
  near(ruling(3, 0.1999).borrowed!, 0);
  near(ruling(3, 0.5).borrowed!, 0.5);
  near(ruling(1, 0.5).borrowed!, 0.2);
  near(ruling(3, 1).borrowed!, 0.9);
  // LANTERN++: at most (λ − 1) p(x) = 0.2.
  near(rule(line(0, 1, 2, 3), 3, { lambda: 3 }).judge(at(p), 0, q).borrowed!, 0.2);
  near(rule(line(0, 1, 2, 3), 3, { lambda: 2.9 }).judge(at(p), 0, q).borrowed!, 0);
});

test('after a rejection the draft’s probability of the k + 1 nearest does not count, where something was borrowed', () => {
  const p = Float64Array.of(0.1, 0.2, 0.3, 0.4);
  const q = Float64Array.of(0.7, 0.1, 0.1, 0.1);
  const residual = (k: number, delta: number, drafted: Float64Array | null) =>
    [...rule(line(0, 1, 2, 3), k, { delta }).residual(at(p), 0, drafted).probabilities].map((x) =>
      Number(x.toFixed(9)),
    );
  // Of tokens 1 and 2 all of p counts: 0, 0.2, 0.3, 0.3 of 0.8.
  assert.deepEqual(residual(1, 0.2, q), [0, 0.25, 0.375, 0.375]);
  // Nothing borrowed: max(0, p − q) = 0, 0.1, 0.2, 0.3 of 0.6.
  assert.deepEqual(residual(1, 0.1, q), [0, 0.166666667, 0.333333333, 0.5]);
  // A token drafted for certain is replaced from p without it and its neighbours, as far as that leaves any.
  assert.deepEqual(residual(1, 0.2, null), [0, 0, 0, 1]);
  assert.deepEqual(residual(1, 0.1, null), [0, 0.222222222, 0.333333333, 0.444444444]);
  assert.deepEqual(residual(3, 0.5, null), [0, 0.222222222, 0.333333333, 0.444444444]);
});

test('with delta 0, no neighbours or lambda 1 LANTERN is speculative sampling, token by token', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), fc.boolean(), async (seed, isGreedy) => {
      const sampling = isGreedy ? GREEDY : { ...PLAIN, seed };
      const run = async (decoder: typeof lantern, options = {}) => {
        const draft = randomChain(6, { seed: seed + 1 });
        const aids = { draft, embeddings: embeddings(6, seed) };
        return (await decodeAll(decoder, randomChain(6, { seed }), { maxNewTokens: 20, sampling, options, aids })).ids;
      };
      const expected = await run(speculative);
      assert.deepEqual(await run(lantern, { delta: 0 }), expected);
      assert.deepEqual(await run(lantern, { neighbours: 0, delta: 0.9 }), expected);
      assert.deepEqual(await run(lantern, { variant: 'lantern++', lambda: 1 }), expected);
    }),
    { numRuns: 40 },
  );
});

test('acceptance grows with delta, with k and with lambda', () => {
  const random = Random.fromSeed(4);
  for (let round = 0; round < 50; round++) {
    const [p, q] = [dirichlet(random, 12), dirichlet(random, 12)];
    const matrix = embeddings(12, round);
    const acceptance = (k: number, budget: LanternBudget): number => {
      const relaxed = rule(matrix, k, budget);
      return q.reduce((sum, weight, id) => sum + weight * Math.min(1, relaxed.judge(at(p), id, q).ratio), 0);
    };
    const rises = (values: readonly number[]): void =>
      values.forEach((value, i) => assert.ok(i === 0 || value >= values[i - 1]! - 1e-12));
    rises([0, 0.05, 0.1, 0.2, 0.4, 1].map((delta) => acceptance(11, { delta })));
    rises([0, 1, 2, 4, 8, 11].map((k) => acceptance(k, { delta: 0.2 })));
    rises([1, 2, 5, 10].map((lambda) => acceptance(5, { lambda })));
    assert.ok(Math.abs(acceptance(0, { delta: 1 }) - (1 - totalVariation(p, q))) < 1e-12);
  }
});

test('delta bounds what a token borrows and not how far the output is from p', () => {
  // Flat distributions: nearly everything is accepted, so the output is the draft's and not the model's.
  const random = Random.fromSeed(1);
  const rounds = Array.from({ length: 5 }, (_, round) => {
    const [p, q] = [dirichlet(random, 256), dirichlet(random, 256)];
    const relaxed = rule(embeddings(256, round), 10, { delta: 0.05 });
    const accepted = q.reduce((sum, weight, id) => sum + weight * Math.min(1, relaxed.judge(at(p), id, q).ratio), 0);
    return { exact: 1 - totalVariation(p, q), accepted, output: relaxed.outputTv(at(p), 0, q)! };
  });
  const [exact, accepted, output] = (['exact', 'accepted', 'output'] as const).map((key) =>
    mean(rounds.map((r) => r[key])),
  );
  assert.ok(exact! > 0.46 && exact! < 0.55, `exact ${exact}`);
  assert.ok(accepted! > 0.98, `accepted ${accepted}`);
  assert.ok(output! > 0.44 && output! < 0.54, `output ${output}`);
});

test('over 12 tokens the output moves away from p as delta grows', () => {
  const random = Random.fromSeed(2);
  const pairs = Array.from({ length: 200 }, () => [dirichlet(random, 12), dirichlet(random, 12)] as const);
  const moved = (delta: number): number =>
    mean(pairs.map(([p, q], i) => rule(embeddings(12, i), 11, { delta }).outputTv(at(p), 0, q)!));
  const distances = [0, 0.05, 0.1, 0.2, 0.4].map(moved);
  assert.ok(distances[0]! < 1e-12);
  for (let i = 1; i < distances.length; i++) assert.ok(distances[i]! > distances[i - 1]!);
  // Every one of them above its delta but the smallest: the trap.
  assert.ok(distances[2]! > 0.1 && distances[3]! > 0.2, String(distances));
});

const RULES: readonly (readonly [string, (seed: number) => AcceptanceRule & { emitted: LanternRule['emitted'] }])[] = [
  ['LANTERN', (seed) => rule(embeddings(8, seed), 4, { delta: 0.25 })],
  ['LANTERN++', (seed) => rule(embeddings(8, seed), 5, { lambda: 3 })],
  ['typical acceptance', () => new TypicalRule(0.09, 0.3)],
];
for (const [name, make] of RULES) {
  test(`${name}: what is emitted follows the closed form (chi-squared), and its distance is that of the trace`, () => {
    for (const seed of [1, 2, 3]) {
      const random = Random.fromSeed(seed);
      const p = Float64Array.from(randomDistribution(random, 8, 4));
      const q = Float64Array.from(randomDistribution(random, 8, 4));
      const relaxed = make(seed);
      const certain = seed === 3;
      const row = logits(p);
      const counts = new Map<string, number>();
      let told: number | null | undefined;
      for (let n = 0; n < 20_000; n++) {
        let id = 0;
        if (!certain) for (let u = random.uniform(); id < 7 && (u -= q[id]!) >= 0;) id++;
        const { accepted, next, drafted } = verifyDraft({
          start: 0,
          drafted: [{ id, q: certain ? null : q, source: 'draft-model' }],
          row: () => row,
          sampling: PLAIN,
          rule: relaxed,
          random,
          endIds: new Set(),
        });
        const emitted = String(accepted === 1 ? id : next!.id);
        counts.set(emitted, (counts.get(emitted) ?? 0) + 1);
        told = drafted[0]!.outputTv;
      }
      const expected = relaxed.emitted(p, 0, certain ? null : q)!;
      assert.ok(Math.abs(expected.reduce((a, b) => a + b) - 1) < 1e-9);
      const cells = new Map([...expected].flatMap((share, id) => (share > 0 ? [[String(id), share] as const] : [])));
      const probability = chiSquared(counts, cells);
      assert.ok(probability > 0.001, `p ${probability}`);
      assert.ok(Math.abs(told! - totalVariation(expected, p)) < 1e-6);
    }
  });
}

test('greedily LANTERN accepts where p and what is borrowed is the largest', () => {
  const row = logits([0.4, 0.35, 0.25]);
  const judge = (delta: number, id: number) =>
    rule(line(0, 2, 3), 2, { delta }).judge({ p: Float64Array.of(1, 0, 0), row, greedy: true }, id, null);
  assert.equal(judge(0.1, 0).decided, true);
  assert.equal(judge(0.1, 1).decided, false);
  const relaxed = judge(0.3, 1);
  assert.equal(relaxed.decided, true);
  assert.ok(Math.abs(relaxed.borrowed! - 0.25) < 1e-6 && Math.abs(relaxed.p - 0.35) < 1e-6);
  const position = { p: Float64Array.of(1, 0, 0), row, greedy: true };
  assert.deepEqual(
    [0, 1, 2].map((id) => rule(line(0, 2, 3), 2, { delta: 0.3 }).outputTv(position, id, null)),
    [0, 1, 0],
  );
});

test('typical acceptance: thresholds of Medusa’s defaults', () => {
  const typical = new TypicalRule(0.09, 0.3);
  assert.equal(typical.threshold(Float64Array.of(0.9, 0.05, 0.05)).toFixed(4), '0.0900');
  assert.equal(typical.threshold(Float64Array.of(0.4, 0.3, 0.3)).toFixed(4), '0.0900');
  assert.equal(typical.threshold(Float64Array.of(0.25, 0.25, 0.25, 0.25)).toFixed(4), '0.0750');
});

test('typical acceptance draws nothing: a token is in or out by its probability; its place is filled from p', () => {
  const p = Float64Array.of(0.9, 0.05, 0.05);
  const typical = new TypicalRule(0.09, 0.3);
  const [taken, left] = [typical.judge(at(p), 0, null), typical.judge(at(p), 1, null)];
  assert.deepEqual([taken.decided, left.decided], [true, false]);
  assert.equal(left.threshold, 0.09);
  assert.ok(taken.ratio > 1 && left.ratio < 1);
  assert.equal(typical.residual(at(p)).probabilities, p);
  // At temperature 0 it is exact.
  const greedy = { p: Float64Array.of(1, 0, 0), row: logits(p), greedy: true };
  assert.deepEqual(
    [0, 1].map((id) => [typical.judge(greedy, id, null).decided, typical.outputTv(greedy, id, null)]),
    [
      [true, 0],
      [false, 0],
    ],
  );
});

test('the closed form is the sum over what may be drafted, each token with its own residual', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(9), fc.integer({ min: 0, max: 9 }), (seed, k, peak) => {
      const random = Random.fromSeed(seed);
      const p = Float64Array.from(randomDistribution(random, 10, peak));
      // Filters cut tokens from the draft.
      const kept = randomDistribution(random, 10, peak).map((value, id) => (id % 3 === seed % 3 ? 0 : value));
      const sum = kept.reduce((a, b) => a + b);
      const q = Float64Array.from(kept, (value) => value / sum);
      const relaxed = rule(embeddings(10, seed), k, { delta: 0.3 });
      const out = new Float64Array(10);
      q.forEach((weight, x) => {
        if (weight === 0) return;
        const accepted = Math.min(1, relaxed.judge(at(p), x, q).ratio);
        out[x] = out[x]! + weight * accepted;
        const { probabilities } = relaxed.residual(at(p), x, q);
        probabilities.forEach((share, y) => (out[y] = out[y]! + weight * (1 - accepted) * share));
      });
      relaxed.emitted(p, 0, q)!.forEach((value, y) => assert.ok(Math.abs(value - out[y]!) < 1e-12));
    }),
  );
});

test('where the closed form would take too long it is left out, not guessed', () => {
  const size = 3000;
  const p = new Float64Array(size).fill(1 / size);
  const matrix = line(...Array.from({ length: size }, (_, i) => i));
  assert.equal(rule(matrix, 2500, { delta: 0.1 }).outputTv(at(p), 0, p), null);
  assert.equal(typeof rule(matrix, 2500, { delta: 0.1 }).outputTv(at(p), 0, null), 'number');
  assert.equal(rule(embeddings(size, 1, 120), 2, { delta: 0.1 }).outputTv(at(p), 0, p), null);
});

test('the exact rule agrees with itself: relaxing nothing changes nothing', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(7), (seed, id) => {
      const random = Random.fromSeed(seed);
      const [p, q] = [dirichlet(random, 8), dirichlet(random, 8)];
      const relaxed = rule(embeddings(8, seed), 7, { delta: 0 });
      assert.equal(relaxed.judge(at(p), id, q).ratio, exactRule.judge(at(p), id, q).ratio);
      assert.deepEqual(relaxed.residual(at(p), id, q), exactRule.residual(at(p), id, q));
      assert.ok(relaxed.outputTv(at(p), id, q)! < 1e-12 && draftDistance(p, id, q) > 0);
    }),
  );
});
