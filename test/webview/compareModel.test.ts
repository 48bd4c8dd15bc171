import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ComparedResult, ComparisonRow } from '../../src/core/compare/comparison';
import { decoderSummaries } from '../../src/core/decode/registry';
import type { ModelSummary } from '../../src/protocol/models';
import { axisOf } from '../../src/webview/explorer/compare/axis';
import { candidatesFor, chosenAmong, entriesOf, onceMore } from '../../src/webview/explorer/compare/candidates';
import { COLUMNS } from '../../src/webview/explorer/compare/columns';
import { nextSort, sortedRows } from '../../src/webview/explorer/compare/sorting';
import { INITIAL_STATE, readState } from '../../src/webview/explorer/compare/state';
import { entryTitles } from '../../src/webview/explorer/compare/titles';
import { GREEDY } from '../harness/decoding';

const GRID = {
  width: 2,
  height: 2,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: 'S<{cells}>',
  answer: '[{cells}]',
} as const;

const SETTINGS = {
  ...{ model: null, decoder: 'autoregressive', decoderOptions: {}, draft: null, sampling: GREEDY },
  ...{ maxNewTokens: 8, prompt: 'In the' },
};

function model(name: string, more: Partial<ModelSummary> = {}): ModelSummary {
  const answer = { available: true, how: '' };
  return {
    name,
    folder: `/models/${name}`,
    origin: 'bundled',
    kind: 'text',
    role: 'target',
    architecture: 'llama',
    file: 'model.onnx',
    variants: [],
    dtype: 'fp32',
    bytes: 1,
    parameters: 1,
    layers: 1,
    heads: 1,
    vocabularySize: 10,
    contextLength: 64,
    tokenizer: 'tokenizer.json',
    probes: { attention: answer, hidden: answer, logits: answer },
    ...more,
  };
}

describe('Which decoders are offered', () => {
  const decoders = decoderSummaries();
  const refusals = (target: ModelSummary, models: readonly ModelSummary[], prompt = 'In the'): Map<string, string> =>
    new Map(
      candidatesFor(decoders, target, models, prompt).flatMap(({ decoder, reason }) =>
        reason === null ? [] : [[decoder.name, reason]],
      ),
    );

  test('a text model: everything but what is for Life', () => {
    const target = model('a');
    const refused = refusals(target, [target]);
    assert.deepEqual([...new Set(refused.values())], ['for Life models']);
    assert.deepEqual(
      [...refused.keys()],
      decoders.filter(({ task }) => task === 'life').map(({ name }) => name),
    );
  });

  test('no model with the same vocabulary: nothing that needs a draft', () => {
    const target = model('a', { vocabularySize: null });
    const refused = refusals(target, [target, model('b')]);
    const needy = decoders.filter(({ needs, task }) => needs.includes('draft') && task !== 'life');
    assert.ok(needy.length > 0);
    for (const { name } of needy) assert.equal(refused.get(name), 'no draft model has the same vocabulary');
  });

  test('a Life model: what needs a grid is offered for a prompt that is one', () => {
    const target = model('life', { kind: 'life', life: GRID });
    assert.equal(refusals(target, [target], 'S<0110>').has('exact-rule'), false);
    assert.equal(refusals(target, [target], 'S<0110>[01').has('exact-rule'), false);
    for (const prompt of ['', 'S<011', 'S<0121>', 'x'])
      assert.equal(
        refusals(target, [target], prompt).get('exact-rule'),
        'the prompt is no grid of 2 × 2 cells in the model’s form',
        prompt,
      );
  });

  test('the exact ones are chosen until others are; what cannot be run never is', () => {
    const target = model('a');
    const entries = entriesOf(candidatesFor(decoders, target, [target], 'In the'), [], SETTINGS);
    assert.ok(chosenAmong(entries, null).every(({ decoder }) => decoder.exact));
    assert.ok(entries.every(({ decoder }) => decoder.task !== 'life'));
    const chosen = chosenAmong(entries, ['typical', 'exact-rule', 'autoregressive', 'gone']);
    assert.deepEqual(
      chosen.map(({ decoder }) => decoder.name),
      ['autoregressive', 'typical'],
    );
  });

  test('a decoder is listed once more beneath itself, with its own options; each has a key and a title of its own', () => {
    const target = model('a');
    const candidates = candidatesFor(decoders, target, [target], 'In the');
    const settings = { ...SETTINGS, decoderOptions: { speculative: { gamma: 3 } } };
    const base = entriesOf(candidates, [], settings).find(({ key }) => key === 'speculative')!;
    assert.equal(base.options.gamma, 3);
    const second = onceMore(base, []);
    const third = onceMore(base, [second]);
    assert.notEqual(second.key, third.key);
    assert.deepEqual(second.options, base.options);
    // A key that is free again is used again.
    assert.equal(onceMore(base, [third]).key, second.key);
    const added = [third, { ...second, options: { gamma: 6 } }, { key: 'x', decoder: 'exact-rule', options: {} }];
    const listed = entriesOf(candidates, added, settings).filter(({ decoder }) => decoder.name === 'speculative');
    assert.deepEqual(
      listed.map(({ key, options, added: isAdded }) => [key, options.gamma, options.schedule, isAdded]),
      [
        ['speculative', 3, 'constant', false],
        [third.key, 3, 'constant', true],
        [second.key, 6, 'constant', true],
      ],
    );
    const titles = entryTitles(
      [...listed.slice(1), base].map(({ decoder, options }) => ({ decoder: decoder.name, options })),
      decoders,
    );
    assert.deepEqual(titles, ['Speculative (γ 3)', 'Speculative (γ 6)', 'Speculative (γ 3)']);
    const windows = [0, 8].map((window) => ({ decoder: 'jacobi', options: { window } }));
    assert.deepEqual(entryTitles(windows, decoders), ['Jacobi (window automatic)', 'Jacobi (window 8)']);
  });
});

