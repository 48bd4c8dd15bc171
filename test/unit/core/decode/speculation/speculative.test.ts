import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { DecodeRequest } from '../../../../../src/core/decode/decoder';
import type { CausalModel } from '../../../../../src/core/sequence/causal';
import { speculative } from '../../../../../src/core/decode/speculative';
import { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { chainOf, decodeAll, GREEDY, PLAIN, randomChain } from '../../../../harness/decoding';

/** Counts up: after i comes i + 1. The draft says otherwise after the tokens in `wrong`. */
const counter = (size: number, wrong: readonly number[] = [], options = {}): CausalTable =>
  chainOf(
    Array.from({ length: size }, (_, id) => {
      const next = wrong.includes(id) ? (id + 2) % size : (id + 1) % size;
      return Array.from({ length: size }, (_, token) => (token === next ? 0.9 : 0.1 / (size - 1)));
    }),
    options,
  );

const draftsOf = (steps: Awaited<ReturnType<typeof decodeAll>>['steps']): number[][] =>
  steps.flatMap(({ speculation }) => (speculation ? [speculation.drafted.map(({ id }) => id)] : []));

test('a draft that is the target is accepted whole, greedily: gamma + 1 tokens a pass', async () => {
  const { steps, ids, origins } = await decodeAll(speculative, counter(9), {
    maxNewTokens: 11,
    sampling: GREEDY,
    options: { gamma: 4 },
    aids: { draft: counter(9) },
  });
  assert.deepEqual(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2]);
  assert.equal(steps.length, 3);
  assert.deepEqual(origins.slice(2, 7), ['accepted', 'accepted', 'accepted', 'accepted', 'bonus']);
});

test('after a rejection the draft model forgets what was rejected and sees what was put there', async () => {
  const fed: number[][] = [];
  const draft = counter(9, [3]);
  const recorded: CausalModel = Object.create(draft, {
    extend: {
      value: (tokens: readonly number[]) => {
        fed.push([draft.length, ...tokens]);
        return draft.extend(tokens);
      },
    },
  }) as CausalModel;
  const { ids, steps } = await decodeAll(speculative, counter(9), {
    maxNewTokens: 8,
    sampling: GREEDY,
    options: { gamma: 3 },
    aids: { draft: recorded },
  });
  assert.deepEqual(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(draftsOf(steps), [
    [2, 3, 5],
    [5, 6, 7],
  ]);
  // The prompt; then 1, 2, 3 drafted from; 4 replaces 5, which was never fed.
  assert.deepEqual(fed.slice(0, 5), [
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
});

test('after a draft that was accepted whole the draft model catches up on the two tokens that it has not seen', async () => {
  const sizes: number[] = [];
  const draft = counter(9);
  const recorded = Object.create(draft, {
    extend: {
      value: (tokens: readonly number[]) => {
        sizes.push(tokens.length);
        return draft.extend(tokens);
      },
    },
  }) as CausalModel;
  await decodeAll(speculative, counter(9), {
    maxNewTokens: 7,
    sampling: GREEDY,
    options: { gamma: 2 },
    aids: { draft: recorded },
  });
  assert.deepEqual(sizes, [1, 1, 1, 2, 1]);
});

test('the draft model holds only tokens of the sequence when the next draft begins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), fc.integer({ min: 1, max: 6 }), async (seed, gamma) => {
      const [target, draft] = [randomChain(4, { seed }), randomChain(4, { seed: seed + 1 })];
      const held: number[][] = [];
      const recorded = Object.create(draft, {
        extend: {
          value: async (tokens: readonly number[]) => {
            held[draft.length] = [...tokens];
            held.length = draft.length + 1;
            return draft.extend(tokens);
          },
        },
      }) as CausalModel;
      const { ids } = await decodeAll(speculative, target, {
        maxNewTokens: 12,
        sampling: { ...PLAIN, seed },
        options: { gamma },
        aids: { draft: recorded },
      });
      // Its last draft may go beyond the sequence by what was rejected or cut.
      const flat = held.flat().slice(0, ids.length - gamma - 1);
      assert.deepEqual(flat, ids.slice(0, flat.length));
    }),
  );
});

test('a draft is clipped to what is left of the new tokens and of the context', async () => {
  const lengths = async (request: Partial<DecodeRequest>, contextLength = Infinity) => {
    const { steps, ids, finish } = await decodeAll(speculative, counter(9, [], { contextLength }), {
      sampling: GREEDY,
      options: { gamma: 5 },
      aids: { draft: counter(9) },
      ...request,
    });
    return { drafts: draftsOf(steps).map((draft) => draft.length), length: ids.length, finish, steps };
  };
  // Of 9 new tokens the prompt's pass brings 1, a draft of 5 brings 6, and 2 are left: a draft of 1.
  assert.deepEqual((await lengths({ maxNewTokens: 9 })).drafts, [5, 1]);
  const full = await lengths({ maxNewTokens: 50 }, 10);
  assert.deepEqual([full.drafts, full.length, full.finish], [[5, 1], 10, 'context-full']);
  // One token left is drawn plainly.
  const { steps, drafts } = await lengths({ maxNewTokens: 8 });
  assert.deepEqual(drafts, [5]);
  assert.deepEqual(steps.at(-1)!.writes[0]!.origin, 'sampled');
});

