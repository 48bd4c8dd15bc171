import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decidedCells,
  decodingSentence,
  keptSteps,
  lifePasses,
  MOST_PASSES,
  NO_PASS,
  readLifeDecoding,
  type LifePass,
} from '../../../../src/core/notebook/life-decoding';
import { lifeResult, readLifeResult } from '../../../../src/core/notebook/life-result';
import type {
  LifeGrid,
  NextOrigin,
  TokenOrigin,
  Trace,
  TracePass,
  TraceToken,
} from '../../../../src/core/trace/record';
import { traceOf } from './traces';

const GRID: LifeGrid = {
  width: 3,
  height: 2,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '<{cells}>',
  answer: '{cells}!',
};
const BOARD = Uint8Array.of(0, 1, 0, 1, 1, 0);
const PROMPT = ['<', '0', '1', '0', '1', '1', '0', '>'];
const [ACCEPTED, OTHER] = ['accepted', 'replacement'] as const;
const ANSWER: readonly TokenOrigin[] = ['sampled', ACCEPTED, ACCEPTED, OTHER, ACCEPTED, 'bonus', 'sampled'];

function pass(start: number, drafted: number, accepted: number, origin: NextOrigin | null): TracePass {
  const draft = (place: number) => ({
    ...{ id: 1, text: '1', source: 'rule', q: 1, p: 1, ratio: 1, r: null, tv: 0 },
    verdict: place < accepted ? ACCEPTED : place === accepted ? 'rejected' : 'unread',
  });
  return {
    ...{ type: 'pass', step: 0, contextLength: start - 1, fed: drafted + 1, milliseconds: 1 },
    speculation: {
      ...{ start, accepted, residual: null },
      drafted: Array.from({ length: drafted }, (_, place) => draft(place) as never),
      next: origin && { id: 1, text: '1', origin },
    },
  };
}

/** The prompt's pass says cell 0; a draft of 4 holds for two; one of 1 holds whole; a plain pass ends the answer. */
function trace(): Trace {
  const made = traceOf([...PROMPT, '0', '1', '1', '0', '1', '1', '!']);
  const tokens = made.tokens.map((token, index): TraceToken => ({ ...token, origin: ANSWER[index - 8] ?? 'prompt' }));
  const read: TracePass = { type: 'pass', step: 0, contextLength: 0, fed: 8, milliseconds: 1 };
  const plain: TracePass = { type: 'pass', step: 3, contextLength: 13, fed: 1, milliseconds: 1 };
  const passes = [read, pass(9, 4, 2, 'replacement'), pass(12, 1, 1, 'bonus'), plain];
  return { ...made, tokens, passes, header: { ...made.header, promptLength: 8 } };
}

const PASSES: readonly LifePass[] = [
  { start: 1, end: 4, drafted: 4, accepted: 2, next: 'replacement' },
  { start: 4, end: 6, drafted: 1, accepted: 1, next: 'bonus' },
  { start: 6, end: 7, drafted: 0, accepted: 0, next: 'sampled' },
];

describe('the passes of a Life cell', () => {
  it('are counted from the first cell of the answer, with how each token came', () => {
    assert.deepEqual(lifePasses(trace(), GRID), PASSES);
    assert.equal(lifePasses(traceOf(['no', 'board']), GRID), null);
  });

  it('say which pass decided each cell; the end of the template is no cell', () => {
    const { pass: said, origin } = decidedCells(PASSES, 6);
    assert.deepEqual([...said], [0, 1, 1, 1, 2, 2]);
    assert.deepEqual(origin, ['sampled', 'accepted', 'accepted', 'replacement', 'accepted', 'bonus']);
    assert.deepEqual([...decidedCells(PASSES.slice(0, 1), 6).pass], [0, 1, 1, 1, NO_PASS, NO_PASS]);
  });

  it('are a sentence: steps, passes, and what of the draft was accepted', () => {
    const sentence = decodingSentence({ decoder: 'speculative', draft: 'small', steps: [PASSES, PASSES] });
    assert.equal(
      sentence,
      'speculative with small: 2 steps in 6 passes after the prompts, accepted 6 of 10 drafted cells (0.600)',
    );
    assert.equal(decodingSentence({ decoder: 'x', steps: [[]] }), 'x: 1 step in 0 passes after the prompts');
  });

  it('come back from a file as they were; what is none is refused', () => {
    const decoding = { decoder: 'exact-rule', steps: [PASSES] };
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
