import assert from 'node:assert/strict';
import test from 'node:test';
import { compareRuns, surprisalDifference } from '../../../../src/core/compare/runPair';
import { runPairCsv, runPairDocument } from '../../../../src/core/compare/runPairDocument';
import { assembleTrace } from '../../../../src/core/trace/assemble';
import type { ModelIdentity, Trace, TraceEvent, TraceToken } from '../../../../src/core/trace/record';
import type { Sampling } from '../../../../src/core/decode/sampling';
import { verdict } from '../../../../src/webview/runs/words';
import { GREEDY, PLAIN } from '../../../harness/decoding';
import { TableRuntime, entry } from './runtime';

async function run(decoder: string, sampling: Sampling = GREEDY, maxNewTokens = 12): Promise<Trace> {
  const events: TraceEvent[] = [];
  await new TableRuntime(undefined, sampling).run(entry(decoder), { round: 1, maxNewTokens }, (more) => {
    events.push(...more);
  });
  return assembleTrace(events);
}

/** The run with other tokens, and another model. */
function changed(trace: Trace, tokens: readonly TraceToken[], model: Partial<ModelIdentity> = {}): Trace {
  return { ...trace, tokens, header: { ...trace.header, model: { ...trace.header.model, ...model } } };
}

/** The run as a tokenizer with other texts shows it. */
function readAs(
  trace: Trace,
  text: (token: { readonly id: number; readonly text: string }) => string,
  model: Partial<ModelIdentity> = {},
): Trace {
  const tokens = trace.tokens.map((token): TraceToken => {
    const top = token.judgement?.top.map((each) => ({ ...each, text: text(each) })) ?? [];
    return { ...token, text: text(token), judgement: token.judgement && { ...token.judgement, top } };
  });
  return changed(trace, tokens, model);
}

/** The tokens with another distribution at one place. */
function withTop(tokens: readonly TraceToken[], at: number, probabilities: readonly number[]): readonly TraceToken[] {
  return tokens.map((token) => {
    if (token.index !== at || !token.judgement) return token;
    const top = probabilities.map((probability, id) => ({ id, text: 'abcde'[id]!, probability }));
    const probability = probabilities[token.id]!;
    const judgement = { ...token.judgement, probability, surprisal: -Math.log2(probability) };
    return { ...token, judgement: { ...judgement, top: top.sort((x, y) => y.probability - x.probability) } };
  });
}

test('a decoder and the draft that keeps its distribution: nothing between them, and both acceptances', async () => {
  const { difference, comparable, shared, rows, summary, setup } = compareRuns(
    await run('autoregressive'),
    await run('speculative'),
  );
  assert.deepEqual([difference, comparable.state, shared.places, rows.length], [null, 'tokens', 13, 14]);
  assert.equal(shared.exact, true);
  assert.ok(shared.meanKlAtLeast! < 1e-12 && shared.meanTv!.high < 1e-12);
  assert.deepEqual([shared.sameBest, shared.meanSurprisalDifference], [1, 0]);
  const rate = summary.find(({ name }) => name === 'acceptance rate')!;
  assert.equal(rate.a, null);
  assert.ok(typeof rate.b === 'number' && rate.b > 0 && rate.b <= 1);
  assert.deepEqual(
    setup.filter(({ same }) => !same).map(({ name, a, b }) => [name, a, b]),
    [
      ['decoder', 'autoregressive', 'speculative'],
      ['draft', '', 'table'],
    ],
  );
});

test('golden numbers: one place where two models see things differently', async () => {
  const a = await run('autoregressive');
  const at = 5;
  const from = changed(a, withTop(a.tokens, at, [0.5, 0.125, 0.125, 0.125, 0.125]));
  const to = changed(a, withTop(a.tokens, at, [0.25, 0.25, 0.25, 0.125, 0.125]), { name: 'other' });
  const { rows, shared } = compareRuns(from, to);
  const { divergence } = rows[at]!;
  // ½ log2 2 + 2 · ⅛ log2 ½
  assert.deepEqual(divergence, { klAtLeast: 0.25, exact: true, tv: { low: 0.25, high: 0.25 } });
  assert.ok(Math.abs(shared.meanKlAtLeast! - 0.25 / 13) < 1e-12);
  assert.deepEqual(shared.largest, { index: at, klAtLeast: 0.25 });
  assert.equal(surprisalDifference(rows[at]!), a.tokens[at]!.id === 0 ? 1 : a.tokens[at]!.id <= 2 ? -1 : 0);
});

test('after the first token that differs nothing is held against each other; at it, both answered one question', async () => {
  const [a, b] = [
    await run('autoregressive', { ...PLAIN, seed: 5 }),
    await run('autoregressive', { ...PLAIN, seed: 6 }),
  ];
  const { rows, difference, shared } = compareRuns(a, b);
  const { index } = difference!;
  assert.ok(index >= 2);
  assert.equal(shared.places, index);
  const there = rows[index]!;
  assert.ok(there.shared && there.divergence!.klAtLeast < 1e-12);
  // One model: what it gave to the other's token is what the other run has for it.
  assert.equal(there.crossed!.aOfB, b.tokens[index]!.judgement!.probability);
  assert.equal(surprisalDifference(there), null);
  assert.ok(rows.slice(index + 1).every((row) => !row.shared && row.divergence === null && row.crossed === null));
});

