import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { describe, it } from 'node:test';
import { applyEdits, findDecoder, openFileSource, planProbes, readOnnx } from '../../src/engine/graph/index';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { createSession, decoderFeeds, everything, floats, largestDifference } from '../harness/onnx';

describe('a probed graph that leaves its weights in the original file', { skip: skipWithoutFixtures }, () => {
  const files = [
    'optimum/model.onnx',
    'torch_opset23/model.onnx',
    'legacy_merged/onnx/decoder_model_merged.onnx',
    'transformersjs/onnx/model_fp16.onnx',
    'transformersjs/onnx/model_quantized.onnx',
    'transformersjs/onnx/model_q4.onnx',
    'external_data/onnx/model.onnx',
    'genai_gqa/model.onnx',
  ];
  for (const file of files) {
    it(`${file}: gives what the whole file gives, and reads no weight`, async () => {
      const path = fixture('exports/stories260K', file);
      const source = openFileSource(path);
      const model = readOnnx(source);
      const anatomy = findDecoder(model);
      const ids = [1, 403, 407, 261, 378];
      const run = async (from: string | null): Promise<{ size: number; tensors: Map<string, Float32Array> }> => {
        const plan = planProbes(model, everything, anatomy, from === null ? 'inline' : { from });
        const bytes = applyEdits(source, plan.edits);
        const session = await createSession(bytes, dirname(path));
        const result = await session.run(decoderFeeds(anatomy, ids));
        await session.release();
        const outputs = [...plan.attention, ...plan.hidden, plan.logits].map(({ output }) => output);
        return { size: bytes.length, tensors: new Map(outputs.map((name) => [name, floats(result[name])])) };
      };
      const whole = await run(null);
      const graph = await run(basename(path));
      source.close();
      const weights = [...model.graph.initializers.values()].reduce(
        (sum, { data }) => sum + (data.kind === 'raw' && data.length >= 1024 ? data.length : 0),
        0,
      );
      assert.ok(whole.size - graph.size >= weights * 0.95, `${whole.size} bytes became ${graph.size}`);
      assert.equal(graph.tensors.size, whole.tensors.size);
      for (const [name, tensor] of whole.tensors) {
        assert.equal(largestDifference(graph.tensors.get(name) as Float32Array, tensor), 0, name);
      }
    });
  }
});
