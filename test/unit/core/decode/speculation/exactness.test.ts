import assert from 'node:assert/strict';
import test from 'node:test';
import { autoregressive } from '../../../../../src/core/decode/autoregressive';
import type { Decoder, DecodeRequest } from '../../../../../src/core/decode/decoder';
import type { CausalModel } from '../../../../../src/core/sequence/causal';
import { draw, filterLogits } from '../../../../../src/core/decode/filters';
import { chooseOptions, type OptionValues } from '../../../../../src/core/decode/options';
import { promptLookup } from '../../../../../src/core/decode/prompt-lookup';
import { copyPrevious } from '../../../../../src/core/decode/copy-previous';
import { exactRule as exactRuleDecoder } from '../../../../../src/core/decode/exact-rule';
import { exactRule, normalize, type AcceptanceRule } from '../../../../../src/core/decode/speculation/rule';
import { MODEL_DRAFT_OPTIONS, ModelDrafter } from '../../../../../src/core/decode/speculation/model-drafter';
import { speculate } from '../../../../../src/core/decode/speculation/speculate';
import { speculative } from '../../../../../src/core/decode/speculative';
import { Random } from '../../../../../src/core/numeric/random';
import { softmax } from '../../../../../src/core/numeric/softmax';
import type { Sampling } from '../../../../../src/core/decode/sampling';
import { chainOf, PLAIN, randomChain, randomRows, sequenceTest } from '../../../../harness/decoding';

/** Samples that tell apart laws that differ by 2 %, as the broken variants below show. */
const SAMPLES = 20_000;
const FILTERED: Sampling = { ...PLAIN, temperature: 0.8, topK: 4, topP: 0.95, minP: 0.05 };

interface Case {
  readonly vocabulary: number;
  readonly length: number;
  readonly sampling: Sampling;
  readonly options: OptionValues;
  readonly endIds?: readonly number[];
}

const CASES: readonly Case[] = [
  { vocabulary: 3, length: 4, sampling: PLAIN, options: { gamma: 2 } },
  { vocabulary: 3, length: 5, sampling: PLAIN, options: { gamma: 3 }, endIds: [2] },
  { vocabulary: 5, length: 4, sampling: FILTERED, options: { gamma: 4 } },
  { vocabulary: 8, length: 3, sampling: { ...PLAIN, topP: 0.8 }, options: { gamma: 2, schedule: 'heuristic' } },
  { vocabulary: 12, length: 3, sampling: FILTERED, options: { gamma: 8, confidence: 0.3 } },
  {
    vocabulary: 4,
    length: 5,
    sampling: PLAIN,
    options: { gamma: 1, schedule: 'heuristic_transient', confidence: 0.4 },
  },
];

function law(decoder: Pick<Decoder, 'decode'>, { vocabulary, length, sampling, options, endIds = [] }: Case, seed = 1) {
  const draft = randomChain(vocabulary, { seed: seed + 100 });
  return sequenceTest({
    decoder,
    target: randomChain(vocabulary, { seed }),
    request: { maxNewTokens: length, sampling, endIds, options, aids: { draft } },
    samples: SAMPLES,
  });
}

for (const each of CASES) {
  const { vocabulary, length, sampling, options } = each;
  const name = `${vocabulary} tokens, ${length} long, top-p ${sampling.topP}, ${JSON.stringify(options)}`;
  test(`speculative sampling emits whole sequences as sampling does: ${name}`, async () => {
    const p = await law(speculative, each);
    assert.ok(p > 0.001, `p ${p}`);
  });
}

test('prompt lookup emits whole sequences as sampling does', async () => {
  for (const [style, prompt] of [
    ['huggingface', [0, 1, 2, 0, 1]],
    ['vllm', [2, 1, 0, 2, 1, 0]],
  ] as const) {
    const p = await sequenceTest({
      decoder: promptLookup,
      target: randomChain(3, { seed: 5 }),
      request: { prompt, maxNewTokens: 5, sampling: PLAIN, options: { style, gamma: 3 } },
      samples: SAMPLES,
    });
    assert.ok(p > 0.001, `${style}: p ${p}`);
  }
});

test('drafts of a grid leave the law of the model as it is, however wrong they are', async () => {
  const life = {
    grid: { width: 2, height: 2, topology: 'torus', rule: 'B3/S23', prompt: '{cells}', answer: '{cells}' } as const,
    cells: Uint8Array.of(0, 1, 1, 0),
    answered: 0,
    answer: (cells: Uint8Array) => [...cells],
  };
  for (const decoder of [copyPrevious, exactRuleDecoder]) {
    const p = await sequenceTest({
      decoder,
      target: randomChain(3, { seed: 9 }),
      request: { maxNewTokens: 5, sampling: FILTERED, options: { gamma: 3 }, aids: { life } },
      samples: SAMPLES,
    });
    assert.ok(p > 0.001, `${decoder.name}: p ${p}`);
  }
});

