import { randomBoard } from '../../src/core/life/board';
import { findPattern } from '../../src/core/life/patterns';
import { neighbourCounts, parseRule } from '../../src/core/life/rule';
import type { GridSize } from '../../src/core/life/topology';
import { Grid } from '../../src/core/life/universe/grid';
import { openUniverse } from '../../src/core/life/universe/open';
import { Plane } from '../../src/core/life/universe/plane';
import type { Universe } from '../../src/core/life/universe/universe';
import { Random } from '../../src/core/numeric/random';

export interface LifeResult {
  readonly label: string;
  readonly stepsPerSecond: number;
  readonly population: number;
}

const SIDE = 1024;
const SIZE: GridSize = { width: SIDE, height: SIDE, topology: 'torus' };
/** Generations before the measured ones, so that a soup has thinned out and the code is warm. */
const SETTLE = 100;
const SECONDS = 2;
const SOUP = 0.37;

/** Exact steps per second of what is played: soups of 1,024 x 1,024 cells, and a gun that has run for 2,000 generations. */
export function measureLife(): { readonly results: readonly LifeResult[]; readonly perCell: number } {
  const results = ['B3/S23', 'B36/S125'].flatMap((notation) => {
    const rule = parseRule(notation);
    return [
      timed(`soup of ${SIDE} x ${SIDE}, ${notation}, torus`, soup(new Grid(SIZE, rule)), SETTLE),
      timed(`soup of ${SIDE} x ${SIDE}, ${notation}, plane`, soup(new Plane(rule)), SETTLE),
    ];
  });
  const gun = findPattern('gosper glider gun');
  if (gun)
    results.push(timed('gosper glider gun, plane, from generation 2,000', openUniverse(gun.pattern, 'plane'), 2000));
  return { results, perCell: measurePerCell() };
}

function soup<T extends Universe>(universe: T): T {
  randomBoard(Random.fromSeed(1), SIZE, SOUP).forEach((cell, at) => {
    if (cell === 1) universe.set(at % SIDE, Math.floor(at / SIDE), true);
  });
  return universe;
}

function timed(label: string, universe: Universe, settle: number): LifeResult {
  while (universe.generation < settle) universe.step();
  const started = performance.now();
  while (performance.now() - started < SECONDS * 1000) universe.step();
  const seconds = (performance.now() - started) / 1000;
  return { label, stepsPerSecond: (universe.generation - settle) / seconds, population: universe.population };
}

/** Steps per second where the neighbours of each cell are counted one by one: what the words are compared with. */
function measurePerCell(): number {
  const { birth, survival } = parseRule('B3/S23');
  let board = randomBoard(Random.fromSeed(1), SIZE, SOUP);
  let steps = 0;
  const started = performance.now();
  while (performance.now() - started < SECONDS * 1000) {
    const counts = neighbourCounts(board, SIZE);
    board = board.map((cell, at) => ((cell === 1 ? survival : birth)[counts[at] as number] ? 1 : 0));
    steps++;
  }
  return (steps * 1000) / (performance.now() - started);
}
