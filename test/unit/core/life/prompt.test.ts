import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifeAnswer, roomForAnswer } from '../../../../src/core/life/prompt';
import type { LifeGrid } from '../../../../src/core/trace/record';

const life: LifeGrid = {
  width: 16,
  height: 16,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@<{cells}> [',
  answer: '{cells}]$',
};

test('a run of a Life model has room for its whole answer, unless the prompt alone is scored', () => {
  assert.equal(lifeAnswer(new Uint8Array(256), life).length, 258);
  assert.equal(roomForAnswer({ life }, 40), 258);
  assert.equal(roomForAnswer({ life }, 300), 300);
  assert.equal(roomForAnswer({ life }, 0), 0);
  assert.equal(roomForAnswer({}, 40), 40);
});
