import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counterWindow, readServerCounters } from '../../../src/core/server/counters';
import { windowReport } from '../../../src/core/server/windowReport';
import { recording } from '../../harness/recordedServer';
import { skipWithoutFixtures } from '../../harness/fixtures';

const place = { model: 'm', address: 'http://a', from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:00:20.000Z' };

test('a window tells what came between two readings of the recorded counters', { skip: skipWithoutFixtures }, () => {
  const after = readServerCounters(recording('metrics.txt').toString())!;
  const before = { ...after, speculation: { drafts: 24, drafted: 89, accepted: 13, acceptedByPosition: [3, 0, 0, 0] } };
  const counts = counterWindow(before, after)!;
  assert.deepEqual(counts.speculation, {
    drafts: 100,
    drafted: 400,
    accepted: 100,
    acceptedByPosition: [40, 30, 20, 20],
  });
  const report = windowReport({ ...place, counts });
  assert.match(report, /\| window +\| +20\.0 s \|/);
  assert.match(report, /\| acceptance rate +\| +0\.250 \|/);
  assert.match(report, /\| mean length +\| +2\.00 \|/);
  assert.equal(
    new Set(
      report
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.length),
    ).size,
    1,
  );
  assert.match(report, /\| accepted at 1 +\| +40 \(0\.400\) \|/);
});

test('a window without drafts divides by nothing, and says where nothing is counted', () => {
  const none = { drafts: 0, drafted: 0, accepted: 0, acceptedByPosition: [0] };
  const report = windowReport({ ...place, counts: { promptTokens: null, generatedTokens: 40, speculation: none } });
  assert.match(report, /\| acceptance rate +\| +– \|/);
  assert.match(report, /\| mean length +\| +– \|/);
  assert.match(report, /\| tokens per second +\| +2\.0 \|/);
  assert.match(
    windowReport({ ...place, counts: { promptTokens: 1, generatedTokens: null, speculation: null } }),
    /counts none/,
  );
});
