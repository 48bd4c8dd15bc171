import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_SETTINGS, type LifeBoard } from '../../../../../src/core/life/edit/board';
import { openBoard } from '../../../../../src/core/life/edit/document';
import { Timeline } from '../../../../../src/core/life/edit/timeline';
import { readPattern } from '../../../../../src/core/life/formats';
import type { BoundedGrid } from '../../../../../src/core/life/topology';

const boardOf = (rle: string, grid: BoundedGrid | null = null): LifeBoard => ({
  cells: readPattern(rle).cells,
  settings: { ...EMPTY_SETTINGS, grid },
});
const R_PENTOMINO = boardOf('b2o$2o$bo!', { kind: 'torus', width: 40, height: 24 });
const timelineOf = (board: LifeBoard, first = 0): Timeline => new Timeline(openBoard(board).universe, first);

describe('a timeline', () => {
  test('shows at each generation what stepping from the start shows, however it came there', () => {
    // By a plain universe, a generation after the other.
    const { universe } = openBoard(R_PENTOMINO);
    const truth = Array.from({ length: 901 }, (_, generation) => {
      if (generation > 0) universe.step();
      return universe.cells();
    });
    const moves = fc.oneof(
      fc.record({ kind: fc.constant('step' as const), times: fc.nat(40) }),
      fc.record({ kind: fc.constant('back' as const), times: fc.nat(40) }),
      fc.record({ kind: fc.constant('seek' as const), times: fc.nat(900) }),
      fc.record({ kind: fc.constant('reset' as const), times: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 12 }), (chosen) => {
        const timeline = timelineOf(R_PENTOMINO);
        for (const { kind, times } of chosen) {
          if (kind === 'seek') timeline.seek(times);
          else if (kind === 'reset') timeline.reset();
          else for (let time = 0; time < times && timeline.generation < 900; time++) timeline[kind]();
          assert.ok(timeline.universe.cells().equals(truth[timeline.generation]!));
          assert.equal(timeline.isStart, timeline.generation === 0);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('goes back to the first generation of the file, and no further', () => {
    const timeline = timelineOf(boardOf('3o!'), 17);
    assert.equal(timeline.generation, 17);
    timeline.step();
    timeline.step();
    assert.equal(timeline.generation, 19);
    for (let time = 0; time < 5; time++) timeline.back();
    assert.deepEqual([timeline.generation, timeline.isStart], [17, true]);
    assert.ok(timeline.universe.cells().equals(readPattern('3o!').cells));
  });

  test('keeps a long history in bounded memory and still goes back by one', () => {
    const timeline = timelineOf(boardOf('3o!'));
    timeline.seek(5001);
    timeline.back();
    assert.equal(timeline.generation, 5000);
    assert.ok(timeline.universe.cells().equals(readPattern('3o!').cells));
  });

  test('begins with what was drawn', () => {
    const timeline = timelineOf(boardOf('3o!'));
    timeline.universe.set(5, 5, true);
    timeline.replaceStart();
    timeline.step();
    timeline.reset();
    assert.equal(timeline.universe.get(5, 5), true);
    assert.equal(timeline.universe.population, 4);
  });

  test('counts births and deaths of the next step', () => {
    assert.deepEqual(timelineOf(boardOf('3o!')).changes(), { births: 2, deaths: 2 });
    assert.deepEqual(timelineOf(boardOf('2o$2o!')).changes(), { births: 0, deaths: 0 });
    assert.deepEqual(timelineOf(boardOf('o!')).changes(), { births: 0, deaths: 1 });
  });
});

describe('a board that is not stepped', () => {
  test('is shown, and says why', () => {
    const tube: BoundedGrid = { kind: 'torus', width: 0, height: 9 };
    const filling = openBoard({ ...boardOf('3o!'), settings: { ...EMPTY_SETTINGS, rule: 'B0/S8', grid: tube } });
    assert.match(filling.whyStill ?? '', /B0/);
    assert.equal(filling.universe.population, 3);
  });
});
