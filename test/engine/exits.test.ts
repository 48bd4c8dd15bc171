import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { autoregressive } from '../../src/core/decode/autoregressive';
import { earlyExit } from '../../src/core/decode/early-exit';
import { lifePrompt } from '../../src/core/life/prompt';
import type { DecodeRequest } from '../../src/core/decode/decoder';
import { SpeculationCounter } from '../../src/core/trace/speculation';
import { type LoadedModel, ModelStore, type PassCapture, type SequenceOptions } from '../../src/engine/model';
import { Problem } from '../../src/protocol/errors';
import { decodeAll, GREEDY, PLAIN } from '../harness/decoding';
import { boards, GRIDS, PROMPTS, prompts } from '../harness/exactness';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { joinPasses, largestDifference, score } from '../harness/modelGolden';
import { testFolder } from '../harness/modelFolder';
import { tiny, tinyDecoder, type TinyOptions } from '../harness/tinyDecoder';

const store = new ModelStore();
const bundled = (name: string, file?: string) =>
  store.open({ folder: join(import.meta.dirname, '../../models', name), ...(file ? { file } : {}) });
const nothing: SequenceOptions = { attention: [], hidden: [] };

/** Ids spread over the vocabulary. */
const idsFor = (model: LoadedModel, count = 24): number[] =>
  Array.from({ length: count }, (_, i) => (i * 37 + 5) % Math.min(500, model.identity.vocabularySize));

