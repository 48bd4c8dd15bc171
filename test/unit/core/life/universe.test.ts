import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CoreError } from '../../../../src/core/errors';
import { randomBoard } from '../../../../src/core/life/board';
import { CellsBuilder, MOST_COORDINATE } from '../../../../src/core/life/cells';
import { readPattern } from '../../../../src/core/life/formats/index';
import { findPattern } from '../../../../src/core/life/patterns';
import { neighbourCounts, parseRule, step } from '../../../../src/core/life/rule';
import type { GridSize } from '../../../../src/core/life/topology';
import type { LifeRule } from '../../../../src/core/life/rules/table';
import { Grid } from '../../../../src/core/life/universe/grid';
import { gridOf, openUniverse, planeOf } from '../../../../src/core/life/universe/open';
import { PeriodWatch } from '../../../../src/core/life/universe/period';
import { Plane } from '../../../../src/core/life/universe/plane';
import type { Universe } from '../../../../src/core/life/universe/universe';
import { Random } from '../../../../src/core/numeric/random';

const CONWAY = parseRule('B3/S23');
const flags = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
const rules = fc.record({ birth: flags, survival: flags });
const sides = fc.record({
  width: fc.integer({ min: 1, max: 100 }),
  height: fc.integer({ min: 1, max: 40 }),
  topology: fc.constantFrom('torus' as const, 'plane' as const),
});

/** The rule read off the counts of each cell: nothing of the bit slices. */
function plainStep(board: Uint8Array, size: GridSize, { birth, survival }: LifeRule): Uint8Array {
  const counts = neighbourCounts(board, size);
  return board.map((cell, at) => ((cell === 1 ? survival : birth)[counts[at]!] ? 1 : 0));
}

function boardOf(universe: Universe, width: number, height: number, x = 0, y = 0): Uint8Array {
  const board = new Uint8Array(width * height);
  universe.window({ x, y, width, height }, board);
  return board;
}

/** What a universe says of itself agrees with its cells. */
function checkWhole(universe: Universe): void {
  const cells = universe.cells();
  assert.equal(universe.population, cells.population);
  assert.deepEqual(universe.box(), cells.box);
}

test('any rule on any grid steps as the counts of its cells say', () => {
  fc.assert(
    fc.property(sides, rules, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (size, rule, seed, order) => {
      let board = randomBoard(Random.fromSeed(seed), size, order);
      const grid = new Grid(size, rule);
      board.forEach((cell, at) => grid.set(at % size.width, Math.floor(at / size.width), cell === 1));
      for (let generation = 0; generation < 4; generation++) {
        assert.deepEqual(boardOf(grid, size.width, size.height), board);
        checkWhole(grid);
        const next = plainStep(board, size, rule);
        assert.deepEqual(step(board, size, rule), next);
        board = next;
        grid.step();
      }
    }),
    { numRuns: 300 },
  );
});

test('the plane steps as the middle of a grid that is too large for its edges to matter', () => {
  const anyRule = rules.map(({ birth, survival }) => ({ birth: [false, ...birth.slice(1)], survival }));
  const corner = fc.record({ x: fc.integer({ min: -70, max: 70 }), y: fc.integer({ min: -70, max: 70 }) });
  fc.assert(
    fc.property(
      anyRule,
      corner,
      fc.nat(),
      fc.double({ min: 0, max: 0.6, noNaN: true }),
      (rule, { x, y }, seed, order) => {
        const size = { width: 60, height: 50, topology: 'plane' as const };
        const random = Random.fromSeed(seed);
        const grid = new Grid(size, rule);
        const plane = new Plane(rule);
        for (let row = 20; row < 30; row++) {
          for (let column = 20; column < 40; column++) {
            if (random.uniform() >= order) continue;
            grid.set(column, row, true);
            plane.set(x + column, y + row, true);
          }
        }
        for (let generation = 0; generation < 19; generation++) {
          assert.deepEqual(boardOf(plane, 60, 50, x, y), boardOf(grid, 60, 50));
          assert.equal(plane.population, grid.population);
          grid.step();
          plane.step();
        }
        checkWhole(plane);
      },
    ),
    { numRuns: 100 },
  );
});

