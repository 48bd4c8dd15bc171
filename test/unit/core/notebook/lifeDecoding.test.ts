import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LifePass } from '../../../../src/core/life/board-passes';
import {
  decodingSentence,
  keptSteps,
  MOST_PASSES,
  readLifeDecoding,
} from '../../../../src/core/notebook/life-decoding';
import { lifeResult, readLifeResult } from '../../../../src/core/notebook/life-result';
import type { LifeGrid } from '../../../../src/core/trace/record';

const GRID: LifeGrid = {
  width: 3,
  height: 2,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '<{cells}>',
  answer: '{cells}!',
};
const BOARD = Uint8Array.of(0, 1, 0, 1, 1, 0);

const PASSES: readonly LifePass[] = [
  { start: 1, end: 4, drafted: 4, accepted: 2, next: 'replacement' },
  { start: 4, end: 6, drafted: 1, accepted: 1, next: 'bonus' },
  { start: 6, end: 7, drafted: 0, accepted: 0, next: 'sampled' },
];

describe('the passes of a Life cell', () => {
  it('are a sentence: steps, passes, and what of the draft was accepted', () => {
    const sentence = decodingSentence({ decoder: 'speculative', draft: 'small', steps: [PASSES, PASSES] });
    assert.equal(
      sentence,
      'speculative with small: 2 steps in 6 passes after the prompts, accepted 6 of 10 drafted cells (0.600)',
    );
    assert.equal(decodingSentence({ decoder: 'x', steps: [[]] }), 'x: 1 step in 0 passes after the prompts');
  });

  it('come back from a file as they were; what is none is refused', () => {
    const decoding = { decoder: 'exact-rule', exact: true, steps: [PASSES] };
    const result = lifeResult('m', GRID, [BOARD, BOARD], [], decoding);
    assert.deepEqual(readLifeResult(JSON.parse(JSON.stringify(result))), result);
    const [first] = PASSES;
    const wrong = [{ ...first, end: 9e15 }, { ...first, accepted: -1 }, { ...first, next: 'magic' }, null, 7];
    for (const each of wrong) assert.throws(() => readLifeDecoding({ decoder: 'x', steps: [[each]] }), /none/);
    for (const steps of [null, [7], {}]) assert.throws(() => readLifeDecoding({ decoder: 'x', steps }), /none/);
  });

  it('are kept as far as a notebook has room, and it is said', () => {
    const long = Array.from({ length: MOST_PASSES / 2 }, () => PASSES[2]!);
    assert.equal(keptSteps([long, long, long]).length, 2);
    const { decoding, notes } = lifeResult('m', GRID, [BOARD], ['A note.'], {
      decoder: 'x',
      steps: [long, long, long],
    });
    assert.equal(decoding!.steps.length, 2);
    assert.deepEqual(notes, [
      'A note.',
      'The passes of the first 2 steps are kept in the notebook, of 1 they are not.',
    ]);
  });
});