test('a shorter run: the rest of the longer stands alone', async () => {
  const { rows, difference } = compareRuns(await run('autoregressive'), await run('autoregressive', GREEDY, 4));
  assert.deepEqual([difference!.index, difference!.found, rows.length], [6, null, 14]);
  assert.equal(rows[6]!.divergence, null);
  assert.equal(rows[13]!.b, null);
});

test('ids that read differently, or vocabularies of other sizes, are other tokenizers: only the summaries are compared', async () => {
  const a = await run('autoregressive');
  const other = readAs(a, ({ text }) => text.toUpperCase());
  const pair = compareRuns(a, other);
  assert.ok(pair.comparable.state === 'other-tokenizer' && pair.comparable.example!.a === 'a');
  assert.ok(pair.rows.every(({ divergence }) => divergence === null));
  assert.ok(pair.summary.length > 0);
  const larger = changed(a, a.tokens, { vocabularySize: 7, sha256: 'cd'.repeat(32) });
  assert.deepEqual(compareRuns(a, larger).comparable, { state: 'other-tokenizer', example: null });
});

test('what a server shows in its own way is no other tokenizer: parts of characters, special tokens, one text of many', async () => {
  const a = await run('autoregressive');
  const reading = (id: number, text: string): Trace =>
    readAs(a, (each) => (each.id === id ? text : each.text), { vocabularySize: 0 });
  for (const text of ['\uFFFD', '<0xE2>', '<|end|>', '']) {
    assert.equal(compareRuns(a, reading(1, text)).comparable.state, 'tokens', text);
  }
  // One of five is more than that.
  assert.equal(compareRuns(a, reading(1, 'B')).comparable.state, 'other-tokenizer');
});

test('prompts that begin differently share no question', async () => {
  const a = await run('autoregressive');
  const b = changed(
    a,
    a.tokens.map((token) => (token.index === 0 ? { ...token, id: 3, text: 'd' } : token)),
  );
  const { comparable, shared } = compareRuns(a, b);
  assert.deepEqual([comparable.state, shared.places, shared.meanKlAtLeast], ['apart-at-once', 0, null]);
});

test('a server that told its most probable tokens alone: the least divergence, and it is said', async () => {
  const a = await run('autoregressive');
  const tokens = a.tokens.map((token): TraceToken => {
    if (!token.judgement) return token;
    const top = token.judgement.top.slice(0, 2);
    const outside = 1 - top.reduce((sum, each) => sum + each.probability, 0);
    return {
      ...token,
      judgement: { ...token.judgement, top, partial: { outside, entropyAtMost: null, rankKnown: true } },
    };
  });
  const server = { kind: 'vllm', address: 'http://h:1', version: null } as const;
  const { shared, comparable, setup } = compareRuns(a, changed(a, tokens, { server, vocabularySize: 0, sha256: '' }));
  assert.deepEqual([comparable.state, shared.exact, shared.sameBest], ['tokens', false, 1]);
  assert.ok(shared.meanKlAtLeast! < 1e-9 && shared.meanTv!.low < 1e-9 && shared.meanTv!.high > 0.01);
  assert.ok(
    setup.some(({ name, a: here, b: there }) => name === 'where' && here === 'this machine' && there === 'http://h:1'),
  );
});

test('as a table and as a document: differences are B less A, infinity stays readable', async () => {
  const a = await run('autoregressive');
  const b = changed(
    a,
    withTop(
      a.tokens,
      5,
      [1, 0, 0, 0, 0].map((p, id) => (id === a.tokens[5]!.id ? 1 : p * 0)),
    ),
  );
  const pair = compareRuns(a, b);
  const lines = runPairCsv(pair).trim().split('\r\n');
  assert.equal(lines.length, 15);
  assert.match(lines[6]!, /,Infinity,true,/);
  const { tokens } = JSON.parse(JSON.stringify(runPairDocument(pair))) as {
    tokens: { divergence: { klAtLeast: unknown } }[];
  };
  assert.equal(tokens[5]!.divergence.klAtLeast, 'Infinity');
});

test('a run of a server that names tokens by their text alone has no ids to compare', async () => {
  const local = await run('autoregressive');
  const server = { kind: 'openai', address: 'http://127.0.0.1:1', version: null, namesOnly: true } as const;
  const pair = compareRuns(local, changed(local, local.tokens, { server, vocabularySize: 0 }));
  assert.deepEqual([pair.comparable.state, pair.shared.places, pair.measurable], ['names-only', 0, false]);
  assert.ok(pair.rows.every(({ divergence, crossed }) => divergence === null && crossed === null));
  assert.match(verdict(pair)[0]!, /no ids/);
});
