import assert from 'node:assert/strict';
import test from 'node:test';
import {
  bestDraftLength,
  expectedAcceptanceRate,
  expectedTokens,
  paperCosts,
  predictedSpeedUp,
} from '../../../../../src/core/decode/speculation/break-even';

const near = (actual: number, expected: number, digits: number): void =>
  assert.equal(actual.toFixed(digits), expected.toFixed(digits));

test('expected tokens of a pass (Leviathan et al., equation 1)', () => {
  const golden = [
    [0.5, 4, 1.9375],
    [0.7, 4, 2.7731],
    [0.8, 5, 3.6893],
    [0.9, 5, 4.6856],
    [0.8, 1, 1.8],
    [0.95, 10, 8.624],
  ] as const;
  for (const [alpha, gamma, tokens] of golden) near(expectedTokens(alpha, gamma), tokens, 4);
  assert.equal(expectedTokens(1, 7), 8);
  assert.equal(expectedTokens(0, 7), 1);
});

test('the best draft length for a draft that costs c of a pass', () => {
  const golden: Record<number, readonly number[]> = {
    0.01: [5, 9, 14, 24],
    0.05: [3, 6, 8, 13],
    0.1: [2, 4, 6, 10],
    0.2: [1, 3, 4, 7],
  };
  for (const [c, lengths] of Object.entries(golden)) {
    assert.deepEqual(
      [0.5, 0.7, 0.8, 0.9].map((alpha) => bestDraftLength(alpha, paperCosts(Number(c)), 64)),
      lengths,
      c,
    );
  }
});

test('the predicted speed-up', () => {
  near(predictedSpeedUp(0.8, 5, paperCosts(0.05)), 2.951, 3);
});

test('a pass over more tokens that costs more makes speculation lose, and then the best length is 0', () => {
  const costs = { draft: 0.3, plain: 1, verify: (tokens: number) => 0.4 + 0.6 * tokens };
  assert.ok(predictedSpeedUp(0.6, 4, costs) < 1);
  assert.equal(bestDraftLength(0.6, costs, 64), 0);
  assert.ok(bestDraftLength(0.6, paperCosts(0.3), 64) > 0);
});

test('the acceptance rate is not α', () => {
  near(expectedAcceptanceRate(0.8, 5), (0.8 - 0.8 ** 6) / (0.2 * 5), 12);
  assert.ok(expectedAcceptanceRate(0.8, 5) < 0.54);
  near(expectedAcceptanceRate(0.8, 1), 0.8, 12);
});
