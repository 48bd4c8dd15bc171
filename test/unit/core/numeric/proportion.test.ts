import assert from 'node:assert/strict';
import test from 'node:test';
import { wilsonInterval } from '../../../../src/core/numeric/proportion';

const close = (found: number, wanted: number): void => assert.ok(Math.abs(found - wanted) < 5e-5, `${found}`);

// Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
for (const [successes, trials, low, high] of [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
] as const) {
  test(`${successes} of ${trials}: the interval of the paper`, () => {
    const interval = wilsonInterval(successes, trials, 1.959964);
    close(interval.low, low);
    close(interval.high, high);
  });
}

test('mirrored where successes and failures change places, and within [0, 1]', () => {
  for (let trials = 1; trials <= 30; trials++) {
    for (let successes = 0; successes <= trials; successes++) {
      const { low, high } = wilsonInterval(successes, trials);
      const mirrored = wilsonInterval(trials - successes, trials);
      assert.ok(low >= 0 && high <= 1 && low < high);
      assert.ok(Math.abs(low - (1 - mirrored.high)) < 1e-12);
    }
  }
});
