import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findDecoder, openFileSource, readOnnx } from '../../src/engine/graph/index';
import { inspectModel, ModelStore } from '../../src/engine/model';
import type { PassCapture } from '../../src/engine/model/types';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { testFolder, type TestFolder } from '../harness/modelFolder';
import { largestDifference } from '../harness/onnx';
import type { ToyOptions } from '../harness/toyDecoder';
import { toyFiles, writeFiles } from '../harness/toyFolder';

interface Pass {
  readonly logits: Float32Array;
  readonly attention: Float32Array[];
}

/** Logits and attention of every layer, some tokens at once and some one by one. */
async function passes(folder: string, ids: readonly number[]): Promise<Pass[]> {
  const model = await new ModelStore().open({ folder });
  const layers = Array.from({ length: model.layers }, (_, layer) => layer);
  const attention: Float32Array[][] = [];
  const onPass = (pass: PassCapture): void => void attention.push(layers.map((layer) => pass.attention.get(layer)!));
  const sequence = model.openSequence({ attention: layers, hidden: [], onPass });
  const given: Pass[] = [];
  for (const piece of [ids.slice(0, 3), ...ids.slice(3).map((id) => [id])]) {
    const logits = await sequence.extend(piece);
    given.push({ logits, attention: attention.splice(0).flat() });
  }
  return given;
}

function same(a: readonly Pass[], b: readonly Pass[], within: number): void {
  assert.equal(a.length, b.length);
  a.forEach((pass, i) => {
    const other = b[i] as Pass;
    assert.ok(largestDifference(pass.logits, other.logits) <= within);
    assert.equal(pass.attention.length, other.attention.length);
    pass.attention.forEach((map, layer) => {
      assert.ok(largestDifference(map, other.attention[layer] as Float32Array) <= within);
    });
  });
}

const ids = [1, 4, 2, 7, 3, 9];

/** Other names of the same length, so that the file stays one. */
function rename(folder: TestFolder, names: Readonly<Record<string, string>>): void {
  for (const [from, to] of Object.entries(names)) folder.replaceBytes('model.onnx', from, to);
}

function toyFolder(context: TestContext, options: ToyOptions = {}): TestFolder {
  const folder = testFolder(context);
  writeFiles(folder.path, toyFiles(options));
  return folder;
}

/** Names and dimensions that say nothing. */
const cacheNames = {
  past_key_values: 'qqqqqqqqqqqqqqq',
  'present.': 'zzzzzzz.',
  '.key': '.aaa',
  '.value': '.bbbb1',
};
const dimensions = { past: 'aaaa', total: 'bbbbb', sequence: 'ssssssss', batch: 'nnnnn' };

describe('inputs and outputs whose names say nothing', () => {
  for (const [what, names] of [
    ['ids called x', { input_ids: 'xxxxxxxxx' }],
    ['ids called input.1', { input_ids: 'input.001' }],
    ['caches as keys and values, in and out', { past_key_values: 'cache_in_of_mod', 'present.': 'outward.' }],
    ['caches, by what the graph does with them', cacheNames],
    ['caches, by their shapes alone', { ...cacheNames, ...dimensions }],
    ['positions', { position_ids: 'yyyyyyyyyyyy' }],
    ['logits', { logits: '1234.5' }],
    ['all of them', { ...cacheNames, input_ids: 'xxxxxxxxx', position_ids: 'yyyyyyyyyyyy', logits: '1234.5' }],
  ] as const) {
    it(`are recognised: ${what}`, async (t) => {
      const expected = await passes(toyFolder(t).path, ids);
      const folder = toyFolder(t);
      rename(folder, names);
      const { cache } = await inspectModel({ folder: folder.path });
      assert.match(cache, /^2 layers of keys and values/);
      same(await passes(folder.path, ids), expected, 0);
    });
  }

  it('are not taken for what they are not: an input that nothing tells is named', async (t) => {
    const folder = toyFolder(t, { unknown: 'mystery' });
    rename(folder, cacheNames);
    await assert.rejects(passes(folder.path, ids), { code: 'onnx-unsupported', message: /mystery/ });
  });

  it('keys are not values, and layers stand in their order', (t) => {
    const folder = toyFolder(t);
    rename(folder, cacheNames);
    const source = openFileSource(join(folder.path, 'model.onnx'));
    const { cache } = findDecoder(readOnnx(source)).interface;
    source.close();
    assert.deepEqual(
      cache.map(({ layer, part, past, present }) => [layer, part, past, present]),
      [0, 1].flatMap((layer) => [
        [layer, 'key', `qqqqqqqqqqqqqqq.${layer}.aaa`, `zzzzzzz.${layer}.aaa`],
        [layer, 'value', `qqqqqqqqqqqqqqq.${layer}.bbbb1`, `zzzzzzz.${layer}.bbbb1`],
      ]),
    );
  });

  describe('in real exports', { skip: skipWithoutFixtures }, () => {
    it('k_cache_in_0, v_cache_out_0: the model gives what it gives with the usual names', async () => {
      const expected = await passes(fixture('exports/stories260K/optimum'), [1, 403, 407, 261, 378, 5]);
      same(await passes(fixture('wild/names_kcache'), [1, 403, 407, 261, 378, 5]), expected, 1e-6);
    });

    for (const [form, file] of [
      ['genai_gqa', 'model.onnx'],
      ['torch_opset23', 'model.onnx'],
      ['legacy_merged', 'onnx/decoder_model_merged.onnx'],
      ['optimum', 'model.onnx'],
    ] as const) {
      it(`${form}: the cache is found by its use as by its names`, (t) => {
        const source = fixture('exports/stories260K', form);
        const folder = testFolder(t, source);
        const caches = (path: string): unknown => {
          const opened = openFileSource(join(path, file));
          const { cache } = findDecoder(readOnnx(opened)).interface;
          opened.close();
          return cache.map(({ layer, part, elementType, dims, sequenceAxis, headAxis }) => {
            return { layer, part, elementType, dims, sequenceAxis, headAxis };
          });
        };
        folder.replaceBytes(file, 'past_key_values', 'qqqqqqqqqqqqqqq');
        folder.replaceBytes(file, 'present', 'zzzzzzz');
        assert.deepEqual(caches(folder.path), caches(source));
      });
    }
  });
});