describe('The order of the rows', () => {
  const row = (decoder: string, result: Partial<ComparedResult> | null): ComparisonRow => ({
    ...{ decoder, exact: true, options: {}, state: 'done', problem: null },
    result: result as ComparedResult | null,
  });
  const rows = [
    row('a', { passes: 3, difference: null, speculation: null }),
    row('b', null),
    row('c', { passes: 1, difference: { index: 5, expected: null, found: null }, speculation: null }),
    row('d', { passes: 2, difference: { index: 9, expected: null, found: null }, speculation: null }),
  ];
  const order = (sort: Parameters<typeof sortedRows>[1]): string =>
    sortedRows(rows, sort)
      .map(({ row: { decoder } }) => decoder)
      .join('');

  test('as asked for, or by a column either way, rows without a value last', () => {
    assert.equal(order(null), 'abcd');
    assert.equal(order({ column: 'passes', descending: false }), 'cdab');
    assert.equal(order({ column: 'passes', descending: true }), 'adcb');
    assert.equal(order({ column: 'decoder', descending: true }), 'dcba');
    assert.equal(order({ column: 'acceptance', descending: true }), 'abcd');
  });

  test('by text: identical first, then those that part later', () => {
    assert.equal(order({ column: 'text', descending: false }), 'adcb');
  });

  test('up, down, and as asked for again', () => {
    const up = nextSort(null, 'passes');
    const down = nextSort(up, 'passes');
    assert.deepEqual(
      [up, down, nextSort(down, 'passes')],
      [{ column: 'passes', descending: false }, { column: 'passes', descending: true }, null],
    );
    assert.deepEqual(nextSort(down, 'seconds'), { column: 'seconds', descending: false });
  });
});

test('every column says what it is', () => {
  for (const { definition } of COLUMNS) assert.match(definition('Autoregressive'), /^[A-Z].*\.$/s);
});

describe('The axis of seconds', () => {
  for (const [most, end, labels] of [
    [0.378, 0.4, '0 0.1 0.2 0.3 0.4 s'],
    [0.143, 0.15, '0 0.05 0.10 0.15 s'],
    [2.764, 3, '0 1 2 3 s'],
    [0.09, 0.1, '0 0.025 0.050 0.075 0.100 s'],
    [37, 40, '0 10 20 30 40 s'],
    [0.0011, 0.0015, '0 0.0005 0.0010 0.0015 s'],
  ] as const) {
    test(`to ${most} s`, () => {
      const axis = axisOf(most);
      assert.ok(Math.abs(axis.end - end) < 1e-9, `${axis.end}`);
      assert.equal(axis.ticks.map(({ text }) => text).join(' '), labels);
    });
  }

  test('of nothing has no labels', () => assert.deepEqual(axisOf(0).ticks, []));
});

test('what the tab kept is read as far as it makes sense', () => {
  assert.deepEqual(readState(undefined), INITIAL_STATE);
  assert.deepEqual(readState({ chosen: 'x', rounds: 10, sort: { column: 'colour' }, row: -1 }), INITIAL_STATE);
  const again = [{ key: 'a 2', decoder: 'a', options: { gamma: 2 } }];
  assert.deepEqual(readState({ again: [...again, 7, { key: 1 }, { key: 'b', decoder: 'b' }] }).again, again);
  const kept = {
    chosen: ['a', 'a 2'],
    again,
    rounds: 9,
    sort: { column: 'seconds', descending: true },
    row: 2,
  } as const;
  assert.deepEqual(readState(kept), kept);
});
