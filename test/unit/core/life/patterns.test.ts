import assert from 'node:assert/strict';
import test from 'node:test';
import { noteOf } from '../../../../src/core/life/pattern';
import { findPattern, PATTERNS, type NamedPattern } from '../../../../src/core/life/patterns';
import { openUniverse } from '../../../../src/core/life/universe/open';
import { PeriodWatch, type Period } from '../../../../src/core/life/universe/period';

/** When the pattern comes back on the plane, within some generations. */
function comesBack({ pattern }: NamedPattern, generations = 125): Period | null {
  const universe = openUniverse(pattern, 'plane');
  const watch = new PeriodWatch();
  for (let at = 0; at <= generations; at++, universe.step()) {
    const period = watch.look(universe);
    if (period) return period;
  }
  return null;
}

test('every pattern becomes what its kind and its period say, and nothing earlier', () => {
  for (const named of PATTERNS) {
    const { name, kind, period } = named;
    const found = comesBack(named);
    if (kind === 'methuselah' || kind === 'gun') {
      assert.equal(found, null, name);
      continue;
    }
    assert.ok(found, name);
    assert.equal(found.period, period, name);
    assert.equal(found.since, 0, name);
    assert.equal(found.dx !== 0 || found.dy !== 0, kind === 'spaceship', name);
    assert.equal(period === 1, kind === 'still life', name);
  }
});

test('the patterns are the ones that go by these names: cells, and what is known of their fate', () => {
  const counts = Object.fromEntries(PATTERNS.map(({ name, pattern }) => [name, pattern.cells.population]));
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
    pentadecathlon: 12,
    glider: 5,
    'lightweight spaceship': 9,
    'middleweight spaceship': 11,
    'heavyweight spaceship': 13,
    'gosper glider gun': 36,
    'r-pentomino': 5,
    acorn: 7,
    diehard: 7,
  });
  // The glider moves by one cell down and right in four generations, the spaceships by two cells along their rows.
  const moves = (name: string): number[] => {
    const { dx, dy } = comesBack(findPattern(name)!)!;
    return [Math.abs(dx), dy];
  };
  assert.deepEqual(moves('glider'), [1, 1]);
  for (const weight of ['light', 'middle', 'heavy']) assert.deepEqual(moves(`${weight}weight spaceship`), [2, 0]);
  assert.equal(findPattern('unheard of'), undefined);
  assert.equal(noteOf(findPattern('glider')!.pattern, 'name'), 'Glider');
});

test('the gun sends out a glider every 30 generations', () => {
  const universe = openUniverse(findPattern('gosper glider gun')!.pattern, 'plane');
  const populations: number[] = [];
  for (let at = 0; at <= 300; at++, universe.step()) if (at % 30 === 0) populations.push(universe.population);
  assert.deepEqual(
    populations.slice(1).map((population, at) => population - populations[at]!),
    Array.from({ length: 10 }, () => 5),
  );
});

test('the methuselahs take as long as is known: r-pentomino 1,103, acorn 5,206, diehard 130 generations', () => {
  const after = (name: string, generations: number): number => {
    const universe = openUniverse(findPattern(name)!.pattern, 'plane');
    while (universe.generation < generations) universe.step();
    return universe.population;
  };
  assert.equal(after('r-pentomino', 1103), 116);
  assert.equal(after('acorn', 5206), 633);
  assert.deepEqual(
    [after('diehard', 129), after('diehard', 130)].map((population) => population > 0),
    [true, false],
  );
});
