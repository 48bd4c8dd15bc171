import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { autoregressive } from '../../../../../src/core/decode/autoregressive';
import type { Decoder, DecoderAids, DecodeRequest } from '../../../../../src/core/decode/decoder';
import type { CausalModel } from '../../../../../src/core/sequence/causal';
import { DECODERS } from '../../../../../src/core/decode/registry';
import type { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { CoreError } from '../../../../../src/core/errors';
import { Random } from '../../../../../src/core/numeric/random';
import type { LifeGrid } from '../../../../../src/core/trace/record';
import { decodeAll, GREEDY, PLAIN, randomChain, type ChainOptions } from '../../../../harness/decoding';

// What holds for every decoder of the registry, on models of a table.

const VOCABULARY = 6;
const GRID: LifeGrid = { width: 3, height: 3, topology: 'torus', rule: 'B3/S23', prompt: '{cells}', answer: '{cells}' };

/** Everything that any decoder needs. */
function aidsOf(seed: number, options: Partial<ChainOptions> = {}, vocabulary = VOCABULARY): DecoderAids {
  const random = Random.fromSeed(seed);
  return {
    draft: randomChain(vocabulary, { seed, ...options }),
    exit: { layer: 1, layers: 2, draft: randomChain(vocabulary, { seed, ...options }) },
    embeddings: {
      rows: vocabulary,
      width: 2,
      values: Float32Array.from({ length: vocabulary * 2 }, () => random.uniform()),
    },
    life: {
      grid: GRID,
      cells: Uint8Array.from({ length: 9 }, () => random.uint32() & 1),
      answered: 0,
      answer: (cells) => [...cells],
    },
  };
}

const target = (seed: number, options: Partial<ChainOptions> = {}): CausalTable =>
  randomChain(VOCABULARY, { seed, ...options });

const someRequest = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  prompt: fc.array(fc.nat(VOCABULARY - 1), { minLength: 1, maxLength: 9 }),
  maxNewTokens: fc.nat(25),
  chunk: fc.integer({ min: 1, max: 12 }),
  contextLength: fc.oneof(fc.constant(Infinity), fc.integer({ min: 9, max: 30 })),
  endIds: fc.array(fc.nat(VOCABULARY - 1), { maxLength: 2 }),
  peak: fc.integer({ min: 1, max: 6 }),
});

