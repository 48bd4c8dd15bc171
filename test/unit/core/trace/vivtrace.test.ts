import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CoreError } from '../../../../src/core/errors';
import { assembleTrace, TraceAssembler, traceEvents } from '../../../../src/core/trace/assemble';
import type { TraceEvent, TraceHeader, TraceToken } from '../../../../src/core/trace/record';
import { parseTrace, serializeEvent, serializeTrace } from '../../../../src/core/trace/vivtrace';

const HEADER: TraceHeader = {
  type: 'header',
  version: 2,
  id: '4f1c',
  createdAt: '2026-01-02T03:04:05.000Z',
  software: { vivarium: '0.1.0', onnxruntime: '1.30.0', node: '20.20.2', platform: 'linux-x64' },
  model: {
    name: 'tiny',
    folder: '/models/tiny',
    file: 'onnx/model.onnx',
    sha256: 'ab'.repeat(32),
    dtype: 'fp32',
    architecture: 'llama',
    task: 'life',
    layers: 2,
    heads: 4,
    vocabularySize: 3,
    contextLength: null,
    life: { width: 16, height: 16, topology: 'torus', rule: 'B3/S23', prompt: '<{cells}>', answer: ' [{cells}]$' },
  },
  sequence: { form: 'causal' },
  tokenizer: 'tokenizer.json',
  promptText: 'a\u2028 "b"',
  promptLength: 2,
  decoder: { name: 'autoregressive', exact: true },
  sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 4294967295 },
  maxNewTokens: 1,
  endIds: [2],
  capture: { attention: [0, 1], hidden: [2], logits: true },
};

const token = (index: number, id: number, extra: Partial<TraceToken> = {}): TraceToken => ({
  type: 'token',
  index,
  id,
  text: '<0xE2>',
  bytes: [0xe2],
  special: false,
  origin: index < 2 ? 'prompt' : 'sampled',
  judgement:
    index === 0
      ? null
      : { probability: 1 / 3, rank: 2, surprisal: 1.58, entropy: 1.5, top: [{ id: 1, text: '\n', probability: 0.5 }] },
  ...extra,
});

const EVENTS: readonly TraceEvent[] = [
  HEADER,
  { type: 'pass', step: 0, cached: 0, fed: 2, writes: 3, milliseconds: 1.5 },
  token(0, 0),
  token(1, 1),
  token(2, 2, { special: true, bytes: [] }),
  {
    type: 'summary',
    finish: 'failed',
    message: 'The pass failed.',
    passes: 1,
    promptTokens: 2,
    generatedTokens: 1,
    seconds: 0.5,
    prefillSeconds: 0.25,
    tokensPerSecond: null,
    notes: ['Layer 1 was not kept.'],
  },
];
const FILE = EVENTS.map(serializeEvent).join('');
const lines = (): string[] => FILE.trimEnd().split('\n');
/** The file with one line changed as JSON. */
const changed = (line: number, change: (json: Record<string, never>) => void): string => {
  const all = lines();
  const json = JSON.parse(all[line]!) as Record<string, never>;
  change(json);
  all[line] = JSON.stringify(json);
  return `${all.join('\n')}\n`;
};
const isTraceError = (pattern: RegExp) => (error: unknown) =>
  error instanceof CoreError && error.code === 'trace-invalid' && pattern.test(error.message);

test('a trace written and read is the same', () => {
  const trace = assembleTrace(EVENTS);
  assert.deepEqual(parseTrace(FILE), { trace, notes: [] });
  assert.equal(serializeTrace(trace), FILE);
  assert.deepEqual([...traceEvents(trace)], EVENTS);
});

test('line ends of Windows, blank lines and a byte order mark do not matter', () => {
  assert.deepEqual(parseTrace(`\uFEFF${lines().join('\r\n\r\n')}`), parseTrace(FILE));
});

test('a file cut anywhere gives what stands before the cut and says so', () => {
  const headerEnd = FILE.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: headerEnd, max: FILE.length - 2 }), (at) => {
      const { trace, notes } = parseTrace(FILE.slice(0, at));
      const whole = parseTrace(FILE).trace;
      assert.deepEqual(trace.tokens, whole.tokens.slice(0, trace.tokens.length));
      assert.equal(trace.summary, undefined);
      assert.equal(notes.length, 1);
      assert.match(notes[0]!, /cut in the middle|ends before its run did/);
    }),
  );
});

test('a file cut within its header has nothing to show, and says so', () => {
  assert.throws(() => parseTrace(FILE.slice(0, 100)), isTraceError(/cut within its header/));
});

test('a damaged line ends what is shown, with its number and the reason', () => {
  const broken = lines();
  broken[3] = '{"type":"token"';
  const { trace, notes } = parseTrace(`${broken.join('\n')}\n`);
  assert.equal(trace.tokens.length, 1);
  assert.deepEqual(notes, ['Line 4 of the file is damaged: what stands before it is shown.']);
});

test('lines of a kind that this version does not know are left out and counted', () => {
  const { trace, notes } = parseTrace(FILE.replace('{"type":"summary"', '{"type":"draft"}\n{"type":"summary"'));
  assert.deepEqual(trace, parseTrace(FILE).trace);
  assert.deepEqual(notes, ['1 line of unknown kind left out.']);
});

test('fields that nobody asked for are dropped', () => {
  const file = changed(2, (json) => Object.assign(json, { evil: 1 })).replace('"id":0,', '"id":0,"__proto__":{"x":1},');
  assert.deepEqual(parseTrace(file), parseTrace(FILE));
});

