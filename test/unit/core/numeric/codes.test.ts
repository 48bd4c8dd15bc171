import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  codeErrorBound,
  decodeWeights,
  encodeWeight,
  encodeWeights,
  WEIGHT_OF_CODE,
} from '../../../../src/core/numeric/codes';

const weight = fc.float({ min: 0, max: 1, noNaN: true });

test('a decoded weight is within the documented bound', () => {
  fc.assert(
    fc.property(weight, (w) => {
      assert.ok(Math.abs(WEIGHT_OF_CODE[encodeWeight(w)]! - w) <= codeErrorBound(w) + 1e-7);
    }),
    { numRuns: 2000 },
  );
});

test('codes keep the order of weights', () => {
  fc.assert(fc.property(weight, weight, (a, b) => a > b || encodeWeight(a) <= encodeWeight(b)));
});

test('0 and 1 are exact, and float32 softmax slightly above 1 reads as 1', () => {
  assert.equal(WEIGHT_OF_CODE[encodeWeight(0)], 0);
  assert.equal(WEIGHT_OF_CODE[encodeWeight(1)], 1);
  assert.equal(encodeWeight(1.0000002), 255);
});

test('every code is the code of its own weight', () => {
  WEIGHT_OF_CODE.forEach((w, code) => assert.equal(encodeWeight(w), code));
});

test('arrays are coded in place', () => {
  const codes = new Uint8Array(4);
  encodeWeights(Float32Array.of(9, 0.25, 1, 9), 1, codes, 2, 2);
  assert.deepEqual([...codes], [0, 0, 128, 255]);
  assert.deepEqual([...decodeWeights(codes, 2)], [Math.fround((128 / 255) ** 2), 1]);
});