for (const decoder of DECODERS) {
  test(`${decoder.name}: says what it is, with options that its own defaults fit`, () => {
    assert.match(decoder.name, /^[a-z]+(-[a-z]+)*$/);
    assert.match(decoder.about, /^[A-Z].*\.$/);
    for (const [name, option] of Object.entries(decoder.options)) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(option.about, /^[A-Z].*\.$/);
      if (option.kind === 'choice') assert.ok(option.choices.includes(option.default));
      else if (option.kind !== 'flag') assert.ok(option.default >= option.min && option.default <= option.max);
    }
  });

  if (decoder.exact) {
    test(`${decoder.name}: greedy equals greedy decoding, token by token`, async () => {
      await fc.assert(
        fc.asyncProperty(someRequest, async ({ seed, chunk, contextLength, peak, ...request }) => {
          const settings = { chunk, contextLength, peak };
          const greedy = { ...request, sampling: GREEDY };
          const expected = await decodeAll(autoregressive, target(seed, settings), greedy);
          const aids = aidsOf(seed % 3 === 0 ? seed : seed + 1, { chunk, peak });
          const actual = await decodeAll(decoder, target(seed, settings), { ...greedy, aids });
          assert.deepEqual([actual.ids, actual.finish], [expected.ids, expected.finish]);
        }),
        { numRuns: 200 },
      );
    });
  }

  test(`${decoder.name}: passes follow one another, and each token carries the row that predicted it`, async () => {
    await fc.assert(
      fc.asyncProperty(someRequest, async ({ seed, chunk, contextLength, peak, ...request }) => {
        const model = target(seed, { chunk, contextLength, peak });
        const { steps, ids, finish } = await decodeAll(decoder, model, {
          ...request,
          sampling: { ...PLAIN, seed },
          aids: aidsOf(seed + 1, { peak }),
        });
        const { prompt, maxNewTokens, endIds } = request;
        assert.deepEqual(ids.slice(0, prompt.length), prompt);
        assert.ok(ids.length <= Math.min(prompt.length + maxNewTokens, contextLength));
        const generated = ids.slice(prompt.length);
        const end = generated.findIndex((id) => endIds.includes(id));
        assert.equal(finish === 'end-of-text', end >= 0);
        if (end >= 0) assert.equal(end, generated.length - 1);

        const writes = steps.flatMap((step) => step.writes);
        assert.equal(writes[0]!.row, null);
        for (let i = 1; i < writes.length; i++) {
          assert.deepEqual(writes[i]!.row, await randomChain(VOCABULARY, { seed, peak }).extend([ids[i - 1]!]));
        }
        for (const { fed, cached, milliseconds, speculation } of steps) {
          assert.ok(fed >= 1 && fed <= chunk && cached >= 0 && milliseconds >= 0);
          if (speculation) assert.equal(fed, speculation.drafted.length + 1);
        }
        // What the model holds stands in the sequence.
        assert.ok(model.length <= ids.length);
      }),
      { numRuns: 100 },
    );
  });

  test(`${decoder.name}: a pass with a draft emits what was accepted, then a replacement or a bonus`, async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const { steps, ids } = await decodeAll(decoder, target(seed, { peak: 4 }), {
        maxNewTokens: 9,
        sampling: { ...PLAIN, seed },
        aids: aidsOf(seed + 1),
      });
      let known = 0;
      for (const { speculation, writes } of steps) {
        known += writes.length;
        if (!speculation) {
          assert.ok(writes.every(({ origin }) => ['prompt', 'sampled', 'handed-over'].includes(origin)));
          continue;
        }
        const { start, drafted, accepted, next, residual } = speculation;
        assert.equal(start + accepted + (next ? 1 : 0), known);
        assert.deepEqual(
          ids.slice(start, start + accepted),
          drafted.slice(0, accepted).map(({ id }) => id),
        );
        assert.deepEqual(
          drafted.map(({ verdict }) => verdict),
          drafted.map((_, i) => (i < accepted ? 'accepted' : i === accepted ? 'rejected' : 'unread')),
        );
        assert.deepEqual(
          writes.map(({ origin }) => origin),
          [...drafted.slice(0, accepted).map(() => 'accepted'), ...(next ? [next.origin] : [])],
        );
        assert.equal(next?.origin === 'replacement', accepted < drafted.length);
        assert.equal(residual !== null, accepted < drafted.length);
        if (residual) assert.ok(Math.abs(residual.probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
        assert.ok(drafted.every((token) => 'outputTv' in token === (!decoder.exact && token.p !== null)));
        seen.add(next?.origin ?? 'end');
      }
    }
    const drafts = !['autoregressive', 'hand-over'].includes(decoder.name);
    assert.equal(seen.has('replacement'), drafts);
  });

  test(`${decoder.name}: a seed repeats a run, and stopping keeps what there is`, async () => {
    const request = (): Partial<DecodeRequest> => ({
      prompt: [0, 1, 2],
      maxNewTokens: 30,
      sampling: { ...PLAIN, seed: 3 },
      aids: aidsOf(8),
    });
    const whole = await decodeAll(decoder, target(7), request());
    assert.deepEqual((await decodeAll(decoder, target(7), request())).ids, whole.ids);
    const signal = { aborted: false };
    const steps = decoder.decode(target(7), {
      endIds: [],
      ...(request() as Omit<DecodeRequest, 'signal' | 'endIds'>),
      signal,
    });
    const ids: number[] = [];
    for (;;) {
      const next = await steps.next();
      if (next.done) {
        assert.equal(next.value, 'cancelled');
        break;
      }
      ids.push(...next.value.writes.map(({ id }) => id));
      signal.aborted = ids.length > 6;
    }
    assert.ok(ids.length > 6 && ids.length < whole.ids.length);
    assert.deepEqual(ids, whole.ids.slice(0, ids.length));
  });

  test(`${decoder.name}: stopped before its first pass, nothing is run`, async () => {
    const model = target(1);
    const { steps, finish } = await decodeAll(decoder, model, { signal: { aborted: true }, aids: aidsOf(1) });
    assert.deepEqual([steps, finish, model.passes], [[], 'cancelled', 0]);
  });

  test(`${decoder.name}: what it needs and what it cannot do is refused before the first pass, in one sentence`, async () => {
    const refused = async (request: Partial<DecodeRequest>, pattern: RegExp): Promise<void> => {
      const model = target(1, { contextLength: 8 });
      await assert.rejects(
        decodeAll(decoder, model, request),
        (error) => error instanceof CoreError && pattern.test(error.message),
      );
      assert.equal(model.passes, 0);
    };
    const aids = aidsOf(1);
    for (const need of decoder.needs) {
      const { [need]: _, ...rest } = aids;
      await refused({ aids: rest }, /This decoder needs/);
    }
    if (decoder.needs.includes('draft')) {
      const draft = randomChain(5, { seed: 1 });
      await refused({ aids: { ...aids, draft } }, /draft model knows 5 tokens and the model 6/);
    }
    await refused({ aids, prompt: [] }, /no tokens/);
    await refused({ aids, prompt: [6] }, /outside the vocabulary/);
    await refused({ aids, prompt: [0, 0, 0, 0, 0, 0, 0, 0, 0] }, /takes 8/);
    await refused({ aids, options: { 'no-such': 1 } }, /no option "no-such"/);
    await refused({ aids, sampling: { ...PLAIN, topP: 2 } }, /Top-p/);
  });

  test(`${decoder.name}: logits that are no numbers end the run with a sentence, what was yielded stands`, async () => {
    const spoilt = (model: CausalModel, from: number, value: number): CausalModel => ({
      get vocabularySize() {
        return model.vocabularySize;
      },
      get contextLength() {
        return model.contextLength;
      },
      get length() {
        return model.length;
      },
      get chunk() {
        return model.chunk;
      },
      extend: async (tokens) => {
        const logits = await model.extend(tokens);
        if (model.length > from) logits.fill(value);
        return logits;
      },
      rollback: (length) => model.rollback(length),
    });
    const failure = async (decoder: Decoder, model: CausalModel, aids: DecoderAids): Promise<[number, string]> => {
      let tokens = 0;
      const steps = decoder.decode(model, {
        prompt: [0, 1],
        maxNewTokens: 40,
        endIds: [],
        sampling: { ...PLAIN, seed: 1 },
        signal: { aborted: false },
        aids,
      });
      try {
        for (;;) {
          const next = await steps.next();
          if (next.done) return [tokens, ''];
          tokens += next.value.writes.length;
        }
      } catch (error) {
        assert.ok(error instanceof CoreError && error.code === 'logits-invalid', String(error));
        return [tokens, error.message];
      }
    };
    for (const [value, said] of [
      [NaN, 'gave token \\d the logit NaN'],
      [Infinity, 'gave token \\d the logit Infinity'],
      [-Infinity, 'gave no token a finite logit'],
    ] as const) {
      const [tokens, message] = await failure(decoder, spoilt(target(3), 20, value), aidsOf(4));
      // A hand-over asks the target for nothing but a score.
      if (decoder.name !== 'hand-over') {
        assert.match(message, new RegExp(`^The model ${said}`));
        assert.ok(tokens >= 10 && tokens <= 22, String(tokens));
      }
      if (!decoder.needs.includes('draft')) continue;
      const aids = aidsOf(4);
      const draft = await failure(decoder, target(3), { ...aids, draft: spoilt(aids.draft!, 20, value) });
      assert.match(draft[1], new RegExp(`^The draft model ${said}`));
    }
  });

  if (decoder.exact) {
    test(`${decoder.name}: filters that leave one token to the model, and another to its draft, give the model's`, async () => {
      await fc.assert(
        fc.asyncProperty(someRequest, async ({ seed, chunk, contextLength, peak, ...request }) => {
          const settings = { chunk, contextLength, peak };
          for (const filter of [{ topK: 1 }, { topP: 0 }, { minP: 1 }]) {
            const own = await decodeAll(decoder, target(seed, settings), {
              ...request,
              sampling: { ...PLAIN, ...filter, seed },
              aids: aidsOf(seed + 1, settings),
            });
            const greedy = await decodeAll(autoregressive, target(seed, settings), { ...request, sampling: GREEDY });
            assert.deepEqual(own.ids, greedy.ids);
          }
        }),
        { numRuns: 40 },
      );
    });
  }
}
