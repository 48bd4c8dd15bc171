import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  draw,
  filterLogits,
  FILTER_RULES,
  ruleThatCut,
  type FilterSettings,
} from '../../../../src/core/decode/filters';
import { CoreError } from '../../../../src/core/errors';
import { softmax } from '../../../../src/core/numeric/softmax';

const OFF: FilterSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const logitsOf = (...p: number[]): Float32Array => Float32Array.from(p, Math.log);
const kept = (row: Float32Array, settings: Partial<FilterSettings>): number[] =>
  [...filterLogits(row, { ...OFF, ...settings }).cut.keys()].filter(
    (id) => filterLogits(row, { ...OFF, ...settings }).cut[id] === 0,
  );
const close = (a: number, b: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

const rows = fc
  .array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 30 })
  .map((v) => Float32Array.from(v));
const settings: fc.Arbitrary<FilterSettings> = fc.record({
  temperature: fc.double({ min: 0.1, max: 3, noNaN: true }),
  topK: fc.integer({ min: 0, max: 32 }),
  // Steps of 1/997, off the borders where rounding alone decides.
  topP: fc.integer({ min: 0, max: 997 }).map((n) => n / 997),
  minP: fc.integer({ min: 0, max: 997 }).map((n) => n / 997),
});

/**
 * The warpers of transformers' `generation/logits_process.py`, step by step as they are written there: each takes scores,
 * sets what it removes to −∞, and computes its own softmax of what is left. Sorting is stable here.
 */
function huggingFace(row: Float32Array, { temperature, topK, topP, minP }: FilterSettings): number[] {
  let scores = Array.from(row, (x) => x / temperature);
  const probabilities = (s: number[]): number[] => {
    const max = Math.max(...s);
    const e = s.map((x) => Math.exp(x - max));
    const sum = e.reduce((a, b) => a + b, 0);
    return e.map((x) => x / sum);
  };
  if (topK > 0) {
    const border = [...scores].sort((a, b) => b - a)[Math.min(topK, scores.length) - 1]!;
    scores = scores.map((x) => (x < border ? -Infinity : x));
  }
  if (topP < 1) {
    const ascending = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || b - a);
    const p = probabilities(scores);
    let cumulative = 0;
    ascending.forEach((id, place) => {
      cumulative += p[id]!;
      if (cumulative <= 1 - topP && place < ascending.length - 1) scores[id] = -Infinity;
    });
  }
  if (minP > 0) {
    const p = probabilities(scores);
    const threshold = minP * Math.max(...p);
    scores = scores.map((x, id) => (p[id]! < threshold ? -Infinity : x));
  }
  return probabilities(scores);
}

test('filters off leave the softmax', () => {
  fc.assert(
    fc.property(rows, (row) => {
      const filtered = filterLogits(row, OFF);
      assert.deepEqual(filtered.probabilities, softmax(row));
      assert.equal(filtered.keptCount, row.length);
      assert.equal(filtered.keptMass, 1);
      assert.deepEqual(filtered.cuts, []);
    }),
  );
});

test('the result is that of Hugging Face’s warpers in their order', () => {
  fc.assert(
    fc.property(rows, settings, (row, chosen) => {
      const ours = filterLogits(row, chosen);
      const theirs = huggingFace(row, chosen);
      theirs.forEach((p, id) => {
        assert.equal(p > 0, ours.cut[id] === 0, `token ${id}`);
        close(ours.probabilities[id]!, p, 1e-9);
      });
    }),
    { numRuns: 500 },
  );
});

test('p′ sums to 1, is 0 exactly where cut, keeps the most probable token, and is p over the kept mass', () => {
  fc.assert(
    fc.property(rows, settings, (row, chosen) => {
      const { probabilities, cut, keptCount, keptMass, cuts } = filterLogits(row, chosen);
      const p = softmax(row, chosen.temperature);
      close(
        probabilities.reduce((a, b) => a + b, 0),
        1,
        1e-12,
      );
      let count = 0;
      probabilities.forEach((value, id) => {
        if (cut[id] === 0) count++;
        close(value, cut[id] === 0 ? p[id]! / keptMass : 0, 1e-12);
      });
      assert.equal(keptCount, count);
      assert.equal(cut[row.indexOf(Math.max(...row))], 0);
      close(keptMass + cuts.reduce((sum, { mass }) => sum + mass, 0), 1, 1e-9);
      assert.equal(keptCount + cuts.reduce((sum, rule) => sum + rule.count, 0), row.length);
    }),
  );
});

