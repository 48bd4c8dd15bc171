import assert from 'node:assert/strict';
import test from 'node:test';
import { centred } from '../../../../src/core/life/board';
import { findPattern } from '../../../../src/core/life/patterns';
import { analyseRollout } from '../../../../src/core/life/rollout';
import { RolloutRecord, rolloutBody, rolloutCsv } from '../../../../src/core/life/rollout-record';
import { parseRule, step } from '../../../../src/core/life/rule';
import type { LifeGrid } from '../../../../src/core/trace/record';

const GRID: LifeGrid = {
  width: 8,
  height: 8,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@<{cells}>',
  answer: '[{cells}]$',
};
const RULE = parseRule(GRID.rule);
const next = (board: Uint8Array): Uint8Array => step(board, GRID, RULE);
const glider = centred(findPattern('glider')!.pattern, GRID);

/** Three steps by the rule, one with a false birth and a false death in it, and two more by the rule. */
function erring(): Uint8Array[] {
  const boards = [glider];
  for (let at = 0; at < 3; at++) boards.push(next(boards.at(-1)!));
  const wrong = next(boards.at(-1)!);
  wrong[wrong.indexOf(1)] = 0;
  wrong[0] = 1;
  boards.push(wrong);
  for (let at = 0; at < 2; at++) boards.push(next(boards.at(-1)!));
  return boards;
}

test('a record that grows says at each board what the whole analysis says', () => {
  const boards = erring();
  const record = new RolloutRecord(glider, GRID);
  for (let made = 1; made < boards.length; made++) {
    record.add(boards[made]!);
    const { steps, firstWrong, own, inherited } = analyseRollout(boards.slice(0, made + 1), GRID, RULE);
    assert.deepEqual(record.steps, steps);
    assert.deepEqual([record.firstWrong, record.own, record.inherited], [firstWrong, own, inherited]);
    assert.equal(record.exact.length, made + 1);
  }
  assert.equal(record.firstWrong, 4);
  assert.equal(record.own, 2);
  assert.deepEqual(record.steps[3], { step: 4, wrong: 2, own: 2, inherited: 0, falseBirths: 1, falseDeaths: 1 });
  assert.equal(record.steps[4]!.own, 0);
  assert.equal(record.steps[4]!.inherited, record.steps[4]!.wrong);
});

test('own errors are counted by neighbours and place, each step’s cells once', () => {
  const { kinds } = RolloutRecord.of(erring(), null, GRID);
  assert.equal(
    kinds.reduce((sum, { cells }) => sum + cells, 0),
    6 * 64,
  );
  const wrong = kinds.filter((kind) => kind.wrong > 0);
  assert.equal(
    wrong.reduce((sum, kind) => sum + kind.wrong, 0),
    2,
  );
  assert.deepEqual(
    wrong.filter(({ edge }) => edge).map(({ alive, neighbours }) => [alive, neighbours]),
    [[false, 0]],
  );
});

test('an answer that is no board is the first wrong step where nothing was wrong before', () => {
  const right = [glider, next(glider)];
  assert.equal(RolloutRecord.of(right, 'It has 3 cells instead of 64.', GRID).firstWrong, 2);
  assert.equal(RolloutRecord.of(right, null, GRID).firstWrong, null);
  assert.equal(RolloutRecord.of(erring(), 'It is short.', GRID).firstWrong, 4);
});

test('for programs, boards are digits and only kinds with errors are told', () => {
  const body = rolloutBody(RolloutRecord.of(erring(), null, GRID)) as {
    grid: object;
    stepsMade: number;
    predicted: string[];
    errors: { wrong: number }[];
  };
  assert.deepEqual(body.grid, { width: 8, height: 8, topology: 'torus', rule: 'B3/S23' });
  assert.equal(body.stepsMade, 6);
  assert.deepEqual(
    body.predicted,
    erring().map((board) => board.join('')),
  );
  assert.ok(body.errors.length > 0 && body.errors.every(({ wrong }) => wrong > 0));
});

test('as a table, each step is a row with the model and its grid, and an answer that is no board is the last', () => {
  const text = rolloutCsv(RolloutRecord.of(erring(), 'It has "5", not cells.', GRID), { name: 'm', dtype: 'fp32' });
  const [head, ...rows] = text.trimEnd().split('\r\n');
  assert.equal(
    head,
    'step,wrong,own,inherited,false_births,false_deaths,population,exact_population,problem,model,dtype,width,height,topology,rule',
  );
  assert.equal(rows.length, 7);
  assert.equal(rows[0], '1,0,0,0,0,0,5,5,,m,fp32,8,8,torus,B3/S23');
  assert.equal(rows[3], '4,2,2,0,1,1,5,5,,m,fp32,8,8,torus,B3/S23');
  assert.equal(rows[6], '7,,,,,,,,"It has ""5"", not cells.",m,fp32,8,8,torus,B3/S23');
});
