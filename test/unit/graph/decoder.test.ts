import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDecoder } from '../../../src/engine/graph/decoder';
import { describe as describeModel } from '../../../src/engine/graph/describe';
import { cacheName, findCache, inputRole } from '../../../src/engine/graph/interface';
import { readOnnx } from '../../../src/engine/graph/model';
import type { OnnxGraph, OnnxModel } from '../../../src/engine/graph/onnx';
import { modelSize } from '../../../src/engine/graph/parameters';
import { bufferSource, openFileSource } from '../../../src/engine/graph/source';
import { Problem } from '../../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../../harness/fixtures';
import { ModelWriter, tinyDecoder } from '../../harness/tinyDecoder';

const read = (bytes: Uint8Array): OnnxModel => readOnnx(bufferSource(bytes, 'model.onnx'));

function refusal(model: OnnxModel): { code: string; message: string } {
  try {
    findDecoder(model);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.ok(error.action);
    return { code: error.code, message: error.message };
  }
  return assert.fail('it was taken for a decoder');
}

describe('names of a cache', () => {
  const cases: readonly (readonly [name: string, layer: number, part: string])[] = [
    ['past_key_values.11.key', 11, 'key'],
    ['past_key_values.0.value', 0, 'value'],
    ['present.3.key', 3, 'key'],
    ['present.3.value', 3, 'value'],
    ['past_0', 0, 'key-value'],
    ['present_12', 12, 'key-value'],
    ['past_key_4', 4, 'key'],
    ['present_value_4', 4, 'value'],
    ['past_key_values.2.key_value', 2, 'key-value'],
    ['past_conv.7', 7, 'state'],
    ['present.7.recurrent_state', 7, 'state'],
  ];
  for (const [name, layer, part] of cases) {
    it(`${name} is the ${part} of layer ${layer}`, () => {
      const found = cacheName(name);
      assert.deepEqual([found?.layer, found?.part], [layer, part]);
    });
  }

  it('other inputs are no cache', () => {
    for (const name of ['input_ids', 'attention_mask', 'logits', 'past_sequence_length', 'position_ids', 'present']) {
      assert.equal(cacheName(name), null, name);
    }
  });

  it('a stacked cache has its batch second and its positions fourth', () => {
    const dims = [2, 'batch_size', 4, 'past_seq_len', 8];
    const value = { elementType: 'float32', dims } as const;
    const graph = {
      inputs: [{ name: 'past_0', ...value }],
      outputs: [{ name: 'present_0', ...value }],
      initializers: new Map(),
    } as unknown as OnnxGraph;
    const [tensor] = findCache(graph);
    assert.deepEqual(
      [tensor?.past, tensor?.present, tensor?.batchAxis, tensor?.headAxis, tensor?.sequenceAxis],
      ['past_0', 'present_0', 1, 2, 3],
    );
  });

  it('a mask over queries and keys is not taken for one over tokens', () => {
    const mask = { name: 'attention_mask', elementType: 'float32' } as const;
    assert.equal(inputRole({ ...mask, dims: ['batch', 'total'] }), 'attention-mask');
    assert.equal(inputRole({ ...mask, dims: ['batch', 1, 'sequence', 'total'] }), null);
  });
});

