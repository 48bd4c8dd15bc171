import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Trace, TraceHeader, TraceToken } from '../../../src/core/trace/record';
import { digestOf, type RunDigest } from '../../../src/extension/runs/digest';
import { groupRuns, isGroup, runsOf, type RunNode } from '../../../src/extension/runs/groups';
import { encodeUtf8 } from '../../../src/core/text/utf8';

const NOW = new Date(2026, 2, 30, 9);

function run(id: string, made: Date | string, more: Partial<RunDigest> = {}): RunDigest {
  const createdAt = typeof made === 'string' ? made : made.toISOString();
  const prompt = `prompt ${id}`;
  return {
    ...{ id, createdAt, prompt, model: 'm', task: 'text', decoder: 'autoregressive', tokens: 3, promptTokens: 2 },
    ...{ finish: 'length', tokensPerSecond: null, acceptanceRate: null, generated: 'x' },
    ...more,
  };
}

/** `ago: a b [c d]`, the rows of a comparison in brackets. */
function drawn(runs: readonly RunDigest[]): string[] {
  const name = (node: RunNode): string => (isGroup(node) ? `[${node.members.map(name).join(' ')}]` : node.id);
  return groupRuns(runs, NOW).map(
    (group) => `${group.kind === 'day' ? group.day.ago : group.kind}: ${group.members.map(name).join(' ')}`,
  );
}

describe('the runs of the list', () => {
  it('stand day by day of the calendar, the pinned before them', () => {
    const runs = [
      run('ahead', new Date(2026, 3, 1, 1)),
      run('a', new Date(2026, 2, 30, 8)),
      run('b', new Date(2026, 2, 30, 0)),
      run('pin', new Date(2026, 2, 29, 23, 59), { pinned: true }),
      run('c', new Date(2026, 2, 29, 23, 58)),
      // Clocks go forward in the night before the 29th in many places: that day has 23 hours.
      run('d', new Date(2026, 2, 28, 23)),
      run('e', new Date(2025, 2, 30, 8)),
      run('undated', 'long ago'),
    ];
    assert.deepEqual(drawn(runs), ['pinned: pin', '-2: ahead', '0: a b', '1: c', '2: d', '365: e', 'null: undated']);
    const keys = groupRuns(runs, NOW).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('hold the rows of a comparison together, where the newest stands; one that is alone is a run as others are', () => {
    const at = (minute: number): Date => new Date(2026, 2, 30, 8, minute);
    const runs = [
      run('a', at(9)),
      run('b', at(8), { comparison: 'one' }),
      run('c', at(7), { comparison: 'two' }),
      run('d', at(6), { comparison: 'one' }),
      run('e', at(5)),
    ];
    assert.deepEqual(drawn(runs), ['0: a [b d] c e']);
    assert.deepEqual(
      groupRuns(runs, NOW)
        .flatMap(runsOf)
        .map(({ id }) => id)
        .sort(),
      ['a', 'b', 'c', 'd', 'e'],
    );
  });
});

describe('what the list shows of a run', () => {
  const life = { width: 2, height: 2, topology: 'torus', rule: 'B3/S23', prompt: '<{cells}>', answer: '[{cells}]' };

  function trace(header: Partial<TraceHeader> & { life?: unknown }, prompt: string, generated: string): Trace {
    const texts = [...prompt, ...generated];
    return {
      header: {
        ...{ id: 'r', createdAt: NOW.toISOString(), tokenizer: 'tokenizer.json', promptText: prompt },
        ...{ promptLength: prompt.length, decoder: { name: 'autoregressive', exact: true } },
        ...{ model: { name: 'm', task: header.life ? 'life' : 'text', life: header.life } },
        ...{ sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 } },
        ...header,
      } as unknown as TraceHeader,
      tokens: texts.map(
        (text, index) => ({ index, id: index, text, bytes: encodeUtf8(text) }) as unknown as TraceToken,
      ),
      passes: [],
    };
  }
  const decoder = (name: string, options: Record<string, number>): Partial<TraceHeader> => ({
    decoder: { name, exact: true, options },
  });

  it('is how it was decoded, with the options that are not at their default', () => {
    const decoded = (header: Partial<TraceHeader>): unknown => digestOf(trace(header, 'a', 'b')).decoded;
    assert.equal(decoded({}), 'Greedy');
    const drawn = { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 };
    assert.equal(decoded({ sampling: drawn }), 'Sampling');
    assert.equal(decoded(decoder('speculative', { gamma: 7 })), 'Speculative, gamma 7');
    assert.notEqual(decoded(decoder('prompt-lookup', { gamma: 3 })), decoded(decoder('prompt-lookup', { gamma: 7 })));
    assert.equal(decoded({ ...decoder('vllm', {}), model: { server: {} } as never }), 'Greedy');
  });

  it('is the beginning of its prompt and of what was generated, each on one line', () => {
    const { prompt, generated } = digestOf(trace({}, 'The\n whale', '\n swam  on'));
    assert.deepEqual([prompt, generated], ['The whale', 'swam on']);
    const ids = digestOf(trace({ tokenizer: 'none', promptText: undefined as never }, 'ab', 'cd'));
    assert.deepEqual([ids.prompt, ids.generated], ['0, 1', '2, 3']);
  });

  it('is how many cells live, of a board and of the answer', () => {
    assert.deepEqual(digestOf(trace({ life }, '<1101>', '[0110]')).alive, { given: 3, answered: 2 });
    assert.deepEqual(digestOf(trace({ life }, '<1101>', '[01')).alive, { given: 3, answered: 1 });
    assert.equal(digestOf(trace({ life }, 'no board', '')).alive, undefined);
  });
});
