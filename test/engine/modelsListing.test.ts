import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { estimateMemory, inspectModel, listModels, ModelStore } from '../../src/engine/model';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { testFolder } from '../harness/modelFolder';
import { tinyDecoder } from '../harness/tinyDecoder';

const stories = (folder: string): string => fixture('exports', 'stories260K', folder);

describe('the list of models', { skip: skipWithoutFixtures }, () => {
  it('has every export, in the order of their paths, without opening one', async () => {
    const models = await listModels([{ path: fixture('exports'), origin: 'workspace' }]);
    assert.equal(models.length, 15 + 9 + 2);
    const folders = models.map(({ folder }) => folder);
    assert.deepEqual(folders, [...folders].sort());
    assert.ok(models.every(({ origin, kind, role }) => origin === 'workspace' && kind === 'text' && role === 'target'));
    assert.deepEqual(
      models.filter(({ problem }) => problem).map(({ name }) => name),
      ['genai_fails_at_load'],
    );
    const optimum = models.find(({ name }) => name === 'optimum');
    const { probes, ...facts } = optimum ?? assert.fail();
    assert.deepEqual(facts, {
      name: 'optimum',
      folder: stories('optimum'),
      origin: 'workspace',
      kind: 'text',
      role: 'target',
      architecture: 'llama',
      file: 'model.onnx',
      variants: [{ file: 'model.onnx', dtype: 'fp32', bytes: 1385289 }],
      dtype: 'fp32',
      bytes: 1385289,
      // 512 x 64 embeddings, tied, and five layers, with the rotary frequencies.
      parameters: facts.parameters,
      layers: 5,
      heads: 8,
      vocabularySize: 512,
      contextLength: 512,
      tokenizer: 'tokenizer.json',
    });
    assert.ok(Math.abs((facts.parameters ?? 0) - 260_000) < 40_000, String(facts.parameters));
    assert.deepEqual(probes, {
      attention: { available: true, how: 'Softmax output' },
      hidden: { available: true, how: 'residual stream between the blocks' },
      logits: { available: true, how: 'output of the model' },
    });
    assert.ok(models.filter(({ problem }) => !problem).every((model) => model.probes.attention.available));
  });

  it('says what went wrong with a folder, and what is known of it anyway', async () => {
    const [model] = await listModels([{ path: stories('genai_fails_at_load'), origin: 'added' }]);
    assert.equal(model?.problem?.code, 'onnx-invalid');
    assert.match(model.problem.message, /present\.0\.key/);
    assert.deepEqual([model.layers, model.heads, model.dtype, model.file], [5, 8, 'unknown', 'model.onnx']);
    assert.equal(model.probes.attention.available, false);
  });

  it('counts external data as the model’s, and both files of a pair', async () => {
    const [external] = await listModels([{ path: stories('external_data'), origin: 'bundled' }]);
    assert.equal(external?.bytes, 216977 + 1171200);
    const [legacy] = await listModels([{ path: stories('legacy_merged'), origin: 'bundled' }]);
    assert.deepEqual(legacy?.variants, [
      { file: 'onnx/decoder_model_merged.onnx', dtype: 'fp32', bytes: 1584204 },
      { file: 'onnx/decoder_model.onnx', dtype: 'fp32', bytes: 1375811 + 1378843 },
    ]);
  });

  it('offers the most exact file first', async () => {
    const [model] = await listModels([{ path: stories('transformersjs'), origin: 'added' }]);
    assert.deepEqual(
      model?.variants.map(({ file, dtype }) => [file, dtype]),
      [
        ['onnx/model.onnx', 'fp32'],
        ['onnx/model_fp16.onnx', 'fp16'],
        ['onnx/model_quantized.onnx', 'int8'],
        ['onnx/model_q4.onnx', 'q4'],
      ],
    );
    assert.equal(model?.file, 'onnx/model.onnx');
  });

  it('does not look into hidden folders, packages and links, nor at other JSON', async (t) => {
    const root = testFolder(t);
    const put = (path: string): void => {
      mkdirSync(join(root.path, path), { recursive: true });
      writeFileSync(join(root.path, path, 'config.json'), '{"model_type": "gpt2"}');
      writeFileSync(join(root.path, path, 'model.onnx'), tinyDecoder());
    };
    for (const path of ['b', 'deep/down/here/a', '.git/x', 'node_modules/y', '.venv/z']) put(path);
    mkdirSync(join(root.path, 'app'));
    writeFileSync(join(root.path, 'app/config.json'), '{"port": 80}');
    mkdirSync(join(root.path, 'graphs'));
    writeFileSync(join(root.path, 'graphs/lonely.onnx'), tinyDecoder());
    const elsewhere = testFolder(t, stories('optimum'));
    symlinkSync(elsewhere.path, join(root.path, 'link'));
    symlinkSync(root.path, join(root.path, 'loop'));
    const models = await listModels([
      { path: root.path, origin: 'workspace' },
      { path: join(root.path, 'b'), origin: 'added' },
    ]);
    assert.deepEqual(
      models.map(({ name, problem }) => [name, problem]),
      [
        ['b', undefined],
        ['a', undefined],
      ],
    );
  });

  it('has a folder that the user added, also where there is no model in it', async (t) => {
    const empty = testFolder(t);
    assert.deepEqual(await listModels([{ path: empty.path, origin: 'workspace' }]), []);
    const [model] = await listModels([{ path: empty.path, origin: 'added' }]);
    assert.equal(model?.problem?.code, 'onnx-missing');
    const [gone] = await listModels([{ path: join(empty.path, 'gone'), origin: 'added' }]);
    assert.equal(gone?.problem?.code, 'model-not-found');
  });

  it('has a model that was never exported only where the user added it, saying so', async (t) => {
    const folder = testFolder(t, stories('optimum'));
    folder.remove('model.onnx');
    assert.deepEqual(await listModels([{ path: folder.path, origin: 'workspace' }]), []);
    const [model] = await listModels([{ path: folder.path, origin: 'added' }]);
    assert.equal(model?.problem?.code, 'onnx-missing');
    assert.match(model.problem.action ?? '', /Export the model to ONNX/);
  });

  it('reads the kind, role and grid that a config states', async (t) => {
    const folder = testFolder(t, stories('optimum'));
    const life = {
      width: 16,
      height: 16,
      topology: 'torus',
      rule: 'B3/S23',
      prompt: '@PredictNextState<{cells}> [',
      answer: '{cells}]$',
    };
    folder.edit('config.json', { vivarium: { task: 'life', role: 'draft', ...life } });
    const [model] = await listModels([{ path: folder.path, origin: 'bundled' }]);
    assert.deepEqual([model?.kind, model?.role, model?.life], ['life', 'draft', life]);
  });

  it('names a model of Hugging Face’s cache after its repository', async (t) => {
    const cache = testFolder(t);
    const snapshot = join(cache.path, 'models--someone--tiny-model/snapshots/0123456789abcdef');
    mkdirSync(snapshot, { recursive: true });
    cpSync(stories('optimum'), snapshot, { recursive: true });
    const [model] = await listModels([{ path: cache.path, origin: 'added' }]);
    assert.equal(model?.name, 'tiny-model');
  });
});

