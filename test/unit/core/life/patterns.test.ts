import assert from 'node:assert/strict';
import test from 'node:test';
import { CoreError } from '../../../../src/core/errors';
import { centred } from '../../../../src/core/life/board';
import { findPattern, PATTERNS, type NamedPattern } from '../../../../src/core/life/patterns';
import { parseRle } from '../../../../src/core/life/rle';
import { parseRule, step, type GridSize } from '../../../../src/core/life/rule';

const CONWAY = parseRule('B3/S23');
const SIZE: GridSize = { width: 64, height: 64, topology: 'torus' };

function* generations({ pattern }: NamedPattern, count: number): Generator<string> {
  let board = centred(pattern, SIZE);
  for (let at = 0; at < count; at++, board = step(board, SIZE, CONWAY)) yield board.join('');
}

/** The board moved until its first live cell is the first, row by row: equal for equal shapes. */
function shape(board: string): string {
  const first = board.indexOf('1');
  return board.slice(first) + board.slice(0, first);
}

test('every pattern becomes what its kind and its period say, and nothing earlier', () => {
  for (const named of PATTERNS) {
    const boards = [...generations(named, 101)];
    const [start = ''] = boards;
    const cameBack = boards.indexOf(start, 1);
    const sameShape = boards.findIndex((board, at) => at > 0 && shape(board) === shape(start));
    if (named.kind === 'methuselah') {
      assert.equal(named.period, null, named.name);
      assert.equal(new Set(boards).size, boards.length, `${named.name} comes to rest`);
    } else {
      assert.equal(sameShape, named.period, named.name);
      assert.equal(cameBack === named.period, named.kind !== 'spaceship', named.name);
      assert.equal(named.period === 1, named.kind === 'still life', named.name);
    }
  }
});

test('the patterns are the ones that go by these names: cells, and what is known of their fate', () => {
  const cells = (name: string): number => findPattern(name)!.pattern.cells.reduce((sum, cell) => sum + cell, 0);
  const counts = Object.fromEntries(PATTERNS.map(({ name }) => [name, cells(name)]));
  assert.deepEqual(counts, {
    block: 4,
    beehive: 6,
    loaf: 7,
    boat: 5,
    tub: 4,
    blinker: 3,
    toad: 6,
    beacon: 8,
    pulsar: 48,
    glider: 5,
    'lightweight spaceship': 9,
    'r-pentomino': 5,
    acorn: 7,
  });
  // The glider moves by one cell down and right in four generations, the spaceship by two cells along its rows.
  const at = (name: string, generation: number): number =>
    [...generations(findPattern(name)!, 5)][generation]!.indexOf('1');
  assert.equal(at('glider', 4) - at('glider', 0), SIZE.width + 1);
  assert.equal(Math.abs(at('lightweight spaceship', 4) - at('lightweight spaceship', 0)), 2);
  assert.equal(findPattern('unheard of'), undefined);
});

test('run lengths: counts, empty rows, what is left out at the ends, comments and the header', () => {
  const rows = (text: string): string[] => {
    const { width, height, cells } = parseRle(text);
    assert.equal(cells.length, width * height);
    return Array.from({ length: height }, (_, row) => cells.subarray(row * width, (row + 1) * width).join(''));
  };
  assert.deepEqual(rows('bo$2bo$3o!'), ['010', '001', '111']);
  assert.deepEqual(rows('3o3$o'), ['111', '000', '000', '100']);
  assert.deepEqual(rows('o$!anything'), ['1']);
  assert.deepEqual(rows('#N Glider\n#C A comment.\nx = 4, y = 5, rule = B3/S23\nbo$2b\no$3o!\n'), [
    '0100',
    '0010',
    '1110',
    '0000',
    '0000',
  ]);
  for (const [wrong, reason] of [
    ['', 'no cells'],
    ['$$!', 'no cells'],
    ['0o!', 'no cells'],
    ['3x!', 'something else'],
    ['2o3', 'something else'],
    ['x = 2, y = 1\n3o!', '2 x 1'],
    ['99999999o!', '1024'],
    ['x = 99999, y = 99999\no!', '1024'],
  ] as const) {
    assert.throws(
      () => parseRle(wrong),
      (error) => error instanceof CoreError && error.code === 'life-invalid' && error.message.includes(reason),
      wrong,
    );
  }
});
