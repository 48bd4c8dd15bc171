import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describe as describeModel } from '../../../src/engine/graph/describe';
import { encodeNode, encodeValue } from '../../../src/engine/graph/encode';
import { readOnnx } from '../../../src/engine/graph/model';
import { WireWriter } from '../../../src/engine/graph/protobuf';
import { bufferSource, type ByteSource, openFileSource } from '../../../src/engine/graph/source';
import { Problem } from '../../../src/protocol/errors';
import { ModelWriter, tiny, tinyDecoder } from '../../harness/tinyDecoder';

const read = (bytes: Uint8Array): ReturnType<typeof readOnnx> => readOnnx(bufferSource(bytes, 'model.onnx'));

describe('reading an ONNX file', () => {
  it('gives nodes, initialisers, inputs and outputs as they were written', () => {
    const model = read(tinyDecoder());
    assert.deepEqual([model.irVersion, model.producer, model.opsets.get('')], [8, 'vivarium tests', 18]);
    assert.deepEqual(model.graph.inputs, [{ name: 'input_ids', elementType: 'int64', dims: ['batch', 'sequence'] }]);
    assert.deepEqual(model.graph.outputs[0]?.dims, ['batch', 'kept', tiny.vocabulary]);
    assert.equal(model.graph.nodes.filter(({ op }) => op === 'Softmax').length, tiny.layers);
    const softmax = model.graph.nodes.find(({ op }) => op === 'Softmax');
    assert.equal(softmax?.attributes.get('axis')?.int, -1);
    const embeddings = model.graph.initializers.get('embeddings');
    assert.deepEqual([embeddings?.elementType, embeddings?.dims], ['float32', [tiny.vocabulary, tiny.width]]);
  });

  it('small tensors are decoded, large ones are only located', () => {
    const model = new ModelWriter();
    model.constant('int64', [3], [0, -1, 9], 'shape');
    model.constant('float32', [1000], new Array<number>(1000).fill(2), 'weight');
    model.node('Identity', ['weight'], {}, ['y']);
    const { graph } = read(model.finish());
    assert.deepEqual(graph.initializers.get('shape')?.values, [0, -1, 9]);
    const weight = graph.initializers.get('weight');
    assert.equal(weight?.values, null);
    assert.equal(weight?.data.length, 4000);
  });

  it('the weights of a large file are never read', () => {
    const model = new ModelWriter();
    model.constant('float32', [4_000_000], new Float32Array(4_000_000) as unknown as number[], 'weight');
    model.node('Identity', ['weight'], {}, ['y']);
    const inner = bufferSource(model.finish());
    let bytesRead = 0;
    const counting: ByteSource = {
      ...inner,
      readInto(target, targetOffset, offset, length) {
        bytesRead += length;
        inner.readInto(target, targetOffset, offset, length);
      },
    };
    assert.equal(readOnnx(counting).graph.nodes.length, 1);
    assert.ok(inner.size > 16_000_000 && bytesRead < 300_000, `${bytesRead} of ${inner.size} bytes`);
  });

  it('a file on disk reads as the same bytes in memory do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vivarium-'));
    try {
      const path = join(folder, 'model.onnx');
      writeFileSync(path, tinyDecoder());
      const source = openFileSource(path);
      assert.deepEqual(readOnnx(source), read(tinyDecoder()));
      source.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('what follows a model in its file is merged with it, as protobuf has it', () => {
    const more = new WireWriter()
      .message(1, encodeNode('Relu', 'more', ['logits'], ['positive']))
      .message(12, encodeValue('positive', 'float32'));
    const appended = new WireWriter().raw(tinyDecoder()).message(7, more).finish();
    const [before, after] = [read(tinyDecoder()).graph, read(appended).graph];
    assert.equal(after.nodes.length, before.nodes.length + 1);
    assert.deepEqual(
      after.outputs.map(({ name }) => name),
      ['logits', 'positive'],
    );
  });

  it('a tensor in another file is found by its place there', () => {
    const entry = (key: string, value: string): WireWriter => new WireWriter().text(1, key).text(2, value);
    const tensor = new WireWriter().int(1, 7).int(2, 1).text(8, 'weight');
    tensor.message(13, entry('location', 'model.onnx_data')).message(13, entry('offset', '4096')).int(14, 1);
    const graph = new WireWriter().message(5, tensor).message(1, encodeNode('Identity', 'n', ['weight'], ['y']));
    const bytes = new WireWriter().int(1, 8).message(7, graph).finish();
    const description = describeModel(read(bytes));
    assert.deepEqual(description.externalFiles, [{ location: 'model.onnx_data', bytes: 4096 + 28 }]);
    assert.deepEqual([description.parameters, description.weightBytes], [7, 28]);
  });
});

describe('files that are no ONNX models', () => {
  const message = (bytes: Uint8Array): string => {
    try {
      read(bytes);
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === 'onnx-invalid', String(error));
      assert.ok(error.action);
      return error.message;
    }
    return assert.fail('it was read');
  };
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);

  it('each is refused with a sentence that says what it is', () => {
    assert.equal(message(new Uint8Array()), 'model.onnx is empty.');
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
    assert.equal(message(text(pointer)), 'model.onnx is a Git LFS pointer, not the file itself.');
    assert.equal(message(text('GGUF\u0003\0\0\0')), 'model.onnx is a GGUF file.');
    assert.equal(message(text('\u0018\0\0\0ORTM0000')), 'model.onnx is in onnxruntime’s own format.');
    assert.equal(message(text('{"architectures": ["GPT2LMHeadModel"]}')), 'model.onnx is not an ONNX model.');
    assert.equal(message(text('<!DOCTYPE html><html></html>')), 'model.onnx is not an ONNX model.');
    assert.equal(message(new WireWriter().int(1, 8).text(2, 'x').finish()), 'model.onnx holds no ONNX graph.');
  });

  it('a file that is cut anywhere is refused, or is whole up to there', () => {
    const whole = tinyDecoder();
    const nodes = read(whole).graph.nodes.length;
    for (let length = 1; length < whole.length; length += 7) {
      try {
        assert.ok(read(whole.subarray(0, length)).graph.nodes.length <= nodes);
      } catch (error) {
        assert.ok(error instanceof Problem && error.code === 'onnx-invalid', String(error));
        assert.match(error.message, /cut off|no ONNX graph/);
      }
    }
  });

  it('whatever bytes are changed, the answer is a model or a problem with a sentence', () => {
    const whole = tinyDecoder({ pick: 'gather' });
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = whole.slice();
        for (const [offset, value] of changes) bytes[offset] = value;
        try {
          JSON.stringify(describeModel(read(bytes)));
        } catch (error) {
          assert.ok(error instanceof Problem, error instanceof Error ? error.stack : String(error));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('graphs nested without end are refused', () => {
    let graph = new WireWriter().text(2, 'innermost');
    for (let depth = 0; depth < 40; depth++) {
      const attribute = new WireWriter().text(1, 'then_branch').message(6, graph);
      graph = new WireWriter().message(1, new WireWriter().text(4, 'If').message(5, attribute));
    }
    assert.equal(message(new WireWriter().int(1, 8).message(7, graph).finish()), 'model.onnx is not an ONNX model.');
  });

  it('a missing file says so', () => {
    assert.throws(() => openFileSource('/nowhere/model.onnx'), {
      code: 'file',
      message: 'model.onnx is not there.',
    });
  });
});