describe('models that are no decoders', () => {
  it('one without logits says what it gives instead', () => {
    const { code, message } = refusal(read(tinyDecoder({ outputs: 'hidden' })));
    assert.equal(code, 'onnx-not-a-decoder');
    assert.equal(
      message,
      'model.onnx is not a decoder of text: it has no output of logits (outputs: last_hidden_state).',
    );
  });

  it('an output that nothing makes is a broken export', () => {
    const model = new ModelWriter();
    model.input('input_ids', 'int64', ['batch', 'sequence']);
    model.output('logits', 'float32', ['batch', 'sequence', 5]);
    model.node('Identity', ['input_ids']);
    assert.deepEqual(refusal(read(model.finish())), {
      code: 'onnx-invalid',
      message: 'model.onnx is broken: it has an output logits that no operator makes.',
    });
  });

  it('logits that do not come from the token ids, or are too few for the vocabulary, are refused', () => {
    const model = (columns: number, from: 'input_ids' | 'image'): Uint8Array => {
      const writer = new ModelWriter();
      writer.input('input_ids', 'int64', ['batch', 'sequence']);
      writer.input('image', 'float32', ['batch', 'sequence', 4]);
      const embedded = writer.node('Gather', [writer.weight('table', [50, 4], 0), 'input_ids']);
      const hidden = from === 'image' ? 'image' : embedded;
      writer.node('MatMul', [hidden, writer.weight('head', [4, columns], 0)], {}, ['logits']);
      writer.output('logits', 'float32', ['batch', 'sequence', columns]);
      return writer.finish();
    };
    assert.match(refusal(read(model(50, 'image'))).message, /its logits do not depend on input_ids/);
    assert.match(refusal(read(model(3, 'input_ids'))).message, /3 columns for a vocabulary of 50 tokens/);
    assert.equal(findDecoder(read(model(50, 'input_ids'))).vocabularySize, 50);
  });

  const foreign: readonly (readonly [path: string, reason: RegExp])[] = [
    ['test/models/marian-batch/decoder.onnx', /also needs the output of an encoder \(input encoder_hidden_states\)/],
    ['test/models/marian-batch-beams/encoder.onnx', /no output of logits/],
    ['test/models/whisper/dummy_decoder.onnx', /also needs the output of an encoder/],
    ['test/models/qwen3-5/dummy_vision.onnx', /no input of token ids \(inputs: pixel_values, image_grid_thw\)/],
    ['test/models/qwen3-5/dummy_text.onnx', /takes embeddings \(inputs_embeds\), not token ids/],
    ['test/models/multimodal-decoder-with-input-ids/dummy_text.onnx', /nothing looks up the embeddings of input_ids/],
    ['onnxruntime/test/testdata/bert_toy_optimized.onnx', /reads whole texts, as encoders do/],
    ['onnxruntime/test/testdata/dummy_t5.onnx', /also needs the output of an encoder/],
    ['onnxruntime/test/testdata/transformers/tiny_gpt2_sampling.onnx', /no output of logits \(outputs: sequences\)/],
  ];
  for (const [path, reason] of foreign) {
    it(`${path} is refused with its reason`, { skip: skipWithoutFixtures }, () => {
      const source = openFileSource(fixture('onnx_foreign', path));
      const { code, message } = refusal(readOnnx(source));
      source.close();
      assert.equal(code, 'onnx-not-a-decoder');
      assert.match(message, reason);
    });
  }

  it('an export with a missing operator names the output', { skip: skipWithoutFixtures }, () => {
    const source = openFileSource(fixture('exports/stories260K/genai_fails_at_load/model.onnx'));
    const { code, message } = refusal(readOnnx(source));
    source.close();
    assert.equal(code, 'onnx-invalid');
    assert.equal(message, 'model.onnx is broken: it has an output present.0.key that no operator makes.');
  });
});

