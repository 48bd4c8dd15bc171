import assert from 'node:assert/strict';
import test from 'node:test';
import { centred, differingCells, isEdge, randomBoard } from '../../../../src/core/life/board';
import { readPattern } from '../../../../src/core/life/formats/index';
import { Random } from '../../../../src/core/numeric/random';

const SIZE = { width: 16, height: 16 };

test('a random board is as full as its order parameter says, and the same for the same seed', () => {
  const random = Random.fromSeed(5);
  for (const order of [0, 0.1, 0.5, 0.9, 1]) {
    const boards = Array.from({ length: 200 }, () => randomBoard(random, SIZE, order));
    const alive = boards.reduce((sum, board) => sum + board.reduce((cells, cell) => cells + cell, 0), 0);
    // Five standard deviations of 51,200 draws; none at 0 and 1.
    const slack = 5 * Math.sqrt(200 * 256 * order * (1 - order));
    assert.ok(Math.abs(alive - 200 * 256 * order) <= slack, `order ${order}: ${alive}`);
  }
  const again = (seed: number): Uint8Array => randomBoard(Random.fromSeed(seed), SIZE, 0.5);
  assert.deepEqual(again(7), again(7));
  assert.notDeepEqual(again(7), again(8));
});

test('a higher order parameter only adds cells to the board of the same seed', () => {
  const few = randomBoard(Random.fromSeed(1), SIZE, 0.3);
  const many = randomBoard(Random.fromSeed(1), SIZE, 0.6);
  assert.ok(few.every((cell, at) => cell <= (many[at] as number)));
  assert.ok(differingCells(few, many) > 0);
});

test('a pattern stands in the middle, and has to fit', () => {
  const corner = readPattern('2o$o!');
  const rows = (width: number, height: number): string[] => {
    const board = centred(corner, { width, height });
    return Array.from({ length: height }, (_, row) => board.subarray(row * width, (row + 1) * width).join(''));
  };
  assert.deepEqual(rows(4, 4), ['0000', '0110', '0100', '0000']);
  assert.deepEqual(rows(5, 3), ['01100', '01000', '00000']);
  assert.deepEqual(rows(2, 2), ['11', '10']);
  assert.throws(() => rows(2, 1), /pattern of 2 x 2 does not fit a grid of 2 x 1/);
  // The rectangle of a file may be larger than its cells: where it does not fit, the cells may.
  const loose = readPattern('x = 9, y = 9\n4$4bo!');
  assert.deepEqual(centred(loose, { width: 3, height: 3 }), Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0));
  assert.equal(centred(loose, { width: 9, height: 9 })[40], 1);
});

test('the edge is the outer ring', () => {
  const edge = Array.from({ length: 12 }, (_, at) => (isEdge(at, { width: 4, height: 3 }) ? 'x' : '.')).join('');
  assert.equal(edge, 'xxxxx..xxxxx');
});

test('boards are compared cell by cell, and only boards of one size', () => {
  assert.equal(differingCells(Uint8Array.of(0, 1, 1), Uint8Array.of(1, 1, 0)), 2);
  assert.throws(
    () => differingCells(Uint8Array.of(0, 1, 1), Uint8Array.of()),
    /3 cells cannot be compared with one of 0/,
  );
});
