import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { filterLogits, ruleThatCut, type FilterSettings } from '../../../../src/core/decode/filters';
import { filterAlternatives, type Range } from '../../../../src/core/decode/partial-filters';
import { topK } from '../../../../src/core/numeric/ranking';
import { softmax } from '../../../../src/core/numeric/softmax';

const OFF: FilterSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const top = (row: Float32Array, n: number) => {
  const p = softmax(row);
  return [...topK(row, n)].map((id) => ({ id, probability: p[id]! }));
};
const holds = ({ low, high }: Range, value: number): boolean => low - 1e-9 <= value && value <= high + 1e-9;

test('whatever the tokens outside are, the truth from full logits lies within the ranges, and certain verdicts hold', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.record({
        temperature: fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0.2, max: 3, noNaN: true })),
        topK: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
        // Off the borders where rounding alone decides.
        topP: fc.oneof(
          fc.constant(1),
          fc.integer({ min: 1, max: 996 }).map((n) => n / 997),
        ),
        minP: fc.oneof(
          fc.constant(0),
          fc.integer({ min: 1, max: 996 }).map((n) => n / 997),
        ),
      }),
      (values, kept, settings) => {
        const row = Float32Array.from(values, (v) => v / 10);
        const truth = filterLogits(row, settings);
        const partial = filterAlternatives(top(row, kept), row.length, settings);
        // Of a vocabulary that nobody tells the size of, and with one more token that is known, the same holds.
        const listed = top(row, kept);
        const last = listed.at(-1)!;
        const probabilities = softmax(row);
        const beside = [...topK(row, row.length)].slice(kept).at(-1);
        const below = beside === undefined ? null : { id: beside, probability: probabilities[beside]! };
        for (const size of [row.length, Infinity]) {
          const untold = filterAlternatives(listed, size, settings, below);
          assert.ok(holds(untold.keptMass, truth.keptMass), 'kept mass, with one below');
          for (const { id, kept: verdict, rule, probability } of [
            ...untold.verdicts,
            ...(untold.below ? [untold.below] : []),
          ]) {
            assert.ok(holds(probability, truth.probabilities[id]!), `p′ of ${id}, last ${last.id}`);
            if (verdict !== null) assert.equal(verdict, truth.cut[id] === 0, `verdict of ${id}`);
            if (rule !== null) assert.equal(rule, ruleThatCut(truth, id), `rule of ${id}`);
          }
          if (untold.outsideRule === null) continue;
          for (const id of topK(row, row.length).slice(kept)) assert.equal(ruleThatCut(truth, id), untold.outsideRule);
        }
        assert.ok(holds(partial.keptMass, truth.keptMass), 'kept mass');
        let inside = 0;
        for (const { id, kept: verdict, rule, probability } of partial.verdicts) {
          inside += truth.probabilities[id]!;
          assert.ok(holds(probability, truth.probabilities[id]!), `p′ of ${id}`);
          if (verdict === null) continue;
          assert.equal(verdict, truth.cut[id] === 0, `verdict of ${id}`);
          if (verdict || rule !== null) assert.equal(rule, ruleThatCut(truth, id), `rule of ${id}`);
        }
        assert.ok(holds(partial.outside, 1 - inside), 'outside');
        assert.equal(partial.exact, partial.unknown === null);
        if (partial.exact) assert.ok(partial.verdicts.every(({ kept: verdict }) => verdict !== null));
      },
    ),
    { numRuns: 3000 },
  );
});

test('without filters at temperature 1 nothing is unknown', () => {
  const row = Float32Array.from({ length: 100 }, (_, i) => -i / 10);
  assert.equal(filterAlternatives(top(row, 20), 100, OFF).exact, true);
});

test('a top-k, a nucleus or a min-p within the alternatives makes everything exact at temperature 1', () => {
  const row = Float32Array.from({ length: 1000 }, (_, i) => -i / 2);
  for (const cut of [{ topK: 5 }, { topP: 0.9 }, { minP: 0.1 }]) {
    assert.equal(filterAlternatives(top(row, 20), 1000, { ...OFF, ...cut }).exact, true, JSON.stringify(cut));
  }
});

test('a temperature reshapes what was not kept: the answer is a range, and says so', () => {
  const row = Float32Array.from({ length: 1000 }, (_, i) => -i / 100);
  const { exact, unknown, verdicts } = filterAlternatives(top(row, 20), 1000, { ...OFF, temperature: 1.5 });
  assert.equal(exact, false);
  assert.match(unknown!, /other 980 tokens/);
  assert.ok(verdicts[0]!.probability.low < verdicts[0]!.probability.high);
});

test('a nucleus that reaches beyond the alternatives keeps them all for certain', () => {
  const row = new Float32Array(100);
  const { verdicts, exact } = filterAlternatives(top(row, 10), 100, { ...OFF, topP: 0.5 });
  assert.ok(verdicts.every(({ kept }) => kept === true));
  assert.equal(exact, false);
});