test('cells that are set between steps step with the others', () => {
  for (const universe of [new Plane(CONWAY), new Grid({ width: 70, height: 40, topology: 'torus' }, CONWAY)]) {
    for (const x of [30, 31, 32]) universe.set(x, 31, true);
    universe.set(30, 31, true);
    assert.equal(universe.population, 3);
    for (let at = 0; at < 10; at++) universe.step();
    // The blinker is idle in no generation; a block beside it is, once it stands.
    for (const [x, y] of [
      [40, 31],
      [41, 31],
      [40, 32],
      [41, 32],
    ] as const)
      universe.set(x, y, true);
    for (let at = 0; at < 10; at++) universe.step();
    assert.equal(universe.population, 7);
    universe.set(40, 31, false);
    universe.step();
    assert.equal(universe.population, 7, 'three cells of a block make the fourth');
    assert.deepEqual([universe.get(30, 31), universe.get(31, 30), universe.get(40, 31)], [false, true, true]);
    checkWhole(universe);
  }
});

test('on a torus coordinates wrap, on a plane with an end nothing is beyond it', () => {
  const torus = new Grid({ width: 33, height: 5, topology: 'torus' }, CONWAY);
  torus.set(-1, -1, true);
  assert.deepEqual([torus.get(32, 4), torus.get(65, 9), torus.population], [true, true, 1]);
  const plane = new Grid({ width: 33, height: 5, topology: 'plane' }, CONWAY);
  plane.set(-1, -1, true);
  plane.set(33, 0, true);
  assert.deepEqual([plane.population, plane.get(33, 0)], [0, false]);
});

test('a clone steps on its own', () => {
  for (const universe of [
    planeOf(findPattern('r-pentomino')!.pattern.cells, CONWAY),
    openUniverse(findPattern('r-pentomino')!.pattern, { width: 64, height: 64, topology: 'torus' }),
  ]) {
    for (let at = 0; at < 50; at++) universe.step();
    const copy = universe.clone();
    const before = universe.cells();
    assert.deepEqual([copy.generation, copy.population], [50, universe.population]);
    for (let at = 0; at < 50; at++) copy.step();
    assert.ok(universe.cells().equals(before));
    for (let at = 0; at < 50; at++) universe.step();
    assert.ok(universe.cells().equals(copy.cells()));
  }
});

test('a glider flies far over the plane and leaves nothing behind', () => {
  const plane = planeOf(findPattern('glider')!.pattern.cells.translated(-1000, -1000), CONWAY);
  const start = plane.cells();
  for (let at = 0; at < 8000; at++) plane.step();
  assert.ok(plane.cells().equals(start.translated(2000, 2000)));
});

test('tiles at both ends of the plane are not taken for each other, and nothing grows beyond them', () => {
  const plane = new Plane(CONWAY);
  const [west, east] = [-MOST_COORDINATE, MOST_COORDINATE - 1];
  // Were rows of tiles joined end to end, the last tile of one row would lie beside the first of the next.
  for (const y of [31, 32, 33]) plane.set(east - 2, y, true);
  for (const y of [63, 64, 65]) plane.set(west + 2, y, true);
  for (const y of [31, 32, 33]) plane.set(west + 2, y, true);
  const start = plane.cells();
  plane.step();
  assert.equal(plane.population, 9);
  plane.step();
  assert.ok(plane.cells().equals(start));
  const beyond = planeOf(findPattern('glider')!.pattern.cells.translated(MOST_COORDINATE - 10, 0), CONWAY);
  assert.throws(() => {
    for (let at = 0; at < 100; at++) beyond.step();
  }, /reaches over more than 1,073,741,824 cells/);
});

