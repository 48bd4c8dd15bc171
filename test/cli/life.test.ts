import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { randomBoard } from '../../src/core/life/board';
import { patternText, readPattern } from '../../src/core/life/formats/index';
import { BLANK, framed } from '../../src/core/life/pattern';
import { parseRule, step } from '../../src/core/life/rule';
import { gridOf } from '../../src/core/life/universe/open';
import { Grid } from '../../src/core/life/universe/grid';
import { Random } from '../../src/core/numeric/random';
import { document, NO_FIXTURES, vivarium } from './vivarium';

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-life-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const patterns = path.resolve(import.meta.dirname, '../../../shared/fixtures/life');
const skip = { skip: NO_FIXTURES };

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

const glider = file('glider.rle', '#N Glider\r\n#C Moves.\r\nx = 3, y = 3, rule = B3/S23\r\nbo$2bo$3o!\r\n');

interface PatternDocument {
  readonly name: string | null;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly rule: string;
  readonly bounds: string | null;
  readonly generation: number;
  readonly boundingBox: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  readonly population: readonly number[];
  readonly period: { readonly period: number; readonly dx: number; readonly dy: number; readonly since: number } | null;
}

test('info says what a file says', async () => {
  const info = await document<PatternDocument>('life', 'info', glider);
  const { name, format, width, height, rule, bounds, generation, boundingBox, population } = info;
  assert.deepEqual(
    { name, format, width, height, rule, bounds, generation, boundingBox, population },
    {
      ...{ name: 'Glider', format: 'rle', width: 3, height: 3, rule: 'B3/S23', bounds: null, generation: 0 },
      ...{ boundingBox: { x: 0, y: 0, width: 3, height: 3 }, population: [5] },
    },
  );
  const { stdout } = await vivarium('life', 'info', file('a.cells', '!Name: A \u001b[31mred\u001b[0m name\n.O\nOO\n'));
  assert.match(stdout, /^A <0x1B>\[31mred<0x1B>\[0m name\n/);
  assert.match(stdout, /\n\.O\nOO\n$/);
});

test('the commands about Life are listed together, and each explains itself', async () => {
  for (const args of [['life'], ['life', '--help'], ['help', 'life']]) {
    const { code, stdout } = await vivarium(...args);
    assert.equal(code, 0, args.join(' '));
    assert.deepEqual(
      [...stdout.matchAll(/^ {2}vivarium (\S+ \S+)/gm)].map(([, name]) => name),
      ['life info', 'life step', 'life predict', 'life sweep'],
    );
  }
  for (const args of [
    ['help', 'life', 'step'],
    ['life', 'step', '--help'],
  ]) {
    assert.match((await vivarium(...args)).stdout, /^Usage: vivarium life step FILE[\s\S]*--torus WxH/, args.join(' '));
  }
});

test('step gives every generation’s population, on the plane and on a torus', async () => {
  const plane = await document<PatternDocument>('life', 'step', glider, '--generations', '40', '--plane');
  assert.deepEqual(
    plane.population,
    Array.from({ length: 41 }, () => 5),
  );
  assert.deepEqual(plane.boundingBox, { x: 10, y: 10, width: 3, height: 3 });
  assert.deepEqual(plane.period, { period: 4, dx: 1, dy: 1, since: 0 });
  assert.equal(plane.generation, 40);
  const torus = await document<PatternDocument>('life', 'step', glider, '--generations', '32', '--torus', '8x8');
  assert.deepEqual([torus.width, torus.height, torus.bounds, torus.period?.period], [8, 8, 'T8,8', 32]);
  assert.deepEqual(torus.boundingBox, { x: 2, y: 2, width: 3, height: 3 });
});

test('a pattern as it was found steps as bgolly recorded it', skip, async () => {
  const expected = readFileSync(path.join(patterns, 'expected.jsonl'), 'utf8')
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as Record<string, unknown>)
    .find((each) => each['file'] === 'lifewiki/pentadecathlon.rle');
  assert.ok(expected);
  const at = path.join(patterns, 'lifewiki/pentadecathlon.rle');
  const torus = await document<PatternDocument>('life', 'step', at, '--torus', '32x32', '--generations', '250');
  assert.deepEqual(torus.population.slice(0, 33), expected['torus32_pop_0_32']);
  assert.equal(torus.population[250], expected['torus32_pop_250']);
  const plane = await document<PatternDocument>('life', 'step', at, '--plane', '--generations', '100');
  assert.deepEqual(plane.population.slice(0, 11), expected['plane_pop_0_10']);
  assert.equal(plane.population[100], expected['plane_pop_100']);
});

test('--out writes the last generation, whole, in the form of its ending', async () => {
  const out = path.join(folder, 'later.rle');
  const { stdout } = await vivarium('life', 'step', glider, '--generations', '4', '--torus', '16x16', '--out', out);
  assert.match(stdout, /Written to .*later\.rle/);
  const written = readFileSync(out, 'utf8');
  assert.match(
    written,
    /^#CXRLE Pos=-8,-8 Gen=4\r\n#N Glider\r\n#C Moves\.\r\nx = 16, y = 16, rule = B3\/S23:T16,16\r\n/,
  );
  const again = await document<PatternDocument>('life', 'step', out, '--generations', '60');
  assert.deepEqual([again.generation, again.bounds], [64, 'T16,16']);
  assert.equal(again.period, null);
  const home = readPattern(written);
  assert.deepEqual(home.cells.box, { x: 7, y: 7, width: 3, height: 3 });
  const plain = path.join(folder, 'later.cells');
  await document('life', 'step', glider, '--generations', '4', '--out', plain);
  assert.equal(readFileSync(plain, 'utf8'), '!Name: Glider\r\n! Moves.\r\n.O.\r\n..O\r\nOOO\r\n');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('what cannot be done is said in a sentence, and nothing is written', async () => {
  const big = file('big.rle', '40o!');
  const out = path.join(folder, 'none.rle');
  const cases: [string[], RegExp][] = [
    [['fly'], /no command "life fly"\. Use one of life info, life step, life predict, life sweep/],
    [['info'], /Which pattern\? Give a file\. See "vivarium life info --help"/],
    [['info', glider, big], /One pattern at a time/],
    [['info', path.join(folder, 'nothing.rle')], /There is no file .*nothing\.rle/],
    [['info', folder], /is a folder/],
    [['info', file('codd.rle', 'x = 1, y = 1, rule = Codd\nA!')], /codd\.rle: The rule "Codd" is a table by name/],
    [['step', glider, '--torus', '32'], /--torus must be two sides such as 32x32, not "32"/],
    [['step', glider, '--torus', '0x4'], /--torus must be two sides/],
    [['step', glider, '--torus', '8x8', '--plane'], /cannot be used together/],
    [['step', glider, '--generations', '-1'], /--generations must be a number from 0/],
    [['step', big, '--torus', '32x32', '--out', out], /A pattern of 40 x 1 does not fit a grid of 32 x 32/],
    [['step', glider, '--out', path.join(folder, 'a.png')], /--out must be a file that ends in \.rle, \.cells/],
    [['step', glider, '--out', path.join(folder, 'no', 'a.rle')], /There is no folder/],
    [
      ['step', glider, '--torus', '8x8', '--out', path.join(folder, 'a.cells')],
      /plaintext file cannot say a bounded grid/,
    ],
    [['predict', glider], /Which model\? Give --model/],
    [['predict', glider, '--model', 'lifegpt-16', '--steps', '0'], /--steps must be a number from 1/],
    [['sweep', '--model', 'lifegpt-16', '--orders', '0,2'], /--orders must be numbers from 0 to 1/],
    [
      ['predict', big, '--model', 'lifegpt-16'],
      /The pattern is 40 x 1 cells, and lifegpt-16 predicts grids of 16 x 16/,
    ],
    [['predict', glider, '--model', 'almanac'], /almanac is no model of the Game of Life/],
  ];
  for (const [args, pattern] of cases) {
    const { code, stdout, stderr } = await vivarium('life', ...args, '--json');
    assert.equal(code, 1, `${args.join(' ')}: ${stdout}`);
    assert.match(stderr, pattern);
    assert.match(stderr, /^[^\n]+\n$/, 'one line');
    assert.equal(stdout, '');
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => /none|\.png|^a\.cells\.|tmp/.test(name)),
    [],
  );
});

interface Prediction {
  readonly grid: { readonly width: number; readonly height: number };
  readonly stepsMade: number;
  readonly firstWrong: number | null;
  readonly own: number;
  readonly inherited: number;
  readonly broken: string | null;
  readonly steps: {
    step: number;
    wrong: number;
    own: number;
    inherited: number;
    falseBirths: number;
    falseDeaths: number;
  }[];
  readonly errors: { alive: boolean; neighbours: number; edge: boolean; wrong: number }[];
  readonly predicted: readonly string[];
  readonly exact: readonly string[];
}

const SIZE = { width: 16, height: 16, topology: 'torus' } as const;
const CONWAY = parseRule('B3/S23');
const next = (digits: string): string => step(Uint8Array.from(digits, Number), SIZE, CONWAY).join('');
const differing = (one: string, other: string): number => [...one].filter((cell, at) => cell !== other[at]).length;

test('predict: a model that is right is right, from the middle of its torus', async () => {
  const run = await document<Prediction>('life', 'predict', '--model', 'lifegpt-16', glider, '--steps', '3');
  assert.deepEqual([run.stepsMade, run.firstWrong, run.own, run.inherited, run.broken], [3, null, 0, 0, null]);
  assert.equal(run.predicted.length, 4);
  const start = new Grid(SIZE, CONWAY);
  for (const [x, y] of [
    [7, 6],
    [8, 7],
    [6, 8],
    [7, 8],
    [8, 8],
  ] as const)
    start.set(x, y, true);
  const cells = new Uint8Array(256);
  start.window({ x: 0, y: 0, width: 16, height: 16 }, cells);
  assert.equal(run.predicted[0], cells.join(''));
  assert.deepEqual(run.exact, run.predicted);
  run.exact.slice(1).forEach((board, at) => assert.equal(board, next(run.exact[at]!)));
});

test('predict: a weaker model errs, and what it got wrong itself is told from what it inherited', async () => {
  // The third board of order parameter 0.2 and seed 2,000,002, on which the draft's card counts an error.
  const random = Random.fromSeed(2_000_002);
  const board = Array.from({ length: 3 }, () => randomBoard(random, SIZE, 0.2))[2]!;
  const grid = gridOf(BLANK.cells, SIZE, CONWAY);
  board.forEach((cell, at) => grid.set(at % 16, Math.floor(at / 16), cell === 1));
  const whole = { x: 0, y: 0, width: 16, height: 16 };
  const soup = file('soup.rle', patternText(framed(BLANK, grid.cells(), whole)));
  const run = await document<Prediction>('life', 'predict', '--model', 'lifegpt-16-draft', soup, '--steps', '3');
  assert.equal(run.predicted[0], board.join(''));
  assert.equal(run.firstWrong, 1);
  for (const { step: at, wrong, own, inherited, falseBirths, falseDeaths } of run.steps) {
    const [before, predicted, exact] = [run.predicted[at - 1]!, run.predicted[at]!, run.exact[at]!];
    assert.equal(exact, next(run.exact[at - 1]!));
    assert.equal(own, differing(predicted, next(before)));
    assert.equal(wrong, differing(predicted, exact));
    assert.equal(falseBirths + falseDeaths, wrong);
    assert.equal(inherited, [...predicted].filter((cell, i) => cell !== exact[i] && cell === next(before)[i]).length);
  }
  assert.equal(
    run.own,
    run.steps.reduce((sum, { own }) => sum + own, 0),
  );
  assert.equal(
    run.errors.reduce((sum, { wrong }) => sum + wrong, 0),
    run.own,
  );
});

test('sweep: accuracy by order parameter, as JSON and as a table', async () => {
  const args = [
    'life',
    'sweep',
    '--model',
    'lifegpt-16-draft',
    '--boards',
    '3',
    '--orders',
    '0,0.2,1',
    '--seed',
    '2000000',
  ];
  const { orders, all } = await document<{
    orders: {
      order: number;
      seed: number;
      boards: number;
      wrongBoards: number;
      cells: number;
      wrongCells: number;
      cellAccuracy: number;
    }[];
    all: { boards: number; boardAccuracy: number };
  }>(...args);
  assert.deepEqual(
    orders.map(({ order, seed, boards, cells }) => [order, seed, boards, cells]),
    [
      [0, 2_000_000, 3, 768],
      [0.2, 2_000_002, 3, 768],
      [1, 2_000_010, 3, 768],
    ],
  );
  assert.equal(all.boards, 9);
  const wrong = orders.reduce((sum, { wrongBoards }) => sum + wrongBoards, 0);
  assert.ok(wrong > 0, 'the third board of 0.2 again');
  assert.equal(all.boardAccuracy, 1 - wrong / 9);
  const { code, stdout } = await vivarium(...args, '--csv');
  assert.equal(code, 0);
  const [header, ...rows] = stdout.trimEnd().split('\r\n');
  assert.match(header!, /^order,seed,boards,wrong_boards,malformed,cells,wrong_cells,board_accuracy,cell_accuracy$/);
  assert.deepEqual(
    rows.map((row) => row.split(',').slice(0, 4).map(Number)),
    orders.map(({ order, seed, boards, wrongBoards }) => [order, seed, boards, wrongBoards]),
  );
});
