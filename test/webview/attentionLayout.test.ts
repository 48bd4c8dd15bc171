import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WEIGHT_OF_CODE, encodeWeight } from '../../src/core/numeric/codes';
import { hex, rampAt } from '../../src/core/colour/colour';
import { cellAt, cellsOfRow, largestCode, paintCells } from '../../src/webview/components/heat-map-pixels';
import {
  LOG_FLOOR,
  legendWeights,
  pixelOf,
  pixelsOfCodes,
  rampPosition,
  weightStops,
} from '../../src/webview/components/ramp';
import { paintThumbnail, thumbnailSampling } from '../../src/webview/components/thumbnail-pixels';
import { packedIndex, packedLength, thumbnail } from '../../src/core/lens/packed';
import { headOrder, openingHead, rankOf } from '../../src/webview/explorer/attention/heads';
import { mapLayout, windowAround } from '../../src/webview/explorer/attention/layout';
import { RecentCache } from '../../src/webview/explorer/attention/requests';
import { INITIAL_STATE, readState } from '../../src/webview/explorer/attention/state';

const codes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
/** Codes as colours that can be told apart. */
const identity = Uint32Array.from({ length: 256 }, (_, code) => 0xff000000 + code);

describe('the ramp of weights', () => {
  const stops = weightStops(hex('#1f1f1f'), true);

  it('begins with the ground and ends with its last stop', () => {
    const pixels = pixelsOfCodes(stops, 'sqrt');
    assert.equal(pixels[0], pixelOf(hex('#1f1f1f')));
    assert.equal(pixels[255], pixelOf(hex('#F5F0A3')));
  });

  it('has for every code the colour of its weight on either scale', () => {
    for (const scale of ['sqrt', 'linear', 'log'] as const) {
      const pixels = pixelsOfCodes(stops, scale);
      for (const weight of [0, 0.01, 0.1, 0.43, 0.9, 1]) {
        const code = encodeWeight(weight);
        assert.equal(pixels[code], pixelOf(rampAt(stops, rampPosition(WEIGHT_OF_CODE[code]!, scale))));
      }
    }
  });
});

describe('a scale', () => {
  it('by logarithm begins at its floor: exact zeros and what is less have the place of 0', () => {
    for (const weight of [0, LOG_FLOOR / 2, LOG_FLOOR]) assert.equal(rampPosition(weight, 'log'), 0);
    [0.001, 0.01, 0.1, 1].forEach((weight, at) =>
      assert.ok(Math.abs(rampPosition(weight, 'log') - (at + 1) / 4) < 1e-9, `${weight}`),
    );
    assert.equal(rampPosition(NaN, 'log'), 0);
  });

  it('ends at the largest weight on show, and names weights in order from its beginning to its end', () => {
    for (const scale of ['linear', 'sqrt', 'log'] as const) {
      for (const top of [1, 0.34, 0.02]) {
        assert.equal(rampPosition(top, scale, top), 1);
        assert.equal(rampPosition(1, scale, top), 1);
        const named = legendWeights(scale, top);
        const places = named.map((weight) => rampPosition(weight, scale, top));
        assert.equal(places[0], 0);
        assert.equal(places.at(-1), 1);
        assert.deepEqual(
          places.toSorted((a, b) => a - b),
          places,
        );
      }
    }
  });
});

describe('the pixels of a heat map', () => {
  it('leave out the columns of keys that are left out', () => {
    const map = { tokens: 4, codes: Uint8Array.from({ length: 10 }, (_, index) => 100 + index) };
    const pixels = new Uint32Array(9);
    paintCells(pixels, map, { query: 1, key: 0, count: 3 }, identity, [1, 3]);
    const code = (query: number, key: number): number => 0xff000000 + map.codes[packedIndex(query, key)]!;
    assert.deepEqual([...pixels], [code(1, 0), 0, 0, code(2, 0), 0, code(2, 2), code(3, 0), 0, code(3, 2)]);
  });

  it('have a largest code that skips queries with one key to look at', () => {
    const map = { tokens: 4, codes: Uint8Array.of(255, 200, 150, 90, 80, 70, 60, 50, 40, 30) };
    const all = { query: 0, key: 0, count: 4 };
    assert.equal(largestCode(map, all, []), 200);
    assert.equal(largestCode(map, all, [0]), 90, 'the second query has one key left');
    assert.equal(largestCode(map, { query: 2, key: 1, count: 2 }, []), 80);
  });

  it('show every weight of the window in its cell and nothing above the diagonal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.nat(), fc.nat(), (tokens, a, b, c) => {
        const count = 1 + (a % tokens);
        const window = { query: b % (tokens - count + 1), key: c % (tokens - count + 1), count };
        const map = { tokens, codes: Uint8Array.from({ length: packedLength(tokens) }, (_, index) => index % 251) };
        const pixels = new Uint32Array(count * count);
        paintCells(pixels, map, window, identity);
        for (let row = 0; row < count; row++) {
          for (let column = 0; column < count; column++) {
            const [query, key] = [window.query + row, window.key + column];
            const expected = key <= query ? 0xff000000 + map.codes[packedIndex(query, key)]! : 0;
            assert.equal(pixels[row * count + column], expected);
            assert.equal(column < cellsOfRow(window, row), key <= query);
            const under = cellAt(window, 7.5, (column + 0.5) * 7.5, (row + 0.5) * 7.5);
            assert.deepEqual(under, key <= query ? { query, key } : null);
          }
        }
      }),
    );
  });
});

