import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { autoregressive } from '../../src/core/decode/autoregressive';
import { copyPrevious } from '../../src/core/decode/copy-previous';
import type { Decoder, DecodeRequest } from '../../src/core/decode/decoder';
import type { CausalModel } from '../../src/core/sequence/causal';
import { earlyExit } from '../../src/core/decode/early-exit';
import { exactRule } from '../../src/core/decode/exact-rule';
import { jacobi } from '../../src/core/decode/jacobi';
import { lookahead } from '../../src/core/decode/lookahead';
import type { OptionValues } from '../../src/core/decode/options';
import { promptLookup } from '../../src/core/decode/prompt-lookup';
import { speculative } from '../../src/core/decode/speculative';
import { speculativeJacobi } from '../../src/core/decode/speculative-jacobi';
import { typical } from '../../src/core/decode/typical';
import { lifeAnswer } from '../../src/core/life/prompt';
import { parseRule, step } from '../../src/core/life/rule';
import { SpeculationCounter } from '../../src/core/trace/speculation';
import { type LoadedModel, ModelStore } from '../../src/engine/model';
import { folderModels } from '../../src/engine/models';
import { chooseDecoder, KeptStates, openAids } from '../../src/engine/run/decoding';
import type { RunRequest } from '../../src/protocol/runs';
import { decodeAll, GREEDY, PLAIN, sequenceTest } from '../harness/decoding';
import { boards, GRIDS, PROMPTS, prompts } from '../harness/exactness';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';

const store = new ModelStore();
const bundled = (name: string, file?: string) =>
  store.open({ folder: join(import.meta.dirname, '../../models', name), ...(file ? { file } : {}) });
const stories = (form: string, file?: string) =>
  store.open({ folder: fixture('exports', 'stories260K', form), ...(file ? { file } : {}) });

/** Decodes with a real model, and a real draft where there is one, as a run does. */
async function decode(
  decoder: Decoder,
  target: LoadedModel,
  request: Partial<DecodeRequest> & { readonly prompt: readonly number[] },
  draft: LoadedModel | null = null,
) {
  const opened = openAids(decoder, target, draft, request.prompt, new KeptStates());
  const sequence = target.openSequence({ attention: [], hidden: [] });
  const decoded = await decodeAll(decoder, sequence, { endIds: target.endIds, ...request, aids: opened.aids });
  const counter = new SpeculationCounter();
  for (const { speculation } of decoded.steps) if (speculation) counter.add(speculation);
  assert.ok(sequence.length <= decoded.ids.length);
  sequence.dispose();
  opened.dispose();
  return { ...decoded, passes: decoded.steps.length, counts: counter.summary };
}

