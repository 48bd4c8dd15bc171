import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ModelStore } from '../../src/engine/model';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { largestDifference, score } from '../harness/modelGolden';
import { goldenRun, type GoldenRun } from '../harness/onnxGolden';
import { readSafetensors } from '../harness/safetensors';

const store = new ModelStore();

/** The exports at opset 23 have the same weights as those of the zoo. */
function goldenOf(name: string): GoldenRun {
  return goldenRun(readSafetensors(fixture('exports', 'zoo', name, 'golden.safetensors')));
}

describe('architectures with random weights', { skip: skipWithoutFixtures }, () => {
  for (const zoo of ['zoo', 'zoo_opset23']) {
    for (const name of skipWithoutFixtures ? [] : readdirSync(fixture('exports', zoo))) {
      const folder = fixture('exports', zoo, name);
      for (const [way, step] of [
        ['in one pass', 23],
        ['in chunks of 7', 7],
        ['token by token', 1],
      ] as const) {
        it(`${zoo}/${name} gives PyTorch's logits, attention and hidden states ${way}`, async () => {
          const golden = goldenOf(name);
          const model = await store.open({ folder });
          assert.deepEqual([model.layers, model.heads, model.width], [golden.layers, golden.heads, golden.width]);
          assert.equal(model.tokenizer.kind, 'none');
          const { logits, attention, hidden } = await score(model, golden.ids, step);
          const difference = largestDifference(logits, golden.logits as Float32Array);
          assert.ok(difference < 1e-5, `logits differ by ${difference}`);
          for (let layer = 0; layer < golden.layers; layer++) {
            const map = attention.get(layer) as Float32Array;
            assert.ok(largestDifference(map, golden.attention(layer)) < 1e-5, `attention of layer ${layer}`);
            const states = hidden.get(layer) as Float32Array;
            assert.ok(largestDifference(states, golden.hidden(layer)) < 1e-5, `hidden states of block ${layer}`);
          }
          // What leaves the last block; PyTorch gives it after the final norm only.
          assert.equal(hidden.get(golden.layers)?.length, golden.ids.length * golden.width);
        });
      }

      it(`${zoo}/${name}: rolling back and going on equals never having gone there`, async () => {
        const { ids } = goldenOf(name);
        const model = await store.open({ folder });
        const straight = (await score(model, ids, 1, false)).logits;
        const sequence = model.openSequence({ attention: [], hidden: [] });
        for (const id of ids) await sequence.extend([id]);
        for (const back of [22, 12, 3]) {
          sequence.rollback(back);
          assert.equal(sequence.length, back);
          await sequence.extend([1, 2]);
          sequence.rollback(back);
          for (const [i, id] of ids.entries()) {
            if (i < back) continue;
            assert.deepEqual(await sequence.extend([id]), straight.subarray(i * 512, (i + 1) * 512));
          }
        }
      });
    }
  }
});
