import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWeights, encodeWeights } from '../../src/core/numeric/codes';
import { Slices } from '../../src/engine/slices';
import { attentionBytes, LayerAttention } from '../../src/engine/tensors/layerAttention';
import { planTensors } from '../../src/engine/tensors/plan';
import { RowTensor } from '../../src/engine/tensors/rowTensor';

const HEADS = 2;

/** Weights that differ with every pass, so that a row says which pass it is from. */
function weight(pass: number, head: number, query: number, key: number): number {
  return (((pass * 31 + head * 17 + query * 7 + key * 3) % 97) + 1) / 100;
}

function passMaps(pass: number, pastLength: number, fed: number): Float32Array {
  const width = pastLength + fed;
  const maps = new Float32Array(HEADS * fed * width);
  for (let head = 0; head < HEADS; head++) {
    for (let i = 0; i < fed; i++) {
      for (let key = 0; key <= pastLength + i; key++) {
        maps[(head * fed + i) * width + key] = weight(pass, head, pastLength + i, key);
      }
    }
  }
  return maps;
}

/** Passes of some tokens, each after a rollback by some. */
const passes = fc.array(fc.record({ back: fc.nat(40), fed: fc.integer({ min: 1, max: 70 }) }), {
  minLength: 1,
  maxLength: 8,
});

for (const form of ['float32', 'codes'] as const) {
  test(`attention held as ${form} is that of the last pass over each row, however often it was rolled back`, async () => {
    await fc.assert(
      fc.asyncProperty(passes, async (steps) => {
        const attention = new LayerAttention(HEADS, form);
        const passOfRow: number[] = [];
        for (const [pass, { back, fed }] of steps.entries()) {
          const pastLength = Math.max(0, passOfRow.length - back);
          attention.truncate(pastLength);
          passOfRow.length = pastLength;
          await attention.put(passMaps(pass, pastLength, fed), pastLength, fed, new Slices());
          for (let i = 0; i < fed; i++) passOfRow.push(pass);
        }
        assert.equal(attention.tokens, passOfRow.length);
        for (let head = 0; head < HEADS; head++) {
          const packed: number[] = [];
          passOfRow.forEach((pass, query) => {
            const row = Float32Array.from({ length: query + 1 }, (_, key) => weight(pass, head, query, key));
            const codes = new Uint8Array(row.length);
            encodeWeights(row, 0, codes, 0, row.length);
            const held = form === 'float32' ? row : decodeWeights(codes);
            assert.deepEqual(attention.row(head, query), held);
            assert.equal(attention.weight(head, query, query >> 1), held[query >> 1]);
            packed.push(...(form === 'float32' ? row : codes));
          });
          assert.deepEqual(Array.from(attention.packed(head)), packed);
        }
      }),
      { numRuns: 25 },
    );
  });
}

test('rows are those of the last pass over each, and none beyond the limit', () => {
  fc.assert(
    fc.property(passes, fc.integer({ min: 1, max: 300 }), (steps, limit) => {
      const width = 3;
      const tensor = new RowTensor(width, limit);
      const passOfRow: number[] = [];
      for (const [pass, { back, fed }] of steps.entries()) {
        const pastLength = Math.max(0, passOfRow.length - back);
        tensor.truncate(pastLength);
        passOfRow.length = pastLength;
        tensor.put(
          Float32Array.from({ length: fed * width }, (_, i) => pass * 1000 + pastLength * width + i),
          pastLength,
          fed,
        );
        for (let i = 0; i < fed; i++) passOfRow.push(pass);
      }
      assert.equal(tensor.rows, Math.min(limit, passOfRow.length));
      passOfRow.slice(0, limit).forEach((pass, row) => {
        assert.deepEqual(tensor.row(row), Float32Array.of(...[0, 1, 2].map((i) => pass * 1000 + row * width + i)));
      });
      assert.equal(tensor.row(tensor.rows), undefined);
      assert.equal(tensor.row(-1), undefined);
    }),
    { numRuns: 50 },
  );
});

test('what attention takes in memory is what was planned for it', async () => {
  for (const form of ['float32', 'codes'] as const) {
    for (const tokens of [1, 64, 65, 200]) {
      const attention = new LayerAttention(HEADS, form);
      await attention.put(passMaps(0, 0, tokens), 0, tokens, new Slices());
      assert.equal(attention.bytes, attentionBytes(form, 1, HEADS, tokens));
    }
  }
});

test('rows that are missing before those of a pass are a fault', async () => {
  await assert.rejects(new LayerAttention(HEADS, 'codes').put(passMaps(0, 2, 1), 2, 1, new Slices()), /missing/);
  assert.throws(() => new RowTensor(2).put(new Float32Array(2), 1, 1), /missing/);
});

const smol = { attentionLayers: 30, heads: 9, hiddenBlocks: 0, width: 576, vocabularySize: 49_152 };
const MB = 1024 ** 2;

test('a run of 300 tokens of a model of 30 layers x 9 heads is held exactly, of 1,000 as codes, of 4,000 not at all', () => {
  assert.equal(planTensors({ ...smol, tokens: 300 }, 512 * MB).attention, 'float32');
  assert.equal(planTensors({ ...smol, tokens: 1000 }, 512 * MB).attention, 'codes');
  assert.equal(planTensors({ ...smol, tokens: 4000 }, 512 * MB).attention, 'none');
});

test('a plan never exceeds its budget, and a larger budget never holds less', () => {
  const sizes = fc.record({
    attentionLayers: fc.nat(40),
    heads: fc.integer({ min: 1, max: 32 }),
    hiddenBlocks: fc.nat(40),
    width: fc.integer({ min: 1, max: 4096 }),
    vocabularySize: fc.integer({ min: 1, max: 200_000 }),
    tokens: fc.integer({ min: 1, max: 8192 }),
  });
  const rank = { none: 0, codes: 1, float32: 2 };
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 4096 }), (size, megabytes) => {
      const budget = megabytes * MB;
      const plan = planTensors(size, budget);
      assert.ok(plan.bytes <= budget);
      assert.ok(plan.logitsRows >= 0 && plan.logitsRows <= size.tokens);
      const hidden = plan.hidden ? size.hiddenBlocks * size.tokens * size.width * 4 : 0;
      const attention =
        plan.attention === 'none' ? 0 : attentionBytes(plan.attention, size.attentionLayers, size.heads, size.tokens);
      assert.equal(plan.bytes, hidden + attention + plan.logitsRows * size.vocabularySize * 4);
      if (size.hiddenBlocks === 0) {
        assert.ok(rank[planTensors(size, 2 * budget).attention] >= rank[plan.attention]);
      }
    }),
  );
});
