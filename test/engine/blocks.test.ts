import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import * as ort from 'onnxruntime-node';
import { inspectModel, type LoadedModel, ModelStore } from '../../src/engine/model';
import type { PassCapture } from '../../src/engine/model';
import { givenLayers } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { blockModel, type BlockModelOptions, blockVocabulary } from '../harness/blockModel';
import { floats, largestDifference } from '../harness/onnx';

const root = mkdtempSync(join(tmpdir(), 'vivarium-blocks-'));
const store = new ModelStore();
let folders = 0;
after(() => rmSync(root, { recursive: true, force: true }));

const ids = [3, 1, 4, 1, 5, 9, 2, 6];

function folderOf(options: BlockModelOptions, config: object = {}): { folder: string; bytes: Uint8Array } {
  const folder = join(root, String(folders++));
  const bytes = blockModel(options);
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), bytes);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'made', ...config }));
  return { folder, bytes };
}

/** What the model's probes give, and what its own outputs say. */
async function read(
  options: BlockModelOptions,
  config: object = {},
): Promise<{ model: LoadedModel; pass: PassCapture }> {
  const { folder, bytes } = folderOf(options, config);
  const model = await store.open({ folder });
  const passes: PassCapture[] = [];
  const attention = givenLayers(model.probes.attention, model.layers);
  const hidden = givenLayers(model.probes.hidden, model.layers + 1);
  const sequence = model.openSequence({ attention, hidden, onPass: (pass) => passes.push(pass) });
  await sequence.extend(ids);
  const [pass] = passes as [PassCapture];
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const truth = await session.run({
    input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
  });
  assert.deepEqual(
    attention,
    options.kinds.flatMap((kind, layer) => (kind === 'attention' ? [layer] : [])),
  );
  assert.deepEqual(
    hidden,
    Array.from({ length: options.kinds.length + 1 }, (_, state) => state),
  );
  for (const [layer, weights] of pass.attention) {
    assert.ok(largestDifference(weights, floats(truth[`truth_weights_${layer}`])) < 1e-6, `attention of ${layer}`);
  }
  for (const [state, values] of pass.hidden) {
    assert.ok(largestDifference(values, floats(truth[`truth_stream_${state}`])) < 1e-5, `hidden state ${state}`);
  }
  return { model, pass };
}

describe('layers are blocks of the residual stream', () => {
  const hybrids: readonly (readonly [BlockModelOptions['kinds'], how: string])[] = [
    [
      ['convolution', 'attention', 'convolution', 'attention'],
      'Softmax output; layers 0 and 2 have a convolution instead',
    ],
    [['scan', 'scan', 'attention', 'scan'], 'Softmax output; layers 0, 1 and 3 have a recurrence instead'],
    [['linear-attention', 'attention'], 'Softmax output; layer 0 has a recurrence instead'],
    [
      ['attention', 'convolution', 'scan'],
      'Softmax output; layer 1 has a convolution, layer 2 has a recurrence instead',
    ],
  ];
  for (const [kinds, how] of hybrids) {
    for (const names of ['none', 'numbered'] as const) {
      for (const mlp of [true, false]) {
        it(`${kinds.join(', ')}; names: ${names}; ${mlp ? 'with' : 'without'} a second part`, async () => {
          const { model } = await read({ kinds, names, mlp });
          assert.equal(model.layers, kinds.length);
          assert.equal(model.probes.attention.how, how);
          const mixing = kinds.map((kind) => (kind === 'scan' || kind === 'linear-attention' ? 'recurrence' : kind));
          assert.deepEqual(model.identity.mixing, mixing);
        });
      }
    }
  }

  it('a model of recurrences alone has layers and hidden states, and no heads whatever its config says', async () => {
    const { model } = await read({ kinds: ['scan', 'convolution', 'scan'] }, { num_attention_heads: 4 });
    assert.deepEqual([model.layers, model.heads, model.probes.attention.available], [3, 0, false]);
    assert.equal(
      model.probes.attention.how,
      'It has none: layer 1 has a convolution, layers 0 and 2 have a recurrence instead.',
    );
  });

  it('a config with a number that is not finite, as Python writes it, is read', async () => {
    const { folder } = folderOf({ kinds: ['scan', 'attention'] });
    const config = '{"model_type": "mamba2 \\" Infinity", "time_step_limit": [0.0, Infinity], "low": [-Infinity, NaN]}';
    writeFileSync(join(folder, 'config.json'), config);
    const model = await store.open({ folder });
    assert.equal(model.identity.architecture, 'mamba2 " Infinity');
  });

  it('weights that layers share, all named as those of the first, do not make them one layer', async () => {
    const { model } = await read({ kinds: ['attention', 'attention', 'attention'], names: 'numbered', shared: true });
    assert.equal(model.layers, 3);
  });
});

