import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rankOf, topK } from '../../../../src/core/numeric/ranking';

const values = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 }).map((v) => Float32Array.from(v));

/** The definition, by a full stable sort. */
const sorted = (row: Float32Array): number[] => [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b);

test('top-k is the head of a stable sort by value, ties in order of id', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: -1, max: 70 }), (row, k) => {
      assert.deepEqual([...topK(row, k)], sorted(row).slice(0, Math.max(0, k)));
    }),
  );
});

test('minus infinity can be among the top where nothing better is left', () => {
  assert.deepEqual([...topK(Float32Array.of(-Infinity, 1, -Infinity), 2)], [1, 0]);
});

test('the rank counts what is strictly larger, so that ties share the better rank', () => {
  const row = Float32Array.of(3, 5, 3, 1);
  assert.deepEqual(
    [0, 1, 2, 3].map((id) => rankOf(row, id)),
    [2, 1, 2, 4],
  );
});

test('the token at place r of the order has rank at most r', () => {
  fc.assert(
    fc.property(values, (row) => {
      sorted(row).forEach((id, place) => assert.ok(rankOf(row, id) <= place + 1));
    }),
  );
});

test('rows that rise with their ids, or are mostly ruled out, have their largest found as well', () => {
  const rising = Float32Array.from({ length: 50_000 }, (_, i) => i);
  assert.deepEqual([...topK(rising, 3)], [49_999, 49_998, 49_997]);
  const masked = new Float32Array(50_000).fill(-Infinity);
  masked[40_000] = 2;
  masked[7] = 1;
  assert.deepEqual([...topK(masked, 4)], [40_000, 7, 0, 1]);
});