describe('a thumbnail', () => {
  it('is the map itself where a cell has a pixel or more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 20 }), (size, more) => {
        const side = size + more;
        const map = Uint8Array.from({ length: size * size }, (_, index) => index);
        const pixels = new Uint32Array(side * side);
        paintThumbnail({ pixels, width: side }, 0, 0, map, 0, thumbnailSampling(size, side), identity);
        for (let y = 0; y < side; y++) {
          for (let x = 0; x < side; x++) {
            const cell = Math.floor((y * size) / side) * size + Math.floor((x * size) / side);
            assert.equal(pixels[y * side + x], 0xff000000 + map[cell]!);
          }
        }
      }),
    );
  });

  it('shows the largest weight under a pixel where there are more cells than pixels', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(fc.integer({ min: 2, max: 14 }), fc.integer({ min: 1, max: 13 }))
          .filter(([size, side]) => side < size)
          .chain(([size, side]) => fc.tuple(fc.constant(size), fc.constant(side), codes(packedLength(size)))),
        ([size, side, packed]) => {
          const whole = thumbnail(packed, size, size);
          const pixels = new Uint32Array(side * side);
          paintThumbnail({ pixels, width: side }, 0, 0, whole, 0, thumbnailSampling(size, side), identity);
          const largest = Math.max(...packed);
          assert.equal(Math.max(...pixels) - 0xff000000, largest);
          const at = whole.indexOf(largest);
          const [query, key] = [Math.floor(at / size), at % size];
          const pixelAt = (index: number): number =>
            Array.from({ length: side }, (_, pixel) => pixel).findLast(
              (pixel) => Math.floor((pixel * size) / side) <= index,
            )!;
          assert.equal(pixels[pixelAt(query) * side + pixelAt(key)], 0xff000000 + largest);
        },
      ),
    );
  });
});

describe('the layout of the map', () => {
  const room = fc.record({
    width: fc.integer({ min: 288, max: 2400 }),
    height: fc.oneof(fc.integer({ min: 300, max: 1600 }), fc.constant(Infinity)),
    ratio: fc.constantFrom(1, 1.25, 1.5, 2),
    tokens: fc.integer({ min: 1, max: 4000 }),
  });

  it('has cells of whole device pixels that fit the width, and shows the whole sequence or a window of it', () => {
    fc.assert(
      fc.property(room, (given) => {
        const layout = mapLayout(given);
        assert.ok(Number.isInteger(layout.cell) && layout.cell >= 1);
        assert.ok(layout.side <= Math.max(200, given.width - layout.labels.left));
        assert.equal(layout.whole, layout.count === given.tokens);
        assert.ok(layout.count >= 1 && layout.count <= given.tokens);
        if (!layout.whole) assert.ok(layout.pitch >= 8, `pitch ${layout.pitch}`);
      }),
    );
  });

  it('keeps the readout off the weights: its box in the corner ends above the diagonal', () => {
    fc.assert(
      fc.property(room, (given) => {
        const { readout, side, whole } = mapLayout(given);
        if (readout !== 'triangle') return;
        assert.ok(whole);
        // 272 x 168 CSS pixels, 12 from the upper and the right edge.
        assert.ok(side - 12 - 272 > 12 + 168);
      }),
    );
  });

  it('shows 60 tokens at 1280 x 860 as the pictures do', () => {
    const layout = mapLayout({ width: 658 - 32, height: 708, ratio: 1.5, tokens: 60 });
    assert.deepEqual([layout.whole, layout.readout, layout.cell], [true, 'triangle', 14]);
    assert.ok(layout.side + layout.labels.top < 708);
  });
});

