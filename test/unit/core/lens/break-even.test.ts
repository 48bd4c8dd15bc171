import assert from 'node:assert/strict';
import test from 'node:test';
import { bestDraftLength, predictedSpeedUp } from '../../../../src/core/decode/speculation/break-even';
import { breakEven, plainTime, runCosts } from '../../../../src/core/lens/break-even';
import { RunPasses } from '../../../../src/core/lens/passes';
import { ENOUGH_PASSES, median, plainTimeOf } from '../../../../src/core/lens/plain-time';
import type { TraceDraft, TraceHeader, TracePass } from '../../../../src/core/trace/record';

const DRAFT: TraceDraft = {
  id: 1,
  text: 'b',
  source: 'draft-model',
  q: 0.5,
  p: 0.4,
  ratio: 0.8,
  r: 0.1,
  verdict: 'accepted',
  tv: 0.2,
};

/** A run after a prompt of 2 tokens: of each pass the draft's length, and how long drafting and verifying took. */
function rowsOf(passes: readonly (readonly [gamma: number, draft: number, verify: number])[]) {
  let known = 3;
  const list: TracePass[] = [{ type: 'pass', step: 0, cached: 0, fed: 2, writes: 3, milliseconds: 99 }];
  for (const [gamma, draftMilliseconds, milliseconds] of passes) {
    const fed = gamma + 1;
    const pass = { type: 'pass', step: list.length, cached: known - 1, fed, writes: fed, milliseconds } as const;
    if (gamma === 0) {
      list.push(pass);
      known++;
      continue;
    }
    const drafted = new Array<TraceDraft>(gamma).fill(DRAFT);
    const next = { id: 0, text: 'a', origin: 'bonus' } as const;
    const speculation = { start: known, drafted, accepted: gamma, residual: null, next };
    list.push({ ...pass, draftMilliseconds, speculation });
    known += gamma + 1;
  }
  const run = new RunPasses(2);
  run.add(list);
  return { rows: run.rows, passes: list };
}

test('the median is the middle, or the mean of the two in the middle', () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 9]), 3);
});

test('times are medians by the number of tokens fed, the prompt left out', () => {
  const { rows } = rowsOf([
    [3, 6, 10],
    [3, 3, 14],
    [3, 12, 90],
    [1, 5, 7],
    [0, 0, 4],
  ]);
  const costs = runCosts(rows);
  assert.deepEqual(costs.verify, [
    { tokens: 1, milliseconds: 4, passes: 1 },
    { tokens: 2, milliseconds: 7, passes: 1 },
    { tokens: 4, milliseconds: 14, passes: 3 },
  ]);
  // 2, 1, 4 and 5 a token.
  assert.equal(costs.draft, 3);
  assert.deepEqual(costs.drafted, { passes: 4, tokens: 14, milliseconds: 147 });
  assert.deepEqual(plainTime(costs), { milliseconds: 4, passes: 1 });
  assert.equal(plainTime(costs, 2), null);
});

test('the prediction is the formula’s with what was measured, and the length that it likes best', () => {
  const { rows } = rowsOf([
    [4, 4, 12],
    [4, 4, 12],
    [2, 2, 11],
    [0, 0, 10],
  ]);
  const costs = runCosts(rows);
  const found = breakEven(costs, 0.8, plainTime(costs));
  assert.ok(found);
  assert.equal(found.draft, 1);
  assert.equal(found.usual.gamma, 4);
  assert.deepEqual(
    found.lengths.map(({ gamma, milliseconds, passes }) => [gamma, milliseconds, passes]),
    [
      [1, 10.5, 0],
      [2, 11, 1],
      [3, 11.5, 0],
      [4, 12, 2],
    ],
  );
  const passCosts = { draft: 1, plain: 10, verify: (tokens: number) => 9.5 + tokens / 2 };
  for (const { gamma, speedUp } of found.lengths) {
    assert.ok(Math.abs((speedUp ?? 0) - predictedSpeedUp(0.8, gamma, passCosts)) < 1e-12, `γ = ${gamma}`);
  }
  assert.equal(found.best, bestDraftLength(0.8, passCosts, 4));
  assert.equal(found.best, 4);
  // 16 + 16 + 13 milliseconds for 5 + 5 + 3 tokens, against 10 for one.
  assert.ok(Math.abs((found.measured ?? 0) - 130 / 45) < 1e-12);
});

test('a size that hardly any pass had is left out where others had more', () => {
  const often = [4, 4, 4].map((gamma) => [gamma, 4, 12] as const);
  const { rows } = rowsOf([...often, [2, 2, 1], [6, 2, 1]]);
  const found = breakEven(runCosts(rows), 0.8, { milliseconds: 10, passes: 40 });
  assert.deepEqual(
    found?.lengths.map(({ gamma, milliseconds, passes }) => [gamma, milliseconds, passes]),
    [
      [1, 10.5, 0],
      [2, 11, 0],
      [3, 11.5, 0],
      [4, 12, 3],
    ],
  );
  assert.equal(found?.usual.gamma, 4);
});

test('where verifying more takes as much longer, no draft is best', () => {
  const { rows } = rowsOf([
    [2, 2, 30],
    [0, 0, 10],
  ]);
  const costs = runCosts(rows);
  const found = breakEven(costs, 0.5, plainTime(costs));
  assert.equal(found?.best, 0);
  assert.ok((found?.usual.speedUp ?? 1) < 1);
});

test('without t(1) nothing is predicted, and what a token took is said', () => {
  const { rows } = rowsOf([
    [4, 4, 16],
    [4, 4, 16],
  ]);
  const found = breakEven(runCosts(rows), 0.8, null);
  assert.ok(found);
  assert.equal(found.perToken, 4);
  assert.equal(found.best, null);
  assert.equal(found.measured, null);
  // One size alone: nothing lies between.
  assert.deepEqual(
    found.lengths.map(({ gamma, passes, speedUp }) => [gamma, passes, speedUp]),
    [[4, 2, null]],
  );
});

test('t(1) of another run takes the place of the run’s own', () => {
  const { rows } = rowsOf([
    [1, 1, 5],
    [0, 0, 100],
  ]);
  const found = breakEven(runCosts(rows), 0.5, { milliseconds: 6, passes: 40 });
  assert.deepEqual(found?.plain, { milliseconds: 6, passes: 40 });
  assert.equal(found.measured, 6 / 3);
});

test('a run that verified no draft has no break-even', () => {
  assert.equal(breakEven(runCosts(rowsOf([[0, 0, 4]]).rows), 0.5, { milliseconds: 4, passes: 1 }), null);
  assert.equal(breakEven(runCosts([]), 0.5, null), null);
});

test('t(1) for other runs comes of enough passes over one token after the prompt, and of nothing else', () => {
  const header = { promptLength: 2 } as TraceHeader;
  const plain = (count: number) => Array.from({ length: count }, (_, at) => [0, 0, at] as const);
  const few = rowsOf([...plain(ENOUGH_PASSES - 1), [3, 1, 50]]).passes;
  assert.equal(plainTimeOf({ header, passes: few }), null);
  const enough = rowsOf([...plain(ENOUGH_PASSES), [3, 1, 50]]).passes;
  assert.deepEqual(plainTimeOf({ header, passes: enough }), { milliseconds: 2, passes: 5 });
  // A prompt that is read token by token is no decoding.
  const prompt: TracePass[] = [0, 1].map((at) => ({
    type: 'pass',
    step: at,
    cached: at,
    fed: 1,
    writes: 1,
    milliseconds: 1,
  }));
  assert.equal(plainTimeOf({ header, passes: [...prompt, ...few.slice(1)] }), null);
});
