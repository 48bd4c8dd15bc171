import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { promptLookup } from '../../../../../src/core/decode/prompt-lookup';
import { lookUpNgram } from '../../../../../src/core/decode/speculation/ngram';
import { CoreError } from '../../../../../src/core/errors';
import { chainOf, decodeAll, GREEDY } from '../../../../harness/decoding';

test('vLLM’s golden case', () => {
  assert.deepEqual(lookUpNgram([1, 2, 3, 4, 2, 3], { min: 2, max: 3, count: 4 }), [4, 2, 3]);
});

test('of equally long matches the earliest wins, of all the longest', () => {
  assert.deepEqual(lookUpNgram([7, 1, 7, 2, 7], { min: 1, max: 2, count: 1 }), [1]);
  assert.deepEqual(lookUpNgram([7, 1, 5, 7, 2, 5, 7], { min: 1, max: 2, count: 1 }), [2]);
  assert.deepEqual(lookUpNgram([7, 1, 5, 7, 2, 5, 7], { min: 1, max: 1, count: 1 }), [1]);
});

test('a match may overlap the suffix, and what follows it is cut to the sequence', () => {
  assert.deepEqual(lookUpNgram([4, 4, 4], { min: 1, max: 2, count: 5 }), [4]);
  assert.deepEqual(lookUpNgram([4, 4, 4, 4], { min: 1, max: 2, count: 5 }), [4, 4]);
});

test('nothing is proposed where no suffix of the shortest length stood before', () => {
  for (const sequence of [[], [1], [1, 2, 3]]) {
    assert.deepEqual(lookUpNgram(sequence, { min: 1, max: 3, count: 4 }), []);
  }
  assert.deepEqual(lookUpNgram([1, 2, 3, 2], { min: 2, max: 3, count: 4 }), []);
  assert.deepEqual(lookUpNgram([1, 2, 3, 2], { min: 1, max: 3, count: 4 }), [3, 2]);
});

test('the result is that of Hugging Face’s search: windows of n tokens from the left, n falling to 1', () => {
  const windows = (ids: readonly number[], max: number, count: number): number[] => {
    for (let n = Math.min(max, ids.length - 1); n >= 1; n--) {
      for (let at = 0; at + n <= ids.length; at++) {
        const matches = ids.slice(at, at + n).join() === ids.slice(-n).join();
        const [start, end] = [at + n, Math.min(at + n + count, ids.length)];
        if (matches && start < end) return ids.slice(start, end);
      }
    }
    return [];
  };
  fc.assert(
    fc.property(
      fc.array(fc.nat(2), { maxLength: 24 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      (ids, max, count) => assert.deepEqual(lookUpNgram(ids, { min: 1, max, count }), windows(ids, max, count)),
    ),
  );
});

/** 0 1 2 0 1 2 ...: a text that repeats itself. */
const cycle = () =>
  chainOf([
    [0.05, 0.9, 0.05],
    [0.05, 0.05, 0.9],
    [0.9, 0.05, 0.05],
  ]);

test('a text that repeats itself is drafted from itself', async () => {
  const { steps, ids } = await decodeAll(promptLookup, cycle(), {
    prompt: [0, 1, 2, 0, 1, 2],
    maxNewTokens: 13,
    sampling: GREEDY,
    options: { gamma: 3 },
  });
  assert.deepEqual(ids.slice(6), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
  assert.equal(steps.length, 4);
  assert.ok(
    steps.slice(1).every(({ speculation }) => speculation!.drafted.every((t) => t.source === 'prompt' && t.q === 1)),
  );
});

test('vLLM’s style asks for at least min-ngram tokens, Hugging Face’s for one', async () => {
  const drafts = async (options: Record<string, string | number>) => {
    const { steps } = await decodeAll(promptLookup, cycle(), {
      prompt: [1, 0, 2],
      maxNewTokens: 3,
      sampling: GREEDY,
      options,
    });
    return steps.flatMap(({ speculation }) => (speculation ? [speculation.drafted.map(({ id }) => id)] : []));
  };
  // The first token is 0, which stood before 2; 2 0 did not stand before.
  assert.deepEqual(await drafts({ style: 'huggingface' }), [[2]]);
  assert.deepEqual(await drafts({ style: 'vllm' }), []);
  await assert.rejects(
    drafts({ style: 'vllm', 'min-ngram': 4, 'max-ngram': 3 }),
    (error) => error instanceof CoreError && /"min-ngram" \(4\) must not be above "max-ngram"/.test(error.message),
  );
});
