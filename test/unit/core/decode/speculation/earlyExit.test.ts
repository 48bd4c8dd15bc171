import assert from 'node:assert/strict';
import test from 'node:test';
import { autoregressive } from '../../../../../src/core/decode/autoregressive';
import type { DecodeRequest } from '../../../../../src/core/decode/decoder';
import { earlyExit, exitLayer } from '../../../../../src/core/decode/early-exit';
import { type LowerPart, Trunk } from '../../../../../src/core/decode/exit/trunk';
import { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { CoreError } from '../../../../../src/core/errors';
import type { Sampling } from '../../../../../src/core/decode/sampling';
import { chiSquared } from '../../../../harness/chiSquared';
import { decodeAll, GREEDY, PLAIN, randomRows, sequenceLaw } from '../../../../harness/decoding';
import { exitTable, type ExitTableOptions } from '../../../../harness/exitTable';

const SAMPLES = 20_000;

/** Distributions that depend on the two newest tokens, so that an old one in their place is told. */
function table(vocabulary: number, seed: number) {
  const rows = randomRows(vocabulary * vocabulary, seed).map((row) => {
    const folded = Array.from(
      { length: vocabulary },
      (_, id) => (row[id] as number) + (row[id + vocabulary] as number),
    );
    const sum = folded.reduce((a, b) => a + b);
    return folded.map((weight) => weight / sum);
  });
  return (context: readonly number[]): readonly number[] =>
    rows[(context.at(-1) ?? 0) * vocabulary + (context.at(-2) ?? 0)] as number[];
}

const tables = (vocabulary: number, over: Partial<ExitTableOptions> = {}): ExitTableOptions => ({
  vocabularySize: vocabulary,
  early: table(vocabulary, 7),
  whole: table(vocabulary, 8),
  ...over,
});

/** p-value of whole sequences against sampling one after another from the table of the whole model. */
async function law(
  options: ExitTableOptions,
  request: Partial<DecodeRequest> & { maxNewTokens: number; sampling: Sampling },
): Promise<number> {
  const { target, exit } = exitTable(options);
  const counts = new Map<string, number>();
  for (let seed = 0; seed < SAMPLES; seed++) {
    const sampling = { ...request.sampling, seed };
    const { ids } = await decodeAll(earlyExit, target, { ...request, sampling, aids: { exit } });
    const key = ids.slice(1).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const plain = new CausalTable({ vocabularySize: options.vocabularySize, distribution: options.whole });
  return chiSquared(counts, await sequenceLaw(plain, request));
}

const filtered: Sampling = { ...PLAIN, temperature: 0.8, topK: 3, topP: 0.95, minP: 0.05 };

for (const [vocabulary, maxNewTokens, sampling, gamma, endIds] of [
  [3, 4, PLAIN, 2, []],
  [3, 5, PLAIN, 3, [2]],
  [4, 4, filtered, 4, []],
] as const) {
  test(`early exit emits whole sequences as sampling does: ${vocabulary} tokens, gamma ${gamma}, top-k ${sampling.topK}`, async () => {
    const p = await law(tables(vocabulary), { maxNewTokens, sampling, options: { gamma }, endIds });
    assert.ok(p > 0.001, `p ${p}`);
  });
}

test('the test finds hidden states of tokens that were rejected (the stale input of LayerSkip’s sampling branch)', async () => {
  class StaleTrunk extends Trunk {
    override hold(sequence: readonly number[]): Promise<void> {
      // Takes what stands there for what was asked.
      return super.hold([...this.seen, ...sequence.slice(this.length)]);
    }

    override rollback(length: number): void {
      if (length === 0) super.rollback(0);
    }

    private get seen(): readonly number[] {
      return (this as unknown as { tokens: readonly number[] }).tokens;
    }
  }
  const trunkOf = (lower: LowerPart): Trunk => new StaleTrunk(lower);
  const p = await law(tables(3, { trunkOf }), { maxNewTokens: 4, sampling: PLAIN, options: { gamma: 2 } });
  assert.ok(p < 0.001, `p ${p}`);
});

test('greedy early exit says what the whole model says, and runs the lower layers once a token', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const options = tables(6, { early: table(6, 100 + seed), whole: table(6, 200 + seed), chunk: 5 });
    const plain = new CausalTable({ vocabularySize: 6, distribution: options.whole });
    const request = { prompt: [1, 2, 3, 4, 5, 0, 1], maxNewTokens: 30, sampling: GREEDY };
    const expected = await decodeAll(autoregressive, plain, request);
    const { target, exit, fed } = exitTable(options);
    const { ids, steps } = await decodeAll(earlyExit, target, { ...request, options: { gamma: 3 }, aids: { exit } });
    assert.deepEqual(ids, expected.ids);
    const drafted = steps.flatMap(({ speculation }) => speculation?.drafted ?? []);
    assert.ok(drafted.every(({ source }) => source === 'early-exit'));
    // Every token that stands or was drafted, but the last that was drawn, which is never fed.
    const rejected = drafted.filter(({ verdict }) => verdict !== 'accepted').length;
    assert.equal(fed.lower, ids.length - 1 + rejected);
    // The lens reads the prompt's last token and what was drafted from, never the whole prompt.
    assert.ok(fed.lens <= 1 + drafted.length + steps.length);
  }
});

