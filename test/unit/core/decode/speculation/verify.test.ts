import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import {
  acceptanceProbability,
  draftDistance,
  exactRule,
  residualOf,
} from '../../../../../src/core/decode/speculation/rule';
import { verifyDraft, type Proposal } from '../../../../../src/core/decode/speculation/verify';
import { totalVariation } from '../../../../../src/core/numeric/distance';
import { Random } from '../../../../../src/core/numeric/random';
import { softmax } from '../../../../../src/core/numeric/softmax';
import { fixture, skipWithoutFixtures } from '../../../../harness/fixtures';
import { GREEDY, PLAIN, randomDistribution } from '../../../../harness/decoding';

/** Numbers copied from public tests; each entry names its source. */
interface Vectors {
  readonly hf_speculative_sampling: {
    readonly candidate_input_ids: number[];
    readonly candidate_length: number;
    readonly expected: { readonly n_matches: number; readonly valid_tokens: number[] };
  };
  readonly vllm_v1_greedy: {
    readonly cases: { readonly spec: number[][]; readonly target_argmax: number[]; readonly expected: number[][] }[];
  };
  readonly ort_genai_units: { readonly accept_prob: [number, number, number][] };
}
const vectorFile = fixture('speculative', 'vectors.json');
const vectors = existsSync(vectorFile) ? (JSON.parse(readFileSync(vectorFile, 'utf8')) as Vectors) : undefined;
const skip = { skip: skipWithoutFixtures };

const logits = (probabilities: ArrayLike<number>): Float32Array => Float32Array.from(probabilities, Math.log);
const noEnd: ReadonlySet<number> = new Set();

function verify(
  rows: readonly Float32Array[],
  drafted: readonly Proposal[],
  sampling = PLAIN,
  seed = 0,
  endIds = noEnd,
) {
  const random = Random.fromSeed(seed);
  return verifyDraft({ start: 5, drafted, row: (i) => rows[i]!, sampling, rule: exactRule, random, endIds });
}
const certain = (id: number): Proposal => ({ id, q: null, source: 'prompt' });

test('Hugging Face’s golden case: two candidates match, the third place is the target’s', skip, () => {
  const { candidate_input_ids, candidate_length, expected } = vectors!.hf_speculative_sampling;
  const peak = (id: number | null, low: number): Float32Array =>
    Float32Array.from({ length: 10 }, (_, i) => (i === id ? 10 : low));
  const candidates = candidate_input_ids.slice(-candidate_length);
  const drafted = candidates.map((id): Proposal => ({ id, q: softmax(peak(id, -10)), source: 'draft-model' }));
  const { accepted, next } = verify([peak(1, -10), peak(4, -10), peak(8, -Infinity), peak(null, -10)], drafted);
  assert.equal(accepted, expected.n_matches);
  assert.deepEqual([...candidates.slice(0, accepted), next!.id], expected.valid_tokens);
});

test('vLLM’s greedy cases: the tokens up to the first difference, and the target’s own', skip, () => {
  for (const { spec, target_argmax: best, expected } of vectors!.vllm_v1_greedy.cases) {
    let offset = 0;
    const rows = best.map((id) => Float32Array.from({ length: 100 }, (_, i) => (i === id ? 100 : 0)));
    const emitted = spec.map((ids) => {
      const own = rows.slice(offset, (offset += ids.length + 1));
      const { accepted, next } = verify(own, ids.map(certain), GREEDY);
      return [...ids.slice(0, accepted), next!.id];
    });
    assert.deepEqual(
      emitted,
      expected.map((ids) => ids.filter((id) => id >= 0)),
    );
  }
});

test('onnxruntime-genai’s acceptance probabilities', skip, () => {
  for (const [p, q, expected] of vectors!.ort_genai_units.accept_prob) {
    assert.ok(Math.abs(acceptanceProbability(p, q) - expected) < 1e-12, `p ${p}, q ${q}`);
  }
});

test('the golden case of the paper’s identities: β 0.7, residual all on the first token, emitted p', () => {
  const [p, q] = [Float64Array.of(0.5, 0.3, 0.2), Float64Array.of(0.2, 0.6, 0.2)];
  assert.ok(Math.abs(draftDistance(p, 1, q) - 0.3) < 1e-12);
  const { mass, probabilities } = residualOf(p, 1, q);
  assert.ok(Math.abs(mass - 0.3) < 1e-12);
  assert.deepEqual([...probabilities], [1, 0, 0]);
  const emitted = [...p].map((_, y) => {
    const accepted = q[y]! * acceptanceProbability(p[y]!, q[y]!);
    return accepted + mass * probabilities[y]!;
  });
  emitted.forEach((value, y) => assert.ok(Math.abs(value - p[y]!) < 2.3e-16));
});

test('what is emitted is p, and the chance to accept is 1 − TV, for any p and q', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 8 }), (seed, size, peak) => {
      const random = Random.fromSeed(seed);
      const p = Float64Array.from(randomDistribution(random, size, peak));
      const q = Float64Array.from(randomDistribution(random, size, peak));
      const { mass, probabilities } = residualOf(p, 0, q);
      let beta = 0;
      p.forEach((own, y) => {
        const accepted = q[y]! * acceptanceProbability(own, q[y]!);
        beta += accepted;
        assert.ok(Math.abs(accepted + mass * probabilities[y]! - own) < 1e-15);
      });
      assert.ok(Math.abs(beta - (1 - totalVariation(p, q))) < 1e-12);
      assert.ok(Math.abs(mass - (1 - beta)) < 1e-12);
    }),
  );
});

