import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judge } from '../../src/core/trace/judge';
import type { Judgement, TraceToken } from '../../src/core/trace/record';
import { bitsAxis } from '../../src/webview/components/bits-lane';
import { ByteGroups } from '../../src/webview/components/byte-groups';
import { type Rgb, contrast, hex, inkOn, rampAt } from '../../src/core/colour/colour';
import { probability, probabilityRange } from '../../src/webview/components/format';
import { axisOfBits, laneColumns, tokenAt, windowStart } from '../../src/webview/components/lane-geometry';
import { maxima } from '../../src/webview/components/minimap';
import { FILTER_KEYS, filterScale } from '../../src/webview/components/sampling-scale';
import { TextLayout, nearestInLine } from '../../src/webview/components/text-layout';
import { tokenForKey } from '../../src/webview/components/token-keys';
import { labelParts, tokenLabel } from '../../src/webview/components/token-label';
import { MEASURE } from '../../src/webview/components/token-measure';
import { readTokenIds } from '../../src/webview/explorer/token-ids';
import { positionDistribution, whatIf, whatIfOfKept } from '../../src/webview/explorer/tokens/what-if';

const settings = fc.record({
  temperature: fc.constantFrom(0, 0.5, 1, 1.7),
  topK: fc.constantFrom(0, 1, 3, 10),
  topP: fc.constantFrom(0.3, 0.9, 1),
  minP: fc.constantFrom(0, 0.1, 0.5),
});
/** Steps of 1/16, so that equal probabilities come from equal logits. */
const row = fc
  .array(fc.integer({ min: -320, max: 320 }), { minLength: 2, maxLength: 40 })
  .map((values) => Float32Array.from(values, (value) => value / 16));

function judgementOf(logits: Float32Array, id: number, kept: number): Judgement {
  const { topIds, topProbabilities, ...rest } = judge(logits, id, kept);
  return {
    ...rest,
    top: [...topIds].map((top, place) => ({ id: top, text: `${top}`, probability: topProbabilities[place]! })),
  };
}

describe('What if', () => {
  test('rows, the chosen token and the rest hold all of p and all of p′', () => {
    fc.assert(
      fc.property(row, settings, fc.nat(), fc.integer({ min: 1, max: 12 }), (logits, filters, at, listed) => {
        const result = whatIf(positionDistribution(logits, at % logits.length, listed), filters);
        const rows = [...result.rows, ...(result.chosenBelow ? [result.chosenBelow] : [])];
        const sum = (pick: (row: (typeof rows)[number]) => number): number =>
          rows.reduce((total, each) => total + pick(each), 0);
        assert.ok(Math.abs(sum((each) => each.p) + result.rest.p - 1) < 1e-9);
        assert.ok(Math.abs(sum((each) => each.after.low) + result.rest.after.low - 1) < 1e-9);
        assert.equal(rows.length + result.rest.count, logits.length);
        assert.equal(rows.filter((each) => each.chosen).length, 1);
      }),
    );
  });

  test('a row has either a rule that cut it or a part of p′', () => {
    fc.assert(
      fc.property(row, settings, (logits, filters) => {
        for (const each of whatIf(positionDistribution(logits, 0, 40), filters).rows) {
          assert.equal(each.cut === null, each.after.high > 0);
        }
      }),
    );
  });

  test('tokens kept and tokens cut by each rule are the vocabulary', () => {
    fc.assert(
      fc.property(row, settings, (logits, filters) => {
        const result = whatIf(positionDistribution(logits, 0, 5), filters);
        const cut = Object.values(result.cuts).reduce((sum, count) => sum + count, 0);
        assert.equal(result.keptCount! + cut, logits.length);
      }),
    );
  });

  test('the chosen token’s share of the kept mass ends where the more probable ones and itself end', () => {
    const logits = Float32Array.from([Math.log(0.5), Math.log(0.3), Math.log(0.2)]);
    const none = { temperature: 1, topK: 0, topP: 1, minP: 0 };
    const span = whatIf(positionDistribution(logits, 1, 3), none).chosenSpan!;
    assert.ok(Math.abs(span[0] - 0.5) < 1e-6 && Math.abs(span[1] - 0.8) < 1e-6);
  });

  test('alternatives of a saved trace give ranges that hold what all logits give', () => {
    fc.assert(
      fc.property(row, settings, fc.integer({ min: 1, max: 8 }), fc.nat(), (logits, filters, kept, at) => {
        const id = at % logits.length;
        const exact = whatIf(positionDistribution(logits, id, kept), filters);
        const partial = whatIfOfKept(judgementOf(logits, id, kept), id, logits.length, filters)!;
        exact.rows.forEach((each, place) => {
          const { low, high } = partial.rows[place]!.after;
          assert.ok(each.after.low >= low - 1e-6 && each.after.low <= high + 1e-6);
        });
        assert.ok(exact.keptMass.low >= partial.keptMass.low - 1e-6);
        assert.ok(exact.keptMass.low <= partial.keptMass.high + 1e-6);
      }),
    );
  });
});

