import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { rowOf } from '../../../../src/core/lens/passes';
import { draftedSteps, reportedSteps } from '../../../../src/core/lens/reported-steps';
import { runPicture } from '../../../../src/core/picture/run';
import { readSpeculation } from '../../../../src/core/server/speculation';
import { reportedDraftsCsv } from '../../../../src/core/trace/tables';
import type { ReportedDraft, Trace } from '../../../../src/core/trace/record';
import { stairMarks } from '../../../../src/webview/explorer/speculation/stair-layout';

const PROMPT = 5;

/** A trace whose server counted so many drafted and accepted tokens a step, laid one after the other. */
function traceOf(counts: readonly (readonly [drafted: number, accepted: number])[], cut = 0): Trace {
  let at = PROMPT + 1;
  const reported = counts.map(([drafted, accepted]): ReportedDraft => {
    const start = at;
    at += accepted + 1;
    return { start, drafted, accepted };
  });
  const sum = (place: 0 | 1): number => counts.reduce((total, each) => total + each[place], 0);
  const speculation = readSpeculation({
    num_spec_steps: counts.length,
    num_draft_tokens: sum(0),
    num_accepted_draft_tokens: sum(1),
    per_step_accepted: counts.map(([, accepted]) => accepted),
    per_step_drafted: counts.map(([drafted]) => drafted),
  })!;
  return {
    tokens: Array.from({ length: at - cut }, (_, index) => ({ index, id: index, text: `t${index}` })),
    passes: [],
    summary: { speculation: speculation.summary, reported },
  } as unknown as Trace;
}

const counts = fc.array(
  fc
    .integer({ min: 1, max: 6 })
    .chain((drafted) => fc.tuple(fc.constant(drafted), fc.integer({ min: 0, max: drafted }))),
  { minLength: 1, maxLength: 50 },
);

describe('the drafts that a server counted', () => {
  test('have rows that tile the sequence, marks as many as were drafted, and totals that add up', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const trace = traceOf(given);
        const { rows, totals, unplaced, drafts } = reportedSteps(trace)!;
        assert.deepEqual([rows.length, drafts, unplaced], [given.length, given.length, 0]);
        rows.forEach((row, place) => {
          const [drafted, accepted] = given[place]!;
          assert.equal(row.end, rows[place + 1]?.start ?? trace.tokens.length);
          const marks = stairMarks(row, trace.tokens);
          const kinds = (kind: string): number => marks.filter((mark) => mark.kind === kind).length;
          assert.equal(kinds('accepted'), accepted);
          assert.equal(kinds('rejected'), accepted < drafted ? 1 : 0);
          assert.equal(kinds('replacement'), accepted < drafted ? 1 : 0);
          assert.equal(kinds('bonus'), accepted < drafted ? 0 : 1);
          assert.equal(kinds('accepted') + kinds('rejected') + kinds('unused'), drafted);
          for (let index = row.start; index < row.end; index++) assert.equal(rowOf(rows, index), row);
        });
        assert.equal(totals.tested + totals.unread, totals.speculation.drafted);
        assert.equal(totals.tested, totals.speculation.accepted + totals.rejected);
        // Of each place in a draft no more were accepted than tested: these are the bars of the chart.
        totals.testedByPosition.forEach((tested, place) =>
          assert.ok(tested >= (totals.speculation.acceptedByPosition[place] ?? 0)),
        );
      }),
    );
  });

  test('that the end of the text cut have no token after them, and none is called rejected', () => {
    const trace = traceOf(
      [
        [4, 4],
        [4, 3],
      ],
      2,
    );
    const last = reportedSteps(trace)!.rows.at(-1)!;
    assert.equal(last.end, trace.tokens.length);
    assert.equal(last.draft?.next, null);
    assert.equal(last.rejected, false);
    assert.deepEqual(
      stairMarks(last, trace.tokens).map(({ kind }) => kind),
      ['accepted', 'accepted', 'accepted', 'unused'],
    );
  });

  test('without a place count in the sums and are no rows', () => {
    const trace = traceOf([
      [4, 2],
      [4, 0],
    ]);
    const [first, second] = trace.summary!.reported!;
    const moved = { ...trace, summary: { ...trace.summary!, reported: [first!, { ...second!, start: null }] } };
    const { rows, unplaced, totals } = reportedSteps(moved)!;
    assert.deepEqual([rows.length, unplaced, totals.speculation.drafted, totals.rejected], [1, 1, 8, 2]);
    assert.deepEqual(reportedDraftsCsv(moved).split('\r\n'), [
      'step,index,drafted,accepted',
      `0,${PROMPT + 1},4,2`,
      '1,,4,0',
      '',
    ]);
  });

  test('are drawn in the picture of the run, without a context that nobody told', () => {
    const trace = traceOf([
      [4, 2],
      [4, 4],
    ]);
    const header = { promptLength: PROMPT, model: { name: 'm', server: { kind: 'vllm' } }, decoder: { name: 'vllm' } };
    const tokens = trace.tokens.map((token) => ({ ...token, origin: 'sampled', judgement: null }));
    const served = { ...trace, header, tokens } as unknown as Trace;
    assert.equal(draftedSteps(served).length, 2);
    const picture = runPicture(served);
    assert.match(picture, />pass</);
    assert.doesNotMatch(picture, />context</);
    // One rejected, with its replacement; two accepted and all four.
    assert.equal(picture.match(/#CF3A22/g)?.length, 2);
    assert.equal(picture.match(/<rect[^>]*fill="#1A76D2"/g)?.length, 6);
  });

  test('are none where the server said nothing of them', () => {
    assert.equal(reportedSteps({ tokens: [] }), null);
    assert.equal(reportedSteps({ ...traceOf([[1, 1]]), summary: { notes: [] } } as unknown as Trace), null);
  });
});
