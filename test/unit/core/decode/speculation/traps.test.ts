import assert from 'node:assert/strict';
import test from 'node:test';
import { autoregressive } from '../../../../../src/core/decode/autoregressive';
import type { Decoder } from '../../../../../src/core/decode/decoder';
import type { CausalModel } from '../../../../../src/core/sequence/causal';
import { filterLogits } from '../../../../../src/core/decode/filters';
import { jacobi } from '../../../../../src/core/decode/jacobi';
import { speculativeJacobi } from '../../../../../src/core/decode/speculative-jacobi';
import { speculative } from '../../../../../src/core/decode/speculative';
import { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { Random } from '../../../../../src/core/numeric/random';
import { decodeAll, GREEDY, PLAIN, randomChain, sequenceTest } from '../../../../harness/decoding';

// Known traps of decoders that have no other place: each test fails for the trap.

const forwarding = (model: CausalModel, over: Partial<CausalModel>): CausalModel =>
  Object.create(
    model,
    Object.fromEntries(Object.entries(over).map(([name, value]) => [name, { value }])),
  ) as CausalModel;

test('LifeGPT’s "temperature 1" is a draw of 26 tokens, a tenth of the vocabulary: top-k 26 is not no filter', () => {
  const random = Random.fromSeed(2);
  const row = Float32Array.from({ length: 256 }, () => random.uniform() * 4);
  const filtered = filterLogits(row, { ...PLAIN, topK: Math.ceil(0.1 * 256) });
  assert.equal(filtered.keptCount, 26);
  assert.ok(filtered.keptMass < 0.5);
  assert.equal(filterLogits(row, PLAIN).keptCount, 256);
});

test('after a rejection what is fed next is the replacement, not the rejected token that was fed before', async () => {
  /** The target as a loop would have it that never renews its input after a rejection. */
  const stale = (model: CausalModel): CausalModel => {
    let fed: number[] = [];
    let start = 0;
    return forwarding(model, {
      extend: (tokens) => {
        // The newest token stands where a rejected one was fed: that one is fed again.
        const rejected = fed[model.length - start];
        start = model.length;
        fed = [...tokens];
        if (rejected !== undefined && model.length > 1) fed[0] = rejected;
        return model.extend(fed);
      },
    });
  };
  const decoder = (spoil: boolean): Pick<Decoder, 'decode'> => ({
    decode: (target, request) => speculative.decode(spoil ? stale(target) : target, request),
  });
  const law = (spoil: boolean): Promise<number> =>
    sequenceTest({
      decoder: decoder(spoil),
      target: randomChain(3, { seed: 1 }),
      request: {
        maxNewTokens: 4,
        sampling: PLAIN,
        options: { gamma: 2 },
        aids: { draft: randomChain(3, { seed: 101 }) },
      },
      samples: 20_000,
    });
  assert.ok((await law(false)) > 0.001);
  assert.ok((await law(true)) < 0.001);
});

test('where the width of a pass moves near-ties, parallel decoding need not say what sequential decoding says', async () => {
  // Arithmetic of low precision: two tokens all but tie, and which wins depends on how many tokens are fed together.
  const near = (isExact: boolean): CausalModel => {
    const table = new CausalTable({ vocabularySize: 3, distribution: () => [0.4, 0.4, 0.2] });
    return forwarding(table, {
      extend: async (tokens) => {
        const logits = await table.extend(tokens);
        const wobble = isExact ? 0 : 1e-3 * (tokens.length > 1 ? 1 : -1);
        return logits.map((logit, i) => (i % 3 === 1 ? logit + wobble : logit));
      },
    });
  };
  const options = { window: 4, initial: 'random' };
  for (const decoder of [jacobi, speculativeJacobi]) {
    for (const isExact of [true, false]) {
      const request = { maxNewTokens: 12, sampling: GREEDY };
      const plain = await decodeAll(autoregressive, near(isExact), request);
      const own = await decodeAll(decoder, near(isExact), { ...request, options });
      assert.equal(own.ids.join() === plain.ids.join(), isExact, decoder.name);
    }
  }
});
