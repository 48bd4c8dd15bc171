import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { assembleTrace, traceEvents } from '../../../../src/core/trace/assemble';
import type { TraceDraft, TraceEvent, TraceHeader, TracePass, TraceToken } from '../../../../src/core/trace/record';
import { SpeculationCounter } from '../../../../src/core/trace/speculation';
import { parseTrace, serializeEvent, serializeTrace } from '../../../../src/core/trace/vivtrace';

const model: TraceHeader['model'] = {
  name: 'tiny',
  folder: '/models/tiny',
  file: 'model.onnx',
  sha256: 'ab'.repeat(32),
  dtype: 'fp32',
  architecture: 'llama',
  task: 'text',
  layers: 2,
  heads: 4,
  vocabularySize: 4,
  contextLength: null,
};
const HEADER: TraceHeader = {
  type: 'header',
  version: 2,
  id: '4f1c',
  createdAt: '2026-01-02T03:04:05.000Z',
  software: { vivarium: '0.1.0', onnxruntime: '1.30.0', node: '20.20.2', platform: 'linux-x64' },
  model,
  sequence: { form: 'causal' },
  tokenizer: 'none',
  promptLength: 1,
  decoder: { name: 'speculative', exact: true, options: { gamma: 3, schedule: 'constant', x: true }, draft: model },
  sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 1 },
  maxNewTokens: 8,
  endIds: [],
  capture: { attention: [], hidden: [], logits: false },
};
const token = (index: number, id: number, origin: TraceToken['origin']): TraceToken => ({
  type: 'token',
  index,
  id,
  text: 'x',
  bytes: [],
  special: false,
  origin,
  judgement: null,
});
const accepted: TraceDraft = {
  id: 1,
  text: 'b',
  source: 'draft-model',
  q: 0.5,
  p: 0.75,
  ratio: 1.5,
  r: 0.9,
  verdict: 'accepted',
  tv: 0.25,
};
const rejected: TraceDraft = { ...accepted, id: 2, p: 0.1, ratio: 0.2, r: 0.9, verdict: 'rejected', tv: 0.4 };
const unread: TraceDraft = { ...accepted, id: 3, p: null, ratio: null, r: null, verdict: 'unread', tv: null };
const relaxed: TraceDraft = { ...accepted, outputTv: 0.3, borrowed: 0.1, threshold: 0.09 };
const pass = (step: number, rest: Partial<TracePass>): TracePass => ({
  type: 'pass',
  step,
  cached: 0,
  fed: 1,
  writes: 2,
  milliseconds: 1,
  ...rest,
});

const EVENTS: readonly TraceEvent[] = [
  HEADER,
  pass(0, { draftMilliseconds: 2 }),
  token(0, 0, 'prompt'),
  token(1, 1, 'sampled'),
  pass(1, {
    cached: 1,
    fed: 4,
    draftMilliseconds: 0.5,
    speculation: {
      start: 2,
      drafted: [accepted, rejected, unread],
      accepted: 1,
      residual: { mass: 0.4, top: [{ id: 0, text: 'a', probability: 1 }] },
      next: { id: 0, text: 'a', origin: 'replacement' },
    },
  }),
  token(2, 1, 'accepted'),
  token(3, 0, 'replacement'),
  pass(2, {
    cached: 3,
    fed: 2,
    speculation: {
      start: 4,
      drafted: [relaxed],
      accepted: 1,
      residual: null,
      next: { id: 3, text: 'd', origin: 'bonus' },
    },
  }),
  token(4, 1, 'accepted'),
  token(5, 3, 'bonus'),
  pass(3, {
    cached: 5,
    fed: 2,
    writes: 1,
    speculation: { start: 6, drafted: [accepted], accepted: 1, residual: null, next: null },
  }),
  token(6, 1, 'accepted'),
  {
    type: 'summary',
    finish: 'end-of-text',
    passes: 4,
    promptTokens: 1,
    generatedTokens: 6,
    seconds: 1,
    prefillSeconds: 0.1,
    tokensPerSecond: 5,
    speculation: {
      passes: 3,
      drafted: 5,
      accepted: 3,
      acceptanceRate: 0.6,
      meanAcceptanceLength: 2,
      acceptedByPosition: [3, 0, 0],
      alpha: 0.7125,
      outputTv: { mean: 0.3, max: 0.3, tokens: 1 },
    },
    notes: [],
  },
];
const FILE = EVENTS.map(serializeEvent).join('');

test('a speculative run written and read is the same, its events in their order', () => {
  const { trace, notes } = parseTrace(FILE);
  assert.deepEqual(notes, []);
  assert.deepEqual(trace, assembleTrace(EVENTS));
  assert.equal(serializeTrace(trace), FILE);
  assert.deepEqual([...traceEvents(trace)], EVENTS);
});

