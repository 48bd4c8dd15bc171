import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ModelStore } from '../../src/engine/model';
import { Problem } from '../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { greedyTokens, largestDifference, score } from '../harness/modelGolden';
import { readSafetensors } from '../harness/safetensors';

interface ReferenceRun {
  readonly greedy_tokens: number[];
  /** [47][512]: what follows each of the first 47 tokens. */
  readonly logits: number[][];
  readonly prompt: string;
  readonly prompt_tokens: number[];
}

const reference = skipWithoutFixtures
  ? []
  : (JSON.parse(readFileSync(fixture('stories260K', 'golden_runc.json'), 'utf8')) as { runs: ReferenceRun[] }).runs;

interface Form {
  readonly folder: string;
  readonly file: string;
  readonly dtype: string;
  /** Largest difference of a logit from the C reference, as `exports/README.md` lists it, with room for other processors. */
  readonly logits: number;
  /** Of 235 greedy tokens, how many the README finds the same. */
  readonly same?: number;
  /** Whether it computes in float32, so that attention and hidden states are PyTorch's. */
  readonly exact: boolean;
}

const exact = { dtype: 'fp32', logits: 1e-4, same: 235, exact: true };
const forms: readonly Form[] = [
  { folder: 'optimum', file: 'model.onnx', ...exact },
  { folder: 'optimum_no_cache', file: 'model.onnx', ...exact },
  { folder: 'legacy_merged', file: 'onnx/decoder_model_merged.onnx', ...exact },
  { folder: 'legacy_merged', file: 'onnx/decoder_model.onnx', ...exact },
  { folder: 'legacy_merged', file: 'onnx/decoder_with_past_model.onnx', ...exact },
  { folder: 'transformersjs', file: 'onnx/model.onnx', ...exact },
  { folder: 'transformersjs', file: 'onnx/model_fp16.onnx', dtype: 'fp16', logits: 0.1, same: 235, exact: false },
  { folder: 'transformersjs', file: 'onnx/model_quantized.onnx', dtype: 'int8', logits: 2, same: 225, exact: false },
  { folder: 'transformersjs', file: 'onnx/model_q4.onnx', dtype: 'q4', logits: 9, same: 195, exact: false },
  { folder: 'external_data', file: 'onnx/model.onnx', ...exact },
  { folder: 'ort_fused_norms', file: 'onnx/model.onnx', ...exact },
  { folder: 'torch_opset18', file: 'model.onnx', ...exact },
  { folder: 'torch_opset23', file: 'model.onnx', ...exact },
  { folder: 'genai_gqa', file: 'model.onnx', ...exact },
  { folder: 'genai_gqa_fp16', file: 'model.onnx', dtype: 'fp16', logits: 0.1, exact: false },
  { folder: 'genai_gqa_int4', file: 'model.onnx', dtype: 'q4', logits: 9, exact: false },
  { folder: 'genai_mha', file: 'model.onnx', ...exact },
  { folder: 'genai_mha_fp16', file: 'model.onnx', dtype: 'fp16', logits: 0.1, exact: false },
];

const stories = (folder: string): string => fixture('exports', 'stories260K', folder);
const store = new ModelStore();

