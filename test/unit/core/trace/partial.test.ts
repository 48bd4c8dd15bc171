import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { filterLogits } from '../../../../src/core/decode/filters';
import { divergence, knownDistribution } from '../../../../src/core/compare/divergence';
import { readCompletion } from '../../../../src/core/server/completion';
import { judgementOf } from '../../../../src/core/server/judgement';
import { rankedTop } from '../../../../src/core/trace/partial';
import type { Judgement, Trace } from '../../../../src/core/trace/record';
import { tokensCsv } from '../../../../src/core/trace/tables';
import { measureMeaning, measureText } from '../../../../src/webview/components/token-measure';
import { whatIfOfKept } from '../../../../src/webview/explorer/tokens/what-if';
import { fixture, skipWithoutFixtures } from '../../../harness/fixtures';

const OFF = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const recorded = (name: string): unknown => JSON.parse(readFileSync(fixture('servers/vllm-0.32.0', name)).toString());
const near = (a: number, b: number, within = 1e-6): void => assert.ok(Math.abs(a - b) <= within, `${a} against ${b}`);

describe('a part of a distribution, as vLLM tells it', { skip: skipWithoutFixtures }, () => {
  const { prompt = [] } = skipWithoutFixtures
    ? {}
    : readCompletion(recorded('greedy.json'), { logprobs: 5, promptLogprobs: 5 });
  const judged = prompt.flatMap(({ id, judgement }) => (judgement ? [{ id, judgement }] : []));

  it('holds the chosen token apart from the most probable where it is none of them', () => {
    assert.ok(
      judged.some(({ judgement }) => judgement.rank > 5) && judged.some(({ judgement }) => judgement.rank === 1),
    );
    for (const { id, judgement } of judged) {
      const ranked = rankedTop(judgement, id);
      assert.equal(ranked.length, 5);
      assert.equal(
        ranked.some((each) => each.id === id),
        judgement.rank <= 5,
      );
      assert.ok(ranked.every(({ probability }, at) => at === 0 || probability <= ranked[at - 1]!.probability));
    }
  });

  it('shows the mass outside: rows, the chosen token and the rest make 1, and nothing is claimed of how many they are', () => {
    for (const { id, judgement } of judged) {
      const result = whatIfOfKept(judgement, id, 0, OFF)!;
      const rows = [...result.rows, ...(result.chosenBelow ? [result.chosenBelow] : [])];
      near(rows.reduce((sum, row) => sum + row.p, 0) + result.rest.p, 1);
      assert.equal(result.rest.count, null);
      assert.equal(rows.filter((row) => row.chosen).length, 1);
      // At temperature 1 without filters p′ is p.
      for (const row of rows) {
        near(row.after.low, row.p);
        near(row.after.high, row.p);
      }
      assert.equal(result.unknown, null);
    }
  });

  it('a top-k within what was told is exact, one beyond it is not and says so', () => {
    for (const { id, judgement } of judged) {
      const within = whatIfOfKept(judgement, id, 0, { ...OFF, topK: 3 })!;
      near(
        within.rows.reduce((sum, row) => sum + row.after.low, 0),
        1,
      );
      assert.deepEqual([within.unknown, within.rest.cut, within.keptCount], [null, 'top-k', 3]);
      if (judgement.partial!.outside > 0.01) {
        assert.match(whatIfOfKept(judgement, id, 0, { ...OFF, topK: 50 })!.unknown ?? '', /known by their mass alone/);
      }
    }
  });

  it('is bounded as the whole distribution of the recording has it, whatever the settings', () => {
    const { choices } = recorded('full_distribution.json') as {
      choices: { logprobs: { top_logprobs: Record<string, number>[] } }[];
    };
    const logs = Object.values(choices[0]!.logprobs.top_logprobs[0]!).sort((a, b) => b - a);
    const row = Float32Array.from(logs);
    for (const at of [0, 7, 400]) {
      const told: Judgement = judgementOf({
        id: at,
        text: '',
        logProbability: logs[at]!,
        rank: null,
        alternatives: [...logs.slice(0, 20).keys(), ...(at < 20 ? [] : [at])].map((id) => ({
          id,
          text: '',
          logProbability: logs[id]!,
        })),
        asked: 20,
      });
      assert.equal(told.partial?.rankKnown, at < 20);
      for (const settings of [
        { ...OFF, temperature: 0.5 },
        { ...OFF, temperature: 1.8 },
        { ...OFF, topK: 10 },
        { ...OFF, topK: 100 },
        { ...OFF, topP: 0.5 },
        { ...OFF, topP: 0.99 },
        { ...OFF, minP: 0.1 },
        { ...OFF, minP: 1e-5 },
        { temperature: 1.3, topK: 300, topP: 0.9, minP: 0.001 },
      ]) {
        const truth = filterLogits(row, settings);
        const result = whatIfOfKept(told, at, 0, settings)!;
        for (const { id, after } of [...result.rows, ...(result.chosenBelow ? [result.chosenBelow] : [])]) {
          const p = truth.probabilities[id]!;
          assert.ok(
            after.low - 1e-4 <= p && p <= after.high + 1e-4,
            `${JSON.stringify(settings)}: ${after.low} ${p} ${after.high}`,
          );
        }
        assert.ok(result.keptMass.low - 1e-4 <= truth.keptMass && truth.keptMass <= result.keptMass.high + 1e-4);
      }
    }
  });

  it('says of each number whether it is one or a bound', () => {
    for (const { judgement } of judged) {
      assert.match(measureText('entropy', judgement), /^≥ \d+\.\d\d$/);
      assert.match(measureMeaning('entropy', judgement), /the least that it can be/);
      assert.doesNotMatch(measureText('rank', judgement), /≥/);
    }
    const { judgement } = judged[0]!;
    const unknown = { ...judgement, rank: 21, partial: { ...judgement.partial!, rankKnown: false, entropyAtMost: 7 } };
    assert.equal(measureText('rank', unknown), '≥ 21');
    assert.match(measureText('entropy', unknown), /^\d+\.\d\d–7\.00$/);
    assert.equal(measureText('entropy', { ...judgement, entropy: 1 }), '≥ 1.00');
  });

  it('is exported with what is not known of it', () => {
    const tokens = prompt.map((token, index) => ({ ...token, index, origin: 'prompt' }));
    const [head, first, second] = tokensCsv({ header: { model: {} }, tokens } as unknown as Trace).split('\r\n');
    assert.match(head!, /entropy_bits,entropy_at_most_bits,probability_not_told,rank_known$/);
    assert.match(first!, /,,,$/);
    assert.match(second!, /,0\.\d+,true$/);
  });

  it('bounds a divergence from itself at 0, and says that it is no more than a bound', () => {
    for (const { id, judgement } of judged) {
      const known = knownDistribution(judgement, id, 0);
      const apart = divergence(known, known);
      near(apart.klAtLeast, 0);
      assert.equal(apart.exact, known.outside === 0);
      near(apart.tv.low, 0);
      assert.ok(apart.tv.high <= known.outside + 1e-9);
    }
  });
});
