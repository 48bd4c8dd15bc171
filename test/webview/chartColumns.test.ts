import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scaleOf } from '../../src/webview/runs/chart-columns';

describe('the scale of a chart of two runs', () => {
  test('ends at a round number that holds every value', () => {
    assert.deepEqual(scaleOf([]), { end: 0.1, clips: false });
    assert.deepEqual(scaleOf([0.3, null, 0.7]), { end: 1, clips: false });
    assert.deepEqual(scaleOf([0.3, -4.2]), { end: 5, clips: false });
  });

  test('is not stretched by one value far beyond all others, nor by one that is infinite', () => {
    const usual = [0.3, 0.7, 0.1, 0.5, null, 0.2, 0.9, 0.4, 0.6];
    assert.deepEqual(scaleOf([...usual, 31]), { end: 1, clips: true });
    assert.deepEqual(scaleOf([...usual, -Infinity]), { end: 1, clips: true });
  });
});
