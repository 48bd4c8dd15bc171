import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EMPTY_SETTINGS, MOST_EDIT_RUNS } from '../../../src/core/life/edit/board';
import { editOfMessage } from '../../../src/extension/life/editOfMessage';
import { readBackup, writeBackup } from '../../../src/extension/life/backup';
import type { Handlers } from '../../../src/protocol/call';
import { Problem } from '../../../src/protocol/errors';
import { LIFE_EDITOR, type EditMessage, type LifeApi } from '../../../src/protocol/lifeEditor';
import { served } from '../../../src/protocol/request';

const edit: EditMessage = { kind: 'draw', flips: Int32Array.of(0, 0, 2), settings: null };

/** The requests of a Life editor with handlers that give back what they were given. */
const requests = served(
  LIFE_EDITOR,
  Object.fromEntries(
    ['snapshot', 'edit', 'undo', 'redo', 'openAsText', 'showLog', 'models', 'predict', 'explore'].map((method) => [
      method,
      (params: unknown) => params,
    ]),
  ) as unknown as Handlers<LifeApi>,
);
const send = (method: keyof LifeApi, params: unknown): unknown =>
  (requests[method] as (params: unknown, context: unknown) => unknown)(params, {});
const refused = (run: () => unknown, why: RegExp): void => {
  assert.throws(run, (error) => error instanceof Problem && error.code === 'bad-request' && why.test(error.message));
};

describe('what a Life editor asks is checked before it is done', () => {
  test('an edit passes as it is', () => {
    assert.deepEqual(send('edit', { version: 3, edit }), { version: 3, edit });
    const { flips, settings } = editOfMessage(edit, EMPTY_SETTINGS);
    assert.equal(flips.population, 2);
    assert.equal(settings, null);
  });

  for (const [what, params, why] of [
    ['of no kind', { version: 0, edit: { ...edit, kind: 'explode' } }, /"edit\.kind" must be/],
    [
      'of cells that are a list',
      { version: 0, edit: { ...edit, flips: [0, 0, 2] } },
      /"edit\.flips" must be an Int32Array/,
    ],
    [
      'of too many runs',
      { version: 0, edit: { ...edit, flips: new Int32Array(3 * MOST_EDIT_RUNS + 3) } },
      /at most 3000000/,
    ],
    ['on no version', { version: -1, edit }, /"version" must be/],
    [
      'to a grid that is none',
      {
        version: 0,
        edit: { ...edit, settings: { ...EMPTY_SETTINGS, grid: { kind: 'doughnut', width: 3, height: 3 } } },
      },
      /grid/,
    ],
  ] as const) {
    test(`an edit ${what} is refused`, () => refused(() => send('edit', params), why));
  }

  test('cells out of order, a rule that is none and a grid that no file can hold are refused', () => {
    const after = (settings: object): EditMessage => ({ ...edit, settings: { ...EMPTY_SETTINGS, ...settings } });
    refused(() => editOfMessage({ ...edit, flips: Int32Array.of(1, 0, 2, 0, 0, 2) }, EMPTY_SETTINGS), /in order/);
    refused(() => editOfMessage({ ...edit, flips: Int32Array.of(2 ** 31 - 1, 0, 2) }, EMPTY_SETTINGS), /cells/);
    refused(() => editOfMessage(after({ rule: 'B3/S23/4' }), EMPTY_SETTINGS), /states/);
    refused(
      () => editOfMessage(after({ grid: { kind: 'klein-bottle', width: 3, height: 4 } }), EMPTY_SETTINGS),
      /grid/,
    );
  });

  test('a board for a model is bytes', () => {
    const params = { model: { folder: '/models/life' }, cells: new Uint8Array(256) };
    assert.deepEqual(send('predict', params), params);
    refused(() => send('predict', { ...params, cells: 'o' }), /"cells" must be an Uint8Array/);
    refused(() => send('explore', { ...params, model: {} }), /"model\.folder" must be/);
  });
});

describe('a backup of what was not saved', () => {
  test('gives back the file and the board', () => {
    const file = new TextEncoder().encode('3o!\n');
    const { flips } = editOfMessage({ ...edit, flips: Int32Array.of(-3, -7, 9, 2, 0, 1) }, EMPTY_SETTINGS);
    const grid = { kind: 'torus', width: 20, height: 10 } as const;
    const board = { cells: flips, settings: { rule: 'B36/S23', grid, generation: 4 } };
    const kept = readBackup(writeBackup(file, board));
    assert.deepEqual([...kept.file], [...file]);
    assert.ok(kept.board.cells.equals(flips));
    assert.deepEqual(kept.board.settings, board.settings);
  });

  test('is refused where it is none', () => {
    assert.throws(() => readBackup(new TextEncoder().encode('{"version":2}')), Problem);
  });
});
