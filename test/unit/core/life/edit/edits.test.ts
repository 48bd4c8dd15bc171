import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Cells, CellsBuilder, type Box } from '../../../../../src/core/life/cells';
import {
  EMPTY_SETTINGS,
  MOST_EDIT_RUNS,
  applyEdit,
  boxOf,
  editBetween,
  inverse,
  whyTooLarge,
  type LifeBoard,
  type LifeEdit,
} from '../../../../../src/core/life/edit/board';
import {
  boxBetween,
  cellsOfRuns,
  countInside,
  difference,
  forEachCell,
  holds,
  inside,
  outside,
  runsOf,
  union,
} from '../../../../../src/core/life/edit/runs';
import {
  cleared,
  filled,
  moved,
  placed,
  regionOf,
  regridded,
  turned,
  turnedPattern,
  type Turn,
} from '../../../../../src/core/life/edit/transform';
import { openBoard } from '../../../../../src/core/life/edit/document';
import type { BoundedGrid } from '../../../../../src/core/life/topology';
import { Random } from '../../../../../src/core/numeric/random';

const TURNS: readonly Turn[] = ['rotate', 'flip-x', 'flip-y'];

type Place = readonly [x: number, y: number];
const places = (reach = 60): fc.Arbitrary<Place[]> =>
  fc.array(fc.tuple(fc.integer({ min: -reach, max: reach }), fc.integer({ min: -reach, max: reach })), {
    maxLength: 200,
  });
const cellsAt = (found: readonly Place[]): Cells => {
  const builder = new CellsBuilder();
  for (const [x, y] of found) builder.add(y, x, x + 1);
  return builder.build();
};
const keys = (cells: Cells): string[] => {
  const found: string[] = [];
  forEachCell(cells, (x, y) => found.push(`${x},${y}`));
  return found.sort();
};
const setOf = (found: readonly Place[]): Set<string> => new Set(found.map(String));

const grids: fc.Arbitrary<BoundedGrid | null> = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constantFrom('torus', 'plane'),
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
  }),
);
const boards: fc.Arbitrary<LifeBoard> = fc
  .tuple(places(), grids)
  .map(([found, grid]) => regridded({ cells: cellsAt(found), settings: EMPTY_SETTINGS }, grid).board);
/** A board with a selection as the editor allows it: on the grid where it has an end. */
const selected = boards.chain((board) => {
  const whole = boxOf(board.settings.grid) ?? { x: -30, y: -30, width: 60, height: 60 };
  return fc
    .tuple(fc.nat(whole.width - 1), fc.nat(whole.height - 1), fc.nat(whole.width - 1), fc.nat(whole.height - 1))
    .map(([x, y, otherX, otherY]) => ({
      board,
      region: boxBetween(whole.x + x, whole.y + y, whole.x + otherX, whole.y + otherY),
    }));
});

const same = (one: LifeBoard, other: LifeBoard): void => {
  assert.deepEqual(runsOf(one.cells), runsOf(other.cells));
  assert.deepEqual(one.settings, other.settings);
};

describe('sets of cells', () => {
  test('are the same after being written as runs and read', () => {
    fc.assert(
      fc.property(places(), (found) => {
        const cells = cellsAt(found);
        assert.ok(cellsOfRuns(runsOf(cells))?.equals(cells));
      }),
    );
  });

  test('combine as sets do', () => {
    fc.assert(
      fc.property(places(12), places(12), (one, other) => {
        const [a, b] = [setOf(one), setOf(other)];
        const all = [...new Set([...a, ...b])].sort();
        assert.deepEqual(keys(union(cellsAt(one), cellsAt(other))), all);
        assert.deepEqual(
          keys(difference(cellsAt(one), cellsAt(other))),
          all.filter((key) => a.has(key) !== b.has(key)),
        );
      }),
    );
  });

  test('are cut by a rectangle into what is inside and what is outside', () => {
    fc.assert(
      fc.property(selected, ({ board: { cells }, region }) => {
        const [within, beyond] = [inside(cells, region), outside(cells, region)];
        forEachCell(within, (x, y) => assert.ok(holds(region, x, y)));
        forEachCell(beyond, (x, y) => assert.ok(!holds(region, x, y)));
        assert.ok(union(within, beyond).equals(cells));
        assert.equal(countInside(cells, region), within.population);
      }),
    );
  });

  for (const [what, runs] of [
    ['numbers that are not three each', [0, 0]],
    ['a run of nothing', [0, 0, 0]],
    ['rows out of order', [1, 0, 1, 0, 0, 1]],
    ['runs that touch', [0, 0, 2, 0, 2, 3]],
    ['runs that overlap', [0, 0, 5, 0, 3, 6]],
  ] as const) {
    test(`are not read from ${what}`, () => assert.equal(cellsOfRuns(Int32Array.from(runs)), null));
  }
});

