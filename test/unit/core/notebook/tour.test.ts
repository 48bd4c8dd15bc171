import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseCell } from '../../../../src/core/notebook/cell';
import { LIFE_RESULT_MIME, readLifeResult } from '../../../../src/core/notebook/life-result';
import { readRunResult, RESULT_MIME } from '../../../../src/core/notebook/result';

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly outputs?: readonly { readonly data: Readonly<Record<string, unknown>> }[];
}

describe('the tour that comes with the samples', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../samples/tour.ipynb'), 'utf8');
  const { cells } = JSON.parse(text) as { readonly cells: readonly Cell[] };
  const code = cells.filter(({ cell_type: type }) => type === 'code');

  it('has the result of every cell, of what the cell asks for (`npm run pictures` makes them)', () => {
    assert.ok(code.length >= 4);
    for (const { source, outputs } of code) {
      const data = outputs?.[0]?.data ?? {};
      const asked = source.join('');
      if (data[LIFE_RESULT_MIME] !== undefined) {
        assert.ok(readLifeResult(data[LIFE_RESULT_MIME]).boards.length > 1, asked);
        continue;
      }
      const { trace } = readRunResult(data[RESULT_MIME]);
      assert.equal(trace.header.promptText, parseCell(asked, 'prompt').body, asked);
      assert.ok(trace.summary, asked);
    }
  });

  it('says nothing of the machine that it was made on', () => {
    assert.doesNotMatch(text, /"(?:\/|[A-Za-z]:\\\\)[^"]*\/models\//);
  });
});
