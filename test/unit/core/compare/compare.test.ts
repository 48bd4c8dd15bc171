import assert from 'node:assert/strict';
import test from 'node:test';
import { compareDecoders, type CompareRuntime, type ComparisonState } from '../../../../src/core/compare/compare';
import type { ComparedDecoder, Comparison } from '../../../../src/core/compare/comparison';
import { comparisonCsv, comparisonDocument } from '../../../../src/core/compare/document';
import { repeated, rowLabels } from '../../../../src/core/compare/labels';
import { PLAIN } from '../../../harness/decoding';
import { TableRuntime, entry } from './runtime';

interface Asked {
  readonly rounds?: number;
  readonly maxNewTokens?: number;
  readonly signal?: { aborted: boolean };
}

async function states(
  runtime: CompareRuntime<ComparedDecoder>,
  decoders: readonly ComparedDecoder[],
  { rounds = 1, maxNewTokens = 12, signal = { aborted: false } }: Asked = {},
): Promise<ComparisonState[]> {
  const all: ComparisonState[] = [];
  const request = { id: 'c', createdAt: '2026-01-02T03:04:05.000Z', decoders, rounds, maxNewTokens, signal };
  for await (const state of compareDecoders(request, runtime)) all.push(state);
  return all;
}

async function compare(...args: Parameters<typeof states>): Promise<Comparison> {
  return (await states(...args)).at(-1)!.comparison;
}

const AUTOREGRESSIVE = entry('autoregressive');
const SPECULATIVE = entry('speculative', { gamma: 3 });

test('greedy: an exact decoder says what the first says, in fewer passes; seconds divide into drafting and passes', async () => {
  const { rows, first, setup, state } = await compare(new TableRuntime(), [AUTOREGRESSIVE, SPECULATIVE]);
  const [plain, drafted] = rows.map(({ result }) => result!);
  assert.deepEqual([state, first, setup!.promptLength, setup!.maxNewTokens], ['done', 0, 2, 12]);
  assert.deepEqual([plain!.passes, plain!.generatedTokens, plain!.tokensPerPass], [12, 12, 1]);
  assert.equal(plain!.difference, null);
  assert.equal(plain!.speedUp, 1);
  assert.equal(plain!.speculation, null);
  assert.equal(plain!.draftSeconds, 0);
  // Twelve passes of 10 ms.
  assert.ok(Math.abs(plain!.seconds - 0.12) < 1e-9);
  assert.deepEqual(
    plain!.passEnds.map((end) => Math.round(end * 1000)),
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120],
  );

  assert.equal(drafted!.difference, null);
  assert.deepEqual(drafted!.ids, plain!.ids);
  assert.equal(drafted!.generatedText, plain!.generatedText);
  assert.ok(drafted!.passes < 12);
  assert.equal(drafted!.tokensPerPass, 12 / drafted!.passes);
  assert.ok(Math.abs(drafted!.verifySeconds - drafted!.passes * 0.01) < 1e-9);
  assert.ok(drafted!.draftSeconds > 0);
  assert.ok(Math.abs(drafted!.draftSeconds + drafted!.verifySeconds - drafted!.seconds) < 1e-9);
  assert.ok(Math.abs(drafted!.speedUp! - plain!.seconds / drafted!.seconds) < 1e-12);
  assert.equal(drafted!.draft!.name, 'table');
});

test('draws: where a decoder draws otherwise, the first token that differs is told with both texts', async () => {
  const runtime = new TableRuntime(undefined, { ...PLAIN, seed: 5 });
  const { rows } = await compare(runtime, [AUTOREGRESSIVE, SPECULATIVE], { maxNewTokens: 40 });
  const [plain, drafted] = rows.map(({ result }) => result!);
  const { index, expected, found } = drafted!.difference!;
  assert.ok(index >= 2);
  assert.deepEqual(plain!.ids.slice(0, index), drafted!.ids.slice(0, index));
  assert.deepEqual(expected, { id: plain!.ids[index], text: 'abcde'[plain!.ids[index]!] });
  assert.deepEqual(found, { id: drafted!.ids[index], text: 'abcde'[drafted!.ids[index]!] });
  assert.notEqual(expected.id, found.id);
});

test('each decoder is warmed up once, then all run round by round', async () => {
  const runtime = new TableRuntime();
  await compare(runtime, [AUTOREGRESSIVE, SPECULATIVE], { rounds: 2 });
  assert.deepEqual(runtime.log, [
    ...['autoregressive 0/4', 'autoregressive 1/12', 'speculative 0/4', 'speculative 1/12'],
    ...['autoregressive 2/12', 'speculative 2/12'],
  ]);
});

test('a warm-up is no longer than the run', async () => {
  const runtime = new TableRuntime();
  await compare(runtime, [AUTOREGRESSIVE], { maxNewTokens: 2 });
  assert.deepEqual(runtime.log, ['autoregressive 0/2', 'autoregressive 1/2']);
});

