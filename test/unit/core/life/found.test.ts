import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { CoreError } from '../../../../src/core/errors';
import { patternText, readPattern, writePattern } from '../../../../src/core/life/formats/index';
import type { Pattern } from '../../../../src/core/life/pattern';
import { CONWAY, formatRule, parseRule } from '../../../../src/core/life/rule';
import type { GridSize } from '../../../../src/core/life/topology';
import { readRule } from '../../../../src/core/life/rules/notation';
import { Grid } from '../../../../src/core/life/universe/grid';
import { openUniverse } from '../../../../src/core/life/universe/open';
import type { Plane } from '../../../../src/core/life/universe/plane';
import type { Universe } from '../../../../src/core/life/universe/universe';
import { fixture, skipWithoutFixtures } from '../../../harness/fixtures';

// Patterns as they are found in the wild, and what bgolly 3.3 makes of those of Conway's Life.

interface Expected {
  readonly file: string;
  readonly x: number;
  readonly y: number;
  readonly plane_pop_0_10?: readonly (number | null)[];
  readonly plane_pop_100?: number | null;
  readonly plane_gen10_rle_trimmed?: readonly string[];
  readonly torus32_pop_0_32?: readonly (number | null)[];
  readonly torus32_pop_250?: number | null;
}

const read = (file: string): Pattern => readPattern(readFileSync(fixture('life', file)), file);

