import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from '../../../../src/core/text/csv';
import type { Trace } from '../../../../src/core/trace/record';
import { draftsCsv, tokensCsv, traceJson } from '../../../../src/core/trace/tables';

const TRACE = {
  header: { model: {} },
  tokens: [
    { index: 0, id: 5, text: 'a,"b"\n', origin: 'prompt', judgement: null },
    {
      index: 1,
      id: 6,
      text: '=1+1',
      origin: 'replacement',
      judgement: { probability: 0.25, rank: 2, surprisal: 2, entropy: 1.5 },
    },
  ],
  passes: [
    { step: 0 },
    {
      step: 1,
      speculation: {
        start: 1,
        drafted: [
          { id: 7, text: 'x', source: 'draft-model', q: 0.5, p: 0.125, ratio: 0.25, r: 0.75, verdict: 'rejected' },
          { id: 8, text: 'y', source: 'draft-model', q: 1, p: null, ratio: null, r: null, verdict: 'unread' },
        ],
      },
    },
  ],
} as unknown as Trace;

test('fields are quoted as RFC 4180 says, and no text becomes a formula', () => {
  assert.equal(
    csv(
      ['a', 'b'],
      [
        ['x"y', 1.5],
        [null, true],
        ['l\r\nm', undefined],
      ],
    ),
    'a,b\r\n"x""y",1.5\r\n,true\r\n"l\r\nm",\r\n',
  );
  assert.equal(csv(['a'], [['=A1'], ['-x'], [-1]]), "a\r\n'=A1\r\n'-x\r\n-1\r\n");
});

test('tokens are a table of judgements in bits', () => {
  const lines = tokensCsv(TRACE).split('\r\n');
  assert.equal(lines[0], 'index,id,text,origin,probability,rank,surprisal_bits,entropy_bits');
  assert.equal(lines[1], '0,5,"a,""b""\n",prompt,,,,');
  assert.equal(lines[2], "1,6,'=1+1,replacement,0.25,2,2,1.5");
});

test('drafted tokens are a table with their places, and what was not asked is empty', () => {
  const lines = draftsCsv(TRACE).split('\r\n');
  assert.deepEqual(lines.slice(1), [
    '1,1,0,7,x,draft-model,0.5,0.125,0.25,0.75,rejected',
    '1,2,1,8,y,draft-model,1,,,,unread',
    '',
  ]);
});

test('a trace as one document has the records of the file', () => {
  const document = JSON.parse(traceJson(TRACE)) as Record<string, unknown>;
  assert.deepEqual(document['tokens'], TRACE.tokens);
  assert.equal(document['summary'], null);
});