test('every field of a speculation is checked', () => {
  const lines = FILE.trimEnd().split('\n');
  interface Line {
    readonly speculation: Record<string, unknown> & { drafted: Record<string, unknown>[] };
  }
  const changes: [number, RegExp, (line: Line) => void][] = [
    [4, /speculation.accepted/, ({ speculation }) => (speculation['accepted'] = 4)],
    [4, /speculation.start/, ({ speculation }) => (speculation['start'] = -1)],
    [4, /drafted\[0\].q/, ({ speculation }) => (speculation.drafted[0]!['q'] = 2)],
    [4, /drafted\[0\].id/, ({ speculation }) => (speculation.drafted[0]!['id'] = 4)],
    [4, /drafted\[1\].verdict/, ({ speculation }) => (speculation.drafted[1]!['verdict'] = 'maybe')],
    [4, /drafted\[1\].source/, ({ speculation }) => (speculation.drafted[1]!['source'] = 'magic')],
    [4, /residual.mass/, ({ speculation }) => (speculation['residual'] = { mass: -1, top: [] })],
    [4, /next.origin/, ({ speculation }) => (speculation['next'] = { id: 0, text: '', origin: 'sampled' })],
    [12, /speculation.acceptanceRate/, ({ speculation }) => (speculation['acceptanceRate'] = 1.5)],
    [
      12,
      /speculation.outputTv.tokens/,
      ({ speculation }) => (speculation['outputTv'] = { mean: 0, max: 0, tokens: 0 }),
    ],
  ];
  for (const [line, field, change] of changes) {
    const json = JSON.parse(lines[line]!) as Line;
    change(json);
    const { notes } = parseTrace(`${lines.with(line, JSON.stringify(json)).join('\n')}\n`);
    assert.match(notes.join(), field);
  }
});

test('options of a decoder that are no plain values damage the header', () => {
  const file = FILE.replace('"gamma":3', '"gamma":[3]');
  assert.throws(() => parseTrace(file), /"decoder.options.gamma"/);
});

test('the counts are vLLM’s: rate per drafted token, length with the next token, counts by position', () => {
  const counter = new SpeculationCounter();
  for (const event of EVENTS) if (event.type === 'pass' && event.speculation) counter.add(event.speculation);
  const summary = EVENTS.at(-1) as Extract<TraceEvent, { type: 'summary' }>;
  assert.deepEqual(counter.summary, summary.speculation);
});

test('counts by position sum to the accepted tokens and never rise', () => {
  const draft = fc
    .integer({ min: 1, max: 9 })
    .chain((drafted) => fc.record({ drafted: fc.constant(drafted), accepted: fc.integer({ min: 0, max: drafted }) }));
  fc.assert(
    fc.property(fc.array(draft, { minLength: 1 }), (passes) => {
      const counter = new SpeculationCounter();
      for (const { drafted, accepted } of passes) {
        counter.add({ accepted, drafted: Array.from({ length: drafted }, () => ({ tv: null })) });
      }
      const { acceptedByPosition: counts, ...summary } = counter.summary;
      assert.equal(
        counts.reduce((a, b) => a + b, 0),
        summary.accepted,
      );
      assert.ok(counts.every((count, i) => i === 0 || count <= counts[i - 1]!));
      assert.equal(summary.meanAcceptanceLength, 1 + summary.accepted / passes.length);
    }),
  );
});

test('the acceptance rate is not α: one rejection in front discards drafts that were never judged', () => {
  const counter = new SpeculationCounter();
  counter.add({ accepted: 0, drafted: [{ tv: 0.5 }, { tv: null }, { tv: null }, { tv: null }] });
  counter.add({ accepted: 4, drafted: [{ tv: 0.5 }, { tv: 0.5 }, { tv: 0.5 }, { tv: 0.5 }] });
  assert.deepEqual([counter.summary.acceptanceRate, counter.summary.alpha], [0.5, 0.5]);
  counter.add({ accepted: 0, drafted: [{ tv: 0.5 }, { tv: null }, { tv: null }, { tv: null }] });
  assert.equal(counter.summary.alpha, 0.5);
  assert.equal(counter.summary.acceptanceRate, 1 / 3);
});

test('where nothing was drafted, rates are unknown and not 0', () => {
  assert.deepEqual(new SpeculationCounter().summary, {
    passes: 0,
    drafted: 0,
    accepted: 0,
    acceptanceRate: null,
    meanAcceptanceLength: null,
    acceptedByPosition: [],
    alpha: null,
  });
});
