import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRunResult, resultText, runResult } from '../../../../src/core/notebook/result';
import { runPicture } from '../../../../src/core/picture/run';
import { surprisalBars } from '../../../../src/core/picture/token-strip';
import type { Trace } from '../../../../src/core/trace/record';
import { hostileTrace, traceOf } from './traces';

describe('a result in a notebook', () => {
  it('comes back as it was', () => {
    const result = runResult(traceOf(['In', ' the', ' end']), ['tokens'], ['A note.']);
    assert.deepEqual(readRunResult(JSON.parse(JSON.stringify(result))), result);
  });

  it('keeps the beginning of a long run, and says what it left out', () => {
    const long = traceOf(Array.from({ length: 2500 }, (_, i) => ` ${i}`));
    const { trace, notes } = runResult(long, ['tokens']);
    assert.equal(trace.tokens.length, 2000);
    assert.match(notes.join(), /first 2000 tokens.*500 are not/);
    assert.ok(trace.tokens.every(({ judgement }) => (judgement?.top.length ?? 0) <= 5));
  });

  it('of a newer version says so, and what is none is refused', () => {
    assert.throws(() => readRunResult({ version: 99 }), { code: 'trace-invalid', message: /newer Vivarium.*Update/ });
    for (const value of [null, 7, 'x', {}, { version: 1 }, { version: 1, trace: { header: {} } }]) {
      assert.throws(() => readRunResult(value), { code: 'trace-invalid' });
    }
  });

  it('says in words what was run and what came of it', () => {
    const text = resultText(runResult(traceOf(['In', ' the', ' end']), ['tokens'], ['A note.']));
    assert.match(text, /^tiny \(fp32\), autoregressive: 3 tokens: 2 prompt \+ 1 generated/);
    assert.match(text, /A note\./);
    assert.match(text, /In the end$/);
  });
});

describe('the picture of a run', () => {
  it('holds every token once, and nothing that a page would run', () => {
    const picture = runPicture(hostileTrace());
    assert.ok(!/<script|<foreignObject|javascript:|\son\w+=/i.test(picture.replace(/>[^<]*</g, '><')));
    assert.ok(!picture.includes('</svg><script'));
    assertWellFormed(picture);
  });

  it('is well-formed for runs with and without drafts, and for none', () => {
    for (const trace of [traceOf(['a', 'b', 'c']), traceOf([]), draftedTrace()]) assertWellFormed(runPicture(trace));
  });

  it('breaks the bar of a token with more bits than the scale holds, which says that it is open', () => {
    const bars = (surprisal: number): number => {
      const trace = traceOf(['a', 'b']);
      const [first, second] = trace.tokens;
      const judged = { ...second!, judgement: { ...second!.judgement!, surprisal } };
      return surprisalBars({ ...trace, tokens: [first!, judged] }, 400).content.match(/fill="#C27A12"/g)!.length;
    };
    assert.deepEqual([bars(7.9), bars(8.1), bars(Infinity)], [1, 2, 2]);
    assert.match(runPicture(traceOf(['a', 'b'])), />8\+ bits</);
  });

  it('names the scale of the bars above them, not over them', () => {
    const { content } = surprisalBars(traceOf(['a', 'b']), 400);
    const name = Number(/<text[^>]* y="(\d+)"/.exec(content)![1]);
    const tops = [...content.matchAll(/<rect[^>]* y="([\d.]+)"/g)].map(([, y]) => Number(y));
    assert.ok(tops.length > 0);
    for (const top of tops) assert.ok(top >= name + 3, `${top} under ${name}`);
  });

  it('draws a row for each pass that verified a draft, each verdict with its own shape', () => {
    const picture = runPicture(draftedTrace());
    assert.match(picture, /stroke="#CF3A22"/);
    assert.match(picture, /fill="#A86200"/);
    assert.match(picture, /stroke-dasharray/);
  });
});

function draftedTrace(): Trace {
  const trace = traceOf(['a', 'b', 'c', 'd']);
  const draft = { source: 'draft-model', q: 0.5, ratio: 1, r: 0.5, tv: 0.5 } as const;
  return {
    ...trace,
    passes: [
      ...trace.passes,
      {
        type: 'pass',
        step: 1,
        cached: 2,
        fed: 4,
        writes: 2,
        milliseconds: 1,
        speculation: {
          start: 2,
          accepted: 1,
          drafted: [
            { id: 1, text: 'c', p: 1, verdict: 'accepted', ...draft },
            { id: 2, text: 'x', p: 0, verdict: 'rejected', ...draft },
            { id: 3, text: 'y', verdict: 'unread', ...draft, p: null, ratio: null, r: null, tv: null },
          ],
          residual: { mass: 1, top: [] },
          next: { id: 4, text: 'd', origin: 'replacement' },
        },
      },
    ],
  };
}

/** Tags that match, attributes in quotes, no bare `<` or `&`, no character that XML 1.0 lacks. */
function assertWellFormed(xml: string): void {
  assert.doesNotMatch(xml, /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
  const open: string[] = [];
  const tag = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)\s*(\/?)>/g;
  let at = 0;
  for (const match of xml.matchAll(tag)) {
    assert.doesNotMatch(xml.slice(at, match.index).replace(/&#\d+;/g, ''), /[<>&]/);
    at = match.index + match[0].length;
    const [, closes, name = '', , alone] = match;
    if (closes) assert.equal(open.pop(), name);
    else if (!alone) open.push(name);
  }
  assert.equal(at, xml.length);
  assert.deepEqual(open, []);
}