for (const [rounds, slowness, median] of [
  [3, [4, 1, 2], 2],
  [4, [4, 1, 2, 3], 2],
  [1, [3], 3],
] as const) {
  test(`of ${rounds} rounds the run with the median time stands for all, of an even number the faster middle one`, async () => {
    const runtime = new TableRuntime(undefined, undefined, (round) => slowness[round - 1] ?? 1);
    const { rows } = await compare(runtime, [AUTOREGRESSIVE], { rounds });
    const result = rows[0]!.result!;
    const inPasses = (seconds: number): number => Math.round(seconds / 0.12);
    assert.equal(result.rounds, rounds);
    assert.equal(inPasses(result.seconds), median);
    assert.deepEqual(
      [inPasses(result.secondsRange.min), inPasses(result.secondsRange.max)],
      [Math.min(...slowness), Math.max(...slowness)],
    );
    assert.equal(result.steady, true);
    assert.ok(Math.abs(result.verifySeconds - result.seconds) < 1e-9);
  });
}

test('the runs that stand for the rows are given with them', async () => {
  const last = (await states(new TableRuntime(), [AUTOREGRESSIVE, SPECULATIVE])).at(-1)!;
  assert.deepEqual(
    last.runs.map((run) => run!.header.id),
    last.comparison.rows.map(({ result }) => result!.runId),
  );
});

test('rows fill in one after the other', async () => {
  const shown = (await states(new TableRuntime(), [AUTOREGRESSIVE, SPECULATIVE])).map(({ comparison }) => [
    comparison.state,
    ...comparison.rows.map(({ state, result }) => `${state}${result ? ' with result' : ''}`),
  ]);
  assert.deepEqual(shown, [
    ['running', 'running', 'waiting'],
    ['running', 'done with result', 'waiting'],
    ['running', 'done with result', 'running'],
    ['running', 'done with result', 'done with result'],
    ['done', 'done with result', 'done with result'],
  ]);
});

test('what fails has its sentence, and the others go on, warmed up again', async () => {
  const runtime = new TableRuntime();
  runtime.before = (decoder, { round }) => {
    if (decoder === 'speculative' && round === 1) throw new Error('The engine process was killed.');
  };
  const { rows, state } = await compare(runtime, [AUTOREGRESSIVE, SPECULATIVE, entry('prompt-lookup')], { rounds: 2 });
  assert.deepEqual(
    rows.map((row) => [row.state, row.problem?.message ?? null, row.result?.rounds ?? null]),
    [
      ['done', null, 2],
      ['failed', 'The engine process was killed.', null],
      ['done', null, 2],
    ],
  );
  assert.equal(state, 'done');
  assert.deepEqual(runtime.log.slice(2), [
    ...['speculative 0/4', 'speculative 1/12', 'prompt-lookup 0/4', 'prompt-lookup 1/12'],
    ...['autoregressive 0/4', 'autoregressive 2/12', 'prompt-lookup 2/12'],
  ]);
});

test('a row that fails in a later round keeps what it had', async () => {
  const runtime = new TableRuntime();
  runtime.before = (_, { round }) => {
    if (round === 2) throw new Error('A logit is NaN.');
  };
  const { rows } = await compare(runtime, [AUTOREGRESSIVE], { rounds: 3 });
  assert.deepEqual(
    [rows[0]!.state, rows[0]!.result!.rounds, rows[0]!.problem!.message],
    ['failed', 1, 'A logit is NaN.'],
  );
  assert.deepEqual(runtime.log, ['autoregressive 0/4', 'autoregressive 1/12', 'autoregressive 2/12']);
});

test('where the first fails, the others are compared with the first that does not', async () => {
  const runtime = new TableRuntime();
  runtime.before = (decoder) => {
    if (decoder === 'autoregressive') throw new Error('no');
  };
  const { rows, first } = await compare(runtime, [AUTOREGRESSIVE, SPECULATIVE]);
  assert.equal(first, 1);
  assert.equal(rows[1]!.result!.speedUp, 1);
});

test('stopped: finished rows stay, the one under way and those after it are not there', async () => {
  const signal = { aborted: false };
  const runtime = new TableRuntime();
  runtime.before = (decoder) => {
    if (decoder !== 'speculative') return;
    signal.aborted = true;
    throw new Error('stopped');
  };
  const last = await compare(runtime, [AUTOREGRESSIVE, SPECULATIVE, entry('prompt-lookup')], { signal });
  assert.deepEqual(
    [last.state, ...last.rows.map(({ state, result }) => [state, result !== null])],
    ['stopped', ['done', true], ['stopped', false], ['stopped', false]],
  );
});

