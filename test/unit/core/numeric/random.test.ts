import assert from 'node:assert/strict';
import test from 'node:test';
import { Random, splitMix64 } from '../../../../src/core/numeric/random';

const take = <T>(n: number, next: () => T): T[] => Array.from({ length: n }, next);

test('xoshiro128** 1.1 from state 1, 2, 3, 4 gives the numbers of its reference code', () => {
  // The test vector of rust-random's rand_xoshiro, made with xoshiro128starstar.c.
  const random = Random.fromState([1, 2, 3, 4]);
  assert.deepEqual(
    take(10, () => random.uint32()),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
  );
});

test('SplitMix64 of 1234567 gives the published numbers', () => {
  // Rosetta Code, "Pseudo-random numbers/Splitmix64".
  assert.deepEqual(take(5, splitMix64(1234567n)), [
    6457827717110365317n,
    3203168211198807973n,
    9817491932198370423n,
    4593380528125082431n,
    16408922859458223821n,
  ]);
});

test('a seed fills the state with the halves of two SplitMix64 outputs, low half first', () => {
  const [x, y] = take(2, splitMix64(7n)) as [bigint, bigint];
  const state = [x & 0xffffffffn, x >> 32n, y & 0xffffffffn, y >> 32n].map(Number) as [number, number, number, number];
  const [a, b] = [Random.fromSeed(7), Random.fromState(state)];
  assert.deepEqual(
    take(20, () => a.uint32()),
    take(20, () => b.uint32()),
  );
});

test('equal seeds give equal draws, other seeds other draws', () => {
  const draws = (seed: number): number[] => {
    const random = Random.fromSeed(seed);
    return take(8, () => random.uniform());
  };
  assert.deepEqual(draws(0), draws(0));
  assert.notDeepEqual(draws(0), draws(1));
  assert.deepEqual(draws(2 ** 32 + 5), draws(5));
});

test('uniform draws lie in [0, 1) and fill ten bins evenly (chi-squared, 9 degrees, p > 0.001)', () => {
  const random = Random.fromSeed(42);
  const bins = new Array<number>(10).fill(0);
  const n = 100_000;
  for (let i = 0; i < n; i++) {
    const u = random.uniform();
    assert.ok(u >= 0 && u < 1);
    bins[Math.floor(u * 10)]!++;
  }
  const chi2 = bins.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
  assert.ok(chi2 < 27.88, `chi-squared ${chi2}`);
});
