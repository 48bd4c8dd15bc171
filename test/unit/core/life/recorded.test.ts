import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { LifeConfusion, sumErrors } from '../../../../src/core/life/confusion';
import { analyseRollout } from '../../../../src/core/life/rollout';
import { parseRule, step } from '../../../../src/core/life/rule';
import type { GridSize } from '../../../../src/core/life/topology';
import { fixture, skipWithoutFixtures } from '../../../harness/fixtures';

// What LifeGPT's authors published beside its code (lamm-mit/LifeGPT): boards as text of 1,024 digits, states from 1.

const CONWAY = parseRule('B3/S23');
const SIZE: GridSize = { width: 32, height: 32, topology: 'torus' };
const CELLS = SIZE.width * SIZE.height;

const table = (...path: string[]): string[][] =>
  readFileSync(fixture('lifegpt', ...path), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
const board = (digits: string): Uint8Array => Uint8Array.from(digits, Number);
const alive = (cells: Uint8Array): number => cells.reduce((sum, cell) => sum + cell, 0);

/** A rollout of 249 steps at epoch 50 and temperature 0, and the true history beside it. */
function recording(sample: number, version: 'v1' | 'v2'): { truth: string[]; rolled: string[] } {
  const name = `sample_${sample}`;
  const [, truth = [], rolled = []] = table('ARAR', name, `data_temp_0_epoch_50_${name}_${version}.csv`);
  return { truth: truth.slice(1), rolled: rolled.slice(1) };
}

describe('the recorded rollouts of LifeGPT', { skip: skipWithoutFixtures }, () => {
  test('the board that is dead stays right for 249 steps', () => {
    const { truth, rolled } = recording(1, 'v1');
    const report = analyseRollout(rolled.map(board), SIZE, CONWAY);
    assert.equal(report.steps.length, 249);
    assert.deepEqual([report.firstWrong, report.own, report.inherited], [null, 0, 0]);
    assert.deepEqual(rolled, truth);
  });

  test('the glider goes wrong at state 46 by two own errors, dies, and all that is wrong then is inherited', () => {
    const { truth, rolled } = recording(6, 'v1');
    const boards = rolled.map(board);
    const history = truth.map(board);
    assert.equal(analyseRollout(history, SIZE, CONWAY).firstWrong, null, 'their truth is the rule’s');
    const report = analyseRollout(boards, SIZE, CONWAY);
    assert.equal(report.firstWrong, 46 - 1, 'state 46 is the 45th prediction');
    assert.equal(report.own, 2);
    for (const { step, wrong, own, inherited } of report.steps) {
      assert.equal(own, step === 45 ? 2 : 0, `step ${step}`);
      assert.equal(inherited, step === 45 ? 0 : wrong, `step ${step}`);
    }
    const last = report.steps.at(-1)!;
    assert.equal((last.wrong / CELLS).toFixed(4), '0.0049');
    assert.deepEqual([alive(history.at(-1)!), alive(boards.at(-1)!)], [5, 0]);
  });

  test('own errors are three live neighbours for four and the other way, at the edge of the text', () => {
    const { rolled } = recording(6, 'v1');
    const boards = rolled.map(board);
    const errors = new LifeConfusion(SIZE, CONWAY);
    const rows = new Set<number>();
    for (let at = 1; at < boards.length; at++) {
      const [before, after] = [boards[at - 1]!, boards[at]!];
      errors.add(before, after);
      step(before, SIZE, CONWAY).forEach((cell, place) => {
        if (cell !== after[place]) rows.add(Math.floor(place / SIZE.width));
      });
    }
    assert.ok(
      [...rows].every((row) => [0, 28, 30, 31].includes(row)),
      [...rows].join(),
    );
    assert.deepEqual(sumErrors(errors.counts), { cells: 249 * CELLS, wrong: 2 });
    assert.deepEqual(
      errors.counts
        .filter(({ wrong }) => wrong > 0)
        .map(({ alive, neighbours, edge, wrong }) => ({ alive, neighbours, edge, wrong })),
      [
        { alive: false, neighbours: 3, edge: true, wrong: 1 },
        { alive: true, neighbours: 4, edge: true, wrong: 1 },
      ],
    );
  });

  test('an answer that is no board is refused, not counted as right as far as it goes', () => {
    for (const sample of [1, 6]) {
      const { rolled } = recording(sample, 'v2');
      assert.equal(rolled.at(-1), '');
      assert.throws(() => analyseRollout(rolled.map(board), SIZE, CONWAY), /grid of 32 x 32|cannot be compared/);
      assert.deepEqual(rolled.slice(0, -1), recording(sample, 'v1').rolled.slice(0, -1));
    }
  });

  test('the ten test boards: their true successors are the rule’s on a torus; hammerhead stands before blinkers', () => {
    const boards = table('test_states_32x32.csv')
      .slice(1)
      .map((row) => row.map(board));
    assert.equal(boards.length, 10);
    for (const states of boards) {
      const { steps, firstWrong } = analyseRollout(states, SIZE, CONWAY);
      assert.deepEqual([steps.length, firstWrong], [9, null]);
    }
    assert.deepEqual(
      boards.map(([first]) => alive(first!)),
      [0, 254, 507, 768, 1024, 5, 40, 76, 12, 5],
    );
  });
});