/** A turn that does not fit its grid changes nothing. */
function turnedOrSame(board: LifeBoard, region: Box, turn: Turn): LifeBoard {
  try {
    return turned(board, region, turn)?.board ?? board;
  } catch {
    return board;
  }
}

describe('every edit', () => {
  const shape = cellsAt([
    [0, 0],
    [2, 1],
    [1, 5],
  ]);
  const edits: readonly [string, (board: LifeBoard, region: Box, seed: number) => LifeBoard][] = [
    ['rotates', (board, region) => turnedOrSame(board, region, 'rotate')],
    ['flips from side to side', (board, region) => turnedOrSame(board, region, 'flip-x')],
    ['flips from top to bottom', (board, region) => turnedOrSame(board, region, 'flip-y')],
    ['moves', (board, region, seed) => moved(board, region, (seed % 41) - 20, (seed % 23) - 11).board],
    ['clears', cleared],
    ['fills', (board, region, seed) => filled(board, region, (seed % 10) / 10, Random.fromSeed(seed))],
    ['pastes', (board, region, seed) => placed(board, shape, region.x + (seed % 7), seed % 9).board],
    [
      'comes onto a torus',
      (board, _, seed) => regridded(board, { kind: 'torus', width: 1 + (seed % 50), height: 20 }).board,
    ],
    ['comes onto the plane', (board) => regridded(board, null).board],
    ['has another rule', (board) => ({ ...board, settings: { ...board.settings, rule: 'B36/S23' } })],
    [
      'begins at another generation',
      ({ settings }) => ({ cells: Cells.none, settings: { ...settings, generation: 7 } }),
    ],
  ];
  for (const [what, change] of edits) {
    test(`that ${what} is undone by its inverse and done again by itself`, () => {
      fc.assert(
        fc.property(selected, fc.nat(100_000), ({ board, region }, seed) => {
          const wanted = change(board, region, seed);
          const edit = editBetween('draw', board, wanted);
          if (!edit) return same(board, wanted);
          const done = applyEdit(board, edit);
          same(done, wanted);
          same(applyEdit(done, inverse(edit)), board);
          same(applyEdit(applyEdit(done, inverse(edit)), edit), wanted);
        }),
      );
    });
  }

  test('of a chain is undone in reverse order', () => {
    fc.assert(
      fc.property(selected, fc.array(fc.nat(1000), { maxLength: 12 }), ({ board, region }, seeds) => {
        const done: LifeEdit[] = [];
        let now = board;
        for (const seed of seeds) {
          const change = edits[seed % edits.length]?.[1];
          const edit = change ? editBetween('draw', now, change(now, region, seed)) : null;
          if (!edit) continue;
          done.push(edit);
          now = applyEdit(now, edit);
        }
        for (const edit of done.reverse()) now = applyEdit(now, inverse(edit));
        same(now, board);
      }),
    );
  });

  test('of more runs than go in one message is refused, with their number', () => {
    const builder = new CellsBuilder();
    for (let run = 0; run <= MOST_EDIT_RUNS; run++) builder.add(0, 2 * run, 2 * run + 1);
    const edit: LifeEdit = { kind: 'draw', flips: builder.build(), settings: null };
    assert.match(whyTooLarge(edit) ?? '', /1,000,001 runs of cells, of at most 1,000,000/);
    assert.equal(whyTooLarge({ ...edit, flips: Cells.none }), null);
  });
});

