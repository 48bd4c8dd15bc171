import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CanvasTable } from '../../../../src/core/sequence/canvas-table';

const MASK = 2;
/** Two places that agree in nine of ten, over the letters 0 and 1. */
const table = (): CanvasTable =>
  new CanvasTable(3, MASK, [
    { ids: [0, 0], probability: 0.6 },
    { ids: [1, 1], probability: 0.3 },
    { ids: [0, 1], probability: 0.1 },
  ]);
const probabilities = async (ids: readonly number[]): Promise<number[][]> => {
  const logits = await table().predict(ids);
  return ids.map((_, index) => [...logits.subarray(index * 3, index * 3 + 3)].map(Math.exp));
};
const near = (found: readonly number[][], wanted: readonly number[][]): void =>
  wanted.forEach((row, i) => row.forEach((value, id) => assert.ok(Math.abs(found[i]![id]! - value) < 1e-6)));

describe('a canvas model over a table', () => {
  it('gives the marginals of an empty canvas', async () => {
    near(await probabilities([MASK, MASK]), [
      [0.7, 0.3, 0],
      [0.6, 0.4, 0],
    ]);
  });

  it('gives each place what the others leave, and never the mask', async () => {
    near(await probabilities([0, MASK]), [
      [0.7, 0.3, 0],
      [6 / 7, 1 / 7, 0],
    ]);
    near(await probabilities([MASK, 1]), [
      [0.25, 0.75, 0],
      [0.6, 0.4, 0],
    ]);
  });

  it('multiplies to the joint distribution in any order', async () => {
    const [first] = await probabilities([MASK, MASK]);
    const [, second] = await probabilities([1, MASK]);
    assert.ok(Math.abs(first![1]! * second![1]! - 0.3) < 1e-6);
    const [, other] = await probabilities([MASK, MASK]);
    const [one] = await probabilities([MASK, 1]);
    assert.ok(Math.abs(other![1]! * one![1]! - 0.3) < 1e-6);
  });

  it('refuses another number of places', async () => {
    await assert.rejects(table().predict([0]), /The table is of 2 places, and 1 were given\./);
  });
});