describe('the window of a long sequence', () => {
  const given = fc
    .record({ tokens: fc.integer({ min: 2, max: 3000 }), at: fc.nat(), from: fc.nat(), size: fc.nat() })
    .map(({ tokens, at, from, size }) => {
      const count = 1 + (size % (tokens - 1));
      return { tokens, count, index: at % tokens, from: from % (tokens - count + 1) };
    });

  it('holds the selection and stays inside the sequence', () => {
    fc.assert(
      fc.property(given, ({ tokens, count, index, from }) => {
        const start = windowAround(index, from, count, tokens);
        assert.ok(start >= 0 && start + count <= tokens);
        assert.ok(index >= start && index < start + count);
      }),
    );
  });

  it('does not move while the selection stays away from its edges', () => {
    assert.equal(windowAround(130, 100, 60, 512), 100);
    assert.equal(windowAround(104, 100, 60, 512), 100);
    assert.equal(windowAround(103, 100, 60, 512), 99);
    assert.equal(windowAround(156, 100, 60, 512), 101);
  });

  it('is centred on a selection that it did not hold', () => {
    assert.equal(windowAround(300, 100, 60, 512), 270);
    assert.equal(windowAround(511, 100, 60, 512), 452);
    assert.equal(windowAround(3, 100, 60, 512), 0);
  });
});

describe('heads in order', () => {
  const statistics = [
    { layer: 0, head: 0, structure: 0.1, entropy: 1, distance: 2, firstToken: 0.5 },
    { layer: 0, head: 1, structure: 0.4, entropy: 3, distance: 2, firstToken: 0.1 },
    { layer: 2, head: 0, structure: 0, entropy: 2, distance: 9, firstToken: 0.9 },
    { layer: 2, head: 1, structure: 0.3, entropy: 2, distance: 1, firstToken: 0.2 },
  ];
  const overview = {
    runId: 'r',
    layers: [0, 2],
    heads: 2,
    tokens: 3,
    size: 3,
    thumbnails: new Uint8Array(36),
    statistics,
    kept: 'float32',
    without: [],
  } as const;

  it('are layer by layer with the mean of each, or by a number with the largest first', () => {
    const names = (sort: Parameters<typeof headOrder>[1]): string[] =>
      headOrder(overview, sort).map(({ layer, head }) => `${layer}.${head ?? 'mean'}`);
    assert.deepEqual(names('place'), ['0.0', '0.1', '0.mean', '2.0', '2.1', '2.mean']);
    assert.deepEqual(names('entropy'), ['0.1', '2.0', '2.1', '0.0']);
    assert.deepEqual(names('structure'), ['0.1', '2.1', '0.0', '2.0']);
    assert.deepEqual(names('distance'), ['2.0', '0.0', '0.1', '2.1']);
    assert.deepEqual(names('firstToken'), ['2.0', '0.0', '2.1', '0.1']);
  });

  it('have ranks from the largest, and equals share the better one', () => {
    assert.deepEqual(
      [3, 2, 2, 1].map((value) => rankOf(value, [1, 3, 2, 2])),
      [1, 2, 2, 4],
    );
  });

  it('open with the head that has the most structure, not with the one that looks farthest back', () => {
    assert.deepEqual(openingHead(overview), { layer: 0, head: 1 });
  });
});

describe('a kept state', () => {
  it('comes back as it was, and what is not one is as at first', () => {
    const kept = {
      head: { layer: 3, head: null },
      sort: 'entropy',
      show: 'pair',
      scale: 'log',
      toLargest: true,
      without: [0, 44],
      direction: 'looked',
      view: 'table',
      key: 7,
    };
    assert.deepEqual(readState(JSON.parse(JSON.stringify(kept))), kept);
    for (const broken of [undefined, null, 3, [], { head: { layer: -1, head: 0 }, sort: 'x', scale: 1, key: 1.5 }]) {
      assert.deepEqual(readState(broken), INITIAL_STATE);
    }
  });
});

describe('the cache of heads', () => {
  it('forgets what was used longest ago, and keeps what is larger than its bound while it is the last', () => {
    const cache = new RecentCache<Uint8Array>(10, (each) => each.byteLength);
    cache.set('a', new Uint8Array(4));
    cache.set('b', new Uint8Array(4));
    assert.ok(cache.get('a'));
    cache.set('c', new Uint8Array(4));
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => cache.get(key) !== undefined),
      [true, false, true],
    );
    cache.set('large', new Uint8Array(40));
    assert.deepEqual(
      ['a', 'c', 'large'].map((key) => cache.get(key) !== undefined),
      [false, false, true],
    );
  });
});
