import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  applyEdits,
  bufferSource,
  findDecoder,
  planProbes,
  type ProbePlan,
  type ProbeRequest,
  readOnnx,
} from '../../src/engine/graph/index';
import { rowSumError, weightOnLaterKeys } from '../harness/attentionNodes';
import { everything, floats, largestDifference } from '../harness/onnx';
import { tiny, tinyDecoder, type TinyOptions } from '../harness/tinyDecoder';

const ids = [3, 1, 4, 1, 5, 9, 2];
const n = ids.length;

interface Run {
  readonly plan: ProbePlan;
  readonly result: InferenceSession.OnnxValueMapType;
}

async function run(options: TinyOptions, request: ProbeRequest = everything): Promise<Run> {
  const bytes = tinyDecoder(options);
  const plan = planProbes(readOnnx(bufferSource(bytes)), request);
  const session = await InferenceSession.create(applyEdits(bytes, plan.edits), { logSeverityLevel: 4 });
  const feeds = { input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, n]) };
  const flag = new Tensor('bool', Uint8Array.of(1), [1]);
  const result = await session.run(options.branches ? { ...feeds, flag } : feeds);
  await session.release();
  return { plan, result };
}

describe('probes of a tiny decoder', () => {
  it('its anatomy is found', () => {
    const anatomy = findDecoder(readOnnx(bufferSource(tinyDecoder())));
    assert.deepEqual(
      [anatomy.layers, anatomy.heads, anatomy.headSize, anatomy.hiddenSize, anatomy.vocabularySize],
      [tiny.layers, tiny.heads, tiny.headSize, tiny.width, tiny.vocabulary],
    );
  });

  for (const pick of ['slice', 'gather', 'gather-one'] as const) {
    it(`logits at every position, where the file keeps the last one by ${pick}`, async () => {
      const whole = floats((await run({})).result['logits']);
      const { plan, result } = await run({ pick });
      assert.deepEqual(plan.unavailable, []);
      assert.notEqual(plan.logits.output, 'logits');
      assert.deepEqual((result[plan.logits.output] as Tensor).dims, [1, n, tiny.vocabulary]);
      assert.ok(largestDifference(floats(result[plan.logits.output]), whole) < 1e-6);
      assert.ok(largestDifference(floats(result['logits']), whole.subarray((n - 1) * tiny.vocabulary)) < 1e-6);
    });
  }

  it('a file that gives all logits gets no second head', async () => {
    const { plan } = await run({}, { attention: 'none', hidden: 'none', logits: true });
    assert.equal(plan.logits.output, 'logits');
    assert.deepEqual(plan.edits, []);
  });

  it('heads that are folded into the leading dimension are brought to [1, heads, query, key]', async () => {
    const plain = await run({});
    const folded = await run({ foldedHeads: true });
    for (const [layer, probe] of folded.plan.attention.entries()) {
      assert.deepEqual((folded.result[probe.output] as Tensor).dims, [1, tiny.heads, n, n]);
      const expected = plain.result[plain.plan.attention[layer]?.output ?? ''];
      assert.ok(largestDifference(floats(folded.result[probe.output]), floats(expected)) < 1e-6);
    }
  });

  it('an attention sink is no key: it takes weight, and its column is left out', async () => {
    const { plan, result } = await run({ sink: true });
    for (const { output } of plan.attention) {
      assert.deepEqual((result[output] as Tensor).dims, [1, tiny.heads, n, n]);
      const probabilities = floats(result[output]);
      assert.equal(weightOnLaterKeys(probabilities, n, n), 0);
      assert.ok(rowSumError(probabilities, n) > 0.01);
    }
  });

  it('there is a hidden state for each layer, and one for what leaves the last', async () => {
    const { plan, result } = await run({});
    assert.deepEqual(
      plan.hidden.map(({ layer }) => layer),
      [0, 1, 2],
    );
    const [first, ...rest] = plan.hidden.map(({ output }) => floats(result[output]));
    assert.ok(first && rest.every((state) => largestDifference(state, first) > 0.1));
  });

  it('the residual stream is followed through the branches of an If', async () => {
    const plain = await run({});
    const branched = await run({ branches: true });
    assert.deepEqual(branched.plan.unavailable, []);
    for (const [layer, { output, elementType }] of branched.plan.hidden.entries()) {
      assert.equal(elementType, 'float32');
      const expected = plain.result[plain.plan.hidden[layer]?.output ?? ''];
      assert.equal(largestDifference(floats(branched.result[output]), floats(expected)), 0);
    }
  });

  it('only the layers that are asked for become outputs, and each once', async () => {
    const { plan, result } = await run({}, { attention: [1, 1], hidden: [2], logits: false });
    assert.deepEqual(
      plan.attention.map(({ layer }) => layer),
      [1],
    );
    assert.equal(Object.keys(result).length, 3);
  });

  it('a layer that the model does not have is unavailable, with the reason', () => {
    const model = readOnnx(bufferSource(tinyDecoder()));
    const plan = planProbes(model, { attention: [7], hidden: [9], logits: false });
    assert.deepEqual(plan.unavailable, [
      { what: 'attention', layer: 7, reason: 'The model has no layer 7: its layers are 0 to 1.' },
      { what: 'hidden', layer: 9, reason: 'The model has no hidden state 9: they are 0 to 2.' },
    ]);
    assert.deepEqual(plan.edits, []);
  });

  it('where a connection runs beside the residual stream, hidden states say so and attention is still there', () => {
    const model = readOnnx(bufferSource(tinyDecoder({ shortcut: true })));
    const plan = planProbes(model, everything);
    assert.equal(plan.attention.length, tiny.layers);
    assert.deepEqual(
      plan.unavailable.map(({ what, layer }) => `${what} ${layer}`),
      ['hidden 1'],
    );
    assert.match(plan.unavailable[0]?.reason ?? '', /more than one tensor/);
  });
});