describe('text models', () => {
  it('the bundled model as its own draft accepts every greedy token', async () => {
    const model = await bundled('almanac');
    for (const prompt of prompts(model, 5)) {
      const request = { prompt, maxNewTokens: 24, sampling: GREEDY };
      const { ids, counts, passes } = await decode(speculative, model, { ...request, options: { gamma: 5 } }, model);
      const plain = await decode(autoregressive, model, request);
      assert.deepEqual(ids, plain.ids);
      assert.equal(counts.acceptanceRate, 1);
      assert.ok(passes < plain.passes / 3);
    }
  });

  it(`greedy drafts of any quality leave what the bundled model says as it is, on ${PROMPTS} prompts`, async () => {
    const model = await bundled('almanac');
    const draft = await bundled('almanac-draft');
    const drafting: readonly (readonly [Decoder, LoadedModel | null, OptionValues])[] = [
      [speculative, draft, {}],
      [promptLookup, null, {}],
      [typical, draft, {}],
      [jacobi, null, { window: 6 }],
      [lookahead, null, { window: 5, ngram: 3 }],
      [speculativeJacobi, null, { window: 6 }],
    ];
    const rejected = new Map<string, number>();
    for (const prompt of prompts(model, PROMPTS)) {
      const request = { prompt, maxNewTokens: 12, sampling: GREEDY };
      const plain = await decode(autoregressive, model, request);
      for (const [decoder, second, options] of drafting) {
        const { ids, finish, counts } = await decode(decoder, model, { ...request, options }, second);
        assert.deepEqual([ids, finish], [plain.ids, plain.finish], decoder.name);
        rejected.set(decoder.name, (rejected.get(decoder.name) ?? 0) + counts.drafted - counts.accepted);
      }
    }
    for (const [name, count] of rejected) assert.ok(count > 0, `no draft of ${name} was ever wrong`);
  });

  it('whole sequences of the bundled model follow its own law, of a truncated vocabulary (chi-squared)', async () => {
    const model = await bundled('almanac');
    const target = model.openSequence({ attention: [], hidden: [] });
    const second = model.openSequence({ attention: [], hidden: [] });
    // A poor draft: the model's own logits, halved and pushed about.
    const draft: CausalModel = {
      get vocabularySize() {
        return second.vocabularySize;
      },
      get contextLength() {
        return second.contextLength;
      },
      get length() {
        return second.length;
      },
      get chunk() {
        return second.chunk;
      },
      extend: async (tokens) => (await second.extend(tokens)).map((logit, i) => logit * 0.7 + Math.sin(i)),
      rollback: (length) => second.rollback(length),
    };
    const prompt = model.tokenizer.encode('The sun');
    const sampling = { ...PLAIN, topK: 4 };
    for (const [decoder, options] of [
      [speculative, { gamma: 2 }],
      [promptLookup, { gamma: 2, 'max-ngram': 1 }],
      [jacobi, { window: 3 }],
      [lookahead, { window: 3, ngram: 2 }],
      [speculativeJacobi, { window: 3 }],
      [speculativeJacobi, { window: 3, refresh: 'maximal-coupling', initial: 'sample' }],
      [speculativeJacobi, { window: 3, refresh: 'gumbel', initial: 'random' }],
    ] as const) {
      const aids = decoder === speculative ? { draft } : {};
      const request = { prompt: [...prompt, ...prompt], maxNewTokens: 3, sampling, options, aids };
      const p = await sequenceTest({ decoder, target, request, samples: 800 });
      assert.ok(p > 0.001, `${decoder.name} ${JSON.stringify(options)}: p ${p}`);
    }
    // The model's own layers as they are cut, not a draft beside it.
    const exit = await model.openExit(3);
    const pair = exit.openPair({ attention: [], hidden: [] });
    const aids = { exit: { layer: exit.layer, layers: model.layers, draft: pair.draft } };
    const request = { prompt, maxNewTokens: 3, sampling, options: { gamma: 2, layer: exit.layer }, aids };
    const p = await sequenceTest({ decoder: earlyExit, target: pair.target, request, samples: 800 });
    assert.ok(p > 0.001, `early-exit: p ${p}`);
    pair.dispose();
    exit.release();
  });

  it('Jacobi iteration draws what autoregressive decoding draws with the same seed', async () => {
    const model = await bundled('almanac');
    for (const [seed, prompt] of prompts(model, 20).entries()) {
      const request = { prompt, maxNewTokens: 16, sampling: { ...PLAIN, topK: 40, seed } };
      const plain = await decode(autoregressive, model, request);
      const own = await decode(jacobi, model, request);
      assert.deepEqual([own.ids, own.finish], [plain.ids, plain.finish]);
    }
  });
});

describe('the estimate of memory', () => {
  const models = folderModels(store);
  const folder = (name: string): string => join(import.meta.dirname, '../../models', name);
  const request: RunRequest = {
    model: { folder: folder('almanac') },
    prompt: { ids: [1, 2, 3] },
    decoder: 'speculative',
    sampling: GREEDY,
    maxNewTokens: 100,
    capture: { attention: [], hidden: [], logits: false },
    runId: 'x',
  };

  it('counts the draft model and its cache; a draft that is the model itself adds a cache', async () => {
    const alone = await models.estimate(request);
    const self = await models.estimate({ ...request, draft: request.model });
    assert.equal(self.model, alone.model);
    assert.equal(self.cache, 2 * alone.cache);
    const other = await new ModelStore().open({ folder: folder('lifegpt-16') });
    const fresh = folderModels(new ModelStore());
    const both = await fresh.estimate({ ...request, draft: other.ref });
    const target = await fresh.estimate(request);
    const second = await fresh.estimate({ ...request, model: other.ref });
    assert.equal(both.model, target.model + second.model);
    assert.equal(both.cache, target.cache + second.cache);
    assert.equal(both.total, target.total + second.model + second.cache);
    const cut = await fresh.estimate({ ...request, decoder: 'early-exit' });
    assert.deepEqual([cut.model, cut.cache], [2 * target.model, target.cache]);
  });
});

