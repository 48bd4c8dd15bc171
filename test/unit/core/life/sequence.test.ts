import assert from 'node:assert/strict';
import test from 'node:test';
import { lifePrompt } from '../../../../src/core/life/prompt';
import { errorOf, NO_CELL, probabilityOf, readPrediction } from '../../../../src/core/life/prediction';
import { cellOfToken, locateLife, predictingQuery } from '../../../../src/core/life/sequence';
import type { Judgement, LifeGrid, TraceToken } from '../../../../src/core/trace/record';

const GRID: LifeGrid = {
  width: 4,
  height: 3,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@<{cells}>',
  answer: ' [{cells}]$',
};
// A vertical blinker in column 1 of a torus of 4 x 3: every cell of the column has two live neighbours in it.
const BOARD = Uint8Array.from('010001000100', Number);

const characters = (text: string): string[] => Array.from(text);
const tokensOf = (texts: readonly string[], special: readonly number[] = []): { text: string; special: boolean }[] =>
  texts.map((text, index) => ({ text, special: special.includes(index) }));

test('each cell is one token, of the board that was given and of the answer', () => {
  const prompt = lifePrompt(BOARD, GRID);
  const tokens = tokensOf(characters(`${prompt} [0100`));
  const sequence = locateLife(tokens, prompt.length, GRID)!;
  assert.deepEqual(sequence.before, BOARD);
  assert.equal(sequence.firstInput, 2);
  assert.equal(sequence.firstAnswer, prompt.length + 2);
  assert.equal(tokens[sequence.firstAnswer + 1]!.text, '1');
  assert.equal(cellOfToken(sequence, sequence.firstAnswer + 11), 11);
  assert.equal(cellOfToken(sequence, 2 + 5), 5);
  assert.equal(cellOfToken(sequence, 1), null);
  assert.equal(cellOfToken(sequence, sequence.firstAnswer + 12), null);
});

test('a cell is predicted at the token before it, not at its own', () => {
  const prompt = lifePrompt(BOARD, GRID);
  const sequence = locateLife(tokensOf(characters(prompt)), prompt.length, GRID)!;
  const tokens = characters(`${prompt} [`);
  assert.equal(predictingQuery(sequence, 0), tokens.length - 1);
  assert.equal(tokens[predictingQuery(sequence, 0)], '[');
  assert.equal(predictingQuery(sequence, 7), sequence.firstAnswer + 6);
});

test('special tokens before the prompt are passed over, and the answer may begin in the prompt', () => {
  const prompt = lifePrompt(BOARD, GRID);
  const tokens = tokensOf(['<s>', ...characters(`${prompt} [01`)], [0]);
  const sequence = locateLife(tokens, tokens.length, GRID)!;
  assert.equal(sequence.firstInput, 3);
  assert.equal(sequence.firstAnswer, 1 + prompt.length + 2);
});

test('an answer that has not begun is found where it will stand; one token may hold more than one character', () => {
  const prompt = lifePrompt(BOARD, GRID);
  assert.equal(locateLife(tokensOf(characters(prompt)), prompt.length, GRID)!.firstAnswer, prompt.length + 2);
  const merged = tokensOf([...characters(prompt), ' [', '0', '1']);
  assert.equal(locateLife(merged, prompt.length, GRID)!.firstAnswer, prompt.length + 1);
});

test('what is no prompt of the model, or has cells that share a token, has no boards', () => {
  assert.equal(locateLife(tokensOf(characters('@<0101>')), 7, GRID), null);
  assert.equal(locateLife([], 0, GRID), null);
  const prompt = lifePrompt(BOARD, GRID);
  assert.equal(locateLife(tokensOf(['@<', '01', ...characters(prompt.slice(4))]), 13, GRID), null);
  assert.equal(locateLife(tokensOf([...characters(prompt.slice(0, -2)), '0>']), 15, GRID), null);
});

function judged(text: string, index: number, top: readonly (readonly [string, number])[]): TraceToken {
  const judgement: Judgement = {
    probability: top[0]![1],
    rank: 1,
    surprisal: 0,
    entropy: index / 10,
    top: top.map(([each, probability], id) => ({ id, text: each, probability })),
  };
  return { type: 'token', index, id: 0, text, bytes: [], special: false, origin: 'sampled', judgement };
}

test('a prediction is read cell by cell beside the rule, as far as it has come', () => {
  const prompt = lifePrompt(BOARD, GRID);
  const given = characters(`${prompt} [`).map((text, index) => ({
    ...judged(text, index, [['0', 1]]),
    judgement: null,
  }));
  const sequence = locateLife(given, prompt.length, GRID)!;
  const sure = [
    ['1', 0.9],
    ['0', 0.1],
  ] as const;
  const tokens = [
    ...given,
    judged('1', 17, sure),
    judged('0', 18, [
      ['0', 0.75],
      ['1', 0.25],
    ]),
    judged('x', 19, [['x', 0.5]]),
    judged('0', 20, [
      ['0', 0.99],
      ['a', 0.004],
    ]),
  ];
  const prediction = readPrediction(tokens, sequence);
  // The column of 3 on a torus of 3 rows: each live cell has two live neighbours, each cell beside it three.
  assert.deepEqual(Array.from(prediction.exact), Array.from('111011101110', Number));
  assert.deepEqual(Array.from(prediction.cells.subarray(0, 5)), [1, 0, NO_CELL, 0, NO_CELL]);
  assert.deepEqual([prediction.read, prediction.falseBirths, prediction.falseDeaths], [3, 0, 1]);
  assert.equal(prediction.alive[0], 0.9);
  assert.equal(prediction.alive[1], 0.25);
  assert.equal(prediction.entropy[1], 1.8);
  assert.equal(prediction.bounded[1], 0);
  // Not among what was kept: at most the last that was kept.
  assert.equal(prediction.alive[3], 0.004);
  assert.equal(prediction.bounded[3], 1);
  assert.ok(Number.isNaN(prediction.alive[4]));
});

test('what a judgement leaves bounds a text that it did not keep', () => {
  const judgement = judged('0', 0, [
    ['0', 0.75],
    ['a', 0.1875],
  ]).judgement!;
  assert.deepEqual(probabilityOf(judgement, '1'), { probability: 0.0625, bounded: true });
  assert.deepEqual(probabilityOf(judgement, 'a'), { probability: 0.1875, bounded: false });
});

test('births and deaths that the rule does not know are errors; a missing cell is none', () => {
  assert.equal(errorOf(1, 0), 'false-birth');
  assert.equal(errorOf(0, 1), 'false-death');
  assert.equal(errorOf(1, 1), null);
  assert.equal(errorOf(NO_CELL, 1), null);
});
