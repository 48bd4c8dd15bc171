import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readLayer } from '../../src/core/lens/layers';
import type { Progress } from '../../src/protocol/call';
import type { EngineApi } from '../../src/protocol/engine';
import type { LogitLens } from '../../src/protocol/lens';
import type { RunEvent } from '../../src/protocol/runs';
import { Problem } from '../../src/protocol/errors';
import { ModelStore } from '../../src/engine/model';
import { folderModels } from '../../src/engine/models';
import { engineHandlers } from '../../src/engine/api';
import { TurnQueue } from '../../src/engine/queue';
import { RunStore } from '../../src/engine/run/runStore';
import { TENSOR_BUDGET_BYTES } from '../../src/engine/tensors/plan';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { score } from '../harness/modelGolden';
import { tableEngine, tableRun, traceOf } from './fixtures/tableEngine';
import { tableHidden, tableLens } from './fixtures/tableModel';

const isProblem = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof Problem && error.code === code && message.test(error.message);

describe('the logit lens over a table', () => {
  const run = async (capture: 'all' | readonly number[], runId = 'run') => {
    const engine = tableEngine({ layers: 2, width: 4, vocabularySize: 12, chunk: 3 });
    await engine.call('run', tableRun({ runId, capture: { attention: [], hidden: capture, logits: false } }));
    return engine;
  };

  it('gives what the hidden states of every layer say, whether they were kept or not, window by window', async () => {
    const kept = await run('all');
    const again = await run([]);
    const whole = await kept.call('logitLens', { runId: 'run', start: 0, count: 100, top: 3 });
    assert.deepEqual(whole, await again.call('logitLens', { runId: 'run', start: 0, count: 100, top: 3 }));
    assert.deepEqual([whole.start, whole.count, whole.states, whole.top], [0, 13, [0, 1, 2], 3]);
    for (const state of [0, 1, 2]) {
      for (let token = 0; token < whole.count; token++) {
        const say = (block: number): Float32Array => tableLens(tableHidden(block, token, 4), 1, 12);
        const expected = readLayer(say(state), say(2), 3);
        const at = state * whole.count + token;
        assert.deepEqual(whole.ids.slice(at * 3, at * 3 + 3), expected.ids);
        assert.deepEqual(whole.probabilities.slice(at * 3, at * 3 + 3), Float32Array.from(expected.probabilities));
        assert.equal(whole.entropy[at], Math.fround(expected.entropy));
        assert.equal(whole.divergence[at], state === 2 ? 0 : Math.fround(expected.divergence));
      }
    }
    assert.equal(whole.velocity.length, 2 * whole.count);
    assert.ok(whole.velocity.every((step) => step > 0));
    // The last layer goes where the last state is.
    assert.ok(whole.turn.slice(whole.count).every((turn) => turn < 1e-6));
    assert.deepEqual(
      whole.tokens.map(({ id }) => id),
      [...new Set(whole.ids)].sort((a, b) => a - b),
    );
    for (const engine of [kept, again]) {
      const part = await engine.call('logitLens', { runId: 'run', start: 4, count: 5, top: 3 });
      assert.deepEqual([part.start, part.count], [4, 5]);
      for (const state of [0, 1, 2]) {
        const row = whole.entropy.slice(state * whole.count + 4, state * whole.count + 9);
        assert.deepEqual(part.entropy.slice(state * 5, state * 5 + 5), row);
      }
    }
  });

  it('says what is read, token by token and state by state, and nothing more once it is stopped or has failed', async () => {
    const shares = async (capture: 'all' | readonly number[], start: number, count: number): Promise<string[]> => {
      const told: string[] = [];
      const onEvent = ({ done, total }: Progress): number => told.push(`${done}/${total}`);
      await (await run(capture)).call('logitLens', { runId: 'run', start, count, top: 3 }, { onEvent });
      return told;
    };
    // Three states of the 13 tokens.
    assert.deepEqual(await shares('all', 0, 100), ['0/39', '13/39', '26/39', '39/39']);
    // Tokens up to the end of the window are fed again first, three a pass.
    assert.deepEqual(await shares([], 4, 4), ['0/20', '3/20', '6/20', '8/20', '12/20', '16/20', '20/20']);
    for (const code of ['cancelled', 'run-failed'] as const) {
      const stop = new AbortController();
      let reads = false;
      const beforePass = (length: number): void => {
        if (!reads || length < 6) return;
        if (code === 'cancelled') stop.abort();
        else throw new Problem({ code, message: 'A node failed.' });
      };
      const engine = tableEngine({ layers: 2, chunk: 3, beforePass });
      await engine.call('run', tableRun({ capture: { attention: [], hidden: [], logits: false } }));
      reads = true;
      const told: Progress[] = [];
      const options = { signal: stop.signal, onEvent: (event: Progress) => told.push(event) };
      await assert.rejects(
        engine.call('logitLens', { runId: 'run', start: 0, count: 13, top: 3 }, options),
        isProblem(code, /./),
      );
      assert.ok(told.length > 0 && told.every(({ done }) => done <= 9), JSON.stringify(told));
    }
  });

  it('a token that the run does not have, a file that cannot be cut, and nonsense are refused', async () => {
    const engine = await run('all');
    const ask = (over: object) => engine.call('logitLens', { runId: 'run', start: 0, count: 1, top: 1, ...over });
    await assert.rejects(ask({ start: 13 }), isProblem('bad-request', /There is no token 13: the run has 13, from 0/));
    for (const over of [{ count: 0 }, { count: 257 }, { top: 21 }, { top: 0 }, { start: -1 }]) {
      await assert.rejects(ask(over), isProblem('bad-request', /./));
    }
    await assert.rejects(ask({ runId: 'other' }), isProblem('run-unknown', /./));
    const uncut = tableEngine({ uncut: 'model.onnx cannot be cut at layer 2: it is a table.' });
    await uncut.call('run', tableRun());
    await assert.rejects(
      uncut.call('logitLens', { runId: 'run', start: 0, count: 1, top: 1 }),
      isProblem('not-available', /it is a table/),
    );
  });
});

