import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import { openFileSource, readOnnx } from '../../src/engine/graph/index';
import { attentionProbabilities, loadAttentionNodes, rowSumError, weightOnLaterKeys } from '../harness/attentionNodes';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { floats, largestDifference } from '../harness/onnx';
import { readTensorProto } from '../harness/tensorProto';

const folder = fixture('onnx_node_tests');
const refused = 'test_attention_4d_diff_heads_mask4d_padded_kv';

/** The inputs of the standard's Attention (https://onnx.ai/onnx/operators/onnx__Attention.html) as its tests give them. */
interface AttentionTest {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly int: (attribute: string) => number | undefined;
  readonly float: (attribute: string) => number | undefined;
}

function readTest(name: string): AttentionTest {
  // The expanded form of a test has the same inputs, but no attributes: they are read from the fused form.
  const source = openFileSource(fixture('onnx_node_tests', name.replace(/_expanded$/, ''), 'model.onnx'));
  const { graph } = readOnnx(source);
  source.close();
  const attributes = graph.nodes[0]?.attributes;
  const tensors = graph.inputs.map(({ name: input }, i) => {
    return [input, readTensorProto(fixture('onnx_node_tests', name, 'test_data_set_0', `input_${i}.pb`))] as const;
  });
  return {
    inputs: new Map(tensors),
    int: (attribute) => attributes?.get(attribute)?.int,
    float: (attribute) => attributes?.get(attribute)?.float,
  };
}

/** The same attention by an independent computation in double precision: [batch, heads, sequence, total]. */
function expected(
  test: AttentionTest,
  isExpanded: boolean,
): { probabilities: Float64Array; sequence: number; total: number } {
  const tensor = (name: string): Tensor | undefined => test.inputs.get(name);
  const query = tensor('Q') as Tensor;
  const key = tensor('K') as Tensor;
  const mask = tensor('attn_mask');
  const past = tensor('past_key');
  const padded = tensor('nonpad_kv_seqlen');
  const heads = test.int('q_num_heads') ?? query.dims[1] ?? 1;
  const kvHeads = test.int('kv_num_heads') ?? key.dims[1] ?? 1;
  const [batch, sequence] = [query.dims[0] as number, query.dims.at(-2) as number];
  const pastLength = past?.dims[2] ?? 0;
  const total = pastLength + (key.dims.at(-2) as number);
  const size = query.dims.length === 4 ? (query.dims[3] as number) : (query.dims[2] as number) / heads;
  const at = (source: Tensor, count: number, b: number, h: number, position: number, i: number): number => {
    const [length] = source.dims.slice(-2) as [number];
    const index =
      source.dims.length === 4
        ? ((b * count + h) * length + position) * size + i
        : ((b * length + position) * count + h) * size + i;
    return floats(source)[index] as number;
  };
  const maskAt = (b: number, h: number, q: number, k: number): number => {
    if (!mask) return 0;
    const keys = mask.dims.at(-1) as number;
    // A mask that is shorter than the keys hides those that it does not reach.
    if (k >= keys) return -Infinity;
    const [batches, headCount] = [mask.dims.at(-4) ?? 1, mask.dims.at(-3) ?? 1];
    const plane = (batches === 1 ? 0 : b) * headCount + (headCount === 1 ? 0 : h);
    const index = (plane * sequence + q) * keys + k;
    if (mask.type === 'bool') return (mask.data as Uint8Array)[index] ? 0 : -Infinity;
    return floats(mask)[index] as number;
  };
  const isCausal = test.int('is_causal') === 1;
  const softcap = test.float('softcap') ?? 0;
  const cap = (score: number): number => (softcap ? softcap * Math.tanh(score / softcap) : score);
  const probabilities = attentionProbabilities({
    batch,
    heads,
    sequence,
    total,
    size,
    scale: test.float('scale') ?? 1 / Math.sqrt(size),
    query: (b, h, position, i) => at(query, heads, b, h, position, i),
    key: (b, h, position, i) => {
      const group = Math.floor((h * kvHeads) / heads);
      return position < pastLength
        ? at(past as Tensor, kvHeads, b, group, position, i)
        : at(key, kvHeads, b, group, position - pastLength, i);
    },
    adjust: (score, b, h, q, k) => {
      if (isCausal && k > q + pastLength) return -Infinity;
      if (padded && k >= Number((padded.data as BigInt64Array)[b])) return -Infinity;
      // The standard's expansion caps the masked score; onnxruntime's kernel masks the capped score.
      const bias = maskAt(b, h, q, k);
      return isExpanded ? cap(score + bias) : cap(score) + bias;
    },
  });
  return { probabilities, sequence, total };
}

describe('attention of the ONNX standard', { skip: skipWithoutFixtures }, () => {
  const names = skipWithoutFixtures ? [] : readdirSync(folder).filter((name) => /^test_attention_/.test(name));
  it('has 124 tests', () => assert.equal(names.length, 124));

  for (const name of names) {
    const skip = name === refused && 'onnxruntime 1.30 refuses its mask, which is shorter than the keys';
    it(`${name}: the probed attention is the softmax of scaled and masked scores`, { skip }, async () => {
      const test = readTest(name);
      const { session, sites } = await loadAttentionNodes(fixture('onnx_node_tests', name, 'model.onnx'));
      assert.equal(sites.length, 1);
      const output = sites[0]?.output;
      assert.ok(output, sites[0]?.reason ?? 'no attention');
      const result = await session.run(Object.fromEntries(test.inputs), [output]);
      await session.release();
      const probed = floats(result[output]);
      const { probabilities, sequence, total } = expected(test, name.endsWith('_expanded'));
      const isHalf = test.inputs.get('Q')?.type === 'float16';
      assert.ok(largestDifference(probed, probabilities) < (isHalf ? 2e-3 : 1e-5));
      assert.ok(rowSumError(probed, total) < (isHalf ? 2e-3 : 1e-5));
      if (test.int('is_causal') === 1 && !test.inputs.has('past_key') && sequence === total) {
        assert.equal(weightOnLaterKeys(probed, sequence, total), 0);
      }
    });
  }
});
