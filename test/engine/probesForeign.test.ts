import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  type AttentionCase,
  attentionProbabilities,
  loadAttentionNodes,
  type ProbedGraph,
  rowSumError,
  scoreRounding,
  weightOnLaterKeys,
} from '../harness/attentionNodes';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { floats, largestDifference } from '../harness/onnx';
import { randomFeeds } from '../harness/randomFeeds';
import type { AttentionSite } from '../../src/engine/graph/forms/form';

const transformers = 'onnxruntime/test/python/transformers/test_data/models';
const testdata = 'onnxruntime/test/testdata';

/** Graphs from the tests of onnxruntime and onnxruntime-genai that run on the CPU, with the kinds of their attention nodes. */
const graphs: readonly (readonly [path: string, ...kinds: string[]])[] = [
  [`${transformers}/attention_opt.onnx`, 'recompute'],
  [`${transformers}/attention_with_varied_qkv_opt.onnx`, 'recompute'],
  [`${transformers}/gpt2_attention_add_opt_no_skiplayernorm.onnx`, 'recompute'],
  [`${transformers}/gpt2_embedlayer_one_attn_exp.onnx`, 'recompute'],
  [`${transformers}/phi-3.5-v-instruct-vision-attention.onnx`, 'recompute'],
  [`${transformers}/gemma3-vision-attention_fp16.onnx`, 'recompute'],
  [`${transformers}/whisper/hf_fp32_encoder_self_attention.onnx`, 'recompute'],
  [`${transformers}/whisper/hf_fp16_encoder_self_attention.onnx`, 'recompute'],
  [`${transformers}/whisper/oai_fp16_encoder_self_attention.onnx`, 'recompute'],
  [`${transformers}/whisper/hf_fp32_decoder_attention_no_past_split_bias.onnx`, 'recompute', 'multi-head'],
  [`${transformers}/whisper/hf_fp16_decoder_attention_no_past.onnx`, 'recompute', 'multi-head'],
  [`${transformers}/whisper/hf_fp16_decoder_attention_no_past_split_bias.onnx`, 'recompute', 'multi-head'],
  [`${transformers}/whisper/oai_fp16_decoder_attention_no_past.onnx`, 'recompute', 'multi-head'],
  [`${transformers}/whisper/hf_fp32_decoder_attention_with_past_split_bias.onnx`, 'multi-head', 'multi-head'],
  [`${transformers}/whisper/oai_fp32_decoder_attention_with_past.onnx`, 'multi-head', 'multi-head'],
  [`${transformers}/whisper/hf_fp16_decoder_attention_with_past.onnx`, 'multi-head', 'multi-head'],
  [`${transformers}/whisper/hf_fp16_decoder_attention_with_past_split_bias.onnx`, 'multi-head', 'multi-head'],
  [`${testdata}/transform/fusion/embed_layer_norm_format3.onnx`, 'recompute'],
  [`${testdata}/transform/fusion/embed_layer_norm_format3_opset13.onnx`, 'recompute'],
  [`${testdata}/transform/fusion/embed_layer_norm_format3_no_cast_opset13.onnx`, 'recompute'],
  [`${testdata}/transform/fusion/embed_layer_norm_multiple_opset13.onnx`, 'recompute', 'recompute'],
  [`${testdata}/attention_mask1d_fp32.onnx`, 'softmax'],
  [`${testdata}/attention_mask2d_fp32.onnx`, 'softmax'],
  [`${testdata}/attention_past_state.onnx`, 'softmax'],
  [`${testdata}/attention_past_state.u8u8.onnx`, 'softmax'],
  [`${testdata}/bert_toy_optimized.onnx`, 'softmax', 'softmax', 'softmax', 'softmax', 'softmax'],
  [`${testdata}/transform/fusion/attention_mask_no_cast.onnx`, 'softmax'],
  [`${testdata}/transform/fusion/attention_symbolic_batch.onnx`, 'softmax'],
  [`${testdata}/transform/fusion/attention_past_unidir.onnx`, 'softmax'],
  [`${testdata}/transform/fusion/attention_past_no_unidir.onnx`, 'softmax'],
  [`${testdata}/transform/fusion/gpt2_one_layer.onnx`, 'softmax'],
  [`${testdata}/transform/fusion/gpt2_past_mask_one_layer.onnx`, 'softmax'],
  [`${testdata}/transform/model_parallel/self_attention_megatron_basic_test.onnx`, 'softmax'],
  [`${testdata}/transform/computation_reduction/gather/gather_roberta_e2e.onnx`, 'softmax'],
  ['test/models/hf-internal-testing/tiny-random-gpt2-fp32/past.onnx', ...Array<'recompute'>(5).fill('recompute')],
  ['test/models/hf-internal-testing/tiny-qwen35-cuda/decoder.onnx', 'group-query', 'group-query'],
];

