import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../src/client/index';
import { centred } from '../../src/core/life/board';
import { findPattern } from '../../src/core/life/patterns';
import { parseRule, step } from '../../src/core/life/rule';
import { Rollouts, type RolledModel } from '../../src/extension/life/rollouts';
import { Problem } from '../../src/protocol/errors';

describe('rollouts of a view, over the bundled model', () => {
  let engine: EngineClient;
  let model: RolledModel;
  let start: Uint8Array<ArrayBuffer>;

  before(async () => {
    engine = new EngineClient({
      enginePath: fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url)),
      execArgv: ['--import', 'tsx'],
      log: () => undefined,
      idleMilliseconds: Infinity,
      onStatus: () => undefined,
    });
    const bundled = fileURLToPath(new URL('../../models/lifegpt-16', import.meta.url));
    const { summary } = await engine.call('inspectModel', { model: { folder: bundled } });
    const { folder, file, name, dtype, life: grid } = summary;
    model = { ref: { folder, file }, name, dtype, grid: grid! };
    start = Uint8Array.from(centred(findPattern('blinker')!.pattern, grid!));
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
  });

  /** Rollouts that tell what was announced, and what of it is over. */
  const announced = (): { rollouts: Rollouts; log: string[]; stop: () => void } => {
    const log: string[] = [];
    let stopLast = (): void => undefined;
    const rollouts = new Rollouts({
      engine,
      begin: ({ name }, steps, stop) => {
        log.push(`${name} ${steps}`);
        stopLast = stop;
        return { dispose: () => log.push('over') };
      },
    });
    return { rollouts, log, stop: () => stopLast() };
  };
  const codeOf = (under: Promise<unknown>): Promise<string> =>
    under.then(
      () => 'none',
      (error: unknown) => Problem.from(error).code,
    );

  it('tells each board as it is made, and asks for a board that comes back once alone', async () => {
    const { rollouts, log } = announced();
    const boards: Uint8Array[] = [];
    const runs: unknown[] = [];
    const counted = new Rollouts({
      engine: {
        call: (method, params, options) => {
          if (method === 'run') runs.push(params);
          return engine.call(method, params, options);
        },
      },
      begin: () => ({ dispose: () => undefined }),
    });
    const { signal } = new AbortController();
    const request = { cells: start, steps: 6 };
    assert.deepEqual(await counted.roll(model, request, signal, ({ cells }) => boards.push(cells)), { broken: null });
    assert.equal(runs.length, 2, 'a blinker has two boards');
    let board: Uint8Array = start;
    for (const said of boards) assert.deepEqual(said, (board = step(board, model.grid, parseRule(model.grid.rule))));
    assert.equal(boards.length, 6);
    await rollouts.roll(model, { cells: start, steps: 1 }, signal, () => undefined);
    assert.deepEqual(log, ['lifegpt-16 1', 'over']);
    assert.equal(rollouts.running, false);
  });

  it('gives way to the next, and is stopped by whoever asked or from where it is announced', async () => {
    const { rollouts, log, stop } = announced();
    const { signal } = new AbortController();
    const first = codeOf(rollouts.roll(model, { cells: start, steps: 1000 }, signal, () => undefined));
    assert.ok(rollouts.running);
    const asked = new AbortController();
    const second = codeOf(rollouts.roll(model, { cells: start, steps: 1000 }, asked.signal, () => asked.abort()));
    assert.equal(await first, 'cancelled');
    assert.equal(await second, 'cancelled');
    const third = codeOf(rollouts.roll(model, { cells: start, steps: 1000 }, signal, () => stop()));
    assert.equal(await third, 'cancelled');
    assert.equal(log.filter((line) => line === 'over').length, 3);
    assert.equal(rollouts.running, false);
  });

  it('refuses what is no board of the model, and does not begin', async () => {
    const { rollouts, log } = announced();
    const { signal } = new AbortController();
    for (const cells of [start.slice(1), Uint8Array.from(start, (cell) => cell * 2)]) {
      assert.equal(await codeOf(rollouts.roll(model, { cells, steps: 1 }, signal, () => undefined)), 'bad-request');
    }
    assert.deepEqual(log, []);
  });
});