describe('Lines of text', () => {
  const tokens = fc.array(
    fc.record({ width: fc.integer({ min: 1, max: 300 }), opensWord: fc.boolean(), endsLine: fc.boolean() }),
    { minLength: 1, maxLength: 80 },
  );

  test('hold every token once, in order, none beyond the width', () => {
    fc.assert(
      fc.property(tokens, fc.integer({ min: 40, max: 400 }), (list, width) => {
        const layout = new TextLayout(width);
        list.forEach((token) => layout.add(token));
        let next = 0;
        layout.lines.forEach((line, number) => {
          assert.equal(line.start, next);
          assert.ok(line.end > line.start);
          for (let index = line.start; index < line.end; index++) {
            assert.equal(layout.lineOf(index), number);
            assert.ok(layout.lefts[index]! + layout.widths[index]! <= width);
          }
          next = line.end;
        });
        assert.equal(next, list.length);
      }),
    );
  });

  test('end after a newline, and break before a word rather than inside it', () => {
    const layout = new TextLayout(100);
    const add = (width: number, opensWord: boolean, endsLine = false): void =>
      layout.add({ width, opensWord, endsLine });
    add(60, true);
    add(30, true);
    add(30, false);
    assert.deepEqual(layout.lines, [
      { start: 0, end: 1 },
      { start: 1, end: 3 },
    ]);
    add(10, true, true);
    add(10, true);
    assert.deepEqual(layout.lines.at(-1), { start: 4, end: 5 });
  });

  test('up and down go to the token that stands nearest', () => {
    const layout = new TextLayout(100);
    for (let index = 0; index < 8; index++) layout.add({ width: 25, opensWord: true, endsLine: false });
    assert.equal(nearestInLine(layout, 1, 60), 6);
    assert.equal(nearestInLine(layout, 2, 60), null);
  });
});

describe('Lanes', () => {
  test('the window holds the token in focus and stays inside the run', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 8, max: 120 }),
        fc.nat(3000),
        fc.integer(),
        (count, size, focus, before) => {
          const at = focus % count;
          const start = windowStart(count, size, at, before);
          assert.ok(start >= 0 && start <= Math.max(0, count - size));
          assert.ok(at >= start && at < start + size);
        },
      ),
    );
  });

  test('a place on a column leads back to its token', () => {
    for (const [count, width] of [
      [5, 320],
      [60, 900],
      [500, 900],
      [2000, 288],
    ] as const) {
      const columns = laneColumns(count, 0, width, 34);
      for (let index = columns.from; index < columns.to; index++) {
        assert.equal(tokenAt(columns, columns.left + (index - columns.from + 0.5) * columns.column), index);
      }
      assert.equal(tokenAt(columns, 10), null);
    }
  });

  test('a token has at least 8 pixels, and at most 120 tokens are drawn one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 320, max: 2400 }), (count, width) => {
        const columns = laneColumns(count, 0, width, 34);
        assert.ok(columns.column >= 8);
        assert.ok(columns.to - columns.from <= 120);
      }),
    );
  });

  test('the axis of bits reaches the highest value in at most five steps', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 60, noNaN: true }), (most) => {
        const { top, step } = axisOfBits(most);
        assert.ok(top >= most - 1e-9 && top / step <= 5 + 1e-9);
      }),
    );
    assert.deepEqual(axisOfBits(7.86), { top: 8, step: 2 });
  });

  test('one token far beyond all others does not flatten the lane: it stands beyond the axis', () => {
    const judged = (surprisals: readonly number[], entropy = 3): TraceToken[] =>
      surprisals.map((surprisal, index) => ({ index, judgement: { surprisal, entropy } }) as TraceToken);
    const usual = [4.2, 2.1, 1.4, 5.6, 0.5, 0.1, 9.7, 9.1, 4.6];
    assert.deepEqual(bitsAxis(judged(usual)), { top: 10, step: 2, clips: false });
    assert.deepEqual(bitsAxis(judged([...usual, 58])), { top: 10, step: 2, clips: true });
    assert.deepEqual(bitsAxis(judged([...usual, Infinity])), { top: 10, step: 2, clips: true });
    // Every entropy is within: a line has no end to break off.
    assert.deepEqual(bitsAxis(judged([...usual, 58], 15)), { top: 16, step: 4, clips: true });
    assert.deepEqual(bitsAxis([]), { top: 4, step: 1, clips: false });
  });

  test('a ramp that clamps says so at its end', () => {
    for (const { name, ticks, position, open } of Object.values(MEASURE)) {
      const last = ticks.at(-1)!;
      assert.ok(Math.abs(position(last) - 1) < 1e-9, name);
      assert.equal(open, name !== 'probability', name);
    }
  });

  test('the map of the run shows the most surprising token of each column', () => {
    const surprisals = [1, 9, 2, 0, 5, 3];
    const tokens = surprisals.map((surprisal, index) => ({ index, judgement: { surprisal } }) as TraceToken);
    assert.deepEqual(maxima(tokens, 3), [9, 2, 5]);
  });
});