describe('attention of graphs that others made', { skip: skipWithoutFixtures }, () => {
  for (const [path, ...kinds] of graphs) {
    it(`${path}: the probed attention is that of an independent computation`, async () => {
      const graph = await loadAttentionNodes(fixture('onnx_foreign', path), tensorsToCompare);
      assert.deepEqual(
        graph.sites.map(({ site, reason }) => reason ?? site.form.kind),
        kinds,
      );
      const feeds = randomFeeds(graph.scope.graph, { batch: 1, sequence: 4, past: 3 });
      const result = await graph.session.run(feeds);
      await graph.session.release();
      for (const { site, output } of graph.sites) {
        const probed = result[output as string] as Tensor;
        const values = new Values(graph, site, result);
        const expected = referenceOf(site)(values);
        const isHalf = values.isHalf(0);
        const difference = largestDifference(floats(probed), attentionProbabilities(expected));
        // Some of the graphs have weights of one and scores of thousands, which float32 cannot hold more exactly.
        const tolerance = (isHalf ? 2e-3 : 1e-5) + scoreRounding(expected);
        assert.ok(difference < tolerance, `attention differs by ${difference}, allowed ${tolerance}`);
        const [sequence, total] = probed.dims.slice(-2) as [number, number];
        assert.ok(rowSumError(floats(probed), total) < (isHalf ? 2e-3 : 1e-6));
        if (values.int('unidirectional') === 1 || site.form.kind === 'group-query') {
          assert.equal(weightOnLaterKeys(floats(probed), sequence, total), 0);
        }
      }
    });
  }

  it('a mask of four dimensions is refused with its reason, as onnxruntime refuses to run it', async () => {
    const path = `${transformers}/gpt2_megatron_opt_skiplayernorm.onnx`;
    const { sites, session } = await loadAttentionNodes(fixture('onnx_foreign', path));
    await session.release();
    assert.deepEqual(
      sites.map(({ reason }) => reason),
      ['Its attention has a mask of four dimensions.'],
    );
  });
});

function tensorsToCompare({ form, node }: AttentionSite): string[] {
  return form.kind === 'group-query' ? [...node.inputs, ...node.outputs] : [...node.inputs];
}

/** What one attention node was given in a run. */
class Values {
  constructor(
    private readonly graph: ProbedGraph,
    private readonly site: AttentionSite,
    private readonly result: InferenceSession.OnnxValueMapType,
  ) {}

  int(attribute: string): number {
    return this.site.node.attributes.get(attribute)?.int ?? 0;
  }

  /** The head size's inverse root, unless the operator says otherwise. */
  scale(size: number): number {
    return this.site.node.attributes.get('scale')?.float || 1 / Math.sqrt(size);
  }

  get maskFilter(): number {
    return this.site.node.attributes.get('mask_filter_value')?.float ?? -10000;
  }

  get sizes(): readonly number[] | undefined {
    return this.site.node.attributes.get('qkv_hidden_sizes')?.ints;
  }

  input(index: number): { dims: readonly number[]; data: ArrayLike<number> } | null {
    return this.tensor(this.site.node.inputs[index] ?? '');
  }

  output(index: number): { dims: readonly number[]; data: ArrayLike<number> } | null {
    return this.tensor(this.site.node.outputs[index] ?? '');
  }

  isHalf(index: number): boolean {
    return this.graph.scope.elementType(this.site.node.inputs[index] ?? '') === 'float16';
  }

  private tensor(name: string): { dims: readonly number[]; data: ArrayLike<number> } | null {
    const output = this.graph.exposed.get(name);
    if (output === undefined) return null;
    const tensor = this.result[output] as Tensor;
    const isInteger = tensor.type === 'int32' || tensor.type === 'int64';
    return { dims: tensor.dims, data: isInteger ? Array.from(tensor.data as Int32Array, Number) : floats(tensor) };
  }
}

type Reference = (values: Values) => AttentionCase;

function referenceOf({ form }: AttentionSite): Reference {
  return references[form.kind] ?? (() => assert.fail(`nothing to compare ${form.kind} with`));
}

