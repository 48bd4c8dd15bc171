import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Comparison } from '../../../src/core/compare/comparison';
import type { Caller } from '../../../src/protocol/call';
import type { EngineApi } from '../../../src/protocol/engine';
import type { RunRequest } from '../../../src/protocol/runs';
import type { ComparisonProgress } from '../../../src/protocol/explorer';
import { Comparisons, type ComparisonPlan } from '../../../src/extension/explorer/comparisons';
import { GREEDY } from '../../harness/decoding';
import { TableRuntime, entry } from '../core/compare/runtime';

/** An engine over tables of probabilities, as far as a comparison asks. */
function tableEngine(runtime = new TableRuntime()): Caller<EngineApi> {
  const call = async (method: string, params: unknown, options?: { onEvent?: (event: unknown) => void }) => {
    if (method !== 'run') return null;
    const { decoder, decoderOptions = {}, maxNewTokens } = params as RunRequest;
    const compared = { decoder, exact: true, options: decoderOptions };
    await runtime.run(compared, { maxNewTokens, round: 1 }, (events) => options?.onEvent?.({ type: 'trace', events }));
    return null;
  };
  return { call: call };
}

const PLAN: ComparisonPlan = {
  decoders: [entry('autoregressive'), entry('prompt-lookup')],
  rounds: 2,
  maxNewTokens: 6,
  requestOf: ({ decoder, options }, runId) => ({
    ...{ runId, decoder, decoderOptions: options, maxNewTokens: 0, sampling: GREEDY },
    ...{ model: { folder: '/models/table' }, prompt: { ids: [0, 1] } },
    capture: { attention: 'all', hidden: [], logits: true },
  }),
};

interface Watched {
  readonly comparisons: Comparisons;
  readonly shown: Comparison[];
  readonly progress: (ComparisonProgress | null)[];
  /** States that were kept, in the order in which writing them ended. */
  readonly kept: string[];
  readonly over: Promise<void>;
}

/** @param slowly how long writing takes: turns of the event loop, fewer with each */
function watched(engine: Caller<EngineApi>, slowly = 0): Watched {
  const [shown, progress, kept]: [Comparison[], (ComparisonProgress | null)[], string[]] = [[], [], []];
  let turns = slowly;
  let end: () => void;
  const over = new Promise<void>((resolve) => (end = resolve));
  const comparisons = new Comparisons({
    engine,
    store: {
      keep: async ({ state }, runs) => {
        for (let turn = (turns -= 1); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
        kept.push(`${state} ${runs.length}`);
        if (state !== 'running') end();
      },
      find: async () => undefined,
      findRun: async () => undefined,
    },
    onComparison: (comparison) => shown.push(comparison),
    onProgress: (each) => progress.push(each),
    report: () => undefined,
  });
  return { comparisons, shown, progress, kept, over };
}

describe('the comparison of an Explorer', () => {
  it('tells every change and what it is at, and keeps its end last, however long the writing before takes', async () => {
    const { comparisons, shown, progress, kept, over } = watched(tableEngine(), 60);
    const id = comparisons.start(PLAN);
    assert.equal(comparisons.running, true);
    await over;
    assert.equal(comparisons.running, false);
    assert.ok(shown.every((comparison) => comparison.id === id));
    assert.equal(shown.at(-1)!.state, 'done');
    assert.equal(kept.at(-1), 'done 2');
    assert.ok(kept.slice(0, -1).every((each) => each === 'running 0'));
    assert.deepEqual(
      progress.filter((each) => each !== null).map(({ row, round }) => `${row}: ${round}`),
      ['0: 0', '0: 1', '1: 0', '1: 1', '0: 2', '1: 2'],
    );
    assert.equal(progress.at(-1), null);
  });

  it('gives the run of a row of its own, and no other', async () => {
    const { comparisons, over } = watched(tableEngine());
    const id = comparisons.start(PLAN);
    await over;
    const [row] = comparisons.of(id).rows;
    const trace = await comparisons.run(row!.result!.runId);
    assert.deepEqual(
      trace.tokens.map(({ id: token }) => token),
      row!.result!.ids,
    );
    await assert.rejects(comparisons.run('another'), { code: 'run-unknown' });
    assert.throws(() => comparisons.of('another'), { code: 'run-unknown' });
  });

  it('is stopped by its tab', async () => {
    const runtime = new TableRuntime();
    const { comparisons, shown, over } = watched(tableEngine(runtime));
    runtime.before = (decoder) => {
      if (decoder === 'prompt-lookup') comparisons.stop();
    };
    comparisons.start(PLAN);
    await over;
    assert.deepEqual(
      [shown.at(-1)!.state, ...shown.at(-1)!.rows.map(({ state, result }) => [state, result?.rounds])],
      ['stopped', ['stopped', 1], ['stopped', undefined]],
    );
  });
});
