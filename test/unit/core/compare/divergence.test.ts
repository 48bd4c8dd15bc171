import assert from 'node:assert/strict';
import test from 'node:test';
import { divergence, knownDistribution, type KnownDistribution } from '../../../../src/core/compare/divergence';
import { exactDivergence } from '../../../../src/core/compare/exact';
import { totalVariation } from '../../../../src/core/numeric/distance';
import { klDivergenceBits } from '../../../../src/core/numeric/entropy';
import { Random } from '../../../../src/core/numeric/random';
import { randomDistribution } from '../../../harness/decoding';

/** What a trace keeps of a distribution: its `kept` most probable tokens. */
function keptOf(p: readonly number[], kept: number): KnownDistribution {
  const top = p
    .map((probability, id) => ({ id, text: '', probability }))
    .sort((x, y) => y.probability - x.probability)
    .slice(0, kept);
  const { id, probability } = top[0]!;
  return knownDistribution({ probability, rank: 1, surprisal: 0, entropy: 0, top }, id, p.length);
}

const close = (found: number, wanted: number): void => assert.ok(Math.abs(found - wanted) < 1e-12, `${found}`);

test('whole distributions have their divergence and distance: ½, ¼, ¼ from ¼, ¼, ½', () => {
  const { klAtLeast, exact, tv } = divergence(keptOf([0.5, 0.25, 0.25], 3), keptOf([0.25, 0.25, 0.5], 3));
  // ½ log2 2 + 0 + ¼ log2 ½
  close(klAtLeast, 0.25);
  assert.equal(exact, true);
  close(tv.low, 0.25);
  close(tv.high, 0.25);
});

test('computed from whole distributions: the numbers themselves', () => {
  const { klAtLeast, exact, tv } = exactDivergence(Float64Array.of(0.5, 0.25, 0.25), Float64Array.of(0.25, 0.25, 0.5));
  close(klAtLeast, 0.25);
  assert.deepEqual([exact, tv], [true, { low: 0.25, high: 0.25 }]);
});

test('of the two most probable in four, the rest counts as one: golden bounds', () => {
  const p = keptOf([0.6, 0.2, 0.1, 0.1], 2);
  const q = keptOf([0.3, 0.4, 0.2, 0.1], 2);
  const { klAtLeast, exact, tv } = divergence(p, q);
  // 0.6 log2 2 + 0.2 log2 ½ + 0.2 log2(0.2/0.3)
  close(klAtLeast, 0.6 - 0.2 + 0.2 * Math.log2(0.2 / 0.3));
  assert.equal(exact, false);
  // Known overlap 0.3 + 0.2; of the others at most 0.2 more.
  close(tv.low, 0.3);
  close(tv.high, 0.5);
});

test('where no token is known in both, unknown mass of one lies on what the other knows', () => {
  const p: KnownDistribution = { known: new Map([[0, 0.9]]), outside: 0.1, cap: 0.9 };
  const q: KnownDistribution = { known: new Map([[1, 0.8]]), outside: 0.2, cap: 0.8 };
  const { klAtLeast, tv } = divergence(p, q);
  // 0.9 · 0.8 > 0.1 · 0.2: q's 0.2 stands on token 0 whole, p's 0.1 on token 1.
  close(klAtLeast, 0.9 * Math.log2(0.9 / 0.2) + 0.1 * Math.log2(0.1 / 0.8));
  close(tv.low, 1 - 0.3);
  close(tv.high, 1);
});

test('a token that the other rules out is infinitely far', () => {
  const { klAtLeast } = divergence(keptOf([0.5, 0.5], 2), { known: new Map([[0, 1]]), outside: 0, cap: 1 });
  assert.equal(klAtLeast, Infinity);
});

test('what is known never contradicts the whole: bounds hold for random distributions, and meet them where all is kept', () => {
  const random = Random.fromSeed(11);
  for (let round = 0; round < 2_000; round++) {
    const size = 2 + Math.floor(random.uniform() * 12);
    const [p, q] = [randomDistribution(random, size, 1 + 6 * random.uniform()), randomDistribution(random, size, 3)];
    const [keptP, keptQ] = [1 + Math.floor(random.uniform() * size), 1 + Math.floor(random.uniform() * size)];
    const found = divergence(keptOf(p, keptP), keptOf(q, keptQ));
    const [kl, tv] = [klDivergenceBits(p, q), totalVariation(p, q)];
    const what = `round ${round}: ${keptP} and ${keptQ} of ${size}`;
    assert.ok(found.klAtLeast <= kl + 1e-9, `${what}: ${found.klAtLeast} > ${kl}`);
    assert.ok(found.tv.low <= tv + 1e-9 && tv <= found.tv.high + 1e-9, `${what}: ${tv} not in ${found.tv.low}`);
    assert.ok(found.tv.low <= found.tv.high + 1e-12, what);
    if (!found.exact) continue;
    assert.ok(Math.abs(found.klAtLeast - kl) < 1e-9, what);
    assert.ok(found.tv.high - found.tv.low < 1e-9, what);
  }
});

test('a server that puts the chosen token beside its most probable ones bounds the others by these alone', () => {
  const judgement = {
    ...{ probability: 0.01, rank: 9, surprisal: 6.64, entropy: 1 },
    top: [
      { id: 4, text: 'x', probability: 0.5 },
      { id: 2, text: 'y', probability: 0.2 },
      { id: 7, text: 'z', probability: 0.01 },
    ],
  };
  const partial = { outside: 0.29, entropyAtMost: null, rankKnown: false };
  assert.equal(knownDistribution({ ...judgement, partial }, 7, 0).cap, 0.2);
  assert.equal(knownDistribution(judgement, 7, 0).cap, 0.01);
  // The chosen token alone says nothing of the others.
  assert.equal(knownDistribution({ ...judgement, top: [judgement.top[2]!], partial }, 7, 0).cap, 1);
});
