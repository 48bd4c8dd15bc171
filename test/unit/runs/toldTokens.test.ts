import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trace } from '../../../src/core/trace/record';
import { toldTokens } from '../../../src/extension/servers/toldTokens';

test('of a run on a server, tokens read as they stand in it or among the alternatives, and others are left out', () => {
  const trace = {
    tokens: [
      { id: 5, text: '', bytes: [], special: false, judgement: null },
      {
        id: 6,
        text: ' é',
        bytes: [32, 195, 169],
        special: false,
        judgement: {
          top: [
            { id: 5, text: 'x' },
            { id: 9, text: '' },
            { id: 6, text: 'other' },
          ],
        },
      },
    ],
  } as unknown as Trace;
  assert.deepEqual(toldTokens(trace, [6, 5, 9, 100]), [
    { id: 6, text: ' é', bytes: [32, 195, 169], special: false },
    { id: 5, text: 'x', bytes: [120], special: false },
  ]);
});
