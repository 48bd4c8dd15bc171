import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BreakEven } from '../../src/core/lens/break-even';
import { type PassRow, RunPasses } from '../../src/core/lens/passes';
import type { TraceDraft, TraceHeader, TracePass, TraceToken } from '../../src/core/trace/record';
import { breakEvenSentence, outcomeOf } from '../../src/webview/explorer/speculation/break-even-text';
import { milliseconds, times } from '../../src/webview/explorer/speculation/numbers';
import { acceptanceOf, passSentence, ruleOf, sourcesOf } from '../../src/webview/components/draft-rule';
import { columnsOf, rejectionTicks } from '../../src/webview/components/pass-columns';
import {
  ROW_HEIGHT,
  columnLeft,
  drawnEnd,
  followSideways,
  scrollTo,
  stairLayout,
  stairMarks,
  visible,
} from '../../src/webview/explorer/speculation/stair-layout';
import { readState } from '../../src/webview/explorer/speculation/state';

const DRAFT: TraceDraft = {
  id: 1,
  text: 'b',
  source: 'draft-model',
  q: 0.5,
  p: 0.75,
  ratio: 1.5,
  r: 0.25,
  verdict: 'accepted',
  tv: 0.25,
};
const REJECTED: TraceDraft = { ...DRAFT, text: ' n', p: 0.1, ratio: 0.2, r: 0.9, verdict: 'rejected' };
const UNREAD: TraceDraft = { ...DRAFT, p: null, ratio: null, r: null, verdict: 'unread', tv: null };

const PROMPT = 5;

/** Rows after a prompt of 5 tokens and the one drawn with it: of each pass how many of how many drafted were accepted. */
function rowsOf(passes: readonly (readonly [drafted: number, accepted: number])[]): readonly PassRow[] {
  let known = PROMPT + 1;
  const list: TracePass[] = passes.map(([gamma, accepted], step) => {
    const writes = accepted + 1;
    const pass = { type: 'pass', step, cached: known - 1, fed: gamma + 1, writes, milliseconds: 1 } as const;
    const start = known;
    known += accepted + 1;
    if (gamma === 0) return pass;
    const whole = accepted === gamma;
    const drafted = Array.from({ length: gamma }, (_, at) =>
      at < accepted ? DRAFT : at === accepted ? REJECTED : UNREAD,
    );
    const next = { id: 0, text: 'a', origin: whole ? 'bonus' : 'replacement' } as const;
    const residual = whole ? null : { mass: 0.5, top: [] };
    return { ...pass, draftMilliseconds: 1, speculation: { start, drafted, accepted, residual, next } };
  });
  const read: TracePass = { type: 'pass', step: 0, cached: 0, fed: PROMPT, writes: PROMPT + 1, milliseconds: 1 };
  const run = new RunPasses(PROMPT);
  run.add([read, ...list]);
  return run.rows;
}

const passes = fc.array(
  fc
    .integer({ min: 0, max: 12 })
    .chain((drafted) => fc.tuple(fc.constant(drafted), fc.integer({ min: 0, max: drafted }))),
  { minLength: 1, maxLength: 200 },
);

