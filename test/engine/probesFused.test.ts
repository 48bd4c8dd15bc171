import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeAttribute } from '../../src/engine/graph/encode';
import { withLengths } from '../../src/engine/graph/edits';
import { attentionSite } from '../../src/engine/graph/forms/registry';
import { GraphEditor } from '../../src/engine/graph/graphEditor';
import { applyEdits, bufferSource, findDecoder, planProbes, readOnnx } from '../../src/engine/graph/index';
import { appendToModel } from '../../src/engine/graph/probes/plan';
import { WireWriter } from '../../src/engine/graph/protobuf';
import { Scope } from '../../src/engine/graph/scope';
import { attentionProbabilities, rowSumError } from '../harness/attentionNodes';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { createSession, decoderFeeds, floats, largestDifference } from '../harness/onnx';
import { ModelWriter } from '../harness/tinyDecoder';

/** A file whose nodes of one operator have an attribute changed to another whole number. */
function withAttribute(bytes: Uint8Array, op: string, name: string, value: number): Uint8Array {
  const edits = readOnnx(bufferSource(bytes)).graph.nodes.flatMap((node) => {
    const attribute = node.op === op ? node.attributes.get(name) : undefined;
    if (!attribute) return [];
    const { lengthAt, end } = attribute.span;
    const insert = new WireWriter().message(1, encodeAttribute(name, value)).finish().subarray(1);
    return [{ offset: lengthAt, deleteLength: end - lengthAt, insert, within: [...node.within, node.span] }];
  });
  assert.ok(edits.length > 0);
  return applyEdits(bytes, withLengths(edits));
}