describe('one trained model in fourteen ONNX forms', { skip: skipWithoutFixtures }, () => {
  for (const form of forms) {
    for (const [way, step] of [
      ['in one pass', 47],
      ['in passes of 10', 10],
      ['token by token', 1],
    ] as const) {
      it(`${form.folder}/${form.file} gives the reference's logits ${way}`, async () => {
        const model = await store.open({ folder: stories(form.folder), file: form.file });
        assert.equal(model.identity.dtype, form.dtype);
        let largest = 0;
        let same = 0;
        for (const run of reference) {
          const ids = run.greedy_tokens.slice(0, 47);
          const { logits } = await score(model, ids, step, false);
          largest = Math.max(largest, largestDifference(logits, run.logits.flat()));
          const expected = greedyTokens(Float32Array.from(run.logits.flat()), 512);
          same += greedyTokens(logits, 512).filter((token, i) => token === expected[i]).length;
        }
        assert.ok(largest <= form.logits, `logits differ by ${largest}`);
        assert.ok(same >= (form.same ?? 0), `${same} of 235 greedy tokens are the same`);
      });
    }
  }

  for (const form of forms.filter(({ exact: isExact }) => isExact)) {
    it(`${form.folder}/${form.file} gives PyTorch's attention and hidden states, however the tokens are fed`, async () => {
      const model = await store.open({ folder: stories(form.folder), file: form.file });
      const golden = readSafetensors(fixture('exports', 'stories260K', 'golden.safetensors'));
      for (const run of [0, 1, 2]) {
        const tensor = (name: string): Float32Array => golden.get(`${run}.${name}`)?.data as Float32Array;
        const ids = Array.from(tensor('input_ids') as unknown as BigInt64Array, Number);
        for (const step of [47, 16, 1]) {
          const { attention, hidden } = await score(model, ids, step);
          assert.equal(attention.size, 5);
          for (const [layer, map] of attention) {
            const expected = tensor('attentions').subarray(layer * map.length, (layer + 1) * map.length);
            assert.ok(largestDifference(map, expected) < 1e-5, `attention of layer ${layer}`);
            for (let row = 0; row < 8 * 47; row++) {
              const later = map.subarray(row * 47 + (row % 47) + 1, (row + 1) * 47);
              assert.ok(later.every((weight) => weight === 0));
            }
          }
          assert.equal(hidden.size, 6);
          // The last of PyTorch's is after the final norm, ours before it.
          for (const block of [0, 1, 2, 3, 4]) {
            const states = hidden.get(block) as Float32Array;
            const expected = tensor('hidden_states').subarray(block * states.length, (block + 1) * states.length);
            assert.ok(largestDifference(states, expected) < 1e-4, `hidden states of block ${block}`);
          }
        }
      }
    });
  }

  for (const form of forms) {
    it(`${form.folder}/${form.file}: rolling back and going on equals never having gone there`, async () => {
      const model = await store.open({ folder: stories(form.folder), file: form.file });
      const ids = (reference[2] as ReferenceRun).greedy_tokens.slice(0, 40);
      const straight = (await score(model, ids, 20, false)).logits;
      const sequence = model.openSequence({ attention: [], hidden: [] });
      await sequence.extend(ids.slice(0, 20));
      await sequence.extend([7, 8, 9]);
      await sequence.extend([10]);
      sequence.rollback(20);
      assert.equal(sequence.length, 20);
      assert.deepEqual(await sequence.extend(ids.slice(20)), straight.subarray(20 * 512));
      sequence.rollback(0);
      assert.deepEqual(await sequence.extend(ids.slice(0, 20)), straight.subarray(0, 20 * 512));
    });
  }

  it('logits with and without a cache agree', async () => {
    const cached = await store.open({ folder: stories('optimum') });
    const uncached = await store.open({ folder: stories('optimum_no_cache') });
    for (const { greedy_tokens: tokens } of reference) {
      const ids = tokens.slice(0, 47);
      const [a, b] = [await score(cached, ids, 1, false), await score(uncached, ids, 47, false)];
      // Logits reach 20 here: this is the last digit but one of a float32.
      assert.ok(largestDifference(a.logits, b.logits) < 3e-5);
    }
  });

  it('encodes the reference’s prompts to its tokens, and its tokens back to the text', async () => {
    const { tokenizer, endIds } = await store.open({ folder: stories('optimum') });
    for (const { prompt, prompt_tokens: tokens } of reference) {
      assert.deepEqual(tokenizer.encode(prompt), tokens);
      assert.equal(tokenizer.decode(tokens), prompt);
    }
    assert.deepEqual(endIds, [2]);
  });

  it('a graph that onnxruntime refuses is refused with one sentence', async () => {
    await assert.rejects(store.open({ folder: stories('genai_fails_at_load') }), (error: unknown) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, 'onnx-invalid');
      assert.match(error.message, /^model\.onnx is broken: it has an output present\.0\.key that no operator makes\.$/);
      assert.ok(error.action);
      return true;
    });
  });

  it('a graph that fails while it runs says where, and leaves the sequence as it was', async () => {
    const model = await store.open({ folder: stories('genai_fails_at_run') });
    const sequence = model.openSequence({ attention: [], hidden: [] });
    let length = 0;
    await assert.rejects(
      async () => {
        for (const id of (reference[0] as ReferenceRun).greedy_tokens) {
          length = sequence.length;
          await sequence.extend([id]);
        }
      },
      (error: unknown) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.code, 'run-failed');
        assert.match(
          error.message,
          /^model\.onnx failed while it ran, in its operator Cast \(.*\): Shape mismatch.*\.$/,
        );
        return true;
      },
    );
    assert.equal(sequence.length, length);
  });
});
