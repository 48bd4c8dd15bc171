import type { Pattern } from './pattern';
import { readPattern } from './formats/index';

/** What becomes of a pattern under B3/S23: it stays, comes back, comes back elsewhere, sends out gliders, or grows for long. */
export type PatternKind = 'still life' | 'oscillator' | 'spaceship' | 'gun' | 'methuselah';

export interface NamedPattern {
  readonly name: string;
  readonly kind: PatternKind;
  /** Generations until it is itself again, beside what it sent out; null where it never is. */
  readonly period: number | null;
  readonly pattern: Pattern;
}

const named = (name: string, kind: PatternKind, period: number | null, rle: string): NamedPattern => ({
  name,
  kind,
  period,
  pattern: readPattern(`#N ${name[0]?.toUpperCase()}${name.slice(1)}\n${rle}`, '.rle'),
});

/** The best-known patterns of Conway's Life, in the phase in which they are mostly drawn. */
export const PATTERNS: readonly NamedPattern[] = [
  named('block', 'still life', 1, '2o$2o!'),
  named('beehive', 'still life', 1, 'b2o$o2bo$b2o!'),
  named('loaf', 'still life', 1, 'b2o$o2bo$bobo$2bo!'),
  named('boat', 'still life', 1, '2o$obo$bo!'),
  named('tub', 'still life', 1, 'bo$obo$bo!'),
  named('blinker', 'oscillator', 2, '3o!'),
  named('toad', 'oscillator', 2, 'b3o$3o!'),
  named('beacon', 'oscillator', 2, '2o$2o$2b2o$2b2o!'),
  named(
    'pulsar',
    'oscillator',
    3,
    '2b3o3b3o2$o4bobo4bo$o4bobo4bo$o4bobo4bo$2b3o3b3o2$2b3o3b3o$o4bobo4bo$o4bobo4bo$o4bobo4bo2$2b3o3b3o!',
  ),
  named('pentadecathlon', 'oscillator', 15, '2bo4bo$2ob4ob2o$2bo4bo!'),
  named('glider', 'spaceship', 4, 'bo$2bo$3o!'),
  named('lightweight spaceship', 'spaceship', 4, 'bo2bo$o$o3bo$4o!'),
  named('middleweight spaceship', 'spaceship', 4, '3bo$bo3bo$o$o4bo$5o!'),
  named('heavyweight spaceship', 'spaceship', 4, '3b2o$bo4bo$o$o5bo$6o!'),
  named(
    'gosper glider gun',
    'gun',
    30,
    '24bo$22bobo$12b2o6b2o12b2o$11bo3bo4b2o12b2o$2o8bo5bo3b2o$2o8bo3bob2o4bobo$10bo5bo7bo$11bo3bo$12b2o!',
  ),
  named('r-pentomino', 'methuselah', null, 'b2o$2o$bo!'),
  named('acorn', 'methuselah', null, 'bo$3bo$2o2b3o!'),
  named('diehard', 'methuselah', null, '6bo$2o$bo3b3o!'),
];

/** The pattern of this name, or undefined. */
export function findPattern(name: string): NamedPattern | undefined {
  return PATTERNS.find((pattern) => pattern.name === name);
}
