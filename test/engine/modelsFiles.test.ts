import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { dtypeOf } from '../../src/engine/model/dtype';
import { chunkSize, loadBytes } from '../../src/engine/model/memory';
import { findOnnxFiles } from '../../src/engine/model/onnxFiles';
import { testFolder } from '../harness/modelFolder';

function folderOf(context: TestContext, names: readonly string[]): string {
  const folder = testFolder(context);
  mkdirSync(join(folder.path, 'onnx'));
  for (const name of names) folder.write(name, 'x');
  return folder.path;
}

describe('the ONNX file that is run when none is chosen', () => {
  it('is the most exact one, and the others follow', async (t) => {
    const suffixes = ['_q4f16', '_bnb4', '_quantized', '_uint8', '', '_fp16', '_q4'];
    const folder = folderOf(
      t,
      suffixes.map((suffix) => `onnx/model${suffix}.onnx`),
    );
    const files = await findOnnxFiles(folder, null);
    assert.deepEqual(
      files.map(({ file, dtype }) => [file, dtype]),
      [
        ['onnx/model.onnx', null],
        ['onnx/model_fp16.onnx', 'fp16'],
        ['onnx/model_quantized.onnx', 'int8'],
        ['onnx/model_uint8.onnx', 'uint8'],
        ['onnx/model_q4.onnx', 'q4'],
        ['onnx/model_q4f16.onnx', 'q4f16'],
        ['onnx/model_bnb4.onnx', 'bnb4'],
      ],
    );
  });

  it('is the merged decoder before the pair, and no part of another kind of model', async (t) => {
    const folder = folderOf(t, [
      'onnx/decoder_model.onnx',
      'onnx/decoder_with_past_model.onnx',
      'onnx/decoder_model_merged.onnx',
      'onnx/decoder_model_merged_quantized.onnx',
      'onnx/encoder_model.onnx',
      'onnx/embed_tokens.onnx',
      'onnx/vision_encoder.onnx',
    ]);
    const files = await findOnnxFiles(folder, null);
    assert.deepEqual(
      files.map(({ file, partner }) => [file, partner]),
      [
        ['onnx/decoder_model_merged.onnx', null],
        ['onnx/decoder_model_merged_quantized.onnx', null],
        ['onnx/decoder_model.onnx', 'onnx/decoder_with_past_model.onnx'],
      ],
    );
  });

  it('is the one that genai_config.json names, whatever its name', async (t) => {
    const folder = folderOf(t, ['model.onnx', 'phi-int4-awq.onnx']);
    const [first] = await findOnnxFiles(folder, 'phi-int4-awq.onnx');
    assert.equal(first?.file, 'phi-int4-awq.onnx');
  });

  it('is any, where none has a usual name', async (t) => {
    const folder = folderOf(t, ['stories.onnx', 'text_encoder.onnx']);
    assert.deepEqual(
      (await findOnnxFiles(folder, null)).map(({ file }) => file),
      ['stories.onnx'],
    );
  });
});

it('the type of weights is called as the suffixes of file names call it', () => {
  const names = (['float32', 'float16', 'bfloat16', 'int8', 'int4', 'int2', null] as const).map((weightType) => [
    dtypeOf({ weightType, floatType: 'float32' }),
    dtypeOf({ weightType, floatType: 'float16' }),
  ]);
  assert.deepEqual(names.flat().join(' '), 'fp32 fp32 fp16 fp16 bf16 bf16 int8 int8 q4 q4f16 q2 q2f16 fp32 fp32');
});

describe('the tokens of one pass', () => {
  const small = { vocabularySize: 512, layers: 5, heads: 8, contextLength: 512, parameters: 260_000 };

  it('are many for a small model', () => assert.equal(chunkSize(small), 512));

  it('keep the logits within 64 MiB', () => {
    const large = { ...small, vocabularySize: 2 ** 20 };
    assert.equal(chunkSize(large), 16);
    assert.equal(chunkSize({ ...small, vocabularySize: 2 ** 25 }), 1);
  });

  it('are fewer for more weights, so that a pass stays short, but never so few that passes are mostly overhead', () => {
    assert.equal(chunkSize({ ...small, parameters: 135e6 }), 118);
    assert.equal(chunkSize({ ...small, parameters: 7e9 }), 16);
  });
});

describe('the memory that loading takes', () => {
  // Peaks of the resident set less what Node took before, measured with onnxruntime-node 1.30 on linux-x64.
  for (const [what, file, measured] of [
    ['540 MB of float32', 539_285_833, 0.796e9],
    ['137 MB of int8', 136_587_389, 0.305e9],
    ['181 MB of 4-bit weights', 180_999_181, 0.452e9],
    ['1.4 MB', 1_385_289, 0.045e9],
  ] as const) {
    it(`is estimated within a fifth: ${what}`, () => {
      const ratio = loadBytes(file) / measured;
      assert.ok(ratio > 0.9 && ratio < 1.2, String(ratio));
    });
  }
});
