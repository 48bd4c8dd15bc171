import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { shareWithout } from '../../../../src/core/lens/without';
import { WEIGHT_OF_CODE } from '../../../../src/core/numeric/codes';

function shared(row: readonly number[], without: readonly number[]) {
  const target = new Float32Array(row.length + 1).fill(-1);
  const left = shareWithout(Float32Array.of(9, ...row), 1, row.length - 1, without, target, 1);
  assert.equal(target[0], -1, 'only the row is written');
  return { left, row: Array.from(target.subarray(1)) };
}

test('without a sink the others keep their ratios and sum to 1', () => {
  const { left, row } = shared([0.9, 0.06, 0.03, 0.01], [0]);
  assert.ok(Math.abs(left - 0.1) < 1e-6);
  [0, 0.6, 0.3, 0.1].forEach((weight, key) => assert.ok(Math.abs(row[key]! - weight) < 1e-6, `key ${key}`));
});

test('a sink that takes all but a millionth leaves rows as exact as their floats', () => {
  const { row } = shared([1 - 4e-7, 3e-7, 1e-7], [0]);
  assert.ok(Math.abs(row[1]! - 0.75) < 1e-6);
});

test('where nothing is left the row is 0, and keys that come later change nothing', () => {
  assert.deepEqual(shared([1], [0]), { left: 0, row: [0] });
  assert.deepEqual(shared([0.5, 0.5, 0], [0, 1]), { left: 0, row: [0, 0, 0] });
  assert.deepEqual(shared([0.25, 0.75], [7]), { left: 1, row: [0.25, 0.75] });
});

test('rows of any weights or codes sum to 1 again, with 0 for what is left out', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 2, maxLength: 20 }),
      fc.uniqueArray(fc.nat(19), { maxLength: 4 }),
      (codes, without) => {
        const target = new Float32Array(codes.length);
        const left = shareWithout(codes, 0, codes.length - 1, without, target, 0);
        const sum = target.reduce((a, b) => a + b, 0);
        assert.ok(left === 0 ? sum === 0 : Math.abs(sum - 1) < 1e-5, `${sum}`);
        target.forEach((weight, key) => {
          const expected = without.includes(key) ? 0 : WEIGHT_OF_CODE[codes[key]!]!;
          assert.ok(Math.abs(weight * left - expected) < 1e-5);
        });
      },
    ),
  );
});
