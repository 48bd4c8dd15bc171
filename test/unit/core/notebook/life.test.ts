import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boardOfText } from '../../../../src/core/life/board-text';
import { parseCell, readCell } from '../../../../src/core/notebook/cell';
import { lifeResult, lifeText, readLifeBoards, readLifeResult } from '../../../../src/core/notebook/life-result';
import { lifePicture } from '../../../../src/core/picture/boards';
import type { LifeGrid } from '../../../../src/core/trace/record';

const GRID: LifeGrid = { width: 5, height: 5, topology: 'torus', rule: 'B3/S23', prompt: '{cells}', answer: '{cells}' };
const BLINKER = boardOfText('OOO', GRID);
const UPRIGHT = boardOfText('O\nO\nO', GRID);

describe('a Life cell', () => {
  it('takes RLE, rows of dots and O, and rows of digits, each in the middle of the grid', () => {
    for (const text of ['x = 3, y = 1\n3o!', 'OOO', '111', '\n000\n111\n000\n', '0 0 0\n1 1 1\n0 0 0', '3o!']) {
      assert.deepEqual(boardOfText(text, GRID), BLINKER, text);
    }
  });

  it('takes all cells of the grid in one row, and a prompt by the template, as they are', () => {
    const cells = '0000100000000000000000000';
    assert.deepEqual(boardOfText(cells, GRID), Uint8Array.from(cells, Number));
    const grid = { ...GRID, prompt: '@Next<{cells}>[' };
    assert.deepEqual(boardOfText(`@Next<${cells}>[\n`, grid), Uint8Array.from(cells, Number));
  });

  it('says what is wrong with its pattern', () => {
    assert.throws(() => boardOfText(' \n', GRID), { code: 'life-invalid', message: /no pattern/ });
    const message = 'A pattern of 6 x 1 does not fit a grid of 5 x 5.';
    assert.throws(() => boardOfText('OOOOOO', GRID), { code: 'life-invalid', message });
    assert.throws(() => boardOfText('111111', GRID), { code: 'life-invalid', message });
    assert.throws(() => boardOfText('what is this?', GRID), /./);
  });

  it('has the keys of Life alone in its header', () => {
    const read = (text: string) => {
      const cell = parseCell(text, 'life');
      const { settings, problems } = readCell(cell, 'life', {
        sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 },
        maxNewTokens: 40,
      });
      return { settings, problems: [...cell.problems, ...problems], body: cell.body };
    };
    assert.equal(read('model: lifegpt-16\nsteps: 8\n\nOOO').settings.steps, 8);
    assert.match(read('steps: 8\ntemperature: 1\n\nOOO').problems[0]?.message ?? '', /no header key "temperature"/);
    const { settings } = read('decoder: exact-rule\ngamma: 16\n\nOOO');
    assert.deepEqual(
      [settings.decoder, settings.decoderNamed, settings.decoderOptions],
      ['exact-rule', true, { gamma: 16 }],
    );
    assert.equal(read('steps: 2\n\nOOO').settings.decoderNamed, false);
    assert.match(read('decoder: exact-rule\nepsilon: 0.3\n\nOOO').problems[0]?.message ?? '', /not of exact-rule/);
    assert.match(read('steps: 0\n\nOOO').problems[0]?.message ?? '', /from 1 to 200/);
  });
});

describe('a result about Life', () => {
  const right = lifeResult('m', GRID, [BLINKER, UPRIGHT, BLINKER], []);
  const flawed = Uint8Array.from(UPRIGHT);
  flawed[0] = 1;
  flawed[12] = 0;
  const wrong = lifeResult('m', GRID, [BLINKER, flawed], ['A note.']);

  it('comes back as it was, and says how the model did', () => {
    assert.deepEqual(readLifeResult(JSON.parse(JSON.stringify(wrong))), wrong);
    assert.match(lifeText(right, readLifeBoards(right)), /^m, 5 x 5 torus, 2 steps: every cell right\n/);
    const text = lifeText(wrong, readLifeBoards(wrong));
    assert.match(text, /1 step: first wrong step 1, 2 own and 0 inherited errors\nA note\./);
    assert.match(text, /\nO\.\.\.\.\n\.\.O\.\.\n\.\.\.\.\.\n\.\.O\.\.\n\.\.\.\.\.$/);
  });

  it('is drawn with a plus for a false birth and a ring for a false death', () => {
    assert.doesNotMatch(lifePicture(right, readLifeBoards(right)), /#C8460F/);
    const picture = lifePicture(wrong, readLifeBoards(wrong));
    assert.match(picture, /<path [^>]*stroke="#C8460F"/);
    assert.match(picture, /<circle [^>]*stroke="#C8460F"/);
  });

  it('of a newer version says so, and what is none is refused', () => {
    assert.throws(() => readLifeResult({ ...right, version: 2 }), { code: 'trace-invalid', message: /newer Vivarium/ });
    for (const change of [
      { width: 4 },
      { boards: ['2'.repeat(25)] },
      { boards: [] },
      { rule: 'x' },
      { height: 1e9 },
      { topology: 1 },
    ]) {
      assert.throws(() => readLifeResult({ ...right, ...change }), JSON.stringify(change));
    }
    for (const value of [null, 1, 'x', {}]) assert.throws(() => readLifeResult(value), { code: 'trace-invalid' });
  });
});
