import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { GridAttentionAccumulator, gridMass, mooreChance, offsetRadius } from '../../../../src/core/life/attention';
import { neighbourhood, offsetBetween, placeOf } from '../../../../src/core/life/neighbourhood';
import type { GridSize } from '../../../../src/core/life/topology';

const TORUS: GridSize = { width: 8, height: 8, topology: 'torus' };
const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);
const on = (...cells: readonly (readonly [number, number])[]): Float32Array => {
  const weights = new Float32Array(64);
  for (const [cell, weight] of cells) weights[cell] = weight;
  return weights;
};

test('the neighbourhood of a cell goes on at the other side of a torus, and ends at the edge of a plane', () => {
  assert.deepEqual(neighbourhood(24, TORUS), [23, 16, 17, 31, 24, 25, 39, 32, 33]);
  assert.deepEqual(neighbourhood(0, TORUS), [63, 56, 57, 7, 0, 1, 15, 8, 9]);
  assert.deepEqual(neighbourhood(0, { ...TORUS, topology: 'plane' }), [0, 1, 8, 9]);
  assert.equal(neighbourhood(0, { width: 2, height: 2, topology: 'torus' }).length, 4);
});

test('offsets go the shortest way around a torus', () => {
  assert.deepEqual(offsetBetween(24, 31, TORUS), { dy: 0, dx: -1 });
  assert.deepEqual(offsetBetween(0, 63, TORUS), { dy: -1, dx: -1 });
  assert.deepEqual(offsetBetween(0, 63, { ...TORUS, topology: 'plane' }), { dy: 7, dx: 7 });
  // Half way around there are two ways: the one down and to the right is named.
  assert.deepEqual(offsetBetween(0, 36, TORUS), { dy: 4, dx: 4 });
  fc.assert(
    fc.property(fc.nat(63), fc.nat(63), (from, to) => {
      const { dy, dx } = offsetBetween(from, to, TORUS);
      assert.equal(((Math.floor(from / 8) + dy + 8) % 8) * 8 + (((from % 8) + dx + 8) % 8), to);
      assert.ok(dy >= -3 && dy <= 4 && dx >= -3 && dx <= 4);
    }),
  );
});

test('cells stand inside, on an edge or in a corner', () => {
  assert.deepEqual(
    [0, 7, 56, 63, 3, 24, 9].map((cell) => placeOf(cell, TORUS)),
    ['corner', 'corner', 'corner', 'corner', 'edge', 'edge', 'bulk'],
  );
});

test('the mass of a row divides into neighbourhood, rest of the board and the tokens outside', () => {
  // Cell (3, 0): its right neighbour, its left one across the seam, and a cell far away.
  const mass = gridMass(on([25, 0.5], [31, 0.125], [60, 0.25]), 0, 24, TORUS);
  assert.deepEqual(mass, { neighbourhood: 0.625, elsewhere: 0.25, outside: 0.125 });
  assert.deepEqual(gridMass(on([24, 1]), 0, 24, TORUS), { neighbourhood: 1, elsewhere: 0, outside: 0 });
});

test('chance is the share of the board that a neighbourhood is', () => {
  close(mooreChance(TORUS), 9 / 64);
  close(mooreChance({ width: 32, height: 32, topology: 'torus' }), 9 / 1024);
  // 4 corners of 4 cells, 12 edge cells of 6, 9 inner ones of 9 on a plane of 5 x 5.
  close(mooreChance({ width: 5, height: 5, topology: 'plane' }), (4 * 4 + 12 * 6 + 9 * 9) / 25 / 25);
});

test('a head that always looks at the cell to the right is one offset, wherever the cell stands', () => {
  const head = new GridAttentionAccumulator(TORUS);
  for (let cell = 0; cell < 64; cell++) {
    const right = Math.floor(cell / 8) * 8 + ((cell + 1) % 8);
    head.add(on([right, 0.75], [(cell + 36) % 64, 0.125]), 0, cell, cell / 64);
  }
  const summary = head.summary();
  close(summary.neighbourhood, 0.75);
  close(summary.elsewhere, 0.125);
  close(summary.outside, 0.125);
  close(summary.entropy, 63 / 128);
  assert.deepEqual(summary.byPlace, { bulk: 0.75, edge: 0.75, corner: 0.75 });
  assert.equal(offsetRadius(TORUS), 3);
  summary.byOffset.forEach((weight, at) => close(weight, at === 3 * 7 + 4 ? 0.75 : 0));
});

test('a head that counts cells to its left along the text loses its score at the edge', () => {
  // The token before in the text is the left neighbour, but in column 0 it is the last cell of the row above.
  const head = new GridAttentionAccumulator(TORUS);
  for (let cell = 1; cell < 64; cell++) head.add(on([cell - 1, 1]), 0, cell, 0);
  const { byPlace, neighbourhood: score } = head.summary();
  assert.equal(byPlace.bulk, 1);
  // Across the seam the cell that it reads is (row − 1, last), a neighbour still; so all of it stays in the 3 × 3.
  assert.equal(score, 1);
  const two = new GridAttentionAccumulator(TORUS);
  for (let cell = 9; cell < 64; cell++) two.add(on([cell - 9, 1]), 0, cell, 0);
  assert.equal(two.summary().byPlace.bulk, 1);
  // Up and left of column 0 is two rows up at the other side: no neighbour.
  assert.ok((two.summary().byPlace.edge ?? 1) < 1);
});

test('on a plane the mean of an offset is over the cells that have it', () => {
  const size: GridSize = { width: 3, height: 3, topology: 'plane' };
  const head = new GridAttentionAccumulator(size);
  for (let cell = 0; cell < 9; cell++) {
    const weights = new Float32Array(9);
    if (cell % 3 < 2) weights[cell + 1] = 1;
    head.add(weights, 0, cell, 0);
  }
  const { byOffset, byPlace } = head.summary();
  assert.equal(byOffset.length, 9);
  assert.equal(byOffset[1 * 3 + 2], 1);
  assert.equal(byPlace.bulk, 1);
  assert.equal(byPlace.corner, 0.5);
});

test('a narrow torus has no offset twice', () => {
  assert.equal(offsetRadius({ width: 4, height: 16 }), 1);
  assert.equal(offsetRadius({ width: 2, height: 2 }), 0);
});
