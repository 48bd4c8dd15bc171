import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { autoregressive } from '../../src/core/decode/autoregressive';
import { ModelStore } from '../../src/engine/model';
import type { LoadedModel } from '../../src/engine/model';
import { decodeAll, GREEDY } from '../harness/decoding';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { largestDifference, score } from '../harness/modelGolden';
import { testFolder } from '../harness/modelFolder';
import { toy, toyDecoder, type ToyOptions } from '../harness/toyDecoder';

const store = new ModelStore();
const config = {
  model_type: 'toy',
  hidden_size: toy.width,
  num_attention_heads: toy.heads,
  max_position_embeddings: 32,
};

function toyModel(context: TestContext, options: ToyOptions, fields: object = {}): Promise<LoadedModel> {
  const folder = testFolder(context);
  folder.write('config.json', JSON.stringify({ ...config, ...fields }));
  folder.write('model.onnx', toyDecoder(options));
  return store.open({ folder: folder.path });
}

const ids = [1, 5, 2, 11, 7, 7, 0, 3, 12, 4];

describe('a decoder is fed what its graph asks for', () => {
  for (const [what, options] of [
    ['ids of 32 bits', { ids: 'int32' }],
    ['keys and values stacked', { cache: 'stacked' }],
    ['a cache whose sizes only the config says', { cache: 'unsized' }],
    ['no cache', { cache: 'none' }],
    ['three rows of positions', { positions: 'three-rows' }],
    ['the places in the cache', { positions: 'cache-position' }],
    ['one token a pass', { step: 1 }],
    ['ten tokens a pass, without a cache', { step: 10, cache: 'none' }],
    ['logits of the last token only', { lastOnly: true }],
    ['logits of the last token only, without a cache', { lastOnly: true, cache: 'none' }],
  ] as const) {
    it(`with ${what}, and gives the same in one pass, in chunks and token by token`, async (t) => {
      const reference = await score(await toyModel(t, {}), ids, ids.length);
      const model = await toyModel(t, options);
      for (const step of [ids.length, 4, 1]) {
        const { logits, attention, hidden } = await score(model, ids, step);
        assert.ok(largestDifference(logits, reference.logits) < 1e-5);
        for (const layer of [0, 1]) {
          const [map, states] = [attention.get(layer), hidden.get(layer)] as [Float32Array, Float32Array];
          assert.ok(largestDifference(map, reference.attention.get(layer) as Float32Array) < 1e-6);
          assert.ok(largestDifference(states, reference.hidden.get(layer) as Float32Array) < 1e-5);
        }
      }
    });
  }

  for (const [name, type, scalar, value] of [
    ['seqlens_k', 'int32', false, (past: number, fed: number) => past + fed - 1],
    ['total_sequence_length', 'int32', true, (past: number, fed: number) => past + fed],
    ['past_sequence_length', 'int64', false, (past: number) => past],
    ['current_sequence_length', 'int64', true, (_: number, fed: number) => fed],
    ['num_logits_to_keep', 'int64', true, () => 0],
    ['use_cache_branch', 'bool', false, (past: number) => (past > 0 ? 1 : 0)],
  ] as const) {
    it(`with ${name} as its name says`, async (t) => {
      const plain = (await toyModel(t, {})).openSequence({ attention: [], hidden: [] });
      const counted = (await toyModel(t, { counted: { name, type, scalar } })).openSequence({
        attention: [],
        hidden: [],
      });
      for (const [past, fed] of [
        [0, 3],
        [3, 1],
        [4, 4],
      ] as const) {
        const tokens = ids.slice(past, past + fed);
        const [a, b] = [await plain.extend(tokens), await counted.extend(tokens)];
        for (let row = 0; row < fed; row++) {
          const first = row * toy.vocabulary;
          assert.ok(Math.abs((b[first] as number) - (a[first] as number) - value(past, fed)) < 1e-5);
          assert.equal(b[first + 1], a[first + 1]);
        }
      }
    });
  }

  it('and what cannot be fed is refused before it is opened', async (t) => {
    const refused = (options: ToyOptions, message: RegExp, fields = {}): Promise<void> =>
      assert.rejects(toyModel(t, options, fields), (error: { code?: string; message: string; action?: string }) => {
        assert.match(error.message, message);
        assert.ok(error.action);
        assert.ok(['onnx-unsupported', 'config-invalid'].includes(error.code ?? ''));
        return true;
      });
    await refused({ unknown: 'pixel_values' }, /needs inputs whose purpose is not known \(pixel_values\)/);
    await refused({ batch: 4 }, /takes exactly 4 sequences at a time/);
    const rounded = { name: 'past_sequence_length', type: 'bfloat16' } as const;
    await refused({ counted: rounded }, /takes tensors of type bfloat16, which onnxruntime-node cannot be given/);
    await refused({ step: 8 }, /takes exactly 8 tokens at a time/);
  });

  it('and a cache of unknown size is refused, naming what to add', async (t) => {
    const model = { cache: 'unsized' } as const;
    const folder = testFolder(t);
    folder.write('config.json', '{"model_type": "toy"}');
    folder.write('model.onnx', toyDecoder(model));
    const opened = await store.open({ folder: folder.path });
    // The graph's own reshape says how many heads of which size there are.
    assert.equal((await opened.openSequence({ attention: [], hidden: [] }).extend(ids)).length, 10 * toy.vocabulary);
  });

  it('and a sequence as long as a fixed pass is the longest', async (t) => {
    const model = await toyModel(t, { step: 10, cache: 'none' });
    const sequence = model.openSequence({ attention: [], hidden: [] });
    assert.equal(sequence.contextLength, 10);
    await assert.rejects(sequence.extend([...ids, 1]), { code: 'prompt-too-long' });
  });
});