/** The logits of a model cut at `layer`, drafted ahead of and rolled back as speculation does it. */
async function cutLogits(model: LoadedModel, layer: number, ids: readonly number[]) {
  const exit = await model.openExit(layer);
  const pair = exit.openPair(nothing);
  const { target, draft, shared } = pair;
  const half = Math.floor(ids.length / 2);
  const rows = [await target.extend(ids.slice(0, half))];
  // The draft is right twice, then wrong; the target reads what it drafted, and forgets the end.
  await draft.read?.(ids.slice(0, half));
  for (const id of [ids[half]!, ids[half + 1]!, 3, 4]) await draft.extend([id]);
  const judged = await target.extend([ids[half]!, ids[half + 1]!, 3, 4]);
  rows.push(judged.subarray(0, 2 * target.vocabularySize));
  target.rollback(half + 2);
  draft.rollback(half + 2);
  rows.push(await target.extend([ids[half + 2]!]));
  const drafted = await draft.extend(ids.slice(half + 2));
  rows.push(await target.extend(ids.slice(half + 3)));
  target.dispose();
  pair.dispose();
  exit.release();
  return { logits: joined(rows), drafted, shared, note: exit.note };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

interface Form {
  readonly name: string;
  readonly open: () => Promise<LoadedModel>;
  /** Largest difference of a logit: weights or activations of few bits see other scales in other passes. */
  readonly logits?: number;
}

const stories = (folder: string, file?: string, logits?: number): Form => ({
  name: `stories260K/${folder}${file ? `/${file}` : ''}`,
  open: () => store.open({ folder: fixture('exports', 'stories260K', folder), ...(file ? { file } : {}) }),
  ...(logits ? { logits } : {}),
});

const FORMS: readonly Form[] = [
  ...['optimum', 'optimum_no_cache', 'external_data', 'ort_fused_norms', 'torch_opset18', 'torch_opset23'].map((name) =>
    stories(name),
  ),
  stories('genai_gqa'),
  stories('genai_mha'),
  stories('genai_gqa_fp16', undefined, 0.05),
  stories('genai_mha_fp16', undefined, 0.05),
  stories('genai_gqa_int4', undefined, 0.5),
  stories('transformersjs', 'onnx/model.onnx'),
  stories('transformersjs', 'onnx/model_fp16.onnx', 0.05),
  stories('transformersjs', 'onnx/model_quantized.onnx', 2),
  stories('transformersjs', 'onnx/model_q4.onnx'),
  ...(skipWithoutFixtures ? [] : ['zoo', 'zoo_opset23']).flatMap((zoo) =>
    readdirSync(fixture('exports', zoo)).map((name) => ({
      name: `${zoo}/${name}`,
      open: () => store.open({ folder: fixture('exports', zoo, name) }),
    })),
  ),
];

const BUNDLED: readonly Form[] = [
  ...['almanac', 'almanac-draft', 'lifegpt-16', 'lifegpt-16-draft'].map((name) => ({
    name,
    open: () => bundled(name),
  })),
  { name: 'almanac int8', open: () => bundled('almanac', 'onnx/model_quantized.onnx'), logits: 2 },
];

function cutsEverywhere({ name, open, logits: most = 1e-4 }: Form): void {
  it(`${name}: cut at a layer it says what it says whole, and the lens of its last hidden state too`, async () => {
    const model = await open();
    const ids = idsFor(model);
    const whole = (await score(model, ids, ids.length, false)).logits;
    const half = ids.length / 2;
    for (const layer of new Set([1, Math.ceil(model.layers / 2), model.layers])) {
      const { logits, drafted, shared, note } = await cutLogits(model, layer, ids);
      assert.ok(shared, note ?? '');
      const difference = largestDifference(logits, whole);
      assert.ok(difference < most, `layer ${layer}: logits differ by ${difference}`);
      if (layer < model.layers) continue;
      const rows = whole.subarray((half + 2) * model.identity.vocabularySize);
      assert.ok(largestDifference(drafted, rows) < most, 'lens');
    }
  });
}

describe('bundled models, cut at a layer', () => {
  BUNDLED.forEach(cutsEverywhere);

  it('attention and hidden states of a model in two parts are those of the whole', async () => {
    for (const model of [await bundled('almanac'), await bundled('lifegpt-16')]) {
      const ids = idsFor(model, 20);
      const expected = await score(model, ids, 20);
      const layers = Array.from({ length: model.layers }, (_, layer) => layer);
      for (const layer of [1, model.layers - 1, model.layers]) {
        const passes: PassCapture[] = [];
        const exit = await model.openExit(layer);
        const pair = exit.openPair({
          attention: layers,
          hidden: [...layers, model.layers],
          onPass: (pass) => passes.push(pass),
        });
        await pair.target.extend(ids.slice(0, 9));
        await pair.draft.extend(ids.slice(0, 9));
        // What is drafted is captured in passes of its own, some of it in vain.
        for (const id of [...ids.slice(9, 12), 1, 2]) await pair.draft.extend([id]);
        await pair.target.extend(ids.slice(9, 12));
        await pair.target.extend([1, 2]);
        pair.target.rollback(12);
        passes.pop();
        pair.draft.rollback(12);
        await pair.target.extend(ids.slice(12));
        const { attention, hidden } = joinPasses(passes, ids.length);
        assert.deepEqual([...attention.keys()].sort(), layers);
        assert.deepEqual([...hidden.keys()].sort(), [...layers, model.layers]);
        for (const [each, map] of attention) {
          assert.ok(largestDifference(map, expected.attention.get(each)!) < 1e-5, `attention ${each}, cut at ${layer}`);
        }
        for (const [each, states] of hidden) {
          const same = expected.hidden.get(each)!;
          // Residual streams grow to hundreds.
          const most = 1e-5 * Math.max(1, ...same.map(Math.abs));
          assert.ok(largestDifference(states, same) < most, `hidden ${each}, cut at ${layer}`);
        }
        pair.target.dispose();
        pair.dispose();
        exit.release();
      }
    }
  });
});

describe('models of public exporters, cut at a layer', { skip: skipWithoutFixtures }, () => {
  FORMS.forEach(cutsEverywhere);

  it('a merged decoder and a pair of files say why they cannot be cut', async () => {
    for (const [file, message] of [
      [
        'onnx/decoder_model_merged.onnx',
        /^onnx\/decoder_model_merged\.onnx cannot be cut at layer 2: it holds the decoder twice, with and without a cache, in the branches of an If\.$/,
      ],
      ['onnx/decoder_model.onnx', /^onnx\/decoder_with_past_model\.onnx goes on from the cache of a second file, and /],
    ] as const) {
      const model = await stories('legacy_merged', file).open();
      await refuses(model, 2, message);
      // And once more: what failed is not kept.
      await refuses(model, 2, message);
    }
  });
});

const refuses = (model: LoadedModel, layer: number, message: RegExp) =>
  assert.rejects(
    model.openExit(layer),
    (error) =>
      error instanceof Problem &&
      error.code === 'not-available' &&
      message.test(error.message) &&
      error.action !== undefined,
  );

describe('small decoders, cut at a layer', () => {
  const openTiny = (context: TestContext, options: TinyOptions): Promise<LoadedModel> => {
    const folder = testFolder(context);
    folder.write('config.json', JSON.stringify({ model_type: 'tiny', vocab_size: tiny.vocabulary }));
    folder.write('model.onnx', tinyDecoder(options));
    return new ModelStore().open({ folder: folder.path });
  };
  const ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];

  for (const options of [
    {},
    { pick: 'slice' },
    { pick: 'gather-one' },
    { sink: true },
    { foldedHeads: true },
  ] as const) {
    it(`${JSON.stringify(options)}: says what it says whole`, async (context) => {
      const model = await openTiny(context, options);
      const whole = (await score(model, ids, ids.length, false)).logits;
      for (const layer of [1, 2]) {
        const { logits, shared } = await cutLogits(model, layer, ids);
        assert.ok(shared);
        assert.ok(largestDifference(logits, whole) < 1e-5);
      }
    });
  }

  it('where the layers above look into those below, the whole model verifies, and it is said why', async (context) => {
    const model = await openTiny(context, { innerShape: true });
    const whole = (await score(model, ids, ids.length, false)).logits;
    const { logits, shared, note } = await cutLogits(model, 1, ids);
    assert.equal(shared, false);
    assert.match(
      note ?? '',
      /^model\.onnx cannot be cut at layer 1: the layers above also take .*, which is made below\.$/,
    );
    assert.deepEqual(logits, whole);
    assert.ok((await cutLogits(model, 2, ids)).shared);
  });

  it('layers that are connected by more than one tensor are not cut', async (context) => {
    const model = await openTiny(context, { shortcut: true });
    await refuses(model, 1, /cannot be cut at layer 1: its layers are connected by more than one tensor/);
  });
});

