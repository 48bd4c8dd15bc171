import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endWithoutOutliers } from '../../../../src/core/numeric/outliers';

const values = fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { maxLength: 300 });

describe('the end of an axis', () => {
  test('is not moved by one value far beyond all others', () => {
    const usual = [4.2, 2.1, 1.4, 5.6, 0.5, 0.1, 9.7, 9.1, 4.6];
    assert.equal(endWithoutOutliers(usual), 9.7);
    assert.equal(endWithoutOutliers([...usual, 61.3]), 9.7);
    assert.equal(endWithoutOutliers([...usual, Infinity]), 9.7);
  });

  test('holds what is no more than half as large again as the rest, and as much as is asked for', () => {
    const rest = [1, 1, 1, 1, 2, 2, 2, 4];
    assert.equal(endWithoutOutliers([...rest, 6]), 6);
    assert.equal(endWithoutOutliers([...rest, 6.01]), 4);
    assert.equal(endWithoutOutliers([...rest, 6.01], 5), 6.01);
  });

  test('of few values is the largest', () => {
    assert.equal(endWithoutOutliers([]), 0);
    assert.equal(endWithoutOutliers([1, 60]), 60);
  });

  test('is a value that all but one in fifty, and one at least, stay within', () => {
    fc.assert(
      fc.property(values, (sizes) => {
        const end = endWithoutOutliers(sizes);
        assert.ok(sizes.length === 0 || sizes.includes(end));
        const beyond = sizes.filter((size) => size > end);
        const mayGo = Math.max(1, Math.floor(sizes.length / 50));
        assert.ok(beyond.length <= mayGo, `${beyond.length}`);
        const rest = sizes.toSorted((a, b) => b - a)[mayGo] ?? 0;
        assert.ok(beyond.every((size) => size > 1.5 * rest));
      }),
    );
  });
});