test('an exit that says what the model says is accepted whole', async () => {
  const whole = table(5, 3);
  const options = tables(5, { early: whole, whole, layer: 2, layers: 2 });
  for (const sampling of [PLAIN, GREEDY]) {
    const { target, exit } = exitTable(options);
    const request = { maxNewTokens: 21, sampling, options: { gamma: 4, layer: 2 }, aids: { exit } };
    const { origins, steps } = await decodeAll(earlyExit, target, request);
    assert.equal(steps.length, 5);
    assert.ok(!origins.includes('replacement'));
  }
});

test('the draft may go elsewhere and come back; the model never notices', async () => {
  const { target, exit } = exitTable(tables(4));
  const plain = new CausalTable({ vocabularySize: 4, distribution: table(4, 8) });
  const { draft } = exit;
  await target.extend([0, 1, 2]);
  await draft.extend([0, 1]);
  // Another way from within what the target has read.
  await draft.extend([3, 3, 3, 3]);
  const rows = await target.extend([1, 2]);
  await plain.extend([0, 1, 2]);
  assert.deepEqual(rows, await plain.extend([1, 2]));
  target.rollback(1);
  plain.rollback(1);
  assert.equal(draft.length, 6);
  assert.deepEqual(await target.extend([2, 2]), await plain.extend([2, 2]));
  // And the draft goes on where it was.
  const early = new CausalTable({ vocabularySize: 4, distribution: table(4, 7) });
  await early.extend([0, 1, 3, 3, 3, 3]);
  assert.deepEqual(await draft.extend([1]), await early.extend([1]));
});

test('the layer is half of them unless it is given; one that the model lacks is refused', async () => {
  assert.deepEqual(
    [1, 2, 3, 5, 6, 30].map((layers) => exitLayer(0, layers)),
    [1, 1, 2, 3, 3, 15],
  );
  assert.equal(exitLayer(6, 6), 6);
  const outside = (error: unknown): boolean =>
    error instanceof CoreError &&
    error.code === 'option-invalid' &&
    /"layer" must be a whole number from 1 to 6, the layers of this model, or 0 for half of them, not 7\./.test(
      error.message,
    );
  assert.throws(() => exitLayer(7, 6), outside);
  const { target, exit } = exitTable(tables(3));
  const refused = (options: DecodeRequest['options'], aids: DecodeRequest['aids'], message: RegExp) =>
    assert.rejects(decodeAll(earlyExit, target, { options: options!, aids: aids! }), message);
  await refused({ layer: 2 }, { exit }, /leaves the model at layer 1, not at 2/);
  await refused({ layer: 3 }, { exit }, /from 1 to 2, the layers of this model/);
  await refused({}, {}, /needs a model whose layers can be told apart/);
});