/** Decodes with a model in two parts, or whole. */
async function decode(model: LoadedModel, layer: number | null, request: Partial<DecodeRequest>) {
  const counter = new SpeculationCounter();
  if (layer === null) {
    const sequence = model.openSequence(nothing);
    const decoded = await decodeAll(autoregressive, sequence, { endIds: model.endIds, ...request });
    sequence.dispose();
    return { ...decoded, counts: counter.summary };
  }
  const exit = await model.openExit(layer);
  const pair = exit.openPair(nothing);
  const aids = { exit: { layer, layers: model.layers, draft: pair.draft } };
  const options = { gamma: 4, layer };
  const decoded = await decodeAll(earlyExit, pair.target, { endIds: model.endIds, ...request, options, aids });
  for (const { speculation } of decoded.steps) if (speculation) counter.add(speculation);
  pair.target.dispose();
  pair.dispose();
  exit.release();
  return { ...decoded, counts: counter.summary };
}

async function isExactAt(
  model: LoadedModel,
  layer: number,
  request: Pick<DecodeRequest, 'prompt' | 'maxNewTokens'>,
): Promise<void> {
  const greedy = { ...request, sampling: GREEDY };
  const [plain, own] = [await decode(model, null, greedy), await decode(model, layer, greedy)];
  assert.deepEqual([own.ids, own.finish], [plain.ids, plain.finish]);
}

async function isExact(model: LoadedModel, prompt: readonly number[]): Promise<void> {
  const request = { prompt, maxNewTokens: 30, sampling: GREEDY };
  const plain = await decode(model, null, request);
  let rejected = 0;
  for (let layer = 1; layer <= model.layers; layer++) {
    const { ids, finish, counts } = await decode(model, layer, request);
    assert.deepEqual([ids, finish], [plain.ids, plain.finish], `layer ${layer}`);
    rejected += counts.drafted - counts.accepted;
    if (layer < model.layers) continue;
    assert.equal(counts.acceptanceRate, 1);
    const drawn = await decode(model, layer, { ...request, sampling: { ...PLAIN, topP: 0.9, seed: 4 } });
    assert.equal(drawn.counts.acceptanceRate, 1);
  }
  assert.ok(rejected > 0, 'no layer was ever wrong');
}

describe('early exit with real models', () => {
  it('greedy runs of the bundled models are what they say whole, at every layer; at full depth all is accepted', async () => {
    const text = await bundled('almanac');
    await isExact(text, text.tokenizer.encode('The sun rises in the'));
    const life = await bundled('lifegpt-16');
    const { prompt } = life.identity.life!;
    const cells = Array.from({ length: 256 }, (_, i) => ((i * i) % 7 < 2 ? 1 : 0)).join('');
    await isExact(life, life.tokenizer.encode(prompt.replace('{cells}', cells)));
  });

  it(`from half the layers they are, on ${PROMPTS} prompts and ${GRIDS} grids`, async () => {
    const text = await bundled('almanac');
    for (const prompt of prompts(text, PROMPTS)) await isExactAt(text, 3, { prompt, maxNewTokens: 12 });
    const life = await bundled('lifegpt-16');
    const grid = life.identity.life!;
    for (const cells of boards(grid, GRIDS)) {
      const prompt = life.tokenizer.encode(lifePrompt(cells, grid));
      await isExactAt(life, 2, { prompt, maxNewTokens: 300 });
    }
  });

  it('so are those of stories260K', { skip: skipWithoutFixtures }, async () => {
    for (const form of ['optimum', 'ort_fused_norms', 'genai_gqa', 'genai_mha', 'optimum_no_cache']) {
      const model = await stories(form).open();
      await isExact(model, model.tokenizer.encode('Once upon a time'));
    }
  });
});