test('periods: of what stands, turns, moves, dies, and of what comes to rest later', () => {
  const period = (rle: string, where: 'plane' | GridSize = 'plane', most = 300): (number | undefined)[] => {
    const universe = openUniverse(readPattern(rle), where);
    const watch = new PeriodWatch();
    for (let at = 0; at < most; at++, universe.step()) {
      const found = watch.look(universe);
      if (found) return [found.period, found.dx, found.dy, found.since];
    }
    return [];
  };
  assert.deepEqual(period('2o$2o!'), [1, 0, 0, 0]);
  assert.deepEqual(period('3o!'), [2, 0, 0, 0]);
  assert.deepEqual(period('bo$2bo$3o!'), [4, 1, 1, 0]);
  assert.deepEqual(period('bo$2bo$3o!', { width: 20, height: 30, topology: 'torus' }), [240, 0, 0, 0]);
  assert.deepEqual(period('2o!'), [1, 0, 0, 1]);
  // A row of ten becomes a pentadecathlon.
  assert.deepEqual(period('10o!').slice(0, 3), [15, 0, 0]);
  assert.deepEqual(
    period('24bo$22bobo$12b2o6b2o12b2o$11bo3bo4b2o12b2o$2o8bo5bo3b2o$2o8bo3bob2o4bobo$10bo5bo7bo$11bo3bo$12b2o!'),
    [],
  );
});

test('what is not stepped is refused with a sentence', () => {
  const refused = (open: () => unknown, code: string, reason: RegExp): void =>
    assert.throws(open, (error) => error instanceof CoreError && error.code === code && reason.test(error.message));
  refused(() => openUniverse(readPattern('x = 1, y = 1, rule = B03/S23:T0,20\no!')), 'life-unsupported', /B0/);
  refused(() => new Grid({ width: 0, height: 4, topology: 'torus' }, CONWAY), 'life-invalid', /0 x 4/);
  refused(() => new Grid({ width: 2 ** 20, height: 2 ** 20, topology: 'torus' }, CONWAY), 'life-too-large', /larger/);
  refused(() => new Grid({ width: 1, height: 2 ** 26, topology: 'torus' }, CONWAY), 'life-too-large', /narrow/);
  const size: GridSize = { width: 4, height: 4, topology: 'torus' };
  refused(() => openUniverse(readPattern('5o!'), size), 'life-invalid', /5 x 1 does not fit a grid of 4 x 4/);
  refused(() => gridOf(readPattern('3b2o!').cells, size, CONWAY), 'life-invalid', /beyond the edge/);
  const far = new CellsBuilder();
  refused(() => far.add(0, MOST_COORDINATE - 1, MOST_COORDINATE + 1), 'life-too-large', /further/);
});

test('a pattern goes where its file says: on its grid about the origin, in the middle, or on the plane', () => {
  const at = (text: string, where?: 'plane' | GridSize): unknown => openUniverse(readPattern(text), where).box();
  assert.deepEqual(at('3o!'), { x: 0, y: 0, width: 3, height: 1 });
  assert.deepEqual(at('#CXRLE Pos=-7,9\n3o!'), { x: -7, y: 9, width: 3, height: 1 });
  assert.deepEqual(at('x = 3, y = 1, rule = B3/S23:T9,5\n3o!'), { x: 3, y: 2, width: 3, height: 1 });
  assert.deepEqual(at('#CXRLE Pos=-4,-2\nx = 3, y = 1, rule = B3/S23:T9,5\n3o!'), { x: 0, y: 0, width: 3, height: 1 });
  assert.deepEqual(at('#CXRLE Pos=-7,9\n3o!', { width: 5, height: 5, topology: 'torus' }), {
    x: 1,
    y: 2,
    width: 3,
    height: 1,
  });
  const { rule } = openUniverse(readPattern('x = 3, y = 1, rule = 23/36:P9,5\n3o!'));
  assert.deepEqual(rule, parseRule('B36/S23'));
  // Tubes and strips lie on the plane, about its origin.
  assert.deepEqual(at('x = 3, y = 1, rule = B3/S23:T0,5\n3o!'), { x: 0, y: 0, width: 3, height: 1 });
  assert.deepEqual(at('x = 3, y = 1, rule = B3/S23:P9,0\n3o!'), { x: -1, y: 0, width: 3, height: 1 });
  assert.throws(() => at('#CXRLE Pos=0,7\nx = 3, y = 1, rule = B3/S23:P0,5\n3o!'), /beyond the edge/);
});