test('a run that came to its end after Stop does not count', async () => {
  const signal = { aborted: false };
  const runtime = new TableRuntime();
  runtime.before = (_, { round }) => {
    signal.aborted ||= round === 1;
  };
  const last = await compare(runtime, [AUTOREGRESSIVE], { signal });
  assert.deepEqual([last.state, last.rows[0]!.state, last.rows[0]!.result], ['stopped', 'stopped', null]);
});

test('a decoder whose passes change from round to round is not steady', async () => {
  const runtime = new TableRuntime();
  const run = runtime.run.bind(runtime);
  runtime.run = (decoder, request, onEvents) =>
    run({ ...decoder, options: { gamma: request.round + 1 } }, request, onEvents);
  const { rows } = await compare(runtime, [SPECULATIVE], { rounds: 2 });
  assert.equal(rows[0]!.result!.steady, false);
  assert.equal(rows[0]!.result!.difference, null);
});

test('as a document and as a table: numbers in full, the setup in every row, failures with their sentence', async () => {
  const runtime = new TableRuntime();
  runtime.before = (decoder) => {
    if (decoder === 'prompt-lookup') throw new Error('It broke, "badly".');
  };
  const comparison = await compare(runtime, [AUTOREGRESSIVE, SPECULATIVE, entry('prompt-lookup')]);
  const { results } = comparisonDocument(comparison) as { results: Record<string, unknown>[] };
  assert.deepEqual(
    results.map(({ decoder, identical, passes, problem }) => [decoder, identical, typeof passes, problem]),
    [
      ['autoregressive', true, 'number', null],
      ['speculative', true, 'number', null],
      ['prompt-lookup', null, 'object', { message: 'It broke, "badly".' }],
    ],
  );
  const [head, ...lines] = comparisonCsv(comparison).trimEnd().split('\r\n');
  const column = (line: string, name: string): string => line.split(',')[head!.split(',').indexOf(name)]!;
  assert.equal(lines.length, 3);
  assert.deepEqual(
    lines.slice(0, 2).map((line) => [column(line, 'decoder'), column(line, 'passes'), column(line, 'seed')]),
    comparison.rows.slice(0, 2).map(({ decoder, result }) => [decoder, String(result!.passes), '0']),
  );
  assert.equal(Number(column(lines[1]!, 'seconds')), comparison.rows[1]!.result!.seconds);
  assert.match(lines[2]!, /^prompt-lookup,prompt-lookup,true,.*,"It broke, ""badly""\.",table,fp32,/);
  assert.ok(lines.slice(0, 2).every((line) => line.split(',').length === head!.split(',').length));
});

test('one decoder twice is called by the options in which its entries differ, in the document, the table and nowhere else', async () => {
  const entries = [AUTOREGRESSIVE, SPECULATIVE, entry('speculative', { gamma: 6 }), entry('prompt-lookup')];
  const comparison = await compare(new TableRuntime(), entries);
  const labels = ['autoregressive', 'speculative (gamma 3)', 'speculative (gamma 6)', 'prompt-lookup'];
  assert.deepEqual(rowLabels(comparison.rows), labels);
  const { results } = comparisonDocument(comparison) as { results: Record<string, unknown>[] };
  assert.deepEqual(
    results.map(({ label, decoder }) => [label, decoder]),
    labels.map((label) => [label, label.split(' ')[0]]),
  );
  const lines = comparisonCsv(comparison).trimEnd().split('\r\n').slice(1);
  assert.deepEqual(
    lines.map((line) => line.split(',')[1]),
    labels,
  );
  const [, three, six] = comparison.rows.map(({ result }) => result!);
  assert.ok(six!.passes <= three!.passes);
  assert.deepEqual(six!.ids, three!.ids);
});

test('labels name every option in which any entry of the decoder differs, of each of them', () => {
  const three = [
    { decoder: 'a', options: { gamma: 2, kind: 'x', flag: true } },
    { decoder: 'b', options: { gamma: 9 } },
    { decoder: 'a', options: { gamma: 2, kind: 'y', flag: true } },
    { decoder: 'a', options: { gamma: 4, kind: 'x', flag: true } },
  ];
  assert.deepEqual(rowLabels(three), ['a (gamma 2, kind x)', 'b', 'a (gamma 2, kind y)', 'a (gamma 4, kind x)']);
});

test('an entry that is there already is found, whichever order its options are in', () => {
  const a = { decoder: 'a', options: { x: 1, y: 2 } };
  assert.equal(
    repeated([a, { decoder: 'b', options: a.options }, { decoder: 'a', options: { x: 1, y: 3 } }]),
    undefined,
  );
  const again = { decoder: 'a', options: { y: 2, x: 1 } };
  assert.equal(repeated([a, again]), again);
  assert.equal(repeated([a, { decoder: 'a', options: { x: 1 } }]), undefined);
});