describe('fused attention operators', () => {
  it(
    'a sliding window of GroupQueryAttention leaves exact zeros outside it',
    { skip: skipWithoutFixtures },
    async () => {
      const path = fixture('exports', 'stories260K', 'genai_gqa', 'model.onnx');
      const original = new Uint8Array(readFileSync(path));
      const window = 5;
      const ids = [1, 403, 407, 261, 378, 310, 267, 298, 315, 401];
      const n = ids.length;
      const firstLayer = async (bytes: Uint8Array): Promise<Float32Array> => {
        const model = readOnnx(bufferSource(bytes));
        const anatomy = findDecoder(model);
        const plan = planProbes(model, { attention: [0], hidden: 'none', logits: false }, anatomy);
        const session = await createSession(applyEdits(bytes, plan.edits), dirname(path));
        const result = await session.run(decoderFeeds(anatomy, ids));
        await session.release();
        return floats(result[plan.attention[0]?.output ?? '']);
      };
      const whole = await firstLayer(original);
      const windowed = await firstLayer(withAttribute(original, 'GroupQueryAttention', 'local_window_size', window));
      // Queries and keys of the first layer are the same: what is left in the window is scaled up to a sum of 1.
      const expected = new Float32Array(whole.length);
      for (let row = 0; row < whole.length / n; row++) {
        const query = row % n;
        const first = Math.max(0, query - window + 1);
        const kept = whole.subarray(row * n + first, row * n + query + 1);
        const sum = kept.reduce((total, p) => total + p, 0);
        kept.forEach((p, i) => (expected[row * n + first + i] = p / sum));
      }
      assert.ok(largestDifference(windowed, expected) < 1e-5);
      windowed.forEach((p, i) => assert.ok(expected[i] !== 0 || p === 0));
    },
  );

  it('DecoderMaskedMultiHeadAttention gives the scores of its one query', async () => {
    const [heads, size, total, width] = [2, 4, 5, 8];
    const model = new ModelWriter(18, true);
    model.input('query', 'float32', [1, 1, width]);
    model.input('key', 'float32', [1, heads, total, size]);
    model.input('value', 'float32', [1, heads, total, size]);
    model.node(
      'DecoderMaskedMultiHeadAttention',
      ['query', 'key', 'value'],
      { num_heads: heads },
      ['mixed'],
      'com.microsoft',
    );
    model.output('mixed', 'float32');
    const { session, outputs } = await probeOnly(model.finish());
    const wave = (length: number, step: number): Float32Array =>
      Float32Array.from({ length }, (_, i) => Math.sin(i * step));
    const query = wave(width, 1.3);
    const key = wave(heads * total * size, 0.7);
    const result = await session.run({
      query: new Tensor('float32', query, [1, 1, width]),
      key: new Tensor('float32', key, [1, heads, total, size]),
      value: new Tensor('float32', wave(heads * total * size, 0.9), [1, heads, total, size]),
    });
    await session.release();
    const expected = attentionProbabilities({
      ...{ batch: 1, heads, sequence: 1, total, size, scale: 1 / Math.sqrt(size) },
      query: (b, h, position, i) => query[h * size + i] as number,
      key: (b, h, position, i) => key[(h * total + position) * size + i] as number,
    });
    assert.ok(largestDifference(floats(result[outputs[0] ?? '']), expected) < 1e-6);
  });

  it('QAttention is computed again from its quantised input and weight', async () => {
    const [heads, size, sequence, width] = [2, 4, 3, 8];
    const model = new ModelWriter(18, true);
    model.input('x', 'uint8', [1, sequence, width]);
    model.input('w', 'int8', [width, 3 * width]);
    const [bias, scaleX, scaleW] = [
      model.weight('bias', [3 * width], 0.2),
      model.constant('float32', [1], [0.02]),
      model.constant('float32', [1], [0.01]),
    ];
    model.input('zero_x', 'uint8', [1]);
    model.node(
      'QAttention',
      ['x', 'w', bias, scaleX, scaleW, '', 'zero_x'],
      { num_heads: heads, unidirectional: 1 },
      ['mixed'],
      'com.microsoft',
    );
    model.output('mixed', 'float32');
    const { session, outputs } = await probeOnly(model.finish());
    const x = Uint8Array.from({ length: sequence * width }, (_, i) => 128 + 100 * Math.sin(i * 1.1));
    const w = Int8Array.from({ length: width * 3 * width }, (_, i) => 100 * Math.sin(i * 0.7));
    const result = await session.run({
      x: new Tensor('uint8', x, [1, sequence, width]),
      w: new Tensor('int8', w, [width, 3 * width]),
      zero_x: new Tensor('uint8', Uint8Array.of(128), [1]),
    });
    await session.release();
    const projected = (position: number, column: number): number => {
      let sum = 0;
      for (let d = 0; d < width; d++) {
        sum += ((x[position * width + d] as number) - 128) * 0.02 * (w[d * 3 * width + column] as number) * 0.01;
      }
      return sum + Math.fround(Math.sin(0.2 + column * 1.7));
    };
    const expected = attentionProbabilities({
      ...{ batch: 1, heads, sequence, total: sequence, size, scale: 1 / Math.sqrt(size) },
      query: (b, h, position, i) => projected(position, h * size + i),
      key: (b, h, position, i) => projected(position, width + h * size + i),
      adjust: (score, b, h, q, k) => (k > q ? -Infinity : score),
    });
    const probed = floats(result[outputs[0] ?? '']);
    assert.ok(largestDifference(probed, expected) < 1e-5);
    assert.ok(rowSumError(probed, sequence) < 1e-6);
  });
});

/** A session over a file of one attention node, with its probe. */
async function probeOnly(bytes: Uint8Array): Promise<{ session: InferenceSession; outputs: readonly string[] }> {
  const model = readOnnx(bufferSource(bytes));
  const scope = new Scope(model.graph);
  const editor = new GraphEditor(scope, 18);
  const outputs = model.graph.nodes.map((node) => {
    const site = attentionSite(scope, node);
    const found = site ? site.form.value(editor, node) : { reason: 'no attention' };
    if ('reason' in found) return assert.fail(found.reason);
    return editor.output(found.value, found.elementType).name;
  });
  const insert = appendToModel(model, editor.finish() ?? new Uint8Array());
  const edits = withLengths([...editor.nodeEdits, { offset: model.size, deleteLength: 0, insert, within: [] }]);
  const session = await InferenceSession.create(applyEdits(bytes, edits), { logSeverityLevel: 4 });
  return { session, outputs };
}
