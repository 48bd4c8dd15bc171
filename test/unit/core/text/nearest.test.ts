import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearest } from '../../../../src/core/text/nearest';

describe('the word that a misspelt one was', () => {
  const keys = ['model', 'temperature', 'seed', 'steps', 'top-k', 'top-p', 'max-new'];

  it('is the nearest by letters left out, added, changed or swapped', () => {
    for (const [word, found] of [
      ['temprature', 'temperature'],
      ['temperatrue', 'temperature'],
      ['Modle', 'model'],
      ['sed', null],
      ['seeds', 'seed'],
      ['max_new', 'max-new'],
      ['top-q', 'top-k'],
    ] as const) {
      assert.equal(nearest(word, keys), found, word);
    }
  });

  it('is none where the words are different ones, or too short to tell', () => {
    for (const word of ['', 'x', 'Note', 'Question', 'Answer', 'to', 'temp'])
      assert.equal(nearest(word, keys), null, word);
  });
});
