import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boardOfPattern, patternOfBoard } from '../../../../../src/core/life/edit/document';
import { applyEdit, editBetween, inverse, type LifeBoard } from '../../../../../src/core/life/edit/board';
import { cleared, placed, regridded } from '../../../../../src/core/life/edit/transform';
import { patternText, readPattern } from '../../../../../src/core/life/formats';

const GLIDER = readPattern('bo$2bo$3o!').cells;

/** What is on the board after it was saved and read again. */
function reopened(text: string, change: (board: LifeBoard) => LifeBoard): { board: LifeBoard; text: string } {
  const pattern = readPattern(text);
  const saved = patternText(patternOfBoard(pattern, change(boardOfPattern(pattern))));
  return { board: boardOfPattern(readPattern(saved)), text: saved };
}

describe('a pattern that is edited and saved', () => {
  const texts = [
    '#N Glider\n#C A comment.\nx = 3, y = 3, rule = B3/S23\nbo$2bo$3o!\n',
    '#CXRLE Pos=-7,12 Gen=40\nx = 3, y = 3, rule = B36/S23\nbo$2bo$3o!\n',
    'x = 3, y = 3, rule = B3/S23:T16,12\nbo$2bo$3o!\n',
  ];
  for (const text of texts) {
    test(`is on the board where it was: ${text.split('\n').at(-3)}`, () => {
      const board = boardOfPattern(readPattern(text));
      const { x, y } = board.cells.box!;
      for (const change of [
        (same: LifeBoard) => same,
        (now: LifeBoard) => cleared(now, { x, y: y + 2, width: 3, height: 1 }),
        (now: LifeBoard) => placed(now, GLIDER, x + 4, y).board,
      ]) {
        const again = reopened(text, change);
        assert.ok(again.board.cells.equals(change(board).cells), again.text);
        assert.deepEqual(again.board.settings, board.settings);
      }
    });
  }

  test('is the same file after an edit and its undo', () => {
    for (const text of texts.slice(0, 2)) {
      const pattern = readPattern(text);
      const board = boardOfPattern(pattern);
      const edit = editBetween('place', board, placed(board, GLIDER, 50, -20).board);
      assert.ok(edit);
      const undone = applyEdit(applyEdit(board, edit), inverse(edit));
      assert.equal(patternText(patternOfBoard(pattern, undone)), patternText(pattern));
    }
  });

  test('keeps its name and comments, also when it grows', () => {
    const { text } = reopened(texts[0]!, (board) => placed(board, GLIDER, -20, 5).board);
    assert.match(text, /^#N Glider\n#C A comment\.\n/m);
  });

  test('takes the torus with it', () => {
    const { board } = reopened(texts[0]!, (now) => regridded(now, { kind: 'torus', width: 20, height: 10 }).board);
    assert.deepEqual(board.settings.grid, { kind: 'torus', width: 20, height: 10 });
    assert.ok(board.cells.equals(GLIDER));
  });

  test('can be empty', () => {
    const { board } = reopened(texts[0]!, (now) => cleared(now, { x: 0, y: 0, width: 3, height: 3 }));
    assert.equal(board.cells.population, 0);
  });
});