test('a draft from the target’s own distribution is always accepted, and its residual is not 0 / 0', () => {
  const p = Float64Array.of(0.25, 0.5, 0.25);
  for (let seed = 0; seed < 200; seed++) {
    const { accepted, next } = verify(
      [logits(p), logits(p)],
      [{ id: seed % 3, q: softmax(logits(p)), source: 'pool' }],
      PLAIN,
      seed,
    );
    assert.deepEqual([accepted, next!.origin], [1, 'bonus']);
  }
  const { mass, probabilities } = residualOf(p, 1, p);
  assert.deepEqual([mass, [...probabilities]], [0, [...p]]);
});

test('what the target cannot say is never accepted, what it says for certain always', () => {
  const [impossible, sure] = [logits([1, 0]), logits([0, 1])];
  for (let seed = 0; seed < 300; seed++) {
    const q = Float64Array.of(0.5, 0.5);
    const refused = verify([impossible, impossible], [{ id: 1, q, source: 'pool' }], PLAIN, seed);
    assert.deepEqual([refused.accepted, refused.next], [0, { id: 0, origin: 'replacement' }]);
    assert.equal(verify([sure, sure], [{ id: 1, q, source: 'pool' }], PLAIN, seed).accepted, 1);
  }
});

test('tokens after the first rejection are not read: a row that is no row there does no harm', () => {
  const broken = Float32Array.of(NaN, NaN, NaN);
  const { drafted, accepted } = verify([logits([1, 0, 0]), broken, broken], [certain(2), certain(1)], GREEDY);
  assert.equal(accepted, 0);
  assert.deepEqual(drafted[1], {
    id: 1,
    source: 'prompt',
    q: 1,
    p: null,
    ratio: null,
    r: null,
    verdict: 'unread',
    tv: null,
  });
});

test('each judged token says p, q, their ratio, the draw and the distance', () => {
  const q = Float64Array.of(0.2, 0.6, 0.2);
  const rows = [logits([0.5, 0.3, 0.2]), logits([0.5, 0.3, 0.2])];
  for (let seed = 0; seed < 50; seed++) {
    const { drafted, residual, start } = verify(rows, [{ id: 1, q, source: 'draft-model' }], PLAIN, seed);
    const [token] = drafted;
    assert.equal(start, 5);
    assert.ok(Math.abs(token!.p! - 0.3) < 1e-6 && token!.q === 0.6 && Math.abs(token!.ratio! - 0.5) < 1e-6);
    assert.ok(Math.abs(token!.tv! - 0.3) < 1e-6);
    assert.equal(token!.verdict, token!.r! < token!.ratio! ? 'accepted' : 'rejected');
    assert.equal(residual === null, token!.verdict === 'accepted');
    assert.equal('outputTv' in token!, false);
  }
});

test('greedily nothing is drawn: ratio 1 or 0, and the replacement is the most probable token', () => {
  const row = Float32Array.of(1, 3, 3, 2);
  const { drafted, next, residual } = verify([row, row, row], [certain(1), certain(2)], GREEDY);
  assert.deepEqual(
    drafted.map(({ ratio, r, verdict }) => [ratio, r, verdict]),
    [
      [1, null, 'accepted'],
      [0, null, 'rejected'],
    ],
  );
  assert.equal(next!.id, 1);
  assert.deepEqual([...residual!.probabilities], [0, 1, 0, 0]);
});

test('after an accepted token that ends the text nothing is added', () => {
  const row = Float32Array.of(0, 5);
  const end = new Set([1]);
  assert.equal(verify([row, row], [certain(1)], GREEDY, 0, end).next, null);
  assert.equal(verify([row, row], [certain(0)], GREEDY, 0, end).next!.id, 1);
});

test('logits that are no numbers are refused where they are read', () => {
  const broken = Float32Array.of(1, NaN);
  for (const sampling of [PLAIN, GREEDY]) {
    assert.throws(() => verify([broken, broken], [certain(0)], sampling), /The model gave token 1 the logit NaN/);
  }
});

test('vLLM’s convergence: the first emitted token approaches the target as samples grow', () => {
  const size = 10;
  const distance = (a: readonly number[], b: readonly number[]): number => Math.hypot(...a.map((x, i) => x - b[i]!));
  for (const seed of [0, 1, 2, 3, 4]) {
    for (const isSame of [false, true]) {
      const random = Random.fromSeed(seed);
      const make = (): number[] => [...softmax(Float32Array.from({ length: size }, () => random.uniform()))];
      const target = make();
      const draft = isSame ? target : make();
      const references = Array.from({ length: 100 }, make);
      const q = Float64Array.from(draft);
      const counts = new Array<number>(size).fill(0);
      const row = logits(target);
      const ratios: [number, number][] = [];
      for (let n = 1; n <= 100_000; n++) {
        let id = 0;
        for (let u = random.uniform(); id < size - 1 && (u -= draft[id]!) >= 0;) id++;
        const drafted = [{ id, q, source: 'draft-model' as const }];
        const { accepted, next } = verifyDraft({
          start: 0,
          drafted,
          row: () => row,
          sampling: PLAIN,
          rule: exactRule,
          random,
          endIds: noEnd,
        });
        counts[accepted === 1 ? id : next!.id]!++;
        if (n === 10 || n === 100_000) {
          const share = counts.map((count) => count / n);
          const average = references.reduce((sum, reference) => sum + distance(reference, share), 0) / 100;
          ratios.push([distance(share, target), average]);
        }
      }
      const [[first, firstOther], [last, lastOther]] = ratios as [[number, number], [number, number]];
      assert.ok(first / last > 20 * (firstOther / lastOther), `seed ${seed}: ${first / last}`);
    }
  }
});