describe('sizes are those of the tensors', () => {
  const shapes: readonly BlockModelOptions[] = [
    { kinds: ['attention', 'attention'], width: 16, heads: 4, headSize: 8 },
    { kinds: ['attention', 'attention'], width: 16, heads: 6, headSize: 2 },
    { kinds: ['attention', 'attention'], width: 16, heads: 4, headSize: 8, kvHeads: 1 },
    { kinds: ['attention', 'convolution'], width: 10, heads: 6, headSize: 4, kvHeads: 2 },
  ];
  for (const shape of shapes) {
    const { width, heads = 0, headSize, kvHeads = heads } = shape;
    it(`${heads} heads of ${headSize}, ${kvHeads} of keys, in a width of ${width}`, async () => {
      // The config is wrong in everything.
      const config = {
        ...{ num_attention_heads: 5, hidden_size: 40, head_dim: 7, num_key_value_heads: 3 },
        ...{ num_hidden_layers: 9, vocab_size: 99 },
      };
      const { model, pass } = await read(shape, config);
      assert.deepEqual([model.heads, model.width], [heads, width]);
      assert.equal(pass.attention.get(0)?.length, heads * ids.length ** 2);
      const report = await inspectModel(model.ref);
      const { layers, vocabularySize } = report.summary;
      assert.deepEqual([layers, report.summary.heads, vocabularySize], [2, heads, blockVocabulary]);
      assert.deepEqual(report.notes.slice(0, 6), [
        'config.json says 9 layers, model.onnx has 2: the file counts.',
        `config.json says 5 heads, model.onnx has ${heads}: the file counts.`,
        `config.json says 3 key-value heads, model.onnx has ${kvHeads}: the file counts.`,
        `config.json says 7 numbers a head, model.onnx has ${headSize}: the file counts.`,
        `config.json says 40 numbers a hidden state, model.onnx has ${width}: the file counts.`,
        `config.json says 99 tokens in the vocabulary, model.onnx has ${blockVocabulary}: the file counts.`,
      ]);
    });
  }

  it('the report of a file that was never opened says the same', async () => {
    const { folder } = folderOf({ kinds: ['attention'], width: 16, heads: 6, headSize: 2 }, { num_attention_heads: 8 });
    const report = await inspectModel({ folder });
    assert.equal(report.summary.heads, 6);
    assert.ok(report.notes.includes('config.json says 8 heads, model.onnx has 6: the file counts.'));
  });
});

describe('models that read both ways', () => {
  const refusal = async (
    options: BlockModelOptions,
    config: object = {},
  ): Promise<{ folder: string; message: string }> => {
    const { folder } = folderOf(options, config);
    const problem = await store.open({ folder }).then(
      () => assert.fail('it was opened as a decoder'),
      (error: unknown) => Problem.from(error),
    );
    assert.equal(problem.code, 'onnx-not-a-decoder');
    assert.ok(problem.action);
    return { folder, message: problem.message };
  };

  for (const mask of ['none', 'padding'] as const) {
    it(`mask: ${mask}: the graph tells`, async () => {
      const { message } = await refusal({ kinds: ['attention', 'attention'], mask });
      assert.equal(
        message,
        'model.onnx is not a decoder of text: it reads both ways (nothing hides later tokens from its attention).',
      );
    });
  }

  it('a mask that is made of positions: a pass tells, and lists know it from then on', async () => {
    const { folder, message } = await refusal({ kinds: ['attention', 'attention'], mask: 'window' });
    assert.match(message, /it reads both ways \(on a pass, up to \d+ % of a token’s attention lies on later ones\)\.$/);
    const report = await inspectModel({ folder }).then(
      () => null,
      (error: unknown) => Problem.from(error),
    );
    assert.equal(report?.message, message);
  });

  it('the config tells of a mask made of positions, before anything is run', async () => {
    const config = { architectures: ['ModernBertForMaskedLM'] };
    const { message } = await refusal({ kinds: ['attention'], mask: 'window' }, config);
    assert.match(message, /config\.json calls it ModernBertForMaskedLM, which fills in tokens from both sides/);
  });

  it('beside convolutions that look back', async () => {
    const { message } = await refusal({ kinds: ['convolution', 'attention'], mask: 'none' });
    assert.match(message, /reads both ways/);
  });
});
