import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import { rowSumError, weightOnLaterKeys } from '../harness/attentionNodes';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { floats, largestDifference, loadProbed } from '../harness/onnx';
import { distanceInOnePass, goldenRun, type GoldenRun, normalise, withProbed } from '../harness/onnxGolden';
import { readSafetensors } from '../harness/safetensors';

const stories = (path: string): string => fixture('exports', 'stories260K', path);

function storiesGolden(): GoldenRun[] {
  const tensors = readSafetensors(stories('golden.safetensors'));
  return ['0.', '1.', '2.'].map((prefix) => goldenRun(tensors, prefix));
}

/** Exports that compute in float32, each with the operator that computes its attention. */
const exact: readonly (readonly [path: string, kind: string])[] = [
  ['optimum/model.onnx', 'softmax'],
  ['optimum_no_cache/model.onnx', 'softmax'],
  ['legacy_merged/onnx/decoder_model.onnx', 'softmax'],
  ['legacy_merged/onnx/decoder_with_past_model.onnx', 'softmax'],
  ['legacy_merged/onnx/decoder_model_merged.onnx', 'softmax'],
  ['transformersjs/onnx/model.onnx', 'softmax'],
  ['external_data/onnx/model.onnx', 'softmax'],
  ['ort_fused_norms/onnx/model.onnx', 'softmax'],
  ['torch_opset18/model.onnx', 'softmax'],
  ['torch_opset23/model.onnx', 'onnx-attention'],
  ['genai_gqa/model.onnx', 'group-query'],
  ['genai_mha/model.onnx', 'multi-head'],
];

/** Exports of lower precision: how far attention may be from float32, at most and on average. */
const rounded: readonly (readonly [path: string, type: string, largest: number, average: number])[] = [
  ['transformersjs/onnx/model_fp16.onnx', 'float16', 0.02, 1e-3],
  ['genai_gqa_fp16/model.onnx', 'float16', 0.02, 1e-3],
  ['genai_mha_fp16/model.onnx', 'float16', 0.02, 1e-3],
  ['transformersjs/onnx/model_quantized.onnx', 'float32', 0.4, 5e-3],
  ['transformersjs/onnx/model_q4.onnx', 'float32', 0.8, 2e-2],
  ['genai_gqa_int4/model.onnx', 'float32', 0.8, 2e-2],
];

describe('probes of one trained model in many forms', { skip: skipWithoutFixtures }, () => {
  for (const [path, kind] of exact) {
    it(`${path}: attention and hidden states are PyTorch's`, async () => {
      await withProbed(stories(path), async (decoder) => {
        const { plan, anatomy } = decoder;
        assert.deepEqual(plan.unavailable, []);
        assert.deepEqual([anatomy.layers, anatomy.heads, anatomy.hiddenSize, anatomy.vocabularySize], [5, 8, 64, 512]);
        assert.ok(plan.attention.every((probe) => probe.form.kind === kind && probe.elementType === 'float32'));
        const weight = finalNormWeight();
        for (const golden of storiesGolden()) {
          const n = golden.ids.length;
          const found = await distanceInOnePass(decoder, golden);
          assert.ok(found.attention < 1e-5, `attention differs by ${found.attention}`);
          assert.ok(found.hidden < 1e-4, `hidden states differ by ${found.hidden}`);
          for (const probabilities of found.probabilities) {
            assert.ok(rowSumError(probabilities, n) < 1e-6);
            assert.equal(weightOnLaterKeys(probabilities, n, n), 0);
          }
          // PyTorch's last hidden state is after the final norm, ours before it.
          const normed = normalise(found.lastHidden, 64, 'rms', 1e-5).map((x, i) => x * (weight[i % 64] as number));
          assert.ok(largestDifference(normed, golden.hidden(5)) < 1e-4);
        }
      });
    });

    it(`${path}: logits are the same with probes and without`, async () => {
      const ids = (storiesGolden()[0] as GoldenRun).ids;
      const logits = async (attention: 'all' | 'none'): Promise<Float32Array> => {
        const decoder = await loadProbed(stories(path), { attention, hidden: attention, logits: true });
        const result = await decoder.run(ids);
        await decoder.release();
        return floats(result[decoder.plan.logits.output]);
      };
      const difference = largestDifference(await logits('all'), await logits('none'));
      // GroupQueryAttention computes by another path where its scores are asked for, with sums in another order.
      if (kind === 'group-query') assert.ok(difference < 2e-5, `logits differ by ${difference}`);
      else assert.equal(difference, 0);
    });
  }

  for (const [path] of exact.filter(([path]) => !/no_cache|decoder_model\.onnx/.test(path))) {
    it(`${path}: token by token, each row of attention is that of the whole text`, async () => {
      const [golden] = storiesGolden() as [GoldenRun];
      const n = golden.ids.length;
      await withProbed(stories(path), async (decoder) => {
        let cache = await decoder.run(golden.ids.slice(0, n - 6));
        for (let position = n - 6; position < n; position++) {
          cache = await decoder.run(golden.ids.slice(position, position + 1), cache);
          const total = position + 1;
          for (const { layer, output } of decoder.plan.attention) {
            const tensor = cache[output] as Tensor;
            assert.deepEqual(tensor.dims, [1, 8, 1, total]);
            const rows = Float32Array.from({ length: 8 * total }, (_, i) => {
              const head = Math.floor(i / total);
              return golden.attention(layer)[(head * n + position) * n + (i % total)] as number;
            });
            assert.ok(largestDifference(floats(tensor), rows) < 1e-5);
          }
          for (const { layer, output } of decoder.plan.hidden.slice(0, 5)) {
            const row = golden.hidden(layer).subarray(position * 64, total * 64);
            assert.ok(largestDifference(floats(cache[output]), row) < 1e-4);
          }
        }
      });
    });
  }

  for (const [path, type, largest, average] of rounded) {
    it(`${path}: probes run, and are close to float32`, async () => {
      const [golden] = storiesGolden() as [GoldenRun];
      const n = golden.ids.length;
      await withProbed(stories(path), async (decoder) => {
        assert.deepEqual(decoder.plan.unavailable, []);
        assert.ok(decoder.plan.attention.every(({ elementType }) => elementType === type));
        const found = await distanceInOnePass(decoder, golden);
        assert.ok(found.attention < largest, `attention differs by ${found.attention}`);
        found.probabilities.forEach((probabilities, layer) => {
          const expected = golden.attention(layer);
          const sum = probabilities.reduce((total, p, i) => total + Math.abs(p - (expected[i] as number)), 0);
          assert.ok(
            sum / probabilities.length < average,
            `attention differs by ${sum / probabilities.length} on average`,
          );
          assert.ok(rowSumError(probabilities, n) < (type === 'float16' ? 2e-3 : 1e-5));
          assert.equal(weightOnLaterKeys(probabilities, n, n), 0);
        });
      });
    });
  }

  it('a graph that only grows is changed by one insertion at its end', async () => {
    await withProbed(stories('optimum/model.onnx'), async ({ plan }) => {
      assert.equal(plan.edits.length, 1);
      assert.equal(plan.replacedBytes, 0);
      assert.ok(plan.insertedBytes < 1024);
    });
  });
});

