import assert from 'node:assert/strict';
import test from 'node:test';
import { autoregressive } from '../../../../src/core/decode/autoregressive';
import { handOver } from '../../../../src/core/decode/hand-over';
import { CoreError } from '../../../../src/core/errors';
import { decodeAll, GREEDY, PLAIN, randomChain } from '../../../harness/decoding';

const large = (options = {}) => randomChain(6, { seed: 1, peak: 6, ...options });
const small = (options = {}) => randomChain(6, { seed: 2, peak: 6, ...options });

test('the model writes the beginning, the small one goes on where it stopped', async () => {
  const request = { prompt: [0, 3], maxNewTokens: 14, sampling: GREEDY };
  const { ids, origins } = await decodeAll(handOver, large(), {
    ...request,
    options: { at: 4, block: 3 },
    aids: { draft: small() },
  });
  const beginning = await decodeAll(autoregressive, large(), { ...request, maxNewTokens: 4 });
  assert.deepEqual(ids.slice(0, 6), beginning.ids);
  const rest = await decodeAll(autoregressive, small(), { ...request, prompt: beginning.ids, maxNewTokens: 10 });
  assert.deepEqual(ids, rest.ids);
  assert.deepEqual(origins.map((origin) => origin[0]).join(''), `pp${'s'.repeat(4)}${'h'.repeat(10)}`);
});

test('handed over at 0 the small model writes all, at the end nothing', async () => {
  const run = async (at: number) =>
    (
      await decodeAll(handOver, large(), {
        maxNewTokens: 9,
        sampling: GREEDY,
        options: { at },
        aids: { draft: small() },
      })
    ).ids;
  const alone = async (model: ReturnType<typeof large>) =>
    (await decodeAll(autoregressive, model, { maxNewTokens: 9, sampling: GREEDY })).ids;
  assert.deepEqual(await run(0), await alone(small()));
  assert.deepEqual(await run(9), await alone(large()));
  assert.deepEqual(await run(50), await alone(large()));
});

test('the model’s passes after the hand-over only score: a block a pass', async () => {
  const { steps } = await decodeAll(handOver, large(), {
    maxNewTokens: 12,
    sampling: { ...PLAIN, seed: 4 },
    options: { at: 2, block: 5 },
    aids: { draft: small() },
  });
  assert.deepEqual(
    steps.map(({ fed, writes, draftMilliseconds }) => [fed, writes.length, draftMilliseconds !== undefined]),
    [
      [1, 2, false],
      [1, 1, false],
      [5, 5, true],
      [5, 5, true],
    ],
  );
});

test('a small model with a shorter context ends the sequence, and one that cannot hold the prompt is refused', async () => {
  const { ids, finish } = await decodeAll(handOver, large(), {
    maxNewTokens: 20,
    options: { at: 2 },
    aids: { draft: small({ contextLength: 8 }) },
  });
  assert.deepEqual([ids.length, finish], [8, 'context-full']);
  await assert.rejects(
    decodeAll(handOver, large(), { prompt: [0, 1, 2], aids: { draft: small({ contextLength: 3 }) } }),
    (error) => error instanceof CoreError && /3 tokens, and the draft model takes 3/.test(error.message),
  );
});