test('top-k keeps k tokens, and every token that ties with the k-th', () => {
  assert.deepEqual(kept(logitsOf(0.5, 0.3, 0.2), { topK: 2 }), [0, 1]);
  assert.deepEqual(kept(Float32Array.of(1, 3, 2, 2, 0), { topK: 2 }), [1, 2, 3]);
  assert.deepEqual(kept(logitsOf(0.5, 0.5), { topK: 9 }), [0, 1]);
});

test('top-p keeps the smallest set that reaches p: the token that crosses it stays, the next goes', () => {
  const row = logitsOf(0.5, 0.3, 0.15, 0.05);
  assert.deepEqual(kept(row, { topP: 0.79 }), [0, 1]);
  assert.deepEqual(kept(row, { topP: 0.81 }), [0, 1, 2]);
  assert.deepEqual(kept(row, { topP: 0 }), [0]);
  assert.deepEqual(kept(Float32Array.of(0, 0, 0, 0), { topP: 0.4 }), [0, 1]);
});

test('top-p finds nuclei longer than its first selection', () => {
  const row = new Float32Array(2 ** 14);
  assert.equal(filterLogits(row, { ...OFF, topP: 0.5 }).keptCount, 2 ** 13);
  assert.equal(filterLogits(row, { ...OFF, topP: 2 ** -6 }).keptCount, 256);
});

test('min-p is relative to the largest probability', () => {
  const row = logitsOf(0.4, 0.3, 0.2, 0.1);
  assert.deepEqual(kept(row, { minP: 0.6 }), [0, 1]);
  assert.deepEqual(kept(row, { minP: 1 }), [0]);
});

test('each rule works on the renormalised distribution of the one before, and a token names the first that cut it', () => {
  // After top-k 4 the masses are .4/.9, .3/.9, .1/.9, .1/.9; top-p .8 keeps ids 0, 1, 2; min-p .5 keeps 0, 1.
  const row = logitsOf(0.4, 0.3, 0.1, 0.1, 0.06, 0.04);
  const filtered = filterLogits(row, { temperature: 1, topK: 3, topP: 0.8, minP: 0.5 });
  assert.deepEqual(
    [...row.keys()].map((id) => ruleThatCut(filtered, id)),
    [null, null, 'min-p', 'top-p', 'top-k', 'top-k'],
  );
  close(filtered.keptMass, 0.7);
  close(filtered.probabilities[0]!, 4 / 7);
  assert.deepEqual(
    filtered.cuts.map(({ rule, count }) => [rule, count]),
    [
      ['top-k', 2],
      ['top-p', 1],
      ['min-p', 1],
    ],
  );
});

test('temperature 0 is greedy: one token, the lowest id among equals, and no filter changes that', () => {
  const row = Float32Array.of(1, 2, 2, 0);
  for (const extra of [{}, { topK: 2 }, { topP: 0.1 }, { minP: 0.9 }]) {
    const filtered = filterLogits(row, { ...OFF, ...extra, temperature: 0 });
    assert.deepEqual([...filtered.probabilities], [0, 1, 0, 0]);
    assert.equal(ruleThatCut(filtered, 2), 'greedy');
    close(filtered.keptMass, softmax(row)[1]!, 1e-12);
  }
});

test('settings outside their ranges are refused with a sentence', () => {
  const wrong: Partial<FilterSettings>[] = [
    { temperature: -1 },
    { temperature: NaN },
    { temperature: Infinity },
    { topK: -1 },
    { topK: 1.5 },
    { topP: 1.1 },
    { topP: NaN },
    { minP: -0.1 },
  ];
  for (const setting of wrong) {
    assert.throws(
      () => filterLogits(Float32Array.of(1), { ...OFF, ...setting }),
      (error) => error instanceof CoreError && error.code === 'sampling-invalid' && /must/.test(error.message),
    );
  }
});

test('logits that are no numbers are refused', () => {
  assert.throws(
    () => filterLogits(Float32Array.of(1, NaN), OFF),
    (error) => error instanceof CoreError && error.code === 'logits-invalid',
  );
});

test('a draw inverts the cumulative distribution and never falls on a token that was cut', () => {
  const p = Float64Array.of(0, 0.25, 0, 0.75, 0);
  assert.deepEqual(
    [0, 0.2499, 0.25, 0.999999].map((u) => draw(p, u)),
    [1, 1, 3, 3],
  );
  assert.equal(draw(Float64Array.of(0.5, 0.4999999999, 0), 0.99999999999), 1);
});

test('the names of the rules are in the order in which they cut', () => {
  assert.deepEqual(FILTER_RULES, ['greedy', 'top-k', 'top-p', 'min-p']);
});