/** The weight of the final norm of stories260K, from the file of an export. */
function finalNormWeight(): Float32Array {
  const bytes = readFileSync(fixture('stories260K', 'stories260K.bin'));
  // llama2.c's legacy format: header of 7 int32, then embeddings, norms and matrices layer by layer, the final norm after w3.
  const [dim, hidden, layers, heads, kvHeads, vocabulary] = Array.from({ length: 6 }, (_, i) =>
    bytes.readInt32LE(4 * i),
  ) as [number, number, number, number, number, number];
  const kv = (dim / heads) * kvHeads;
  const before = vocabulary * dim + layers * (dim + dim * dim + 2 * dim * kv + dim * dim + dim + 3 * dim * hidden);
  return Float32Array.from({ length: dim }, (_, i) => bytes.readFloatLE(28 + 4 * (before + i)));
}

interface ZooConfig {
  readonly model_type: string;
  readonly sliding_window?: number | null;
}

describe('probes of many architectures', { skip: skipWithoutFixtures }, () => {
  const root = fixture('exports');
  const files = skipWithoutFixtures
    ? []
    : [
        ...readdirSync(fixture('exports', 'zoo')).map((name) => [name, `${root}/zoo/${name}/onnx/model.onnx`] as const),
        ...readdirSync(fixture('exports', 'zoo_opset23')).map(
          (name) => [name, `${root}/zoo_opset23/${name}/model.onnx`] as const,
        ),
      ];

  it('has eleven files', () => assert.equal(files.length, 11));

  for (const [name, path] of files) {
    it(`${path.slice(root.length + 1)}: logits, attention and hidden states are PyTorch's`, async () => {
      const golden = goldenRun(readSafetensors(fixture('exports', 'zoo', name, 'golden.safetensors')));
      const n = golden.ids.length;
      const folder = dirname(path).replace(/\/onnx$/, '');
      const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as ZooConfig;
      await withProbed(path, async (decoder) => {
        const { plan, anatomy } = decoder;
        assert.deepEqual(plan.unavailable, []);
        assert.deepEqual(
          [anatomy.layers, anatomy.heads, anatomy.hiddenSize],
          [golden.layers, golden.heads, golden.width],
        );
        const found = await distanceInOnePass(decoder, golden);
        assert.ok(found.attention < 1e-5, `attention differs by ${found.attention}`);
        assert.ok(found.hidden < 1e-5, `hidden states differ by ${found.hidden}`);
        assert.ok(found.logits < 1e-5, `logits differ by ${found.logits}`);
        for (const probabilities of found.probabilities) {
          assert.ok(rowSumError(probabilities, n) < 1e-6);
          assert.equal(weightOnLaterKeys(probabilities, n, n), 0);
          const window = config.model_type === 'mistral' ? config.sliding_window : null;
          if (window) {
            const outside = probabilities.filter((p, i) => p !== 0 && i % n <= (Math.floor(i / n) % n) - window);
            assert.equal(outside.length, 0);
          }
        }
        // The norms of these models are as they were initialised: weights of one, biases of zero.
        const isRms = ['gemma', 'mistral', 'qwen2'].includes(config.model_type);
        const epsilon = ['gemma', 'mistral', 'qwen2'].includes(config.model_type) ? 1e-6 : 1e-5;
        const normed = normalise(found.lastHidden, golden.width, isRms ? 'rms' : 'layer', epsilon);
        assert.ok(largestDifference(normed, golden.hidden(golden.layers)) < 1e-4);
      });
    });
  }
});
