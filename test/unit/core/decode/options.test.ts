import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseOptions, readOption, type DecoderOptions } from '../../../../src/core/decode/options';
import { CoreError } from '../../../../src/core/errors';

const OPTIONS = {
  gamma: { kind: 'integer', about: 'Tokens a draft.', default: 4, min: 1, max: 64 },
  delta: { kind: 'number', about: 'Budget.', default: 0.1, min: 0, max: 1 },
  schedule: { kind: 'choice', about: 'How it changes.', default: 'constant', choices: ['constant', 'heuristic'] },
  score: { kind: 'flag', about: 'Whether.', default: true },
} as const satisfies DecoderOptions;

const invalid = (pattern: RegExp) => (error: unknown) =>
  error instanceof CoreError && error.code === 'option-invalid' && pattern.test(error.message);

test('what is not given has its default', () => {
  assert.deepEqual(chooseOptions(OPTIONS), { gamma: 4, delta: 0.1, schedule: 'constant', score: true });
  const { gamma, schedule } = chooseOptions(OPTIONS, { gamma: 7, schedule: 'heuristic' });
  assert.deepEqual([gamma, schedule], [7, 'heuristic']);
});

test('names and values outside what is declared are refused in one sentence', () => {
  assert.throws(() => chooseOptions(OPTIONS, { toString: 1 }), invalid(/no option "toString". It has gamma, delta/));
  assert.throws(() => chooseOptions({}, { gamma: 1 }), invalid(/no option "gamma". It has none/));
  assert.throws(
    () => chooseOptions(OPTIONS, { gamma: 0 }),
    invalid(/"gamma" must be a whole number from 1 to 64, not 0/),
  );
  for (const gamma of [65, 1.5, NaN, '4', true])
    assert.throws(() => chooseOptions(OPTIONS, { gamma }), invalid(/gamma/));
  assert.throws(() => chooseOptions(OPTIONS, { delta: 2 }), invalid(/"delta" must be a number from 0 to 1/));
  assert.throws(() => chooseOptions(OPTIONS, { schedule: 'fast' }), invalid(/one of constant, heuristic, not fast/));
  assert.throws(() => chooseOptions(OPTIONS, { score: 'true' }), invalid(/true or false/));
});

test('values are read as they are typed', () => {
  assert.equal(readOption('gamma', OPTIONS.gamma, '9'), 9);
  assert.equal(readOption('schedule', OPTIONS.schedule, 'heuristic'), 'heuristic');
  assert.equal(readOption('score', OPTIONS.score, 'false'), false);
  for (const text of ['', ' ', 'x', '1e9'])
    assert.throws(() => readOption('gamma', OPTIONS.gamma, text), invalid(/gamma/));
  assert.throws(() => readOption('score', OPTIONS.score, 'yes'), invalid(/true or false, not yes/));
});
