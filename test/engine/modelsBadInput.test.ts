import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { listModels, ModelStore } from '../../src/engine/model';
import type { ModelRef } from '../../src/protocol/models';
import { Problem, type ProblemCode } from '../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { testFolder, type TestFolder } from '../harness/modelFolder';
import { tinyDecoder } from '../harness/tinyDecoder';

const store = new ModelStore();

/** Opening fails with one sentence and something to do, and the list says the same. */
async function refused(ref: ModelRef, code: ProblemCode, sentence: RegExp, isListed = true): Promise<void> {
  await assert.rejects(store.open(ref), (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, sentence);
    assert.match(error.message, /^[^\n]*\.$/);
    assert.ok(error.action, 'says what to do');
    return true;
  });
  if (!isListed) return;
  const [summary, ...others] = await listModels([{ path: ref.folder, origin: 'added' }]);
  assert.deepEqual(others, []);
  assert.equal(summary?.problem?.code, code);
  assert.match(summary.problem.message, sentence);
}

describe('a model folder that cannot be used', { skip: skipWithoutFixtures }, () => {
  const optimum = fixture('exports', 'stories260K', 'optimum');
  const external = fixture('exports', 'stories260K', 'external_data');
  const copy = (context: TestContext): TestFolder => testFolder(context, optimum);

  it('is not there', async () => {
    await refused({ folder: '/nowhere/at/all' }, 'model-not-found', /There is no model folder \/nowhere\/at\/all/);
  });

  for (const [what, content, sentence] of [
    ['is cut', '{"model_type": "llama", "hidd', /config\.json is not valid JSON/],
    ['is empty', '', /config\.json is not valid JSON/],
    ['is a list', '[]', /config\.json is not a JSON object/],
  ] as const) {
    it(`has a config that ${what}`, async (t) => {
      const folder = copy(t);
      folder.write('config.json', content);
      await refused({ folder: folder.path }, 'config-invalid', sentence);
    });
  }

  it('has a Life grid that is not whole', async (t) => {
    const folder = copy(t);
    folder.edit('config.json', { vivarium: { task: 'life', width: 16, height: 16 } });
    await refused({ folder: folder.path }, 'config-invalid', /lacks part of its Life grid/);
  });

  it('has no ONNX file', async (t) => {
    const folder = copy(t);
    folder.remove('model.onnx');
    await refused({ folder: folder.path }, 'onnx-missing', /has no ONNX file/);
  });

  it('has not the file that was asked for', async () => {
    await refused({ folder: optimum, file: 'onnx/model_q4.onnx' }, 'onnx-missing', /no onnx\/model_q4\.onnx in/, false);
  });

  it('is asked for a file outside it', async () => {
    await assert.rejects(store.open({ folder: optimum, file: '../external_data/onnx/model.onnx' }), {
      code: 'bad-request',
      message: /is not inside the model folder/,
    });
  });

  for (const [what, content, sentence] of [
    ['empty', new Uint8Array(0), /model\.onnx is empty/],
    ['text', Buffer.from('This is not a model.'), /model\.onnx/],
    ['a pointer of Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\noid'), /Git LFS pointer/],
    ['random', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251)), /model\.onnx/],
  ] as const) {
    it(`has an ONNX file that is ${what}`, async (t) => {
      const folder = copy(t);
      folder.write('model.onnx', content);
      await refused({ folder: folder.path }, 'onnx-invalid', sentence);
    });
  }

  it('has an ONNX file that is cut in the middle', async (t) => {
    const folder = copy(t);
    for (const bytes of [1_300_000, 700_000, 1000]) {
      truncateSync(join(folder.path, 'model.onnx'), bytes);
      await refused({ folder: folder.path }, 'onnx-invalid', /model\.onnx is cut off/);
    }
  });

  it('has an ONNX file that is no decoder', async (t) => {
    const folder = copy(t);
    folder.write('model.onnx', tinyDecoder({ outputs: 'hidden' }));
    await refused(
      { folder: folder.path },
      'onnx-not-a-decoder',
      /is not a decoder of text: it has no output of logits/,
    );
  });

  it('needs an operator that onnxruntime lacks', async (t) => {
    const folder = copy(t);
    folder.replaceBytes('model.onnx', '"\x07Sigmoid', '"\x07Sigmund');
    await refused({ folder: folder.path }, 'onnx-unsupported', /needs the operator Sigmund/, false);
  });

  it('was written for a newer runtime', async (t) => {
    const folder = copy(t);
    const bytes = readFileSync(join(optimum, 'model.onnx'));
    // ir_version, the first field.
    assert.equal(bytes[0], 8);
    bytes[1] = 99;
    folder.write('model.onnx', bytes);
    await refused({ folder: folder.path }, 'onnx-unsupported', /newer than this onnxruntime: IR version 99/, false);
  });

  for (const [what, content, sentence] of [
    ['is cut', '{"version": "1.0", "model": {"vo', /tokenizer\.json is not valid JSON/],
    ['has no vocabulary', '{"version": "1.0", "model": {}}', /tokenizer\.json .*has no vocabulary/],
    ['is a list', '[1, 2]', /tokenizer\.json .*has no vocabulary/],
  ] as const) {
    it(`has a tokenizer that ${what}`, async (t) => {
      const folder = copy(t);
      folder.write('tokenizer.json', content);
      await refused({ folder: folder.path }, 'tokenizer-invalid', sentence);
    });
  }

  it('has a tokenizer of a kind that is not known', async (t) => {
    const folder = copy(t);
    folder.edit('tokenizer.json', { model: { type: 'Abacus', vocab: {} } });
    await refused({ folder: folder.path }, 'tokenizer-invalid', /the model Abacus is not supported here/);
  });

  it('has a tokenizer of a larger vocabulary than the model', async (t) => {
    const folder = copy(t);
    const tokenizer = JSON.parse(readFileSync(join(optimum, 'tokenizer.json'), 'utf8')) as {
      model: { vocab: Record<string, number> };
    };
    for (let id = 512; id < 700; id++) tokenizer.model.vocab[`<extra ${id}>`] = id;
    folder.write('tokenizer.json', JSON.stringify(tokenizer));
    await refused(
      { folder: folder.path },
      'vocabulary-mismatch',
      /The tokenizer knows 700 tokens, but .* only 512/,
      false,
    );
  });

  it('has weights in a file that is missing', async (t) => {
    const folder = testFolder(t, external);
    folder.remove('onnx/model.onnx_data');
    await refused({ folder: folder.path }, 'external-data', /The weights of onnx\/model\.onnx are missing/);
  });

  it('has weights in a file that is cut', async (t) => {
    const folder = testFolder(t, external);
    truncateSync(join(folder.path, 'onnx/model.onnx_data'), 1_000_000);
    await refused(
      { folder: folder.path },
      'external-data',
      /model\.onnx_data is cut off: it has 1000000 bytes, and .* 1171200/,
    );
  });

  for (const [what, location] of [
    ['an absolute path', '/etc/weights.bin'],
    ['a way up', '../../weights.b'],
    ['a drive', 'C:\\weights.data'],
  ] as const) {
    it(`has weights outside: ${what}`, async (t) => {
      const folder = testFolder(t, external);
      const name = 'model.onnx_data';
      folder.replaceBytes('onnx/model.onnx', name, location.padEnd(name.length, 'x').slice(0, name.length));
      await refused({ folder: folder.path }, 'external-data', /wants weights from outside its folder .* refused/);
    });
  }

  it('has weights outside: a link', async (t) => {
    const folder = testFolder(t, external);
    const elsewhere = testFolder(t);
    renameSync(join(folder.path, 'onnx/model.onnx_data'), join(elsewhere.path, 'weights'));
    symlinkSync(join(elsewhere.path, 'weights'), join(folder.path, 'onnx/model.onnx_data'));
    await refused(
      { folder: folder.path },
      'external-data',
      /is a link to a file outside the model’s folder, which is refused/,
    );
  });

  it('may keep its weights elsewhere in its own folder', async (t) => {
    const folder = testFolder(t, external);
    mkdirSync(join(folder.path, 'onnx/w'));
    renameSync(join(folder.path, 'onnx/model.onnx_data'), join(folder.path, 'onnx/w/model.weight'));
    folder.replaceBytes('onnx/model.onnx', 'model.onnx_data', 'w//model.weight');
    const model = await store.open({ folder: folder.path });
    assert.equal((await model.openSequence({ attention: [], hidden: [] }).extend([1])).length, 512);
  });

  it('is larger than the memory that is free, and refused before it is loaded', async () => {
    const small = new ModelStore(() => 20e6);
    await assert.rejects(small.open({ folder: optimum }), (error: unknown) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, 'memory');
      assert.match(error.message, /^Loading model\.onnx takes about \d+ MB of memory, and 20 MB are free\.$/);
      assert.match(error.action ?? '', /smaller/);
      return true;
    });
    assert.deepEqual(small.sessions, []);
  });

  it('can be used once it is mended', async (t) => {
    const folder = copy(t);
    folder.write('config.json', '{');
    await refused({ folder: folder.path }, 'config-invalid', /not valid JSON/);
    writeFileSync(join(folder.path, 'config.json'), readFileSync(join(optimum, 'config.json')));
    assert.equal((await store.open({ folder: folder.path })).layers, 5);
    const [summary] = await listModels([{ path: folder.path, origin: 'workspace' }]);
    assert.equal(summary?.problem, undefined);
  });
});