/** A run of a real model, and its lens. */
async function realLens(folder: string, file: string | undefined, ids: readonly number[]): Promise<LogitLens> {
  const store = new ModelStore();
  const handlers = engineHandlers({
    models: folderModels(store),
    runs: new RunStore(TENSOR_BUDGET_BYTES),
    queue: new TurnQueue(0),
    software: { vivarium: '0', onnxruntime: '0', node: '0', platform: 'test' },
  });
  const events: RunEvent[] = [];
  const call = async <M extends 'run' | 'logitLens'>(method: M, params: EngineApi[M]['params']) =>
    await handlers[method](params, {
      signal: Object.assign(new AbortController().signal, { priority: 'interactive' as const }),
      emit: (event: RunEvent | Progress) => void ('type' in event && events.push(event)),
    });
  await call('run', {
    ...tableRun(),
    model: { folder, ...(file ? { file } : {}) },
    prompt: { ids },
    maxNewTokens: 0,
    capture: { attention: [], hidden: [], logits: false },
  });
  assert.ok(traceOf(events).length > 0);
  return call('logitLens', { runId: 'run', start: 0, count: ids.length, top: 4 });
}

it('figures of layers that are not finite are a fault of the model file, not of ours', async () => {
  for (const lensLogit of [NaN, Infinity, -Infinity]) {
    const engine = tableEngine({ layers: 2, width: 4, vocabularySize: 12, lensLogit });
    await engine.call('run', tableRun({ runId: 'run', capture: { attention: [], hidden: 'all', logits: false } }));
    await assert.rejects(engine.call('logitLens', { runId: 'run', start: 0, count: 4, top: 3 }), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, 'run-failed');
      assert.match(error.message, /^The model gave .*\.$/);
      assert.match(error.action ?? '', /another of its files/);
      return true;
    });
  }
});

describe('the logit lens over real models', () => {
  it('each state says what the model would that leaves there, the last what the model says', async () => {
    const folder = join(import.meta.dirname, '../../models/almanac');
    const model = await new ModelStore().open({ folder });
    const ids = model.tokenizer.encode('The sun rises in the east and sets in the');
    const lens = await realLens(folder, undefined, ids);
    assert.deepEqual(lens.states, [0, 1, 2, 3, 4, 5, 6]);
    const { vocabularySize } = model.identity;
    const own = (await score(model, ids, ids.length, false)).logits;
    const rowsOf = async (layer: number): Promise<Float32Array> => {
      const exit = await model.openExit(layer);
      const pair = exit.openPair({ attention: [], hidden: [] });
      const rows = await pair.draft.extend(ids);
      pair.target.dispose();
      pair.dispose();
      exit.release();
      return rows;
    };
    let differs = 0;
    for (const layer of [1, 3, 6]) {
      const rows = layer === 6 ? own : await rowsOf(layer);
      for (const i of ids.keys()) {
        const row = (of: Float32Array) => of.subarray(i * vocabularySize, (i + 1) * vocabularySize);
        const expected = readLayer(row(rows), row(own), 4);
        const at = layer * ids.length + i;
        assert.equal(lens.ids[at * 4], expected.ids[0], `layer ${layer}, token ${i}`);
        assert.ok(Math.abs((lens.probabilities[at * 4] as number) - (expected.probabilities[0] as number)) < 1e-4);
        assert.ok(Math.abs((lens.divergence[at] as number) - expected.divergence) < 1e-3);
        if (lens.ids[at * 4] !== lens.ids[(6 * ids.length + i) * 4]) differs++;
      }
    }
    assert.ok(differs > 0, 'every layer said the same');
    assert.ok(lens.divergence.subarray(6 * ids.length).every((bits) => bits === 0));
  });

  it(
    'GPT-2, fused norms and 4-bit weights have a lens; a merged decoder says why not',
    { skip: skipWithoutFixtures },
    async () => {
      const ids = [1, 5, 9, 20, 3];
      for (const path of [
        ['zoo', 'gpt2'],
        ['zoo', 'opt'],
        ['stories260K', 'ort_fused_norms'],
        ['stories260K', 'genai_gqa_int4'],
      ]) {
        const folder = fixture('exports', ...path);
        const model = await new ModelStore().open({ folder });
        const { logits } = await score(model, ids, ids.length, false);
        const lens = await realLens(folder, undefined, ids);
        const at = lens.states.length - 1;
        const { vocabularySize } = model.identity;
        for (const i of ids.keys()) {
          const row = logits.subarray(i * vocabularySize, (i + 1) * vocabularySize);
          assert.equal(lens.ids[(at * ids.length + i) * 4], readLayer(row, row, 1).ids[0], path.join('/'));
        }
      }
      await assert.rejects(
        realLens(fixture('exports', 'stories260K', 'legacy_merged'), 'onnx/decoder_model_merged.onnx', ids),
        isProblem('not-available', /holds the decoder twice/),
      );
    },
  );
});