/** Speculative sampling with something wrong in it. */
function broken(change: {
  readonly rule?: AcceptanceRule;
  readonly drafter?: (drafter: ModelDrafter, random: Random, request: DecodeRequest) => ModelDrafter;
}): Pick<Decoder, 'decode'> {
  return {
    decode: (target: CausalModel, request: DecodeRequest) => {
      const random = Random.fromSeed(request.sampling.seed);
      const options = chooseOptions(MODEL_DRAFT_OPTIONS, request.options);
      const drafter = new ModelDrafter(request.aids!.draft!, request, random, options);
      return speculate(target, request, {
        drafter: change.drafter?.(drafter, random, request) ?? drafter,
        rule: change.rule ?? exactRule,
        random,
      });
    },
  };
}

test('the test finds an error of 2 %: one token in fifty that is always the same', async () => {
  const slipping = randomRows(3, 1).map((row) => row.map((p, id) => p * 0.98 + (id === 1 ? 0.02 : 0)));
  const slip: Pick<Decoder, 'decode'> = {
    decode: (_, { options: _options, ...request }) => autoregressive.decode(chainOf(slipping), request),
  };
  assert.ok((await law(slip, CASES[0]!)) < 0.001);
});

test('the test finds a residual without its maximum: p itself', async () => {
  const rule: AcceptanceRule = { ...exactRule, residual: ({ p }) => ({ mass: 1, probabilities: p }) };
  assert.ok((await law(broken({ rule }), CASES[0]!)) < 0.001);
});

test('the test finds a residual of |p − q|', async () => {
  const rule: AcceptanceRule = {
    ...exactRule,
    residual: ({ p }, _, q) =>
      normalize(
        p.map((value, id) => Math.abs(value - (q![id] as number))),
        p,
      ),
  };
  assert.ok((await law(broken({ rule }), CASES[0]!)) < 0.001);
});

test('the test finds a ratio that is 10 % too large', async () => {
  const rule: AcceptanceRule = {
    ...exactRule,
    judge: (position, id, q) => {
      const ruling = exactRule.judge(position, id, q);
      return { ...ruling, ratio: ruling.ratio * 1.1 };
    },
  };
  assert.ok((await law(broken({ rule }), CASES[0]!)) < 0.001);
});

test('the test finds a rule that takes the raw q instead of the processed one', async () => {
  /** Draws from the filtered distribution and tells the softmax. */
  class RawDrafter extends ModelDrafter {
    constructor(
      private readonly model: CausalModel,
      private readonly settings: DecodeRequest,
      private readonly source: Random,
    ) {
      super(model, settings, source, chooseOptions(MODEL_DRAFT_OPTIONS, settings.options));
    }

    override async propose(sequence: readonly number[]) {
      const row = await this.model.extend(sequence.slice(this.model.length));
      const last = row.slice(-this.model.vocabularySize);
      const id = draw(filterLogits(last, this.settings.sampling).probabilities, this.source.uniform());
      return [{ id, q: softmax(last), source: 'draft-model' as const }];
    }
  }
  const drafter = (_: ModelDrafter, random: Random, request: DecodeRequest) =>
    new RawDrafter(request.aids!.draft!, request, random);
  assert.ok((await law(broken({ drafter }), { ...CASES[2]!, options: { gamma: 1 } })) < 0.001);
});

test('the test finds a draft that stops before the token of which it is unsure', async () => {
  class SelectiveDrafter extends ModelDrafter {
    override async propose(sequence: readonly number[], most: number) {
      const drafted = await super.propose(sequence, most);
      const unsure = drafted.findIndex(({ id, q }) => (q![id] as number) < 0.4);
      // The draft model forgets what is left out.
      if (unsure === 0) this.learn(0, 0);
      return unsure < 0 ? drafted : drafted.slice(0, unsure);
    }
  }
  const drafter = (_: ModelDrafter, random: Random, request: DecodeRequest) =>
    new SelectiveDrafter(request.aids!.draft!, request, random, chooseOptions(MODEL_DRAFT_OPTIONS, request.options));
  assert.ok((await law(broken({ drafter }), CASES[0]!)) < 0.001);
});
