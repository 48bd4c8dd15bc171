import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIFE_RESULT_MIME } from '../../../../src/core/notebook/life-result';
import { lostKind, type SavedCell } from '../../../../src/core/notebook/lost-language';
import { RESULT_MIME } from '../../../../src/core/notebook/result';

const cell = (kind: SavedCell['kind'], text: string, ...outputs: string[]): SavedCell => ({ kind, text, outputs });

describe('cells whose language a notebook file does not name', () => {
  it('are prompts where New Notebook made them, whatever was written into them since', () => {
    const life = cell('life', 'decoder: exact-rule\nsteps: 4\n\nbo$2bo$3o!');
    assert.equal(lostKind([cell(null, 'temperature: 0.7\n\nIn the beginning'), life]), 'prompt');
    assert.equal(lostKind([cell(null, 'In the beginning'), life]), 'prompt');
    assert.equal(lostKind([cell(null, 'temperature: 0.7\n\nIn the beginning')]), 'prompt');
    assert.equal(lostKind([cell(null, 'In the beginning', 'text/plain', RESULT_MIME)]), 'prompt');
  });

  it('are Life where the first cell was', () => {
    assert.equal(lostKind([cell(null, 'bo$2bo$3o!'), cell('prompt', 'x')]), 'life');
    assert.equal(lostKind([cell(null, 'bo$2bo$3o!', LIFE_RESULT_MIME)]), 'life');
    assert.equal(lostKind([cell(null, 'steps: 4\n\nbo$2bo$3o!')]), 'life');
  });

  it('are left as they are where nothing says that they are ours', () => {
    assert.equal(lostKind([]), null);
    assert.equal(lostKind([cell('prompt', 'temperature: 1\n\nx')]), null);
    assert.equal(lostKind([cell(null, 'print(1)')]), null);
    assert.equal(lostKind([cell(null, 'name: str = "x"\n\nprint(name)')]), null);
    assert.equal(lostKind([cell(null, 'temperature: 1')]), null);
    assert.equal(lostKind([cell(null, 'import os', 'text/plain'), cell('other', 'temperature: 1\n\nx')]), null);
  });
});
