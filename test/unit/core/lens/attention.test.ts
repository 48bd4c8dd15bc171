import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  HeadStatisticsAccumulator,
  HeadStructure,
  meanOverHeadCodes,
  meanOverHeads,
} from '../../../../src/core/lens/attention';
import { packedColumn, packedIndex, packedLength, packedRow, thumbnail } from '../../../../src/core/lens/packed';
import { codeErrorBound, decodeWeights, encodeWeights } from '../../../../src/core/numeric/codes';

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

/** A planted head: what the query gives to each key before it and to itself, up to a factor. */
type Planted = (query: number, key: number) => number;

const PLANTED_TOKENS = 64;

function plant(head: Planted, tokens = PLANTED_TOKENS): Float32Array {
  const map = new Float32Array(packedLength(tokens));
  for (let query = 0; query < tokens; query++) {
    const row = Float64Array.from({ length: query + 1 }, (_, key) => head(query, key));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((w, key) => (map[packedIndex(query, key)] = w / sum));
  }
  return map;
}

function structureOf(map: Float32Array | Uint8Array, tokens = PLANTED_TOKENS): number {
  const structure = new HeadStructure(tokens);
  for (let query = 0; query < tokens; query++) structure.learn(map, packedRow(query), query);
  for (let query = 0; query < tokens; query++) structure.judge(map, packedRow(query), query);
  return structure.score();
}

/** A text of 64 tokens whose second half repeats the first: an induction head looks behind the last occurrence. */
const copies: Planted = (query, key) => {
  const source = query - PLANTED_TOKENS / 2 + 1;
  return source > 0 && query >= PLANTED_TOKENS / 2 ? Number(key === source) : Number(key === 0);
};
/** Sentences of uneven length: every token looks at the full stop before it. */
const STOPS = [0, 5, 9, 18, 24, 31, 45, 52, 58];
const lastStop: Planted = (query, key) => Number(key === STOPS.findLast((stop) => stop < Math.max(1, query)));

const FOLLOWS_PLACE: Readonly<Record<string, Planted>> = {
  'a pure sink': (_, key) => Number(key === 0),
  'a sink that is not the first token': (query, key) => Number(key === Math.min(query, 4)),
  'a pure diagonal': (query, key) => Number(key === query),
  'the token before': (query, key) => Number(key === Math.max(0, query - 1)),
  'three tokens before': (query, key) => Number(key === Math.max(0, query - 3)),
  uniform: () => 1,
  'a local blur': (query, key) => Math.exp(-(((query - key) / 3) ** 2) / 2),
  'a wide local blur': (query, key) => Math.exp((key - query) / 8),
  'half a sink, half a diagonal': (query, key) => Number(key === 0) + Number(key === query),
  'a sink above a local blur': (query, key) => 4 * Number(key === 0) + Math.exp((key - query) / 4),
};

const FOLLOWS_TEXT: Readonly<Record<string, Planted>> = {
  'an induction head': copies,
  'an induction head with a third of its mass on the sink': (query, key) => copies(query, key) + Number(key === 0) / 2,
  'a head on the last full stop': lastStop,
};

test('heads that follow the text have more structure than all that follow the place of a token', () => {
  const most = Math.max(
    ...Object.entries(FOLLOWS_PLACE).map(([name, head]) => {
      const bits = structureOf(plant(head));
      assert.ok(bits >= 0 && bits < 0.1, `${name}: ${bits} bits`);
      return bits;
    }),
  );
  for (const [name, head] of Object.entries(FOLLOWS_TEXT)) {
    const bits = structureOf(plant(head));
    assert.ok(bits > 3 * most && bits > 0.3, `${name}: ${bits} bits, against ${most}`);
  }
});

test('the mean distance would put the purest sink first', () => {
  const distance = (head: Planted): number => {
    const map = plant(head);
    const accumulator = new HeadStatisticsAccumulator();
    for (let query = 0; query < PLANTED_TOKENS; query++) accumulator.add(map, packedRow(query), query);
    return accumulator.summary().distance;
  };
  for (const head of Object.values(FOLLOWS_TEXT)) assert.ok(distance(FOLLOWS_PLACE['a pure sink']!) > distance(head));
});

test('structure is what its formula says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (n, stream) => {
      const map = plant((_, key) => (stream.next().value as number) ** 2 + Number(key === 0) / 10, n);
      const at = (query: number, key: number): number => map[packedIndex(query, key)]!;
      const over = (entries: readonly number[]): number => entries.reduce((a, b) => a + b, 0) / n;
      const queries = Array.from({ length: n }, (_, query) => query);
      let bits = 0;
      for (const query of queries) {
        for (let key = 1; key < query; key++) {
          const column = over(queries.filter((q) => q >= key).map((q) => at(q, key)));
          const diagonal = over(queries.filter((q) => q >= query - key).map((q) => at(q, q - query + key)));
          const foretold = Math.max(column, diagonal, 1 / (query + 1));
          const a = at(query, key);
          if (a > foretold) bits += (1 - 1 / (query - key)) * a * Math.log2(a / foretold);
        }
      }
      close(structureOf(map, n), bits / Math.max(1, n - 1), 1e-5);
    }),
  );
});

test('structure of codes is nearly that of the weights', () => {
  for (const head of [...Object.values(FOLLOWS_PLACE), ...Object.values(FOLLOWS_TEXT)]) {
    const map = plant(head);
    const codes = new Uint8Array(map.length);
    encodeWeights(map, 0, codes, 0, map.length);
    close(structureOf(codes), structureOf(map), 6 * codeErrorBound(1));
  }
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
