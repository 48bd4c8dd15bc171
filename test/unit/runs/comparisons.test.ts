import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { compareDecoders, type ComparisonState } from '../../../src/core/compare/compare';
import type { Comparison } from '../../../src/core/compare/comparison';
import type { Trace } from '../../../src/core/trace/record';
import { ComparisonStore } from '../../../src/extension/runs/comparisons';
import { RunStore } from '../../../src/extension/runs/store';
import { TableRuntime, entry } from '../core/compare/runtime';

const idOf = (place: number): string => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;

/** All states of a real comparison, over tables of probabilities; its runs are numbered from 1. */
async function compared(id: string): Promise<readonly ComparisonState[]> {
  const decoders = [entry('autoregressive'), entry('speculative'), entry('typical')];
  const request = { id, createdAt: '2026-01-02T03:04:05.000Z', decoders, rounds: 2, maxNewTokens: 6 };
  const states: ComparisonState[] = [];
  const runtime = new TableRuntime(undefined, undefined, undefined, idOf);
  for await (const state of compareDecoders({ ...request, signal: { aborted: false } }, runtime)) states.push(state);
  return states;
}

const runsOf = ({ runs }: ComparisonState): readonly Trace[] => runs.filter((run) => run !== null);

function storeIn(t: TestContext): { folder: string; store: ComparisonStore; runs: RunStore; reported: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'vivarium-comparisons-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const reported: string[] = [];
  const report = (what: string): void => void reported.push(what);
  const runs = new RunStore({
    folder: join(folder, 'runs'),
    limit: () => 1e9,
    report,
    onLost: ({ message }) => report(message),
    onChange: () => undefined,
  });
  return { folder, runs, reported, store: new ComparisonStore(join(folder, 'comparisons'), runs, report) };
}

describe('comparisons on disk', () => {
  it('come back as they were, and the runs of their rows are in the history', async (t) => {
    const { store, runs, reported } = storeIn(t);
    const last = (await compared(idOf(900))).at(-1)!;
    await store.keep(last.comparison, runsOf(last));
    assert.deepEqual(await store.find(idOf(900)), last.comparison);
    for (const run of runsOf(last)) assert.deepEqual(await store.findRun(run.header.id), run);
    const listed = await runs.list();
    assert.deepEqual(
      listed.map(({ comparison }) => comparison),
      [idOf(900), idOf(900), idOf(900)],
    );
    assert.deepEqual(reported, []);
  });

  it('that were kept in the middle come back as stopped', async (t) => {
    const { store } = storeIn(t);
    const { comparison } = (await compared(idOf(901)))[3]!;
    assert.equal(comparison.state, 'running');
    await store.keep(comparison, []);
    const found = (await store.find(idOf(901)))!;
    assert.equal(found.state, 'stopped');
    assert.deepEqual(
      found.rows.map(({ state, result }) => [state, result?.rounds ?? 0]),
      [
        ['stopped', 1],
        ['stopped', 1],
        ['stopped', 0],
      ],
    );
  });

  it('that were cut, are of something else, or are not there, are none', async (t) => {
    const { folder, store, reported } = storeIn(t);
    const last = (await compared(idOf(902))).at(-1)!;
    await store.keep(last.comparison, []);
    const file = join(folder, 'comparisons', `${idOf(902)}.json`);
    const whole = JSON.stringify(last.comparison);
    for (const text of [whole.slice(0, -20), '{}', '[]', whole.replace('"passes":', '"passages":')]) {
      writeFileSync(file, text);
      assert.equal(await store.find(idOf(902)), undefined);
    }
    assert.equal(reported.length, 4);
    assert.equal(await store.find(idOf(903)), undefined);
    assert.equal(await store.find('../runs/x'), undefined);
    assert.equal(reported.length, 4);
  });

  it('are written whole or not at all, and the oldest go', async (t) => {
    const { folder, store } = storeIn(t);
    const { comparison } = (await compared(idOf(0))).at(-1)!;
    for (let place = 0; place < 52; place++) {
      await store.keep({ ...comparison, id: idOf(place) }, []);
    }
    const names = readdirSync(join(folder, 'comparisons'));
    assert.equal(names.length, 50);
    assert.ok(names.every((name) => name.endsWith('.json')));
  });

  it('that are too large for one message are not kept', async (t) => {
    const { store } = storeIn(t);
    const { comparison } = (await compared(idOf(904))).at(-1)!;
    const rows = comparison.rows.map((row) => ({
      ...row,
      result: row.result && { ...row.result, generatedText: 'x'.repeat(4_000_000) },
    }));
    const large: Comparison = { ...comparison, rows };
    await store.keep(large, []);
    assert.equal(await store.find(idOf(904)), undefined);
  });
});