const references: Readonly<Record<string, Reference>> = {
  softmax: (values) => {
    const scores = values.input(0);
    assert.ok(scores);
    const total = scores.dims.at(-1) as number;
    const rows = scores.data.length / total;
    return {
      ...{ batch: 1, heads: 1, sequence: rows, total, size: 1, scale: 1 },
      query: () => 1,
      key: () => 1,
      adjust: (_, b, h, q, k) => scores.data[q * total + k] as number,
    };
  },

  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.Attention
  recompute: (values) => {
    const [hidden, weight] = [values.input(0), values.input(1)];
    assert.ok(hidden && weight);
    const bias = values.input(2);
    const mask = values.input(3);
    const past = values.input(4);
    const [batch, sequence, width] = hidden.dims as [number, number, number];
    const columns = weight.dims[1] as number;
    const heads = values.int('num_heads');
    const [queries = columns / 3] = values.sizes ?? [];
    const size = queries / heads;
    const pastLength = past?.dims[3] ?? 0;
    const total = pastLength + sequence;
    const projected = (b: number, position: number, column: number): number => {
      let sum = bias ? (bias.data[column] as number) : 0;
      for (let d = 0; d < width; d++) {
        const x = hidden.data[(b * sequence + position) * width + d] as number;
        sum += x * (weight.data[d * columns + column] as number);
      }
      return sum;
    };
    return {
      ...{ batch, heads, sequence, total, size, scale: values.scale(size) },
      query: (b, h, position, i) => projected(b, position, h * size + i),
      key: (b, h, position, i) =>
        past && position < pastLength
          ? (past.data[((b * heads + h) * pastLength + position) * size + i] as number)
          : projected(b, position - pastLength, queries + h * size + i),
      adjust: (score, b, h, q, k) => {
        if (values.int('unidirectional') && k > q + pastLength) return -Infinity;
        if (!mask) return score;
        const isSeen = mask.dims.length === 1 ? k < (mask.data[b] as number) : mask.data[b * total + k] !== 0;
        return isSeen ? score : score + values.maskFilter;
      },
    };
  },

  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MultiHeadAttention
  'multi-head': (values) => {
    const [query, key] = [values.input(0), values.input(1)];
    assert.ok(query && key);
    const bias = values.input(3);
    const past = values.input(6);
    const [batch, sequence, width] = query.dims as [number, number, number];
    const heads = values.int('num_heads');
    const size = width / heads;
    // Keys of a cross attention come split into heads: [batch, heads, total, size].
    const isSplit = key.dims.length === 4;
    const pastLength = past?.dims[2] ?? 0;
    const added = key.dims[isSplit ? 2 : 1] as number;
    return {
      ...{ batch, heads, sequence, total: pastLength + added, size, scale: values.scale(size) },
      query: (b, h, position, i) => {
        const column = h * size + i;
        return (
          (query.data[(b * sequence + position) * width + column] as number) + ((bias?.data[column] as number) || 0)
        );
      },
      key: (b, h, position, i) => {
        if (isSplit) return key.data[((b * heads + h) * added + position) * size + i] as number;
        if (past && position < pastLength) {
          return past.data[((b * heads + h) * pastLength + position) * size + i] as number;
        }
        const column = h * size + i;
        const at = (b * added + position - pastLength) * width + column;
        return (key.data[at] as number) + ((bias?.data[width + column] as number) || 0);
      },
      adjust: (score, b, h, q, k) => (values.int('unidirectional') && k > q + pastLength ? -Infinity : score),
    };
  },

  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.GroupQueryAttention
  'group-query': (values) => {
    const query = values.input(0);
    const present = values.output(1);
    assert.ok(query && present);
    const [batch, sequence, width] = query.dims as [number, number, number];
    const heads = values.int('num_heads');
    const kvHeads = values.int('kv_num_heads');
    const size = width / heads;
    const total = present.dims[2] as number;
    return {
      ...{ batch, heads, sequence, total, size, scale: values.scale(size) },
      query: (b, h, position, i) => query.data[(b * sequence + position) * width + h * size + i] as number,
      key: (b, h, position, i) => {
        const group = Math.floor((h * kvHeads) / heads);
        return present.data[((b * kvHeads + group) * total + position) * size + i] as number;
      },
      adjust: (score, b, h, q, k) => (k > q + total - sequence ? -Infinity : score),
    };
  },

  'onnx-attention': () => assert.fail('the standard’s own tests cover its Attention'),
};