describe('the report of a model', { skip: skipWithoutFixtures }, () => {
  it('has its interface, operators and identity', async () => {
    const folder = stories('torch_opset23');
    const report = await inspectModel({ folder });
    const file = readFileSync(join(folder, 'model.onnx'));
    assert.equal(report.sha256, createHash('sha256').update(file).digest('hex'));
    assert.match(report.producer, /torch/);
    assert.deepEqual(
      report.opsets.find(({ domain }) => domain === 'ai.onnx'),
      { domain: 'ai.onnx', version: 23 },
    );
    assert.deepEqual(report.inputs.slice(0, 1), [
      { name: 'input_ids', type: 'int64', shape: ['batch_size', 'sequence_length'] },
    ]);
    assert.equal(report.inputs.length, 3 + 10);
    assert.equal(report.outputs.length, 1 + 10);
    assert.deepEqual(
      report.operators.find(({ name }) => name === 'Attention'),
      { name: 'Attention', count: 5 },
    );
    assert.equal(report.cache, '5 layers of keys and values, float32 [batch_size, 4, past_sequence_length, 8]');
    assert.equal(report.estimate.total, report.estimate.model + report.estimate.cache + report.estimate.capture);
  });

  it('counts the operators inside the branches of an If', async () => {
    const { operators } = await inspectModel({ folder: stories('legacy_merged') });
    assert.deepEqual(
      operators.find(({ name }) => name === 'Softmax'),
      { name: 'Softmax', count: 10 },
    );
  });

  it('notes where config and graph differ, and that there is no tokenizer', async (t) => {
    const folder = testFolder(t, stories('optimum'));
    folder.remove('tokenizer.json');
    folder.edit('config.json', { vocab_size: 999 });
    const { notes, summary } = await inspectModel({ folder: folder.path });
    assert.ok(notes.some((note) => /config\.json says 999 tokens in the vocabulary, model\.onnx has 512/.test(note)));
    assert.ok(notes.some((note) => /no tokenizer\.json/.test(note)));
    assert.equal(summary.vocabularySize, 512);
  });

  it('fails as opening would', async () => {
    await assert.rejects(inspectModel({ folder: stories('genai_fails_at_load') }), { code: 'onnx-invalid' });
  });
});