describe('a cache that slides', () => {
  it('gives attention over the whole sequence, with nothing on the tokens it has dropped', async (t) => {
    const window = 4;
    const model = await toyModel(t, { window });
    const { attention } = await score(model, ids, 1);
    const [first] = [attention.get(0)] as [Float32Array];
    const n = ids.length;
    assert.equal(first.length, toy.heads * n * n);
    for (let row = 0; row < toy.heads * n; row++) {
      const query = row % n;
      const weights = first.subarray(row * n, (row + 1) * n);
      assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6);
      weights.forEach((weight, key) => {
        const isSeen = key <= query && key >= query - window;
        assert.equal(weight > 0, isSeen, `query ${query}, key ${key}`);
      });
    }
  });
});

describe('rolling back', () => {
  for (const options of [{}, { cache: 'stacked' }, { cache: 'none' }, { window: 6 }, { step: 1 }] as const) {
    it(`equals never having gone there: ${JSON.stringify(options)}`, async (t) => {
      const model = await toyModel(t, options);
      const straight = model.openSequence({ attention: [], hidden: [] });
      const expected = [];
      for (const id of ids) expected.push(await straight.extend([id]));
      const sequence = model.openSequence({ attention: [], hidden: [] });
      for (const id of ids) await sequence.extend([id]);
      for (const back of [9, 5, 1, 0]) {
        sequence.rollback(back);
        await sequence.extend([9]);
        await sequence.extend([8]);
        sequence.rollback(back);
        assert.equal(sequence.length, back);
        for (let i = back; i < ids.length; i++) {
          const logits = await sequence.extend([ids[i] as number]);
          assert.ok(
            largestDifference(logits, expected[i] as Float32Array) < 1e-5,
            `row ${i} after going back to ${back}`,
          );
        }
      }
    });
  }

  it('leaves other sequences of the model alone', async (t) => {
    const model = await toyModel(t, {});
    const a = model.openSequence({ attention: [], hidden: [] });
    const b = model.openSequence({ attention: [], hidden: [] });
    await a.extend(ids.slice(0, 5));
    await b.extend([3, 3, 3]);
    a.rollback(2);
    const after = await b.extend([4]);
    const alone = model.openSequence({ attention: [], hidden: [] });
    await alone.extend([3, 3, 3]);
    assert.deepEqual(await alone.extend([4]), after);
  });
});

describe('files of other makers', { skip: skipWithoutFixtures }, () => {
  const foreign = (name: string): string => fixture('onnx_foreign/test/models/hf-internal-testing', name);

  for (const [name, attention] of [
    ['tiny-random-gpt2-fp32', [0, 1, 2, 3, 4]],
    ['tiny-random-lfm2-fp32', []],
    ['tiny-qwen35-cuda', [0, 1]],
  ] as const) {
    it(`${name} gives the same however its tokens are fed, and after going back`, async (t) => {
      const folder = testFolder(t, foreign(name));
      folder.write('config.json', '{"model_type": "foreign"}');
      const model = await store.open({ folder: folder.path });
      const tokens = Array.from({ length: 20 }, (_, i) => ((i * 37) % 900) + 1);
      const whole = await score(model, tokens, 20);
      assert.deepEqual([...whole.attention.keys()], attention);
      for (const step of [6, 1]) {
        const parts = await score(model, tokens, step);
        assert.ok(largestDifference(parts.logits, whole.logits) < 1e-5);
        for (const layer of attention) {
          const [a, b] = [parts.attention.get(layer), whole.attention.get(layer)] as [Float32Array, Float32Array];
          assert.ok(largestDifference(a, b) < 1e-5);
        }
      }
      const sequence = model.openSequence({ attention: [], hidden: [] });
      await sequence.extend(tokens.slice(0, 10));
      await sequence.extend([3, 4, 5]);
      sequence.rollback(10);
      const after = await sequence.extend(tokens.slice(10));
      assert.ok(largestDifference(after, whole.logits.subarray(10 * sequence.vocabularySize)) < 1e-5);
    });
  }

  it('tiny-random-gpt2-fp32 goes on greedily as in the tests of onnxruntime', async (t) => {
    const vectors = JSON.parse(readFileSync(fixture('speculative', 'vectors.json'), 'utf8')) as {
      readonly ort_tiny_gpt2: { readonly greedy: { readonly cases: readonly { ids: number[]; len10: number[] }[] } };
    };
    const folder = testFolder(t, foreign('tiny-random-gpt2-fp32'));
    folder.write('config.json', '{"model_type": "foreign"}');
    const model = await store.open({ folder: folder.path });
    const { cases } = vectors.ort_tiny_gpt2.greedy;
    assert.ok(cases.length > 0);
    for (const { ids, len10 } of cases) {
      const sequence = model.openSequence({ attention: [], hidden: [] });
      const request = { prompt: ids, maxNewTokens: len10.length - ids.length, sampling: GREEDY };
      assert.deepEqual((await decodeAll(autoregressive, sequence, request)).ids, len10);
      sequence.dispose();
    }
  });
});
