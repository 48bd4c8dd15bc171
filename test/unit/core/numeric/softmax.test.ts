import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CoreError } from '../../../../src/core/errors';
import { totalVariation } from '../../../../src/core/numeric/distance';
import { entropyBits, klDivergenceBits } from '../../../../src/core/numeric/entropy';
import { argmax, softmax, summarizeRow as summarize } from '../../../../src/core/numeric/softmax';

const logits = fc.array(fc.float({ min: -60, max: 60, noNaN: true }), { minLength: 1, maxLength: 40 });
const close = (a: number, b: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

const summarizeRow = (row: Float32Array): ReturnType<typeof summarize> => summarize(row, Math.max(...row));

test('softmax of ln 1, ln 2, ln 5 is 1/8, 2/8, 5/8', () => {
  const p = softmax(Float32Array.of(0, Math.log(2), Math.log(5)));
  [0.125, 0.25, 0.625].forEach((value, i) => close(p[i]!, value, 1e-7));
});

test('softmax sums to 1 and does not change when a constant is added', () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (values, shift) => {
      const row = Float32Array.from(values, (v) => Math.fround(Math.round(v)));
      const p = softmax(row);
      close(
        p.reduce((a, b) => a + b, 0),
        1,
      );
      const shifted = softmax(row.map((v) => v + shift));
      p.forEach((value, i) => close(shifted[i]!, value));
    }),
  );
});

test('a temperature of T is a softmax of logits divided by T', () => {
  const row = Float32Array.of(1, 2, 4);
  assert.deepEqual(softmax(row, 2), softmax(Float32Array.of(0.5, 1, 2)));
});

test('log-sum-exp gives back every probability, and the entropy is that of the distribution', () => {
  fc.assert(
    fc.property(logits, (values) => {
      const row = Float32Array.from(values);
      const p = softmax(row);
      const summary = summarizeRow(row);
      p.forEach((value, i) => close(Math.exp(row[i]! - summary.logSumExp), value, 1e-10));
      close(summary.entropy / Math.LN2, entropyBits(p), 1e-9);
    }),
  );
});

test('huge logits neither overflow nor vanish', () => {
  const summary = summarizeRow(Float32Array.of(3e38, 3e38, -3e38));
  close(summary.entropy, Math.LN2);
  assert.equal(summarizeRow(Float32Array.of(1e30, 0)).entropy, 0);
});

test('the lowest id wins among equal logits', () => {
  assert.deepEqual(argmax(Float32Array.of(1, 3, 3, 2)), { id: 1, logit: 3 });
});

test('a logit of minus infinity is a token that cannot be', () => {
  assert.deepEqual([...softmax(Float32Array.of(0, -Infinity, 0))], [0.5, 0, 0.5]);
  close(summarizeRow(Float32Array.of(0, -Infinity, 0)).entropy, Math.LN2);
});

test('NaN, plus infinity, only minus infinity, and no logits at all are refused', () => {
  for (const row of [[1, NaN], [NaN], [1, Infinity], [-Infinity, Infinity], [-Infinity], [NaN, -Infinity], []]) {
    for (const f of [argmax, softmax, summarizeRow]) {
      assert.throws(
        () => f(Float32Array.from(row)),
        (error) => error instanceof CoreError && error.code === 'logits-invalid',
        `${f.name} of ${String(row)}`,
      );
    }
  }
});

test('entropy of n equal outcomes is log2 n, and of a certain one 0', () => {
  assert.equal(entropyBits([0.25, 0.25, 0.25, 0.25]), 2);
  assert.equal(entropyBits([0, 1]), 0);
});

test('Kullback–Leibler divergence: 0 only of equals, infinite off the support, ln 2 cases in bits', () => {
  assert.equal(klDivergenceBits([0.5, 0.5], [0.5, 0.5]), 0);
  assert.equal(klDivergenceBits([1, 0], [0.5, 0.5]), 1);
  assert.equal(klDivergenceBits([0.5, 0.5], [1, 0]), Infinity);
});

test('total variation of (.5,.3,.2) and (.2,.6,.2) is .3, one minus the acceptance probability .7', () => {
  close(totalVariation([0.5, 0.3, 0.2], [0.2, 0.6, 0.2]), 0.3);
});
