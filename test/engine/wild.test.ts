import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LoadedModel, ModelStore, type PassCapture } from '../../src/engine/model';
import { givenLayers } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { largestDifference } from '../harness/onnx';
import { readSafetensors } from '../harness/safetensors';

const store = new ModelStore();

interface Golden {
  readonly ids: number[];
  /** [layers with attention, heads, query, key] */
  readonly attentions: { readonly dims: readonly number[]; readonly data: Float32Array };
  /** [layers + 1, tokens, width]; the last after the final norm. */
  readonly hidden: { readonly dims: readonly number[]; readonly data: Float32Array };
  readonly logits: Float32Array;
}

function goldenOf(name: string): Golden {
  const tensors = readSafetensors(fixture('wild', name, 'golden.safetensors'));
  const tensor = (key: string): { dims: readonly number[]; data: Float32Array } => {
    const found = tensors.get(key);
    assert.ok(found?.data instanceof Float32Array, key);
    return { dims: found.dims, data: found.data };
  };
  const ids = [...(tensors.get('input_ids')?.data as BigInt64Array)].map(Number);
  return { ids, attentions: tensor('attentions'), hidden: tensor('hidden'), logits: tensor('logits').data };
}

/** Reads the golden's tokens in passes of `step`. */
async function read(model: LoadedModel, ids: readonly number[], step: number): Promise<PassCapture[]> {
  const passes: PassCapture[] = [];
  const sequence = model.openSequence({
    attention: givenLayers(model.probes.attention, model.layers),
    hidden: givenLayers(model.probes.hidden, model.layers + 1),
    onPass: (pass) => passes.push(pass),
  });
  for (let at = 0; at < ids.length; at += step) await sequence.extend(ids.slice(at, at + step));
  sequence.dispose();
  return passes;
}

/** Folders of model families as they are met, and the layers of each that have attention. */
const families: readonly (readonly [name: string, layers: number, withAttention: readonly number[]])[] = [
  ['cohere', 2, [0, 1]],
  ['deepseek_v3', 2, [0, 1]],
  ['falcon_new', 2, [0, 1]],
  ['gpt_oss', 2, [0, 1]],
  ['gptbigcode', 2, [0, 1]],
  ['lfm2', 4, [1, 3]],
];

describe('models of many families', { skip: skipWithoutFixtures }, () => {
  for (const [name, layers, withAttention] of families) {
    it(`${name}: attention and hidden states are PyTorch's, of every layer`, async () => {
      const golden = goldenOf(name);
      const model = await store.open({ folder: fixture('wild', name) });
      const [given, heads = 0, tokens = 0] = golden.attentions.dims;
      const width = golden.hidden.dims[2] ?? 0;
      assert.deepEqual([model.layers, model.heads, model.width], [layers, heads, width]);
      assert.deepEqual([golden.hidden.dims[0], given], [layers + 1, withAttention.length]);
      for (const step of [tokens, 5]) {
        const passes = await read(model, golden.ids, step);
        for (const { pastLength, fed, attention, hidden } of passes) {
          const total = pastLength + fed;
          assert.deepEqual([...attention.keys()], withAttention);
          withAttention.forEach((layer, place) => {
            const rows = Float32Array.from({ length: heads * fed * total }, (_, i) => {
              const [head, query, key] = [Math.floor(i / (fed * total)), Math.floor(i / total) % fed, i % total];
              return (
                golden.attentions.data[((place * heads + head) * tokens + pastLength + query) * tokens + key] ?? NaN
              );
            });
            const difference = largestDifference(attention.get(layer) ?? [], rows);
            assert.ok(difference < 1e-5, `attention of layer ${layer} differs by ${difference}`);
          });
          assert.deepEqual(
            [...hidden.keys()],
            Array.from({ length: layers + 1 }, (_, state) => state),
          );
          for (let state = 0; state < layers; state++) {
            const from = (state * tokens + pastLength) * width;
            const expected = golden.hidden.data.subarray(from, from + fed * width);
            const difference = largestDifference(hidden.get(state) ?? [], expected);
            assert.ok(difference < 1e-3, `hidden state ${state} differs by ${difference}`);
          }
        }
      }
    });
  }

  it('lfm2 says what its layers without attention have instead', async () => {
    const model = await store.open({ folder: fixture('wild', 'lfm2') });
    assert.deepEqual(model.identity.mixing, ['convolution', 'attention', 'convolution', 'attention']);
    assert.equal(model.probes.attention.how, 'Softmax output; layers 0 and 2 have a convolution instead');
  });

  it('an encoder is told from its graph, in one sentence', async () => {
    const problem = await store.open({ folder: fixture('wild', 'enc_distilbert') }).then(
      () => assert.fail('it was opened'),
      (error: unknown) => Problem.from(error),
    );
    assert.equal(problem.code, 'onnx-not-a-decoder');
    assert.equal(
      problem.message,
      'model.onnx is not a decoder of text: it reads both ways (nothing hides later tokens from its attention).',
    );
  });
});