describe('transformations', () => {
  test('four quarter turns, and two flips, are none', () => {
    fc.assert(
      fc.property(places(30), (found) => {
        // A region around everything: cells that turn onto others cannot be told apart again.
        const board: LifeBoard = { cells: cellsAt(found), settings: EMPTY_SETTINGS };
        const whole = board.cells.box;
        fc.pre(whole !== null);
        for (const turn of TURNS) {
          let now = board;
          let region: Box = whole;
          for (let times = 0; times < (turn === 'rotate' ? 4 : 2); times++) {
            ({ board: now, region } = turned(now, region, turn)!);
          }
          same(now, board);
          assert.deepEqual(region, whole);
        }
      }),
    );
  });

  test('a glider is turned clockwise, and mirrored', () => {
    const glider = cellsAt([
      [1, 0],
      [2, 1],
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    const size = { width: 3, height: 3 };
    assert.deepEqual(keys(turnedPattern(glider, size, 'rotate')), ['0,0', '0,1', '0,2', '1,2', '2,1']);
    assert.deepEqual(keys(turnedPattern(glider, size, 'flip-x')), ['0,1', '0,2', '1,0', '1,2', '2,2']);
    assert.deepEqual(keys(turnedPattern(glider, size, 'flip-y')), ['0,0', '1,0', '1,2', '2,0', '2,1']);
  });

  test('nothing that lives on a grid with an end leaves it', () => {
    fc.assert(
      fc.property(selected, fc.integer({ min: -200, max: 200 }), ({ board, region }, by) => {
        const whole = boxOf(board.settings.grid);
        fc.pre(whole !== null);
        assert.deepEqual(regionOf(board, null), whole);
        const turns = TURNS.map((turn) => turnedOrSame(board, region, turn));
        for (const next of [moved(board, region, by, -by).board, ...turns]) {
          assert.equal(countInside(next.cells, whole), next.cells.population);
        }
      }),
    );
  });

  test('a move on a torus goes around it, at the end of a plane cells are gone', () => {
    const at = (kind: 'torus' | 'plane'): LifeBoard =>
      regridded({ cells: cellsAt([[7, 0]]), settings: EMPTY_SETTINGS }, { kind, width: 8, height: 8 }).board;
    const region = { x: 7, y: 0, width: 1, height: 1 };
    assert.deepEqual(keys(moved(at('torus'), region, 1, -1).board.cells), ['0,7']);
    const off = moved(at('plane'), region, 1, -1);
    assert.deepEqual([keys(off.board.cells), off.lost], [[], 1]);
  });

  test('a turn keeps every cell: moved onto its grid, turned with it, or refused', () => {
    let [refused, withGrid] = [0, 0];
    fc.assert(
      fc.property(selected, fc.boolean(), ({ board, region }, all) => {
        for (const turn of TURNS) {
          let result;
          try {
            result = turned(board, all ? null : region, turn);
          } catch (error) {
            assert.match((error as Error).message, /^Turned, these \d+ x \d+ cells span .* does not hold\.$/);
            assert.ok(!all && turn === 'rotate');
            refused++;
            continue;
          }
          if (!result) {
            assert.equal(board.cells.population, 0);
            continue;
          }
          if (result.withGrid) withGrid++;
          assert.equal(result.lost, 0);
          assert.equal(result.board.cells.population + result.covered, board.cells.population);
          // Everything, or a selection beside which nothing lives, meets nothing.
          if (all || countInside(board.cells, region) === board.cells.population) assert.equal(result.covered, 0);
          const whole = boxOf(result.board.settings.grid);
          if (whole) assert.equal(countInside(result.board.cells, whole), result.board.cells.population);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(refused > 0 && withGrid > 0);
  });

  test('a full torus of 30 x 20 has its 600 cells when it is turned, and is one of 20 x 30', () => {
    const full = new CellsBuilder();
    for (let y = 0; y < 20; y++) full.add(y, 0, 30);
    const grid: BoundedGrid = { kind: 'torus', width: 30, height: 20 };
    const board: LifeBoard = { cells: full.build(), settings: { ...EMPTY_SETTINGS, grid } };
    const result = turned(board, null, 'rotate');
    assert.equal(result?.board.cells.population, 600);
    assert.deepEqual(result.board.settings.grid, { kind: 'torus', width: 20, height: 30 });
    assert.throws(() => turned(board, boxOf(grid), 'rotate'), /span 20 x 30, which the grid of 30 x 20 does not hold/);
    const back = turned(turned(turned(result.board, null, 'rotate')!.board, null, 'rotate')!.board, null, 'rotate');
    same(back!.board, board);
  });

  test('a turned pattern steps on as the pattern itself, on every grid that is turned with it', () => {
    for (const grid of [
      { kind: 'torus', width: 30, height: 20 },
      { kind: 'plane', width: 30, height: 20 },
    ] as const) {
      const blank: LifeBoard = { cells: Cells.none, settings: { ...EMPTY_SETTINGS, grid } };
      const soup = filled(blank, boxOf(grid)!, 0.5, Random.fromSeed(3));
      const turnedFirst = openBoard(turned(soup, null, 'rotate')!.board).universe;
      const { universe } = openBoard(soup);
      for (let step = 0; step < 20; step++) {
        turnedFirst.step();
        universe.step();
      }
      const last: LifeBoard = { ...soup, cells: universe.cells() };
      // The whole grid, wherever cells live by now.
      const size = { width: 30, height: 20 };
      assert.deepEqual(runsOf(turnedFirst.cells()), runsOf(turnedPattern(last.cells, size, 'rotate')));
    }
  });

  test('what is placed beyond the edge of a plane is counted, and what meets others too', () => {
    const grid: BoundedGrid = { kind: 'plane', width: 8, height: 8 };
    const board: LifeBoard = { cells: cellsAt([[0, 0]]), settings: { ...EMPTY_SETTINGS, grid } };
    const row = cellsAt([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    const { board: after, ...counts } = placed(board, row, -2, 0);
    assert.deepEqual([after.cells.population, counts], [1, { lost: 2, covered: 1 }]);
  });

  test('density 0 clears, density 1 fills', () => {
    const board: LifeBoard = {
      cells: cellsAt([
        [2, 2],
        [9, 9],
      ]),
      settings: EMPTY_SETTINGS,
    };
    const region = { x: 0, y: 0, width: 5, height: 4 };
    assert.deepEqual(keys(filled(board, region, 0, Random.fromSeed(1)).cells), ['9,9']);
    assert.equal(filled(board, region, 1, Random.fromSeed(1)).cells.population, 21);
  });
});

describe('a board that comes onto a torus', () => {
  const onTorus = (found: readonly Place[], width: number, height: number): [string[], object | null, number] => {
    const board: LifeBoard = { cells: cellsAt(found), settings: EMPTY_SETTINGS };
    const result = regridded(board, { kind: 'torus', width, height });
    return [keys(result.board.cells), result.moved, result.lost];
  };

  test('keeps its place where it lies on it', () => {
    const corners: Place[] = [
      [1, 1],
      [6, 3],
    ];
    assert.deepEqual(onTorus(corners, 7, 4), [['1,1', '6,3'], null, 0]);
  });

  test('is moved to the middle where it fits and lies elsewhere', () => {
    const corners: Place[] = [
      [-5, -5],
      [-4, -4],
    ];
    assert.deepEqual(onTorus(corners, 8, 8), [['3,3', '4,4'], { dx: 8, dy: 8 }, 0]);
  });

  test('loses what does not fit, and says how much', () => {
    const wide: Place[] = [
      [0, 0],
      [9, 0],
      [3, 1],
    ];
    assert.deepEqual(onTorus(wide, 4, 4), [['0,0', '3,1'], null, 1]);
  });
});
