import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { expNegative } from '../../../../src/core/numeric/exp';

test('exp of what is not positive agrees with Math.exp within 2e-12', () => {
  fc.assert(
    fc.property(fc.double({ min: -745, max: 0, noNaN: true }), fc.integer({ min: 0, max: 30 }), (d, halvings) => {
      const x = d / 2 ** halvings;
      const expected = Math.exp(x);
      assert.ok(Math.abs(expNegative(x) - expected) <= 2e-12 * expected, `exp(${x})`);
    }),
    { numRuns: 5000 },
  );
});

test('exp 0 is 1 exactly, and of minus infinity 0', () => {
  assert.equal(expNegative(0), 1);
  assert.equal(expNegative(-0), 1);
  assert.equal(expNegative(-Infinity), 0);
});