describe('the forms of one model', { skip: skipWithoutFixtures }, () => {
  const forms = [
    'optimum',
    'optimum_no_cache',
    'legacy_merged',
    'external_data',
    'ort_fused_norms',
    'torch_opset18',
    'torch_opset23',
    'genai_gqa',
    'genai_mha',
  ];
  for (const form of forms) {
    it(`${form}: greedy with a draft of int8 weights equals greedy without`, async () => {
      const target = await stories(form);
      const draft = await stories('transformersjs', 'onnx/model_quantized.onnx');
      for (const text of ['Once upon a time', 'The cat', 'Lily and Ben went']) {
        const request = { prompt: target.tokenizer.encode(text), maxNewTokens: 40, sampling: GREEDY };
        const plain = await decode(autoregressive, target, request);
        const drafted = await decode(speculative, target, { ...request, options: { gamma: 4 } }, draft);
        assert.deepEqual(drafted.ids, plain.ids);
        assert.ok(drafted.counts.accepted > 0 && drafted.passes < plain.passes);
        const looked = await decode(promptLookup, target, { ...request, options: { 'max-ngram': 1 } });
        assert.deepEqual(looked.ids, plain.ids);
      }
    });
  }

  it('embeddings are read from the file, also from beside it; of quantised ones it is said that they cannot be', async () => {
    const own = (await stories('optimum')).embeddings();
    assert.deepEqual([own?.rows, own?.width, own?.values.length], [512, 64, 512 * 64]);
    // llama2.c's checkpoint: 7 int32, then the embeddings.
    const bytes = readFileSync(fixture('stories260K', 'stories260K.bin'));
    const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 28, bytes.byteOffset + 28 + 512 * 64 * 4));
    assert.deepEqual(own?.values, expected);
    assert.deepEqual((await stories('external_data')).embeddings()?.values, expected);
    const { decoder } = chooseDecoder({
      model: { folder: '' },
      prompt: { text: '' },
      decoder: 'lantern',
      draft: { folder: '' },
      sampling: GREEDY,
      maxNewTokens: 1,
      capture: { attention: [], hidden: [], logits: false },
      runId: 'x',
    });
    const quantised = await stories('transformersjs', 'onnx/model_quantized.onnx');
    const prompt = quantised.tokenizer.encode('Once');
    assert.throws(
      () => openAids(decoder, quantised, quantised, prompt, new KeptStates()),
      /compares token embeddings, and onnx\/model_quantized\.onnx holds none/,
    );
  });
});

describe('the Life model', () => {
  it(`drafts leave what the model says of ${GRIDS} grids as it is, in fewer passes`, async () => {
    const model = await bundled('lifegpt-16');
    const draft = await bundled('lifegpt-16-draft');
    const passes = new Map<Decoder, number>();
    const count = (decoder: Decoder, taken: number): unknown => passes.set(decoder, (passes.get(decoder) ?? 0) + taken);
    const grid = model.identity.life ?? assert.fail('no grid');
    for (const cells of boards(grid, GRIDS)) {
      const prompt = model.tokenizer.encode(grid.prompt.replace('{cells}', cells.join('')));
      const request = { prompt, maxNewTokens: 300, sampling: GREEDY };
      const plain = await decode(autoregressive, model, request);
      const copied = await decode(copyPrevious, model, request);
      const ruled = await decode(exactRule, model, request);
      assert.deepEqual([copied.ids, copied.finish], [plain.ids, 'end-of-text']);
      count(autoregressive, plain.passes);
      for (const [decoder, second] of [
        [speculativeJacobi, null],
        [jacobi, null],
        [lookahead, null],
        [promptLookup, null],
        [speculative, draft],
      ] as const) {
        const own = await decode(decoder, model, request, second);
        assert.deepEqual([own.ids, own.finish], [plain.ids, plain.finish], decoder.name);
        count(decoder, own.passes);
      }
      assert.deepEqual(ruled.ids, plain.ids);
      assert.ok(ruled.passes * 8 < plain.passes);
      // Rejections of the rule are the model's errors.
      const right = lifeAnswer(step(cells, grid, parseRule(grid.rule)), grid);
      const said = model.tokenizer.decode(plain.ids.slice(prompt.length));
      assert.equal(ruled.counts.acceptanceRate === 1, said === right);
    }
    const plain = passes.get(autoregressive) ?? 0;
    for (const [decoder, taken] of passes) {
      assert.ok(decoder === autoregressive || taken < plain, `${decoder.name}: ${taken} of ${plain} passes`);
    }
    // The goal is a tenth of the passes.
    assert.ok((passes.get(speculativeJacobi) ?? plain) * 10 < plain);
  });

  it('a prompt that holds the beginning of an answer is drafted from there; one without a grid is refused', async () => {
    const model = await bundled('lifegpt-16');
    const grid = model.identity.life ?? assert.fail('no grid');
    const [cells] = boards(grid, 1) as [Uint8Array];
    const answer = lifeAnswer(step(cells, grid, parseRule(grid.rule)), grid);
    const prompt = model.tokenizer.encode(grid.prompt.replace('{cells}', cells.join('')) + answer.slice(0, 100));
    const { counts, ids } = await decode(exactRule, model, { prompt, maxNewTokens: 300, sampling: GREEDY });
    assert.ok(counts.acceptanceRate! > 0.95);
    assert.ok(model.tokenizer.decode(ids).endsWith(answer.slice(-20)));
    assert.throws(
      () => openAids(exactRule, model, null, model.tokenizer.encode('hello'), new KeptStates()),
      /needs a prompt with a grid of 16 x 16 cells/,
    );
  });
});
