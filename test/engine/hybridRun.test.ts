import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../src/client/index';
import type { RunEvent, RunRequest } from '../../src/protocol/runs';
import { Problem } from '../../src/protocol/errors';
import { blockModel } from '../harness/blockModel';
import { readSafetensors } from '../harness/safetensors';
import { traceOf } from './fixtures/tableEngine';

/** A model whose layers 0 and 2 have no attention, through a whole run: every number of a layer is that of its block. */
describe('a run of a model with layers without attention', () => {
  let client: EngineClient;
  let folder: string;
  let run: RunRequest;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vivarium-hybrid-'));
    mkdirSync(join(folder, 'model'));
    const bytes = blockModel({ kinds: ['convolution', 'attention', 'scan', 'attention'], heads: 6, headSize: 4 });
    writeFileSync(join(folder, 'model', 'model.onnx'), bytes);
    writeFileSync(join(folder, 'model', 'config.json'), '{"model_type": "made", "num_attention_heads": 3}');
    client = new EngineClient({
      enginePath: fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url)),
      execArgv: ['--import', 'tsx'],
      log: () => undefined,
      idleMilliseconds: Infinity,
      onStatus: () => undefined,
    });
    run = {
      model: { folder: join(folder, 'model') },
      prompt: { ids: [3, 1, 4, 1, 5] },
      decoder: 'autoregressive',
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
      maxNewTokens: 4,
      capture: { attention: 'all', hidden: 'all', logits: true },
      runId: 'hybrid',
    };
  });
  after(async () => {
    client.dispose();
    await client.ended();
    rmSync(folder, { recursive: true });
  });

  it('the trace, the thumbnails, the rows, the lens and the saved tensors number layers alike', async () => {
    const events: RunEvent[] = [];
    await client.call('run', run, { onEvent: (event) => events.push(event) });
    const header = traceOf(events).find((event) => event.type === 'header');
    assert.ok(header?.type === 'header');
    assert.deepEqual(header.capture.attention, [1, 3]);
    assert.deepEqual(header.capture.hidden, [0, 1, 2, 3, 4]);
    const { layers, heads, mixing } = header.model;
    assert.deepEqual([layers, heads], [4, 6]);
    assert.deepEqual(mixing, ['convolution', 'attention', 'recurrence', 'attention']);

    const { runId } = run;
    const overview = await client.call('attentionOverview', { runId, size: 16 });
    assert.deepEqual(overview.layers, [1, 3]);
    assert.equal(overview.heads, 6);
    const places = [1, 3].flatMap((layer) => Array.from({ length: 6 }, (_, head) => [layer, head]));
    assert.deepEqual(
      overview.statistics.map(({ layer, head }) => [layer, head]),
      places,
    );
    const path = join(folder, 'run.safetensors');
    const { tensors } = await client.call('saveTensors', { runId, path });
    const hidden = [0, 1, 2, 3, 4].map((state) => `hidden.${state}`);
    assert.deepEqual(tensors, ['attention.1', 'attention.3', ...hidden, 'logits', 'input_ids']);
    const saved = readSafetensors(path).get('attention.3');
    assert.deepEqual(saved?.dims, [6, 9, 9]);
    const row = await client.call('attentionRow', { runId, layer: 3, head: 5, query: 7 });
    assert.deepEqual(
      [...row.weights],
      [...(saved.data as Float32Array).subarray((5 * 9 + 7) * 9, (5 * 9 + 7) * 9 + 8)],
    );
    const lens = await client.call('logitLens', { runId, start: 0, count: 2, top: 3 });
    assert.deepEqual(lens.states, [0, 1, 2, 3, 4]);
  });

  it('attention of a layer that has none is refused, with what it has instead', async () => {
    const refused = async (layer: number): Promise<string> => {
      const { runId } = run;
      const problem = await client.call('attentionHead', { runId, layer, head: 0 }).then(
        () => assert.fail('it was given'),
        (error: unknown) => Problem.from(error),
      );
      assert.equal(problem.code, 'not-available');
      return problem.message;
    };
    assert.equal(await refused(0), 'Layer 0 has no attention: it has a convolution instead.');
    assert.equal(await refused(2), 'Layer 2 has no attention: it has a recurrence instead.');
    const named = { ...run, runId: 'named', capture: { attention: [0], hidden: [], logits: false } };
    const problem = await client.call('run', named).then(
      () => assert.fail('it ran'),
      (error: unknown) => Problem.from(error),
    );
    assert.equal(problem.message, 'Layer 0 has no attention: it has a convolution instead.');
  });

  it('a draft that leaves after a layer without attention gives what the whole model says', async () => {
    const texts: number[][] = [];
    for (const [decoder, runId] of [
      ['autoregressive', 'whole'],
      ['early-exit', 'exit'],
    ] as const) {
      const events: RunEvent[] = [];
      const options = decoder === 'early-exit' ? { decoderOptions: { layer: 3 } } : {};
      await client.call('run', { ...run, ...options, decoder, runId }, { onEvent: (event) => events.push(event) });
      texts.push(traceOf(events).flatMap((event) => (event.type === 'token' ? [event.id] : [])));
    }
    assert.deepEqual(texts[1], texts[0]);
  });

  it('the last token looks at others in the layers that have attention', async () => {
    const { attention } = await client.call('nextLogits', { model: run.model, ids: [3, 1, 4], attention: true });
    assert.ok(attention?.available);
    assert.deepEqual([attention.layers, attention.heads, attention.weights.length], [[1, 3], 6, 2 * 6 * 3]);
  });
});