describe('the estimate of memory', { skip: skipWithoutFixtures }, () => {
  const ref = { folder: stories('optimum') };
  const nothing = { attention: [], hidden: [], logits: false };
  const BUDGET = 512 * 2 ** 20;

  it('grows with what is kept, by its size', async () => {
    const of = async (capture: Parameters<typeof estimateMemory>[1]['capture'], isLoaded = true): Promise<number> =>
      (await estimateMemory(ref, { tokens: 100, capture, isLoaded, budget: BUDGET })).total;
    const base = await of(nothing);
    assert.equal((await of({ ...nothing, logits: true })) - base, 100 * 512 * 4);
    assert.equal((await of({ ...nothing, hidden: [0, 5] })) - base, 2 * 100 * 64 * 4);
    assert.equal((await of({ ...nothing, hidden: 'all' })) - base, 6 * 100 * 64 * 4);
    // Maps grow by blocks of rows.
    const triangle = 5 * 8 * ((100 * 101) / 2) * 4;
    const maps = (await of({ ...nothing, attention: 'all' })) - base;
    assert.ok(maps >= triangle && maps < 2 * triangle);
    assert.ok((await of(nothing, false)) - base > 1385289);
  });

  it('counts no more of what is kept than the budget that a run keeps to', async () => {
    const request = { tokens: 1e5, capture: { ...nothing, attention: 'all' as const, logits: true }, isLoaded: true };
    const { capture } = await estimateMemory(ref, { ...request, budget: BUDGET });
    const { capture: alone } = await estimateMemory(ref, { ...request, capture: nothing, budget: BUDGET });
    assert.ok(capture - alone <= BUDGET && capture > alone);
  });

  it('has the cache twice: as it goes into a pass and as it comes out', async () => {
    const { cache } = await estimateMemory(ref, { tokens: 100, capture: nothing, isLoaded: true, budget: BUDGET });
    assert.equal(cache, 2 * 5 * 2 * 4 * 100 * 8 * 4);
  });

  it('offers something cheaper where it does not fit', async () => {
    const huge = await estimateMemory(ref, {
      tokens: 1e6,
      capture: { ...nothing, attention: 'all' },
      isLoaded: false,
      budget: 1e15,
    });
    assert.equal(huge.fits, false);
    assert.match(huge.advice ?? '', /fewer layers/);
    assert.ok(huge.available > 0);
  });
});

describe('an open model', { skip: skipWithoutFixtures }, () => {
  it('is opened once, and told of', async () => {
    const store = new ModelStore();
    const messages: string[] = [];
    const ref = { folder: stories('optimum') };
    const onLoading = (message: string): void => void messages.push(message);
    const [a, b] = await Promise.all([store.open(ref, { onLoading }), store.open(ref, { onLoading })]);
    assert.deepEqual(a.identity, b.identity);
    await store.open({ ...ref, file: 'model.onnx' }, { onLoading });
    assert.deepEqual(messages, ['Loading optimum (model.onnx, 2 MB)']);
    assert.deepEqual(store.sessions, [{ folder: ref.folder, file: 'model.onnx' }]);
    assert.ok(store.isOpen(ref));
    assert.ok(!store.isOpen({ folder: stories('torch_opset18') }));
  });

  it('takes turns with its passes', async () => {
    const log: string[] = [];
    const model = await new ModelStore().open(
      { folder: stories('optimum') },
      {
        turn: async (work) => {
          log.push('turn');
          const result = await work();
          log.push('done');
          return result;
        },
      },
    );
    const sequence = model.openSequence({ attention: [], hidden: [], onPass: () => log.push('pass') });
    await sequence.extend([1, 2]);
    await sequence.extend([3]);
    assert.deepEqual(log, ['turn', 'done', 'pass', 'turn', 'done', 'pass']);
  });

  it('gives up where it is cancelled, and is there for the next', async () => {
    const store = new ModelStore();
    const ref = { folder: stories('optimum') };
    await assert.rejects(store.open(ref, { signal: { aborted: true } }), { code: 'cancelled' });
    assert.equal((await store.open(ref)).layers, 5);
  });

  it('is opened anew where its file has changed', async (t) => {
    const folder = testFolder(t, stories('optimum'));
    const store = new ModelStore();
    const before = await store.open({ folder: folder.path });
    folder.write('model.onnx', readFileSync(join(stories('optimum_no_cache'), 'model.onnx')));
    const after = await store.open({ folder: folder.path });
    assert.notEqual(before.identity.sha256, after.identity.sha256);
  });
});