describe('Tokens as they read', () => {
  const bytesToken = (index: number, bytes: number[], text: string): TraceToken =>
    ({ index, bytes, text, special: false }) as unknown as TraceToken;

  test('the pieces of a label are the label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(
          labelParts(text)
            .map((part) => part.text)
            .join(''),
          tokenLabel(text),
        );
      }),
    );
  });

  test('bytes of one character are one group, also where they stream in one by one', () => {
    const dog = [0xf0, 0x9f, 0x90, 0xb6];
    const tokens = [
      bytesToken(0, [0x61], 'a'),
      ...dog.map((byte, place) => bytesToken(place + 1, [byte], `<0x${byte.toString(16).toUpperCase()}>`)),
      bytesToken(5, [0x62], 'b'),
    ];
    const groups = new ByteGroups();
    for (let count = 1; count <= tokens.length; count++) groups.add(tokens.slice(0, count));
    for (const index of [1, 2, 3, 4]) assert.deepEqual(groups.of(index), { start: 1, end: 5, text: '🐶' });
    assert.equal(groups.of(0), null);
    assert.equal(groups.of(5), null);
  });
});

describe('Keys, ids and numbers', () => {
  test('keys move along the sequence and stop at its ends', () => {
    assert.equal(tokenForKey('ArrowRight', 4, 5, 30), 4);
    assert.equal(tokenForKey('ArrowLeft', 0, 5, 30), 0);
    assert.equal(tokenForKey('End', 1, 5, 30), 4);
    assert.equal(tokenForKey('Home', 4, 5, 30), 0);
    assert.equal(tokenForKey('PageDown', 10, 500, 30), 40);
    assert.equal(tokenForKey('ArrowRight', null, 5, 30), 0);
    assert.equal(tokenForKey('x', 3, 5, 30), null);
    assert.equal(tokenForKey('End', null, 0, 30), null);
  });

  test('a prompt of ids names what is no id', () => {
    assert.deepEqual(readTokenIds(' 1, 403\n407 ', 512), { ok: true, ids: [1, 403, 407] });
    const outside = readTokenIds('1 512', 512);
    assert.ok(!outside.ok && outside.message.includes('512') && outside.message.includes('511'));
    const word = readTokenIds('1, two', null);
    assert.ok(!word.ok && word.message.includes('two'));
  });

  test('a place on a slider and its value lead to each other', () => {
    for (const key of FILTER_KEYS) {
      const scale = filterScale(key, 512);
      for (let place = 0; place <= scale.last; place++) {
        assert.equal(Math.round(scale.placeOf(scale.valueAt(place))), place, `${key} ${place}`);
      }
      assert.equal(scale.parse(scale.format(scale.off)), scale.off);
    }
    assert.equal(filterScale('topP', 512).parse('1.5'), null);
    assert.equal(filterScale('topK', 512).parse('off'), 0);
    assert.equal(filterScale('temperature', 512).parse(''), null);
  });

  test('a probability never reads as 0 or 1 where it is neither', () => {
    assert.equal(probability(0.00001), '<0.001');
    assert.equal(probability(0.99999), '>0.999');
    assert.equal(probability(1), '1.000');
    assert.equal(probability(null), '–');
    assert.equal(probabilityRange({ low: 0.1, high: 0.2 }), '0.10–0.20');
  });
});

describe('Ramps', () => {
  test('go through their stops and are clamped', () => {
    const stops = [
      [0, hex('#000000')],
      [0.5, hex('#808080')],
      [1, hex('#ffffff')],
    ] as const;
    assert.deepEqual(rampAt(stops, -1), [0, 0, 0]);
    assert.deepEqual(rampAt(stops, 0.5), [128, 128, 128]);
    assert.deepEqual(rampAt(stops, 2), [255, 255, 255]);
  });

  test('ink on any fill has a contrast of at least 4.5', () => {
    const channel = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), (fill: Rgb) => {
        assert.ok(contrast(fill, inkOn(fill, hex('#cccccc'))) >= 4.5);
      }),
    );
  });
});