describe('the layout of the staircase', () => {
  test('shows everything without scrolling where the narrowest column fits, and keeps its columns apart', () => {
    fc.assert(
      fc.property(passes, fc.integer({ min: 280, max: 2000 }), (given, width) => {
        const rows = rowsOf(given);
        const layout = stairLayout(rows, PROMPT, width, 5);
        const last = Math.max(...rows.map(drawnEnd));
        assert.equal(layout.columns, last - PROMPT);
        assert.ok(layout.column >= 11 && layout.column <= 22);
        assert.ok(columnLeft(layout, PROMPT) > layout.left);
        assert.ok(columnLeft(layout, last) <= layout.width - layout.right, 'the last column is left of the counts');
        // It scrolls only where narrow columns, with the gaps beside them, do not fit.
        const narrowest = layout.left + layout.right + 28 + 13 * layout.columns;
        if (narrowest <= width) assert.equal(layout.width, width);
        else assert.ok(layout.column <= 18);
        assert.ok(layout.height >= rows.length * ROW_HEIGHT);
      }),
    );
  });

  test('draws a rejected token above its replacement, and what was not tested behind it', () => {
    const [row] = rowsOf([[4, 2]]);
    assert.ok(row);
    assert.deepEqual(
      stairMarks(row, []).map(({ kind, position, part }) => [kind, position - row.start, part]),
      [
        ['accepted', 0, 'whole'],
        ['accepted', 1, 'whole'],
        ['rejected', 2, 'upper'],
        ['unused', 3, 'whole'],
        ['replacement', 2, 'lower'],
      ],
    );
    assert.equal(row.end - row.start, 3);
    assert.equal(drawnEnd(row) - row.start, 4);
  });

  test('draws a token that came without a draft by how it came', () => {
    const [row] = rowsOf([[0, 0]]);
    assert.ok(row);
    const origin = (kind: TraceToken['origin']): TraceToken[] => {
      const tokens: TraceToken[] = [];
      tokens[row.start] = { origin: kind } as TraceToken;
      return tokens;
    };
    assert.deepEqual(stairMarks(row, origin('sampled')), [{ kind: 'sampled', position: row.start, part: 'whole' }]);
    assert.deepEqual(stairMarks(row, origin('handed-over'))[0]?.kind, 'handed-over');
  });

  test('has in the page what is in view and a little more', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(800), fc.nat(1000), (offset, extent, count) => {
        const { from, to } = visible(offset, extent, 25, count, 3);
        assert.ok(from >= 0 && to <= count && to - from <= extent / 25 + 8);
        for (let place = 0; place < count; place++) {
          const inView = place * 25 < offset + extent && (place + 1) * 25 > offset;
          if (inView) assert.ok(place >= from && place < to);
        }
      }),
    );
  });

  test('scrolls no further than it must, and shows the beginning of what is longer than the pane', () => {
    assert.equal(scrollTo({ from: 50, to: 75 }, 0, 100, 0), 0);
    assert.equal(scrollTo({ from: 100, to: 125 }, 0, 100, 0), 25);
    assert.equal(scrollTo({ from: 10, to: 35 }, 40, 100, 0), 10);
    assert.equal(scrollTo({ from: 300, to: 900 }, 0, 100, 20), 280);
  });

  test('follows the rows sideways once they are out of sight, and not before', () => {
    const rows = rowsOf(Array.from({ length: 300 }, () => [4, 4] as const));
    const layout = stairLayout(rows, PROMPT, 900, 5);
    const extent = 900 - layout.left - layout.right;
    const shown = rows.slice(200, 210);
    const followed = followSideways(layout, shown, 0, extent);
    assert.ok(followed > 0);
    assert.equal(followSideways(layout, shown, followed, extent), followed);
  });

  test('ticks every rejection of a short run, and of a long one each stretch that has some', () => {
    const short = rowsOf([
      [3, 3],
      [3, 1],
      [3, 0],
    ]);
    assert.deepEqual(rejectionTicks(short), [1, 2]);
    const long = rowsOf(Array.from({ length: 4000 }, (_, at) => [2, at === 1234 ? 1 : 2] as const));
    assert.deepEqual(rejectionTicks(long), [1234]);
    assert.ok(rejectionTicks(rowsOf(Array.from({ length: 4000 }, () => [2, 1] as const))).length <= 161);
  });

  test('the strip keeps every rejection and the mean of each column', () => {
    const rows = rowsOf(Array.from({ length: 1000 }, (_, at) => [3, at === 777 ? 0 : 3] as const));
    const columns = columnsOf(rows, 100);
    assert.equal(columns.filter(({ rejected }) => rejected).length, 1);
    assert.equal(columns[77]?.rejected, true);
    assert.equal(columns[77].mean, (9 * 4 + 1) / 10);
    assert.equal(columns[0]?.mean, 4);
  });
});