describe('tokens that cannot be used', { skip: skipWithoutFixtures }, () => {
  const folder = fixture('exports', 'stories260K', 'optimum');

  it('are outside the vocabulary', async () => {
    const sequence = (await store.open({ folder })).openSequence({ attention: [], hidden: [] });
    await sequence.extend([1, 2]);
    for (const id of [512, -1, 1.5, NaN]) {
      await assert.rejects(sequence.extend([3, id]), {
        code: 'vocabulary-mismatch',
        message: /vocabulary of 512 tokens/,
      });
    }
    assert.equal(sequence.length, 2);
  });

  it('are more than the context holds', async () => {
    const sequence = (await store.open({ folder })).openSequence({ attention: [], hidden: [] });
    assert.equal(sequence.contextLength, 512);
    await sequence.extend(new Array<number>(510).fill(5));
    await assert.rejects(sequence.extend([1, 2, 3]), {
      code: 'prompt-too-long',
      message: /513 tokens are more than the 512/,
    });
    assert.equal(sequence.length, 510);
    await sequence.extend([1, 2]);
    assert.equal(sequence.length, 512);
  });

  it('are none', async () => {
    const sequence = (await store.open({ folder })).openSequence({ attention: [], hidden: [] });
    await assert.rejects(sequence.extend([]), RangeError);
    assert.throws(() => sequence.rollback(1), RangeError);
    assert.throws(() => sequence.rollback(-1), RangeError);
  });

  it('are text, where the folder has no tokenizer', async (t) => {
    const own = testFolder(t, folder);
    own.remove('tokenizer.json');
    const model = await store.open({ folder: own.path });
    const { tokenizer } = model;
    assert.equal(tokenizer.kind, 'none');
    assert.throws(() => tokenizer.encode('Once'), { code: 'tokenizer-invalid', message: /has no tokenizer/ });
    assert.deepEqual(tokenizer.describe([7]), [{ id: 7, text: '7', bytes: [], special: false }]);
    assert.equal(tokenizer.decode([7, 8]), '7 8');
    assert.equal((await model.openSequence({ attention: [], hidden: [] }).extend([7, 8])).length, 2 * 512);
  });
});