test('a draft fits a pass of the target', async () => {
  const { steps, ids } = await decodeAll(speculative, counter(9, [], { chunk: 3 }), {
    maxNewTokens: 8,
    sampling: GREEDY,
    options: { gamma: 6 },
    aids: { draft: counter(9) },
  });
  assert.ok(steps.every(({ fed }) => fed <= 3));
  assert.equal(ids.length, 9);
  const single = await decodeAll(speculative, counter(9, [], { chunk: 1 }), {
    sampling: GREEDY,
    aids: { draft: counter(9) },
  });
  assert.ok(single.origins.slice(1).every((origin) => origin === 'sampled'));
});

test('where the draft model’s context is full, the target goes on alone', async () => {
  const { ids, steps } = await decodeAll(speculative, counter(9), {
    maxNewTokens: 12,
    sampling: GREEDY,
    options: { gamma: 3 },
    aids: { draft: counter(9, [], { contextLength: 6 }) },
  });
  assert.equal(ids.length, 13);
  assert.deepEqual(
    draftsOf(steps).map((draft) => draft.length),
    [3, 1],
  );
  const none = await decodeAll(speculative, counter(9), {
    prompt: [0, 1, 2],
    sampling: GREEDY,
    aids: { draft: counter(9, [], { contextLength: 2 }) },
  });
  assert.deepEqual(draftsOf(none.steps), []);
});

test('a draft that ends the text early is stopped there; what the target says instead stands', async () => {
  const run = (draft: CausalTable) =>
    decodeAll(speculative, counter(9), {
      maxNewTokens: 20,
      endIds: [5],
      sampling: GREEDY,
      options: { gamma: 8 },
      aids: { draft },
    });
  const early = await run(counter(9, [3]));
  assert.deepEqual(draftsOf(early.steps)[0], [2, 3, 5]);
  assert.deepEqual([early.ids, early.finish], [[0, 1, 2, 3, 4, 5], 'end-of-text']);
  const right = await run(counter(9));
  assert.deepEqual([right.ids, right.finish], [[0, 1, 2, 3, 4, 5], 'end-of-text']);
  assert.equal(right.steps.at(-1)!.speculation!.next, null, 'no bonus after an accepted end');
});

test('Hugging Face’s heuristic: 2 longer after a whole draft, 1 shorter, never below 1', async () => {
  const lengths = async (schedule: string, kept = {}, draft = counter(40)) => {
    const { steps } = await decodeAll(speculative, counter(40), {
      maxNewTokens: 39,
      sampling: GREEDY,
      options: { gamma: 2, schedule },
      aids: { draft, kept },
    });
    return draftsOf(steps).map((drafted) => drafted.length);
  };
  assert.deepEqual(await lengths('constant'), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
  // 2, 4, 6, 8, 10, and of the last 3 tokens 2 are drafted.
  assert.deepEqual(await lengths('heuristic_transient'), [2, 4, 6, 8, 10, 2]);
  const wrong = Array.from({ length: 40 }, (_, id) => id);
  assert.ok(
    (await lengths('heuristic_transient', {}, counter(40, wrong))).slice(1, -1).every((length) => length === 1),
  );

  const kept = {};
  assert.deepEqual((await lengths('heuristic', kept)).slice(0, 2), [2, 4]);
  assert.deepEqual(kept, { draftLength: 14 });
  assert.equal((await lengths('heuristic', kept))[0], 14);
  assert.equal((await lengths('heuristic_transient', kept))[0], 2);
});

test('a draft ends with the first token that the draft model is not confident of', async () => {
  const draft = chainOf([
    [0, 0.9, 0.1],
    [0.1, 0, 0.9],
    [0.4, 0.3, 0.3],
  ]);
  for (const sampling of [GREEDY, { ...PLAIN, topK: 1 }]) {
    const { steps } = await decodeAll(speculative, draft, {
      maxNewTokens: 12,
      sampling,
      options: { gamma: 8, confidence: 0.5 },
      aids: { draft: CausalTable.markov(3, 1, { '0': [0, 0.9, 0.1], '1': [0.1, 0, 0.9], '2': [0.4, 0.3, 0.3] }) },
    });
    // Greedily the confidence is the probability at temperature 1; filters make what is left certain.
    assert.deepEqual(draftsOf(steps)[0], sampling === GREEDY ? [2, 0] : [2, 0, 1, 2, 0, 1, 2, 0]);
  }
});

test('the time of a pass, of its draft, and of the draft model’s reading of the prompt are told apart', async () => {
  let now = 0;
  const slow = (model: CausalTable, milliseconds: number): CausalModel =>
    Object.create(model, {
      extend: {
        value: (tokens: readonly number[]) => {
          now += milliseconds;
          return model.extend(tokens);
        },
      },
    }) as CausalModel;
  const { steps } = await decodeAll(speculative, slow(counter(9), 100), {
    prompt: [0, 1, 2],
    maxNewTokens: 6,
    sampling: GREEDY,
    options: { gamma: 4 },
    clock: () => now,
    aids: { draft: slow(counter(9), 3) },
  });
  assert.deepEqual(
    steps.map(({ milliseconds, draftMilliseconds }) => [milliseconds, draftMilliseconds]),
    [
      [100, 3],
      [100, 12],
    ],
  );
});
