import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Cells } from '../../../../src/core/life/cells';
import { boardOfPattern, patternOfBoard } from '../../../../src/core/life/edit/document';
import { patternText, readPattern } from '../../../../src/core/life/formats/index';
import { BLANK } from '../../../../src/core/life/pattern';
import { readRule } from '../../../../src/core/life/rules/notation';
import { isBornOfNothing } from '../../../../src/core/life/rules/table';
import { openUniverse } from '../../../../src/core/life/universe/open';

// What bgolly makes of soups by rules and on grids of every kind; scripts/golly-golden.mjs writes golly.json.

interface Golden {
  readonly rule: string;
  readonly grid: string | null;
  readonly position: readonly [x: number, y: number];
  readonly cells: string;
  readonly width: number;
  readonly height: number;
  readonly states: number;
  /** Of each generation from 0. */
  readonly populations: readonly number[];
  /** Cells of the last generation, without what is dead around them. */
  readonly last: string;
  /** The rule as Golly writes it. */
  readonly canonical: string;
}

const { source, cases } = JSON.parse(readFileSync(new URL('golly.json', import.meta.url), 'utf8')) as {
  source: string;
  cases: readonly Golden[];
};

describe(`boards step as in Golly (${source})`, () => {
  for (const golden of cases) {
    const { rule, grid, position, cells, width, height, populations, last } = golden;
    const surface = grid ? `:${grid}` : '';
    test(`${rule}${surface}, ${golden.states} states: ${populations.length - 1} generations`, () => {
      const header = `#CXRLE Pos=${position.join(',')}\nx = ${width}, y = ${height}, rule = ${rule}${surface}`;
      const universe = openUniverse(readPattern(`${header}\n${cells}`));
      const counts = [universe.population];
      for (let step = 1; step < populations.length; step++) {
        universe.step();
        counts.push(universe.population);
      }
      assert.deepEqual(counts, populations);
      const now = universe.cells();
      const { x = 0, y = 0 } = now.box ?? {};
      const wanted = readPattern(`x = 0, y = 0, rule = ${rule}\n${last}`);
      assert.ok(now.translated(-x, -y).equals(wanted.cells));
      const layers = universe.layers();
      for (let at = 0; at < golden.states - 2; at++) {
        const layer = layers[at]?.translated(-x, -y) ?? Cells.none;
        assert.ok(layer.equals(wanted.states[at] ?? Cells.none), `state ${at + 2}`);
      }
      // What is saved of it steps on as it does itself.
      const board = { cells: now, states: layers, settings: { rule, grid: universe.grid, generation: 0 } };
      const saved = boardOfPattern(readPattern(patternText(patternOfBoard(BLANK, board))));
      assert.deepEqual(
        (saved.states ?? []).filter(({ runs }) => runs > 0),
        layers.filter(({ runs }) => runs > 0),
      );
      assert.ok(saved.cells.equals(now));
    });
  }

  test('with B0 on a torus cells are what the rule says; Golly shows them inverted at odd generations', () => {
    for (const rule of ['B03/S23', 'B028/S0124']) {
      const said = readRule(rule);
      assert.ok(isBornOfNothing(said.cells));
      const plane = openUniverse(readPattern(`x = 3, y = 3, rule = ${rule}\nbo$2bo$3o!`));
      const torus = openUniverse(readPattern(`x = 3, y = 3, rule = ${rule}:T64,64\nbo$2bo$3o!`));
      for (let step = 1; step <= 8; step++) {
        plane.step();
        torus.step();
        assert.equal(plane.background, step % 2 === 1);
        assert.equal(torus.population, plane.background ? 64 * 64 - plane.population : plane.population);
      }
    }
  });

  test('a pattern that begins at an odd generation of such a rule goes on as it would have', () => {
    const start = openUniverse(readPattern('x = 3, y = 3, rule = B03/S23\nbo$2bo$3o!'));
    const later = openUniverse(readPattern('#CXRLE Pos=-1,-1 Gen=1\nx = 5, y = 5, rule = B03/S23\n!'));
    start.step();
    start.cells().forEachRun((y, from, end) => later.add(y, from, end));
    for (let step = 0; step < 6; step++) {
      start.step();
      later.step();
      assert.ok(later.cells().equals(start.cells()));
    }
  });

  test('rules are written as Golly writes them', () => {
    for (const { rule, canonical } of cases) assert.equal(readRule(rule).notation, canonical, rule);
  });
});