test('a trace of a newer version says so', () => {
  const file = changed(0, (json) => Object.assign(json, { version: 3, model: null }));
  assert.throws(() => parseTrace(file), isTraceError(/newer Vivarium.*version 3.*Update/));
});

test('what is no trace is refused in one sentence', () => {
  for (const text of ['hello', '{}', '[]', 'null', '{"type":"token"}', '\u0000\u0001', '{"type":"header']) {
    assert.throws(() => parseTrace(text), isTraceError(/^This is no Vivarium trace|cut within its header/), text);
  }
  for (const text of ['', '\n\n', '\uFEFF']) assert.throws(() => parseTrace(text), isTraceError(/empty/));
});

test('every field of a header is checked', () => {
  const changes: [string, (json: never) => void][] = [
    ['version', (json) => Object.assign(json, { version: '1' })],
    ['id', (json) => Object.assign(json, { id: 7 })],
    ['model', (json) => Object.assign(json, { model: [] })],
    ['model.layers', (json: { model: object }) => Object.assign(json.model, { layers: -1 })],
    ['model.vocabularySize', (json: { model: object }) => Object.assign(json.model, { vocabularySize: 1.5 })],
    ['model.contextLength', (json: { model: object }) => Object.assign(json.model, { contextLength: 0 })],
    ['model.task', (json: { model: object }) => Object.assign(json.model, { task: 'image' })],
    ['model.life.width', (json: { model: { life: object } }) => Object.assign(json.model.life, { width: 1e9 })],
    ['tokenizer', (json) => Object.assign(json, { tokenizer: 'other' })],
    ['promptText', (json) => Object.assign(json, { promptText: null })],
    ['promptLength', (json) => Object.assign(json, { promptLength: 0 })],
    ['sampling.topP', (json: { sampling: object }) => Object.assign(json.sampling, { topP: 2 })],
    ['sampling.seed', (json: { sampling: object }) => Object.assign(json.sampling, { seed: -1 })],
    ['endIds\\[0\\]', (json) => Object.assign(json, { endIds: ['x'] })],
    ['capture.attention\\[0\\]', (json: { capture: object }) => Object.assign(json.capture, { attention: [9] })],
    ['capture.logits', (json: { capture: object }) => Object.assign(json.capture, { logits: 1 })],
  ];
  for (const [field, change] of changes) {
    assert.throws(
      () => parseTrace(changed(0, change as never)),
      isTraceError(new RegExp(`damaged .*"${field}"`)),
      field,
    );
  }
});

test('every field of an event is checked', () => {
  const judged = (change: object) => (json: { judgement: object }) => Object.assign(json.judgement, change);
  const changes: [number, string, (json: never) => void][] = [
    [1, 'fed', (json) => Object.assign(json, { fed: 0 })],
    [1, 'milliseconds', (json) => Object.assign(json, { milliseconds: null })],
    [3, 'id', (json) => Object.assign(json, { id: 3 })],
    [3, 'bytes\\[0\\]', (json) => Object.assign(json, { bytes: [256] })],
    [3, 'text', (json) => Object.assign(json, { text: {} })],
    [3, 'origin', (json) => Object.assign(json, { origin: 'drafted' })],
    [3, 'judgement.probability', judged({ probability: 1.5 })],
    [3, 'judgement.rank', judged({ rank: 4 })],
    [3, 'judgement.surprisal', judged({ surprisal: null })],
    [3, 'judgement.entropy', judged({ entropy: -1 })],
    [3, 'judgement.top', judged({ top: {} })],
    [3, 'judgement.top\\[0\\].id', judged({ top: [{ id: -1, text: '', probability: 0 }] })],
    [3, 'judgement.top\\[0\\].probability', judged({ top: [{ id: 0, text: '', probability: 'x' }] })],
    [5, 'finish', (json) => Object.assign(json, { finish: 'bored' })],
    [5, 'notes\\[0\\]', (json) => Object.assign(json, { notes: [1] })],
    [5, 'tokensPerSecond', (json) => Object.assign(json, { tokensPerSecond: -1 })],
  ];
  for (const [line, field, change] of changes) {
    const { notes } = parseTrace(changed(line, change as never));
    assert.match(notes.join(), new RegExp(`Line ${line + 1} .*"${field}"`), field);
  }
});

test('any JSON in any place of a line gives a trace or a trace error, never another fault', () => {
  fc.assert(
    fc.property(fc.nat(EVENTS.length - 1), fc.nat(), fc.jsonValue(), (line, pick, value) => {
      const file = changed(line, (json) => {
        const keys = Object.keys(json);
        Object.assign(json, { [keys[pick % keys.length]!]: value });
      });
      try {
        parseTrace(file);
      } catch (error) {
        assert.ok(isTraceError(/./)(error), String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('events out of order are no trace', () => {
  const wrong: TraceEvent[][] = [
    [],
    [token(0, 0)],
    [HEADER, HEADER],
    [HEADER, token(1, 0)],
    [HEADER, token(0, 0), token(0, 0)],
    [...EVENTS, token(3, 0)],
  ];
  for (const events of wrong) assert.throws(() => assembleTrace(events), isTraceError(/./));
});

test('a trace taken while the run goes on does not change afterwards', () => {
  assert.equal(new TraceAssembler().trace, undefined);
  const assembler = new TraceAssembler();
  assembler.add(HEADER);
  const early = assembler.trace;
  assembler.add(token(0, 0));
  assert.equal(early?.tokens.length, 0);
  assert.equal(assembler.trace?.tokens.length, 1);
});