describe('the size of a model', () => {
  it('a packed weight of four bits counts its values, and its scales do not count', () => {
    const model = new ModelWriter(18, true);
    model.input('x', 'float32', [1, 64]);
    model.constant('float32', [32, 2], new Array<number>(64).fill(1), 'scales');
    // 32 x 64 values in 2 blocks of 16 bytes a row; the type of the bytes does not matter to the count.
    model.constant('int64', [32, 2, 2], new Array<number>(128).fill(0), 'packed');
    const attributes = { N: 32, K: 64, bits: 4, block_size: 32 };
    model.node('MatMulNBits', ['x', 'packed', 'scales'], attributes, ['y'], 'com.microsoft');
    const { parameters, weightType, floatType } = modelSize(read(model.finish()));
    assert.deepEqual([parameters, weightType, floatType], [32 * 64, 'int4', 'float32']);
  });

  it('a weight that nothing takes is no parameter, whatever size it claims', () => {
    const model = new ModelWriter(18, true);
    model.input('x', 'float32', [1, 8]);
    model.constant('float32', [2 ** 40, 2 ** 10], [], 'absurd');
    model.node('MatMul', ['x', model.weight('weight', [8, 3], 0)], {}, ['y']);
    model.output('y', 'float32', [1, 3]);
    const { parameters, weightBytes } = modelSize(read(model.finish()));
    assert.deepEqual([parameters, weightBytes], [24, 24 * 4]);
  });

  it('an operator may be called as anything', () => {
    for (const op of ['constructor', 'toString', '__proto__']) {
      const model = new ModelWriter(18, true);
      model.input('x', 'float32', [1, 8]);
      model.node(op, ['x', model.weight('weight', [8, 3], 0)], {}, ['y'], 'custom');
      model.output('y', 'float32', [1, 3]);
      assert.equal(modelSize(read(model.finish())).parameters, 24, op);
    }
  });

  it('the table of a rotary embedding is no parameter', () => {
    const model = new ModelWriter(18, true);
    model.input('x', 'float32', [1, 4, 8]);
    model.input('position_ids', 'int64', [1, 4]);
    model.weight('cos', [16, 4], 0);
    model.weight('sin', [16, 4], 0);
    const rotated = model.node('RotaryEmbedding', ['x', 'position_ids', 'cos', 'sin'], {}, ['r'], 'com.microsoft');
    model.node('MatMul', [rotated, model.weight('weight', [8, 3], 0)], {}, ['y']);
    assert.equal(modelSize(read(model.finish())).parameters, 24);
  });

  const stories: readonly (readonly [path: string, parameters: number, type: string])[] = [
    // dim 64, 5 layers, 512 tokens: 260,032 with the table of embeddings shared; four more are the rotary frequencies.
    ['torch_opset18/model.onnx', 260_036, 'float32'],
    // These exporters store the shared table a second time.
    ['optimum/model.onnx', 292_800, 'float32'],
    ['transformersjs/onnx/model_fp16.onnx', 292_800, 'float16'],
    ['transformersjs/onnx/model_quantized.onnx', 292_800, 'int8'],
    ['transformersjs/onnx/model_q4.onnx', 292_800, 'int4'],
    ['ort_fused_norms/onnx/model.onnx', 292_800, 'float32'],
  ];
  for (const [path, parameters, type] of stories) {
    it(`${path} has ${parameters} parameters of ${type}`, { skip: skipWithoutFixtures }, () => {
      const source = openFileSource(fixture('exports/stories260K', path));
      const description = describeModel(readOnnx(source));
      source.close();
      assert.deepEqual([description.parameters, description.weightType], [parameters, type]);
    });
  }
});

describe('the description of a model', () => {
  it('says what can be probed, with which operators, as plain data', () => {
    const { decoder, problem, operators } = describeModel(read(tinyDecoder()));
    assert.equal(problem, null);
    assert.deepEqual([decoder?.attention, decoder?.hidden, decoder?.allLogits], [[0, 1], [0, 1, 2], true]);
    assert.deepEqual(decoder?.attentionOperators, ['Softmax']);
    assert.deepEqual(
      operators.find(({ name }) => name === 'Softmax'),
      { name: 'Softmax', count: 2 },
    );
    assert.deepEqual(JSON.parse(JSON.stringify(decoder)), decoder);
  });

  it('of a file that is no decoder has the reason', () => {
    const { decoder, problem } = describeModel(read(tinyDecoder({ outputs: 'hidden' })));
    assert.equal(decoder, null);
    assert.equal(problem?.code, 'onnx-not-a-decoder');
  });
});
