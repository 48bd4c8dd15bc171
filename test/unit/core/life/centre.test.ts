import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { originAround } from '../../../../src/core/life/centre';
import type { GridSize } from '../../../../src/core/life/topology';

const SIZE: GridSize = { width: 8, height: 6, topology: 'torus' };

test('cells on both sides of the seam come together in the middle', () => {
  // Row 5, column 7 and row 0, column 0 are neighbours on the torus.
  assert.deepEqual(originAround([5 * 8 + 7, 0], SIZE), { row: 3, column: 4 });
  // One cell in the middle of the picture.
  assert.deepEqual(originAround([2 * 8 + 3], SIZE), { row: 0, column: 0 });
});

test('without cells, and on a plane, nothing is shifted', () => {
  assert.deepEqual(originAround([], SIZE), { row: 0, column: 0 });
  assert.deepEqual(originAround([47], { ...SIZE, topology: 'plane' }), { row: 0, column: 0 });
});

test('what stands in a block keeps its shape, in the middle to within half a cell', () => {
  const side = fc.integer({ min: 1, max: 5 });
  const place = fc.nat(99);
  fc.assert(
    fc.property(side, side, place, place, (rows, columns, top, left) => {
      const cells = [];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          cells.push(((top + row) % 6) * 8 + ((left + column) % 8));
        }
      }
      const origin = originAround(cells, SIZE);
      const shown = cells.map((cell) => [
        (Math.floor(cell / 8) - origin.row + 6) % 6,
        ((cell % 8) - origin.column + 8) % 8,
      ]);
      const most = shown.reduce(([a, b], [row, column]) => [Math.max(a!, row!), Math.max(b!, column!)], [0, 0]);
      const least = shown.reduce(([a, b], [row, column]) => [Math.min(a!, row!), Math.min(b!, column!)], [9, 9]);
      assert.equal(most[0]! - least[0]!, rows - 1);
      assert.equal(most[1]! - least[1]!, columns - 1);
      assert.ok(Math.abs(least[0]! - (5 - most[0]!)) <= 1);
      assert.ok(Math.abs(least[1]! - (7 - most[1]!)) <= 1);
    }),
  );
});
