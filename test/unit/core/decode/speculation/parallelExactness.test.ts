import assert from 'node:assert/strict';
import test from 'node:test';
import { autoregressive } from '../../../../../src/core/decode/autoregressive';
import type { Decoder, DecodeRequest } from '../../../../../src/core/decode/decoder';
import type { CausalModel } from '../../../../../src/core/sequence/causal';
import { jacobi } from '../../../../../src/core/decode/jacobi';
import { lookahead } from '../../../../../src/core/decode/lookahead';
import type { OptionValues } from '../../../../../src/core/decode/options';
import { speculativeJacobi } from '../../../../../src/core/decode/speculative-jacobi';
import { guesserOf } from '../../../../../src/core/decode/speculation/guesses';
import { PlaceDraws, saidAt } from '../../../../../src/core/decode/speculation/matching';
import { refreshOf, type RefreshKind } from '../../../../../src/core/decode/speculation/refresh';
import { exactRule, type AcceptanceRule } from '../../../../../src/core/decode/speculation/rule';
import { speculate } from '../../../../../src/core/decode/speculation/speculate';
import { processed } from '../../../../../src/core/decode/speculation/verify';
import { WindowDrafter, type Refresh } from '../../../../../src/core/decode/speculation/window';
import { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { Random } from '../../../../../src/core/numeric/random';
import type { Sampling } from '../../../../../src/core/decode/sampling';
import { decodeAll, GREEDY, PLAIN, randomDistribution, sequenceTest } from '../../../../harness/decoding';

// The decoders that guess many places at once, against sampling one token after another: whole sequences, chi-squared.

/** Samples that tell apart laws that differ by 2 %, as the broken variants below show. */
const SAMPLES = 20_000;
const FILTERED: Sampling = { ...PLAIN, temperature: 0.8, topK: 4, topP: 0.95, minP: 0.05 };

/** A chain in which a token depends on the two before it, so that a wrong guess misleads the next two. */
function pairChain(vocabulary: number, seed: number): CausalTable {
  return CausalTable.markov(vocabulary, 2, pairRows(vocabulary, seed));
}

function pairRows(vocabulary: number, seed: number): Record<string, number[]> {
  const random = Random.fromSeed(seed);
  const rows: Record<string, number[]> = {};
  for (let a = 0; a < vocabulary; a++) {
    for (let b = 0; b < vocabulary; b++) rows[`${a},${b}`] = randomDistribution(random, vocabulary);
  }
  return rows;
}

interface Case {
  readonly decoder: Decoder;
  readonly options: OptionValues;
  readonly vocabulary?: number;
  readonly length?: number;
  readonly sampling?: Sampling;
  readonly endIds?: readonly number[];
  readonly prompt?: readonly number[];
}

const LIFE = {
  grid: { width: 2, height: 2, topology: 'torus', rule: 'B3/S23', prompt: '{cells}', answer: '{cells}' } as const,
  cells: Uint8Array.of(0, 1, 1, 0),
  answered: 0,
  answer: (cells: Uint8Array) => [...cells],
};

function law({ decoder, options, vocabulary = 3, length = 5, sampling = PLAIN, endIds = [], prompt = [0, 1] }: Case) {
  return sequenceTest({
    decoder,
    target: pairChain(vocabulary, 3),
    request: { prompt, maxNewTokens: length, sampling, endIds, options },
    samples: SAMPLES,
    ...(options['initial'] === 'previous-grid' ? { aids: () => ({ life: LIFE }) } : {}),
  });
}

const CASES: readonly Case[] = [
  { decoder: jacobi, options: { window: 4, initial: 'random' } },
  { decoder: jacobi, options: { window: 3 }, vocabulary: 8, length: 3, sampling: FILTERED },
  { decoder: lookahead, options: { window: 3, ngram: 3, guesses: 2 } },
  {
    decoder: lookahead,
    options: { window: 4, ngram: 2, 'from-sequence': false },
    endIds: [2],
    prompt: [0, 1, 0, 1, 1],
  },
  { decoder: lookahead, options: { window: 2, ngram: 4 }, vocabulary: 5, length: 4, sampling: FILTERED },
  ...(['independent', 'maximal-coupling', 'gumbel'] as const).flatMap((refresh): Case[] => [
    { decoder: speculativeJacobi, options: { refresh, window: 4, initial: 'random' } },
    { decoder: speculativeJacobi, options: { refresh, window: 5, initial: 'repeat' }, endIds: [2] },
    { decoder: speculativeJacobi, options: { refresh, window: 3, initial: 'previous-grid' } },
    {
      decoder: speculativeJacobi,
      options: { refresh, window: 4, initial: 'sample' },
      vocabulary: 12,
      length: 3,
      sampling: FILTERED,
    },
  ]),
];

for (const each of CASES) {
  const { decoder, options, vocabulary = 3, sampling = PLAIN, endIds = [] } = each;
  const what = `${vocabulary} tokens, top-p ${sampling.topP}, ${endIds.length} ends, ${JSON.stringify(options)}`;
  test(`${decoder.name} emits whole sequences as sampling does: ${what}`, async () => {
    const p = await law(each);
    assert.ok(p > 0.001, `p ${p}`);
  });
}

test('the golden setting: 5 tokens, 3 long, a window of 4, 60,000 runs, with and without coupling', async () => {
  for (const refresh of ['independent', 'maximal-coupling']) {
    const p = await sequenceTest({
      decoder: speculativeJacobi,
      target: pairChain(5, 8),
      request: { prompt: [0, 1], maxNewTokens: 3, sampling: PLAIN, options: { refresh, window: 4, initial: 'random' } },
      samples: 60_000,
    });
    assert.ok(p > 0.001, `${refresh}: p ${p}`);
  }
});

test('with a window of 1 Speculative Jacobi is autoregressive decoding, draw for draw', async () => {
  for (const refresh of ['independent', 'maximal-coupling', 'gumbel']) {
    for (const initial of ['random', 'repeat', 'sample']) {
      for (let seed = 0; seed < 30; seed++) {
        const request = { prompt: [1, 0], maxNewTokens: 20, endIds: [4], sampling: { ...FILTERED, seed } };
        const plain = await decodeAll(autoregressive, pairChain(5, seed), request);
        const options = { window: 1, refresh, initial };
        const own = await decodeAll(speculativeJacobi, pairChain(5, seed), { ...request, options });
        assert.deepEqual([own.ids, own.origins, own.finish], [plain.ids, plain.origins, plain.finish]);
      }
    }
  }
});

test('Jacobi iteration says what autoregressive decoding says with the same seed, at every temperature', async () => {
  for (const sampling of [GREEDY, PLAIN, FILTERED, { ...PLAIN, temperature: 3 }]) {
    for (const [window, initial] of [
      [1, 'repeat'],
      [2, 'random'],
      [7, 'sample'],
      [40, 'repeat'],
    ] as const) {
      for (let seed = 0; seed < 20; seed++) {
        const request = { prompt: [1, 0], maxNewTokens: 30, endIds: [4], sampling: { ...sampling, seed } };
        const plain = await decodeAll(autoregressive, pairChain(5, seed), request);
        const own = await decodeAll(jacobi, pairChain(5, seed), { ...request, options: { window, initial } });
        assert.deepEqual([own.ids, own.finish], [plain.ids, plain.finish]);
      }
    }
  }
});

/** Speculative Jacobi with something wrong in it. */
function broken(change: {
  readonly refresh?: (right: Refresh, request: DecodeRequest, random: Random) => Refresh;
  readonly rule?: AcceptanceRule;
  readonly kind?: RefreshKind;
}): Decoder {
  return {
    ...speculativeJacobi,
    decode: (target: CausalModel, request: DecodeRequest) => {
      const random = Random.fromSeed(request.sampling.seed);
      const right = refreshOf(change.kind ?? 'independent', request.sampling, random);
      const drafter = new WindowDrafter({
        size: 3,
        slides: true,
        guess: guesserOf('repeat', target, request),
        refresh: change.refresh?.(right, request, random) ?? right,
      });
      return speculate(target, request, { drafter, rule: change.rule ?? exactRule, random });
    },
  };
}

const fails = async (name: string, decoder: Decoder): Promise<void> => {
  const p = await law({ decoder, options: {} });
  assert.ok(p < 0.001, `${name}: p ${p}`);
};

test('the harness of the broken variants is right where nothing is changed', async () => {
  assert.ok((await law({ decoder: broken({}), options: {} })) > 0.001);
});

test('the test finds a guess that is judged against the distribution before the one it was drawn from', async () => {
  const refresh =
    (right: Refresh): Refresh =>
    (row, index, old) => {
      const slot = right(row, index, old);
      return old?.q ? { ...slot, q: old.q } : slot;
    };
  await fails('stale q', broken({ refresh }));
});

test('the test finds a coupled guess that keeps its old q', async () => {
  const refresh =
    (right: Refresh): Refresh =>
    (row, index, old) => {
      const slot = right(row, index, old);
      return old && slot.id === old.id ? { ...slot, q: old.q } : slot;
    };
  await fails('coupled, stale q', broken({ refresh, kind: 'maximal-coupling' }));
});

test('the test finds a coupling that keeps the old guess too often', async () => {
  const refresh =
    (right: Refresh, { sampling }: DecodeRequest, random: Random): Refresh =>
    (row, index, old) =>
      old && random.uniform() < 0.5 ? { ...old, q: processed(row, sampling) } : right(row, index, old);
  await fails('sticky', broken({ refresh, kind: 'maximal-coupling' }));
});

test('the test finds a guess that shares its draw with the judgement of it', async () => {
  // The draw of the place decides the guess, and then whether it is accepted.
  const decoder: Decoder = {
    ...speculativeJacobi,
    decode: (target, request) => {
      const draws = new PlaceDraws(request.prompt.length, request.sampling.seed);
      const random = Random.ofStream(request.sampling.seed, 7);
      const right = refreshOf('independent', request.sampling, random);
      let place = 0;
      const drafter = new WindowDrafter({
        size: 3,
        slides: true,
        guess: guesserOf('repeat', target, request),
        refresh: (row, index, old) => ({
          ...right(row, index, old),
          id: saidAt(row, index, draws, request.sampling),
        }),
      });
      const rule: AcceptanceRule = {
        ...exactRule,
        judge: (position, id, q) => {
          const ruling = exactRule.judge(position, id, q);
          return q ? { ...ruling, decided: draws.at(place++ + request.prompt.length) < ruling.ratio } : ruling;
        },
      };
      const propose = drafter.propose.bind(drafter);
      drafter.propose = (sequence, most) => {
        place = sequence.length - request.prompt.length;
        return propose(sequence, most);
      };
      return speculate(target, request, { drafter, rule, random });
    },
  };
  await fails('shared draw', decoder);
});

test('the test finds a ratio that is 10 % too large, and one token in fifty that is always the same', async () => {
  const scaled: AcceptanceRule = {
    ...exactRule,
    judge: (position, id, q) => {
      const ruling = exactRule.judge(position, id, q);
      return { ...ruling, ratio: ruling.ratio * 1.1 };
    },
  };
  await fails('scaled', broken({ rule: scaled }));
  const slipping = Object.entries(pairRows(3, 3)).map(([context, row]) => {
    return [context, row.map((p, id) => p * 0.98 + (id === 1 ? 0.02 : 0))] as const;
  });
  const slip: Decoder = {
    ...speculativeJacobi,
    decode: (_, request) =>
      speculativeJacobi.decode(CausalTable.markov(3, 2, Object.fromEntries(slipping)), { ...request, options: {} }),
  };
  await fails('slip', slip);
});

test('the test finds a residual without its maximum: p itself', async () => {
  const rule: AcceptanceRule = { ...exactRule, residual: ({ p }) => ({ mass: 1, probabilities: p }) };
  await fails('residual', broken({ rule }));
});