describe('the words of the rule', () => {
  const header = (temperature: number, options: Record<string, string | number> = {}) =>
    ({ decoder: { name: 'x', exact: true, options }, sampling: { temperature } }) as unknown as TraceHeader;

  test('are those of what the numbers show', () => {
    assert.equal(ruleOf(header(1), [DRAFT]).formula, 'accept where r < min(1, p / q)');
    assert.equal(ruleOf(header(1), [{ ...DRAFT, q: 1 }]).kind, 'certain');
    assert.equal(ruleOf(header(0), [{ ...DRAFT, q: 1 }]).kind, 'greedy');
    assert.match(
      ruleOf(header(1, { epsilon: 0.09, delta: 0.3 }), [{ ...DRAFT, threshold: 0.02, r: null }]).formula,
      /p > min\(ε, δ · exp\(−H\)\), ε = 0\.09, δ = 0\.3/,
    );
    const borrowed = [{ ...DRAFT, borrowed: 0.1 }];
    assert.match(
      ruleOf(header(1, { variant: 'lantern', delta: 0.1, neighbours: 50 }), borrowed).formula,
      /\(p \+ borrowed\) \/ q\); at most 0\.1 of the 50 nearest tokens is borrowed/,
    );
    assert.match(ruleOf(header(1, { variant: 'lantern++', lambda: 5 }), borrowed).formula, /at most 4 p is borrowed/);
    assert.equal(ruleOf(header(0), borrowed).kind, 'lantern-greedy');
  });

  test('give the chance of acceptance where a draw decided', () => {
    assert.equal(acceptanceOf(DRAFT), 1);
    assert.equal(acceptanceOf(REJECTED), 0.2);
    assert.equal(acceptanceOf(UNREAD), null);
    assert.equal(acceptanceOf({ ...DRAFT, r: null }), null);
  });

  test('name each source once', () => {
    assert.deepEqual(sourcesOf([DRAFT, { ...DRAFT, source: 'pool' }, DRAFT]), ['draft-model', 'pool']);
  });

  test('tell a pass in one sentence', () => {
    const rows = rowsOf([
      [4, 2],
      [2, 2],
      [0, 0],
    ]);
    assert.deepEqual(
      rows.map((row) => passSentence(row, 3)),
      [
        'Pass 1 of 3, context 5: 2 of 4 drafted accepted, “ n” rejected and replaced by “a”; 3 tokens.',
        'Pass 2 of 3, context 8: 2 of 2 drafted accepted, and the bonus token “a”; 3 tokens.',
        'Pass 3 of 3, context 11: nothing drafted, 1 token.',
      ],
    );
  });
});

describe('the words of break-even', () => {
  const usual = { gamma: 4, tokens: 2.5, milliseconds: 12, passes: 9, speedUp: 0.8 };
  const found: BreakEven = {
    draft: 1.5,
    plain: { milliseconds: 6, passes: 40 },
    lengths: [usual],
    usual,
    best: 0,
    perToken: 7.5,
    measured: 0.8,
  };

  test('say plainly that speculation loses, and why', () => {
    assert.equal(outcomeOf(found), 'loses');
    assert.equal(
      breakEvenSentence(found),
      'Speculation loses on this machine: 7.50 ms a token, against 6.00 ms for a pass without a draft. A pass over ' +
        '5 tokens takes 2.00× as long as one over 1, drafting 4 takes 6.00 ms, and a pass brings 2.50 tokens. No draft ' +
        'length up to the longest that was measured would win.',
    );
  });

  test('say that it wins, and which length would do better', () => {
    const shorter = { ...usual, gamma: 2, speedUp: 2.25 };
    const wins = { ...found, perToken: 3, measured: 2, best: 2, lengths: [shorter, usual] };
    assert.equal(outcomeOf(wins), 'wins');
    assert.equal(
      breakEvenSentence(wins),
      'Speculation wins on this machine: 3.00 ms a token, against 6.00 ms for a pass without a draft. Drafts of 2 ' +
        'should do best: 2.25×.',
    );
    assert.equal(outcomeOf({ ...found, measured: 1.01 }), 'even');
  });

  test('say what is not known', () => {
    const unknown = { ...found, plain: null, measured: null, best: null };
    assert.equal(outcomeOf(unknown), 'unknown');
    assert.match(breakEvenSentence(unknown), /^A token took 7\.50 ms with drafts\. .*not known here\.$/);
  });

  test('write times with three digits that count', () => {
    assert.deepEqual([0, 0.001, 0.126, 12.34, 123.4].map(milliseconds), [
      '0.00 ms',
      '<0.01 ms',
      '0.13 ms',
      '12.3 ms',
      '123 ms',
    ]);
    assert.deepEqual([0.5, 12.345, null].map(times), ['0.50×', '12.3×', '–']);
  });
});

test('a kept state is read however old it is', () => {
  const plain = { sha256: 'ab', milliseconds: 2.5, passes: 40 };
  assert.deepEqual(readState({ table: true, plain }), { table: true, plain });
  for (const broken of [undefined, null, 'x', { table: 1, plain: 3 }, { plain: { ...plain, milliseconds: 0 } }]) {
    assert.deepEqual(readState(broken), { table: false, plain: null });
  }
  assert.equal(readState({ plain: { ...plain, passes: 0.5 } }).plain, null);
});
