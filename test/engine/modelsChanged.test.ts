import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ModelStore } from '../../src/engine/model';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { testFolder } from '../harness/modelFolder';

const ids = [1, 403, 407, 261];
const logits = async (store: ModelStore, folder: string): Promise<Float32Array> => {
  const model = await store.open({ folder });
  return model.openSequence({ attention: [], hidden: [] }).extend(ids);
};

describe('a file of weights that changes while its model is open', { skip: skipWithoutFixtures }, () => {
  const optimum = fixture('exports', 'stories260K', 'optimum');
  const external = fixture('exports', 'stories260K', 'external_data');

  for (const [what, change] of [
    ['replaced by another', (path: string) => renameSync(join(path, '..', 'config.json'), path)],
    ['deleted', (path: string) => unlinkSync(path)],
  ] as const) {
    it(`${what} of its name: the open model goes on as it was`, { skip: process.platform === 'win32' }, async (t) => {
      const folder = testFolder(t, optimum);
      const model = await new ModelStore().open({ folder: folder.path });
      const expected = await model.openSequence({ attention: [], hidden: [] }).extend(ids);
      change(join(folder.path, 'model.onnx'));
      assert.deepEqual(await model.openSequence({ attention: [], hidden: [] }).extend(ids), expected);
    });
  }

  for (const [form, source, file] of [
    ['a model’s own file', optimum, 'model.onnx'],
    ['external data', external, 'onnx/model.onnx_data'],
  ] as const) {
    for (const [what, change] of [
      ['overwritten', (path: string) => writeFileSync(path, readFileSync(path).fill(0))],
      ['shortened', (path: string) => truncateSync(path, 10)],
    ] as const) {
      it(`${form}, ${what}: a pass is refused, and the mended model is loaded anew`, async (t) => {
        const folder = testFolder(t, source);
        const path = join(folder.path, file);
        const store = new ModelStore();
        const model = await store.open({ folder: folder.path });
        const sequence = model.openSequence({ attention: [], hidden: [] });
        const expected = await sequence.extend(ids);
        change(path);
        await assert.rejects(sequence.extend([5]), {
          code: 'file',
          message: /was changed while the model was in use\.$/,
        });
        assert.equal(sequence.length, ids.length);
        copyFileSync(join(source, file), path);
        assert.deepEqual(await logits(store, folder.path), expected);
      });
    }
  }
});

describe('a model file that is a link, as download caches have them', { skip: skipWithoutFixtures }, () => {
  for (const form of ['optimum', 'external_data']) {
    it(`is run where it lies: ${form}`, async (t) => {
      const source = fixture('exports', 'stories260K', form);
      const folder = testFolder(t, source);
      const file = form === 'optimum' ? 'model.onnx' : 'onnx/model.onnx';
      const blobs = testFolder(t);
      mkdirSync(join(blobs.path, 'blobs'));
      renameSync(join(folder.path, file), join(blobs.path, 'blobs', '0a1b2c'));
      symlinkSync(join(blobs.path, 'blobs', '0a1b2c'), join(folder.path, file));
      assert.deepEqual(await logits(new ModelStore(), folder.path), await logits(new ModelStore(), source));
    });
  }
});