const expected = (): Expected[] =>
  readFileSync(fixture('life', 'expected.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Expected);

/** Files in which bgolly took the words of comments for cells, because a blank stands before their `#`. */
const WORDS_AS_CELLS = ['lifewiki/pseudobarberpole_synth.rle'];

/** Cut by bgolly (see {@link cutByGolly}), with one birth less at the cut than there is in the others. */
const CUT_OTHERWISE = ['lifewiki/loafpull.rle'];

function populations(universe: Universe, generations: number): number[] {
  const counts = [universe.population];
  for (let at = 0; at < generations; at++) {
    universe.step();
    counts.push(universe.population);
  }
  return counts;
}

describe('patterns as they are found', { skip: skipWithoutFixtures }, () => {
  test('on the plane each steps as recorded: populations of generations 0 to 10 and 100, cells of generation 10', () => {
    let compared = 0;
    for (const { file, x, y, ...recorded } of expected()) {
      const pattern = read(file);
      assert.deepEqual([pattern.width, pattern.height], [x, y], file);
      assert.equal(formatRule(parseRule(pattern.rule)), CONWAY, file);
      const { plane_pop_0_10: first, plane_pop_100: last, plane_gen10_rle_trimmed: cells } = recorded;
      if (!first || first[0] === null || WORDS_AS_CELLS.includes(file)) continue;
      const universe = openUniverse(pattern, 'plane');
      assert.deepEqual(populations(universe, 10), first, file);
      if (cells) {
        const tenth = universe.cells();
        const { x = 0, y = 0 } = tenth.box ?? {};
        assert.ok(
          tenth.translated(-x, -y).equals(readPattern(cells.join('\n'), '.rle').cells),
          `${file}, generation 10`,
        );
      }
      assert.equal(populations(universe, 90)[90], last, `${file}, generation 100`);
      compared++;
    }
    assert.equal(compared, 1048);
  });

  test('on a torus of 32 x 32 each steps as recorded: populations of generations 0 to 32 and 250', () => {
    const size: GridSize = { width: 32, height: 32, topology: 'torus' };
    let [whole, cut] = [0, 0];
    for (const { file, torus32_pop_0_32: first, torus32_pop_250: last } of expected()) {
      if (!first || first[0] === null) continue;
      const pattern = read(file);
      const fits = pattern.width <= 16 && pattern.height <= 16;
      if (CUT_OTHERWISE.includes(file)) continue;
      const counts = populations(fits ? openUniverse(pattern, size) : cutByGolly(pattern, size), fits ? 250 : 249);
      // bgolly counts what lies beyond its grid in generation 0 alone.
      const all = fits ? counts : [pattern.cells.population, ...counts];
      assert.deepEqual([...all.slice(0, 33), all[250]], [...first, last], file);
      if (fits) whole++;
      else cut++;
    }
    assert.deepEqual([whole, cut], [386, 175]);
  });

  test('what is read is written and read as the same, by the text and by the bytes', () => {
    let count = 0;
    for (const { file } of index()) {
      let pattern: Pattern;
      try {
        pattern = read(file);
      } catch {
        continue;
      }
      count++;
      const bytes = writePattern(pattern);
      const again = readPattern(bytes, file);
      assert.ok(again.cells.equals(pattern.cells), file);
      assert.deepEqual({ ...again, cells: null }, { ...pattern, cells: null }, file);
      assert.deepEqual(writePattern(again), bytes, file);
      // Through RLE every form keeps its cells and what is said of them.
      const rle = readPattern(patternText(pattern, 'rle'), '.rle');
      assert.ok(rle.cells.equals(pattern.cells), file);
      assert.deepEqual(
        rle.notes.map(({ text }) => text),
        pattern.notes.flatMap(({ text }) => text.split('\n')),
        file,
      );
    }
    assert.equal(count, READ);
  });

  test('every other one is refused with a sentence that says what it is', () => {
    const isLife = new Set(expected().map(({ file }) => file));
    const reasons = new Map<string, number>();
    for (const { file, multistate } of index()) {
      let refusal: unknown = null;
      let pattern: Pattern | null = null;
      try {
        pattern = read(file);
      } catch (error) {
        refusal = error;
      }
      if (pattern) {
        assert.ok(pattern.cells.population > 0, file);
        // Small letters other than b are live cells in old files of Life: all that is read of those with many letters.
        assert.ok(!multistate || isLife.has(file) || readRule(pattern.rule).states > 2, file);
        continue;
      }
      assert.ok(refusal instanceof CoreError, `${file}: ${String(refusal)}`);
      assert.ok(!isLife.has(file), file);
      assert.equal(refusal.code, 'life-unsupported', `${file}: ${refusal.message}`);
      assert.match(refusal.message, /^[A-Z].*\.$/, file);
      const said = refusal.message;
      const reason = Object.keys(REASONS).find((each) => REASONS[each]?.test(said)) ?? said;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(reasons), {
      ...{ 'rule of more states': 6, 'larger than Life': 19, named: 49 },
      ...{ compressed: 11, mcell: 4 },
    });
  });

  test('patterns of bounded grids step on theirs', () => {
    for (const [file, kind] of [
      ['lifewiki/torus.rle', 'torus'],
      ['lifewiki/finiteplane.rle', 'plane'],
      ['lifewiki/kleinbottle.rle', 'klein-bottle'],
      ['lifewiki/crosssurface.rle', 'cross-surface'],
      ['lifewiki/sphere.rle', 'sphere'],
    ] as const) {
      const pattern = read(file);
      assert.equal(pattern.bounds?.kind, kind);
      assert.deepEqual([pattern.bounds.width, pattern.bounds.height], [100, 100]);
      const universe = openUniverse(pattern);
      assert.deepEqual(universe.grid, pattern.bounds);
      assert.equal(universe.population, pattern.cells.population);
      assert.ok(populations(universe, 100).every((population) => population > 0));
    }
    // An agar of period 3 that fills its torus of 72 x 48.
    const agar = openUniverse(read('golly/Life/Bounded-Grids/agar-p3.rle'));
    const start = agar.cells();
    populations(agar, 2);
    assert.ok(!agar.cells().equals(start));
    agar.step();
    assert.ok(agar.cells().equals(start));
  });
});

/** What refusals say it is. */
const REASONS: Readonly<Record<string, RegExp>> = {
  mcell: /This is an MCell file/,
  compressed: /The file is compressed/,
  'rule of more states': /has (seven|\d+) states/,
  'larger than Life': /Larger than Life/,
  named: /is a table by name/,
};

/** Files that are read, of 1,402. */
const READ = 1313;

function index(): { readonly file: string; readonly multistate: boolean }[] {
  const [header = '', ...lines] = readFileSync(fixture('life', 'INDEX.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    // Names of files hold no commas; what does is quoted.
    const fields = [...line.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map((match) => match[1]);
    return { file: fields[0] as string, multistate: fields[names.indexOf('multistate')] === 'True' };
  });
}

/**
 * A universe after its first generation as bgolly recorded it. bgolly puts the upper left cell of a pattern into the middle of
 * the grid, so that of a pattern with more than 16 cells a side some lie beyond its edge: the first step still sees them,
 * beside copies of what lies opposite, and then they are gone.
 */
function cutByGolly(pattern: Pattern, size: GridSize): Grid {
  const [low, high] = [-size.width / 2, size.width / 2 - 1];
  const plane = openUniverse({ ...pattern, position: null }, 'plane') as Plane;
  const copies: [number, number][] = [];
  for (let at = low; at <= high; at++) {
    if (plane.get(high, at)) copies.push([low - 1, at]);
    if (plane.get(low, at)) copies.push([high + 1, at]);
    if (plane.get(at, high)) copies.push([at, low - 1]);
    if (plane.get(at, low)) copies.push([at, high + 1]);
  }
  if (plane.get(high, high)) copies.push([low - 1, low - 1]);
  for (const [x, y] of copies) plane.set(x, y, true);
  plane.step();
  const grid = new Grid(size, plane.rule);
  plane.cells().forEachRun((y, start, end) => {
    for (let x = start; x < end; x++)
      if (x <= high && y <= high && x >= low && y >= low) grid.set(x - low, y - low, true);
  });
  return grid;
}
