import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HeadStatisticsAccumulator, meanOverHeadCodes, meanOverHeads } from '../../../../src/core/lens/attention';
import { packedColumn, packedIndex, packedLength, packedRow, thumbnail } from '../../../../src/core/lens/packed';
import { decodeWeights, encodeWeights } from '../../../../src/core/numeric/codes';

const close = (a: number, b: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

function summaryOf(rows: readonly (readonly number[])[]) {
  const accumulator = new HeadStatisticsAccumulator();
  rows.forEach((row, query) => accumulator.add(Float32Array.of(-1, ...row), 1, query));
  return accumulator.summary();
}

test('a head that looks at itself has no entropy and no distance', () => {
  assert.deepEqual(summaryOf([[1], [0, 1], [0, 0, 1]]), { entropy: 0, distance: 0, firstToken: 1 / 3 });
});

test('a head that looks at the first token looks ever further back', () => {
  assert.deepEqual(summaryOf([[1], [1, 0], [1, 0, 0]]), { entropy: 0, distance: 1.5, firstToken: 1 });
});

test('a uniform head has log2 of the keys as entropy and half the way back as distance', () => {
  const summary = summaryOf([[1], [0.5, 0.5], [1 / 3, 1 / 3, 1 / 3], [0.25, 0.25, 0.25, 0.25]]);
  close(summary.entropy, (1 + Math.log2(3) + 2) / 3);
  close(summary.distance, (0.5 + 1 + 1.5) / 3);
  close(summary.firstToken, (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4);
});

test('statistics of codes are those of the weights that they stand for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.infiniteStream(fc.nat(255)), (tokens, stream) => {
      const codes = Uint8Array.from({ length: packedLength(tokens) }, () => stream.next().value as number);
      const [ofCodes, ofWeights] = [new HeadStatisticsAccumulator(), new HeadStatisticsAccumulator()];
      for (let query = 0; query < tokens; query++) {
        ofCodes.addCodes(codes, packedRow(query), query);
        ofWeights.add(decodeWeights(codes, packedRow(query), query + 1), 0, query);
      }
      const [a, b] = [ofCodes.summary(), ofWeights.summary()];
      close(a.entropy, b.entropy, 1e-4);
      close(a.distance, b.distance, 1e-4);
      close(a.firstToken, b.firstToken);
    }),
  );
});

test('one token leaves no choice', () => {
  assert.deepEqual(summaryOf([[1]]), { entropy: 0, distance: 0, firstToken: 1 });
});

test('row q of the packed triangle starts at q(q+1)/2 and has q + 1 keys', () => {
  assert.deepEqual([0, 1, 2, 3].map(packedRow), [0, 1, 3, 6]);
  assert.equal(packedLength(4), 10);
  assert.equal(packedIndex(3, 2), 8);
});

test('a column holds who looks at a key, from the key itself on', () => {
  const map = Uint8Array.of(0, 10, 11, 20, 21, 22, 30, 31, 32, 33);
  assert.deepEqual([...packedColumn(map, 4, 1)], [11, 21, 31]);
  assert.deepEqual([...packedColumn(map, 4, 3)], [33]);
});

test('a thumbnail as large as the map is the map, with nothing above the diagonal', () => {
  assert.deepEqual([...thumbnail(Uint8Array.of(1, 2, 3, 4, 5, 6), 3, 52)], [1, 0, 0, 2, 3, 0, 4, 5, 6]);
});

test('every pixel of a thumbnail is the largest code that it covers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 1, max: 24 }),
      fc.infiniteStream(fc.nat(255)),
      (n, size, stream) => {
        const codes = Uint8Array.from({ length: packedLength(n) }, () => stream.next().value as number);
        const side = Math.min(n, size);
        const expected = new Uint8Array(side * side);
        for (let q = 0; q < n; q++) {
          for (let k = 0; k <= q; k++) {
            const pixel = Math.floor((q * side) / n) * side + Math.floor((k * side) / n);
            expected[pixel] = Math.max(expected[pixel]!, codes[packedIndex(q, k)]!);
          }
        }
        assert.deepEqual(thumbnail(codes, n, size), expected);
      },
    ),
  );
});

test('the mean over heads of exact maps, and of their codes within two errors of a code', () => {
  const heads = [Float32Array.of(1, 0.2, 0.8), Float32Array.of(1, 0.6, 0.4)];
  const mean = meanOverHeads(heads);
  [1, 0.4, 0.6].forEach((w, i) => close(mean[i]!, w));
  const codes = heads.map((head) => {
    const target = new Uint8Array(3);
    encodeWeights(head, 0, target, 0, 3);
    return target;
  });
  decodeWeights(meanOverHeadCodes(codes)).forEach((w, i) => close(w, mean[i]!, 0.008));
});
