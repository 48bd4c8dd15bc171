import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lifeAnswer, readLifePrompt } from '../../../src/core/life/prompt';
import type { LifeGrid, TraceToken } from '../../../src/core/trace/record';
import { Sweeps } from '../../../src/extension/explorer/sweeps';
import type { Caller } from '../../../src/protocol/call';
import type { EngineApi } from '../../../src/protocol/engine';
import { Problem } from '../../../src/protocol/errors';
import type { RunRequest } from '../../../src/protocol/runs';
import { lifeSweep, sweepRequest, type LifeSweep, type SweepPlan } from '../../../src/protocol/sweep';
import { check } from '../../../src/protocol/checked';

const GRID: LifeGrid = {
  ...{ width: 4, height: 4, topology: 'torus', rule: 'B3/S23' },
  ...{ prompt: 'S<{cells}>', answer: '[{cells}]' },
};
const MODEL = { name: 'still', folder: '/models/still', file: 'model.onnx', dtype: 'fp32' };

/** An engine whose model says that nothing ever changes. */
function stillEngine(before: (runs: number) => void = () => undefined): Caller<EngineApi> & { runs: number } {
  const call = async (method: string, params: unknown, options?: { onEvent?: (event: unknown) => void }) => {
    if (method === 'tokenize') return { tokens: [...(params as { text: string }).text] };
    if (method !== 'run') return null;
    before(++engine.runs);
    const { prompt } = params as RunRequest;
    const text = 'text' in prompt ? prompt.text : '';
    const { cells } = readLifePrompt(text, GRID)!;
    const answer = lifeAnswer(Uint8Array.from(cells), GRID);
    const token = { type: 'token', origin: 'sampled', text: answer } as unknown as TraceToken;
    options?.onEvent?.({ type: 'trace', events: [token] });
    return null;
  };
  const engine = { runs: 0, call: call as never };
  return engine;
}

async function swept(plan: SweepPlan, engine: Caller<EngineApi>, onTold?: (sweeps: Sweeps) => void) {
  const told: LifeSweep[] = [];
  const reported: string[] = [];
  let end: () => void;
  const over = new Promise<void>((resolve) => (end = resolve));
  const sweeps: Sweeps = new Sweeps({
    engine,
    onSweep: (sweep) => {
      told.push(sweep);
      onTold?.(sweeps);
      if (sweep.state !== 'running') end();
    },
    report: (what) => reported.push(what),
  });
  sweeps.start(MODEL, GRID, plan);
  assert.equal(sweeps.running, true);
  await over;
  assert.equal(sweeps.running, false);
  return { told, last: told.at(-1)!, reported, sweeps };
}

describe('a sweep over random boards', () => {
  it('tells the figures as they grow, each density when it is complete, and the end last', async () => {
    const { told, last, reported } = await swept({ orders: [0, 0.5], boards: 6, seed: 3 }, stillEngine());
    assert.deepEqual([last.state, last.problem, reported], ['done', null, []]);
    assert.deepEqual(
      last.figures.map(({ order, seed, boards, cells }) => [order, seed, boards, cells]),
      [
        [0, 3, 6, 96],
        [0.5, 8, 6, 96],
      ],
    );
    // The dead board stays dead; half-full ones do not stay what they are.
    assert.equal(last.figures[0]!.wrongBoards, 0);
    assert.ok(last.figures[1]!.wrongCells > 0);
    const done = told.map(({ figures }) => figures.reduce((sum, { boards }) => sum + boards, 0));
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    assert.ok(done.includes(6));
    assert.deepEqual(check(lifeSweep, structuredClone(last)), last);
  });

  it('is stopped with what is known', async () => {
    const { last } = await swept({ orders: [0.5], boards: 50, seed: 0 }, stillEngine(), (sweeps) => {
      if ((sweeps.sweep?.figures[0]?.boards ?? 0) > 0) sweeps.stop();
    });
    assert.equal(last.state, 'stopped');
    assert.ok(last.figures[0]!.boards >= 1 && last.figures[0]!.boards < 50);
  });

  it('that fails says why, goes into the log, and keeps what is known', async () => {
    const engine = stillEngine((runs) => {
      if (runs === 4)
        throw new Problem({ code: 'engine-crashed', message: 'The engine is gone.', action: 'Run again.' });
    });
    const { last, reported } = await swept({ orders: [0.5], boards: 9, seed: 0 }, engine);
    assert.deepEqual([last.state, last.problem], ['failed', { message: 'The engine is gone.', action: 'Run again.' }]);
    assert.equal(last.figures[0]!.boards, 3);
    assert.equal(reported.length, 1);
  });

  it('is refused where what is asked for is none', () => {
    const plan = { model: { folder: '/m' }, orders: [0, 1], boards: 1, seed: 0 };
    assert.deepEqual(check(sweepRequest, plan), plan);
    for (const wrong of [
      { orders: [1.01] },
      { orders: [NaN] },
      { orders: new Array(102).fill(0) },
      { boards: 0 },
      { boards: 1001 },
      { boards: 1.5 },
      { seed: -1 },
      { seed: 2 ** 32 - 10 },
      { model: null },
      { model: { folder: '' } },
    ]) {
      assert.throws(() => check(sweepRequest, { ...plan, ...wrong }), { code: 'bad-request' }, JSON.stringify(wrong));
    }
  });
});
