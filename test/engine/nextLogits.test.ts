import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../src/protocol/errors';
import { bundledModels, startEngine } from '../webview/explorer-host';
import { tableEngine, tableRun } from './fixtures/tableEngine';
import { tableAttention } from './fixtures/tableModel';

const model = { folder: '/models/table' };
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('the logits of what would follow', () => {
  it('are those that a run of the same tokens keeps, over passes of any length, and leave no run behind', async () => {
    for (const chunk of [1, 3, 100]) {
      const engine = tableEngine({ layers: 2, width: 4, vocabularySize: 12, chunk });
      const request = tableRun({ runId: 'run', capture: { attention: [], hidden: [], logits: true } });
      await engine.call('run', { ...request, prompt: { ids: [1, 2, 3, 4, 5, 6, 7] }, maxNewTokens: 0 });
      const kept = await engine.call('positionLogits', { runId: 'run', index: 7 });
      const { logits } = await engine.call('nextLogits', { model, ids: [1, 2, 3, 4, 5, 6, 7] });
      assert.deepEqual(logits, kept.logits);
      assert.equal(logits.buffer.byteLength, 12 * 4);
      assert.deepEqual(Object.keys(await engine.call('nextLogits', { model, ids: [1] })), ['logits']);
    }
  });

  it('come with where the last token looks in every head, of the same passes, without the maps of the others', async () => {
    for (const chunk of [1, 3, 100]) {
      const passes: number[] = [];
      const engine = tableEngine({
        ...{ layers: 2, heads: 3, vocabularySize: 12, chunk },
        beforePass: (_, fed) => void passes.push(fed),
      });
      const ids = [1, 2, 3, 4, 5, 6, 7];
      const { logits } = await engine.call('nextLogits', { model, ids });
      const alone = passes.splice(0);
      const both = await engine.call('nextLogits', { model, ids, attention: true });
      assert.deepEqual(both.logits, logits);
      assert.ok(both.attention?.available);
      const { weights, ...shape } = both.attention;
      assert.deepEqual(shape, { available: true, layers: [0, 1], heads: 3 });
      const rows = [0, 1].flatMap((layer) => [0, 1, 2].map((head) => [...tableAttention(layer, head, 6)]));
      assert.deepEqual([...weights], rows.flat());
      assert.equal(passes.at(-1), 1);
      assert.ok(passes.length <= alone.length + 1);
    }
  });

  it('come with the reason where the model cannot say where it looks', async () => {
    const engine = tableEngine({ vocabularySize: 12, attention: false });
    const { logits, attention } = await engine.call('nextLogits', { model, ids: [1, 2], attention: true });
    assert.equal(logits.length, 12);
    assert.deepEqual(attention, { available: false, why: 'This model file cannot give attention: it is a table.' });
  });

  it('and attention of a real model are those that a run of the same tokens keeps', async () => {
    const engine = startEngine();
    try {
      const almanac = (await bundledModels(engine)).find(({ name }) => name === 'almanac')!;
      const ref = { folder: almanac.folder, file: almanac.file };
      const { tokens } = await engine.call('tokenize', { model: ref, text: 'In the beginning God created the heaven' });
      const ids = tokens.map(({ id }) => id);
      const request = tableRun({ runId: 'run', capture: { attention: 'all', hidden: [], logits: true } });
      await engine.call('run', { ...request, model: ref, prompt: { ids }, maxNewTokens: 0 });
      const { attention } = await engine.call('nextLogits', { model: ref, ids, attention: true });
      assert.ok(attention?.available);
      for (const [place, layer] of attention.layers.entries()) {
        for (let head = 0; head < attention.heads; head++) {
          const row = await engine.call('attentionRow', { runId: 'run', layer, head, query: ids.length - 1 });
          const from = (place * attention.heads + head) * ids.length;
          const own = attention.weights.subarray(from, from + ids.length);
          assert.ok(own.every((weight, key) => Math.abs(weight - row.weights[key]!) < 1e-5));
          assert.ok(Math.abs(own.reduce((a, b) => a + b) - 1) < 1e-5);
        }
      }
      assert.equal(attention.layers.length, almanac.layers);
    } finally {
      engine.dispose();
    }
  });

  it('are refused for no token, for one that the model does not know, and for more than its context', async () => {
    const engine = tableEngine({ vocabularySize: 12, contextLength: 4 });
    await assert.rejects(engine.call('nextLogits', { model, ids: [] }), isProblem('prompt-empty'));
    await assert.rejects(engine.call('nextLogits', { model, ids: [12] }), isProblem('prompt-invalid'));
    await assert.rejects(engine.call('nextLogits', { model, ids: [1, 2, 3, 4, 5] }), isProblem('prompt-too-long'));
  });

  it('stop between passes', async () => {
    const engine = tableEngine({ vocabularySize: 12, chunk: 1 });
    const stopper = new AbortController();
    const asked = engine.call('nextLogits', { model, ids: [1, 2, 3, 4] }, { signal: stopper.signal });
    stopper.abort();
    await assert.rejects(asked, isProblem('cancelled'));
  });
});
