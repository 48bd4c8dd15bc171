import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { entropyBits } from '../../../../src/core/numeric/entropy';
import { rankOf } from '../../../../src/core/numeric/ranking';
import { softmax } from '../../../../src/core/numeric/softmax';
import { judge } from '../../../../src/core/trace/judge';

const close = (a: number, b: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

test('of ½, ¼, ⅛, ⅛ the second has probability ¼, rank 2, surprisal 2 bits, and the entropy is 1.75 bits', () => {
  const row = Float32Array.from([0.5, 0.25, 0.125, 0.125], (p) => Math.log2(p) * Math.LN2);
  const judged = judge(row, 1);
  close(judged.probability, 0.25, 1e-7);
  assert.equal(judged.rank, 2);
  close(judged.surprisal, 2, 1e-7);
  close(judged.entropy, 1.75, 1e-7);
  assert.deepEqual([...judged.topIds], [0, 1, 2, 3]);
});

test('a judgement agrees with the softmax of the row', () => {
  const rows = fc.array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(rows, fc.nat(), (values, pick) => {
      const row = Float32Array.from(values);
      const id = pick % row.length;
      const judged = judge(row, id);
      const p = softmax(row);
      close(judged.probability, p[id]!);
      assert.equal(judged.rank, rankOf(row, id));
      if (p[id]! > 0) close(judged.surprisal, -Math.log2(p[id]!), 1e-8);
      close(judged.entropy, entropyBits(p), 1e-8);
      assert.equal(judged.topIds.length, Math.min(20, row.length));
      judged.topIds.forEach((topId, i) => close(judged.topProbabilities[i]!, p[topId]!));
    }),
  );
});

test('ties share the better rank, also beyond the alternatives', () => {
  const row = new Float32Array(100);
  row[7] = 1;
  assert.equal(judge(row, 7).rank, 1);
  assert.equal(judge(row, 3).rank, 2);
  assert.equal(judge(row, 99).rank, 2);
});

test('surprisal stays finite where the probability underflows, and where the model forbids the token', () => {
  const row = Float32Array.of(0, -2000, -Infinity);
  assert.equal(judge(row, 1).probability, 0);
  close(judge(row, 1).surprisal, 2000 / Math.LN2);
  assert.ok(Number.isFinite(judge(row, 2).surprisal));
  assert.ok(judge(row, 2).surprisal > 1e38);
});
