import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boardPasses, cellsOfPass, decidedCells, type LifePass, NO_PASS } from '../../../../src/core/life/board-passes';
import { readRejections, rejectionMap, rejectionSentences } from '../../../../src/core/life/rejections';
import type { LifeGrid, Trace, TracePass, TraceToken } from '../../../../src/core/trace/record';
import type { NextOrigin, TokenOrigin } from '../../../../src/core/sequence/pass';
import { traceOf } from '../notebook/traces';

const GRID: LifeGrid = {
  width: 3,
  height: 2,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '<{cells}>',
  answer: '{cells}!',
};
const PROMPT = ['<', '0', '1', '0', '1', '1', '0', '>'];
const [ACCEPTED, OTHER] = ['accepted', 'replacement'] as const;
const ANSWER: readonly TokenOrigin[] = ['sampled', ACCEPTED, ACCEPTED, OTHER, ACCEPTED, 'bonus', 'sampled'];

function pass(start: number, drafted: number, accepted: number, origin: NextOrigin | null): TracePass {
  const draft = (place: number) => ({
    ...{ id: 1, text: '1', source: 'rule', q: 1, p: 1, ratio: 1, r: null, tv: 0 },
    verdict: place < accepted ? ACCEPTED : place === accepted ? 'rejected' : 'unread',
  });
  return {
    ...{ type: 'pass', step: 0, cached: start - 1, fed: drafted + 1, milliseconds: 1 },
    writes: accepted + (origin === null ? 0 : 1),
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
  const read: TracePass = { type: 'pass', step: 0, cached: 0, fed: 8, writes: 9, milliseconds: 1 };
  const plain: TracePass = { type: 'pass', step: 3, cached: 13, fed: 1, writes: 1, milliseconds: 1 };
  const passes = [read, pass(9, 4, 2, 'replacement'), pass(12, 1, 1, 'bonus'), plain];
  return { ...made, tokens, passes, header: { ...made.header, promptLength: 8 } };
}

const PASSES: readonly LifePass[] = [
  { start: 1, end: 4, drafted: 4, accepted: 2, next: 'replacement' },
  { start: 4, end: 6, drafted: 1, accepted: 1, next: 'bonus' },
  { start: 6, end: 7, drafted: 0, accepted: 0, next: 'sampled' },
];

describe('the passes of a board', () => {
  it('are counted from the first cell of the answer, with how each token came', () => {
    assert.deepEqual(boardPasses(trace(), GRID), PASSES);
    assert.equal(boardPasses(traceOf(['no', 'board']), GRID), null);
  });

  it('say which pass decided each cell; the end of the template is no cell', () => {
    const { pass: said, origin } = decidedCells(PASSES, 6);
    assert.deepEqual([...said], [0, 1, 1, 1, 2, 2]);
    assert.deepEqual(origin, ['sampled', 'accepted', 'accepted', 'replacement', 'accepted', 'bonus']);
    assert.deepEqual([...decidedCells(PASSES.slice(0, 1), 6).pass], [0, 1, 1, 1, NO_PASS, NO_PASS]);
  });

  it('say what became of each cell of a draft: after a rejection the rest is unused, and comes with a later pass', () => {
    assert.deepEqual(
      PASSES.map((pass) => cellsOfPass(pass, 6)),
      [
        [
          { cell: 1, fate: 'accepted', origin: 'accepted' },
          { cell: 2, fate: 'accepted', origin: 'accepted' },
          { cell: 3, fate: 'rejected', origin: 'replacement' },
          { cell: 4, fate: 'unused', origin: null },
        ],
        [
          { cell: 4, fate: 'accepted', origin: 'accepted' },
          { cell: 5, fate: null, origin: 'bonus' },
        ],
        [],
      ],
    );
    // A draft that begins in the template, and one that reaches beyond the board.
    const around: LifePass = { start: -2, end: 1, drafted: 4, accepted: 3, next: null };
    assert.deepEqual(cellsOfPass(around, 2), [
      { cell: 0, fate: 'accepted', origin: 'accepted' },
      { cell: 1, fate: 'unused', origin: null },
    ]);
    const { rejected, judged } = rejectionMap(PASSES, 6);
    assert.deepEqual(
      [[...rejected], [...judged]],
      [
        [0, 0, 0, 1, 0, 0],
        [0, 1, 1, 1, 1, 0],
      ],
    );
  });
});

describe('the rejections of a board', () => {
  const before = Uint8Array.of(0, 0, 0, 0, 0, 0);
  /** Cell 3 is wrong, and was rejected; cell 5 came after a whole draft. */
  const predicted = Uint8Array.of(0, 0, 0, 1, 0, 1);
  const exact = Uint8Array.of(0, 0, 0, 0, 0, 1);
  const boards = { before, exact, predicted };
  const read = (name: string, over: Partial<Parameters<typeof readRejections>[2]> = {}, on = boards) =>
    readRejections(PASSES, on, { name, exact: true, temperature: 0, ...over });
  const said = (...of: Parameters<typeof read>): string => rejectionSentences(read(...of)).join(' ');

  it('of the exact rule are the errors of the model, which is checked cell by cell', () => {
    const reading = read('exact-rule');
    assert.equal(reading.meaning, 'errors');
    assert.equal(reading.holds, true);
    assert.equal(
      said('exact-rule'),
      'The rejection map is the model’s error map: the exact rule drafted, and of 4 cells judged it was rejected at the 1 that the model says wrong, and at no other. ' +
        '2 cells were never judged (the first, and each after a whole draft): they are right.',
    );
    const accepted = { ...boards, predicted: predicted.with(1, 1) };
    assert.equal(read('exact-rule', {}, accepted).holds, false, 'a wrong cell was accepted');
    assert.match(said('exact-rule', {}, accepted), /should be the model’s errors, and are not/);
    assert.equal(read('exact-rule', {}, { ...boards, predicted: exact }).holds, false, 'a right cell was rejected');
    const unseen = { ...boards, exact: exact.with(5, 0) };
    assert.equal(read('exact-rule', {}, unseen).wrongUnjudged, 1);
    assert.match(said('exact-rule', {}, unseen), /error map.*1 of them is wrong, which no rejection shows\./);
  });

  it('at a temperature are draws against the rule', () => {
    const warm = readRejections(PASSES, { ...boards, likeliest: exact }, { name: 'exact-rule', temperature: 0.7 });
    assert.deepEqual([warm.meaning, warm.holds, warm.likeliestRight], ['draws', true, 1]);
    assert.match(
      rejectionSentences(warm)[0]!,
      /At temperature 0\.7 .* not the model’s errors: 1 cell was drawn otherwise/,
    );
  });

  it('of other decoders are something else, and say what', () => {
    const changed = { ...boards, before: before.with(5, 1) };
    assert.deepEqual([read('copy-previous').meaning, read('copy-previous', {}, changed).holds], ['changes', true]);
    assert.equal(read('copy-previous', {}, { ...boards, before: before.with(3, 1) }).holds, false);
    for (const name of ['jacobi', 'speculative-jacobi', 'lookahead']) assert.equal(read(name).meaning, 'guesses');
    assert.match(
      said('speculative', { draft: 'small' }),
      /where small and the model part, not the model’s errors: 1 cell/,
    );
    assert.match(said('speculative', { draft: 'small', temperature: 1 }), /a draw went against small/);
    assert.match(said('lantern', { exact: false }), /lossy rule/);
    assert.equal(read('lantern', { exact: false }).holds, null);
    const plain: LifePass = { start: 1, end: 2, drafted: 0, accepted: 0, next: 'sampled' };
    const none = readRejections([plain], boards, { name: 'autoregressive', temperature: 0 });
    assert.deepEqual([none.meaning, none.decided, none.judged], ['none', 2, 0]);
  });
});
