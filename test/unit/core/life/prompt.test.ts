import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifeAnswer, runDefaults } from '../../../../src/core/life/prompt';
import type { LifeGrid } from '../../../../src/core/trace/record';
import type { Sampling } from '../../../../src/core/decode/sampling';

const life: LifeGrid = {
  width: 16,
  height: 16,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@<{cells}> [',
  answer: '{cells}]$',
};

test('a run of a Life model has room for its whole answer, unless the prompt alone is scored, and is greedy', () => {
  const sampling: Sampling = { temperature: 0.7, topK: 3, topP: 1, minP: 0, seed: 5 };
  const begun = (maxNewTokens: number) => runDefaults({ life }, { maxNewTokens, sampling });
  assert.equal(lifeAnswer(new Uint8Array(256), life).length, 258);
  assert.deepEqual(begun(40), { maxNewTokens: 258, sampling: { ...sampling, temperature: 0 } });
  assert.equal(begun(300).maxNewTokens, 300);
  assert.equal(begun(0).maxNewTokens, 0);
  assert.deepEqual(runDefaults({}, { maxNewTokens: 40, sampling }), { maxNewTokens: 40, sampling });
});
