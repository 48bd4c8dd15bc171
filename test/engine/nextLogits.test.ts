import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../src/protocol/errors';
import { tableEngine, tableRun } from './fixtures/tableEngine';

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
