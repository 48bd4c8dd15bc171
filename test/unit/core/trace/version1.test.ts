import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../../../scripts/lib/run.mjs';
import { readRunResult } from '../../../../src/core/notebook/result';
import { RunPasses } from '../../../../src/core/lens/passes';
import { parseTrace, serializeTrace } from '../../../../src/core/trace/vivtrace';

const FOLDER = path.join(root, 'test/fixtures/version1');
const readText = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');

interface Line {
  readonly type: string;
  readonly contextLength?: number;
  readonly [field: string]: unknown;
}
const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('traces of version 1', () => {
  for (const name of readdirSync(FOLDER)) {
    const text = readText(name);
    const lines = linesOf(text);
    const tokensOf = (from: readonly Line[]): number => from.filter(({ type }) => type === 'token').length;

    it(`${name} opens whole, with how many tokens each pass wrote`, () => {
      const { trace, notes } = parseTrace(text);
      assert.deepEqual(notes, []);
      assert.equal(trace.header.version, 2);
      assert.deepEqual(trace.header.sequence, { form: 'causal' });
      assert.deepEqual(
        trace.tokens.map((token) => ({ ...token })),
        lines.filter(({ type }) => type === 'token'),
      );
      const passes = lines.filter(({ type }) => type === 'pass');
      for (const [at, { type, contextLength, ...fields }] of passes.entries()) {
        const next = passes[at + 1];
        const until = next ? lines.indexOf(next) : lines.length;
        const writes = tokensOf(lines.slice(lines.indexOf(passes[at]!), until));
        assert.deepEqual(trace.passes[at], { type, ...fields, cached: contextLength, writes });
      }
      assert.deepEqual(trace.summary, lines.at(-1));
    });

    it(`${name} is written as version 2, and read as it was`, () => {
      const { trace } = parseTrace(text);
      assert.deepEqual(parseTrace(serializeTrace(trace)), { trace, notes: [] });
    });

    it(`${name} as a notebook kept it is the same run, its passes before its tokens`, () => {
      const [header, ...rest] = lines;
      const passes = rest.filter(({ type }) => type === 'pass');
      const tokens = rest.filter(({ type }) => type === 'token');
      const trace = { header, passes, tokens, summary: rest.at(-1) };
      const result = readRunResult({ version: 1, show: ['tokens'], trace, notes: [] });
      assert.deepEqual(result.trace, parseTrace(text).trace);
    });
  }

  it('one that was cut in the middle of a pass opens up to there', () => {
    const lines = readText('plain.vivtrace').trimEnd().split('\n');
    const { trace, notes } = parseTrace(`${lines.slice(0, 9).join('\n')}\n`);
    assert.deepEqual(
      trace.passes.map(({ writes }) => writes),
      [6, 0],
    );
    assert.match(notes[0]!, /ends before its run did/);
  });

  it('one that is damaged is told by the name that the field has in the file', () => {
    const text = readText('plain.vivtrace').replace('"contextLength":5,"fed"', '"contextLength":-5,"fed"');
    const { trace, notes } = parseTrace(text);
    assert.equal(trace.passes.length, 1);
    assert.match(notes[0]!, /"contextLength" must be an integer of at least 0/);
  });

  it('rows of passes are those that the tokens say', () => {
    const { trace } = parseTrace(readText('speculative.vivtrace'));
    const run = new RunPasses(trace.header.promptLength);
    run.add(trace.passes);
    assert.equal(run.rows.at(-1)?.end, trace.tokens.length);
    assert.deepEqual(run.totals.speculation, trace.summary?.speculation);
  });
});
