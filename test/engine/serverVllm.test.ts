import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ServerResponse } from 'node:http';
import { assembleTrace } from '../../src/core/trace/assemble';
import type { Trace, TraceEvent } from '../../src/core/trace/record';
import { parseTrace, serializeTrace } from '../../src/core/trace/vivtrace';
import { inspectServer, serverMetrics, tokenizeOnServer } from '../../src/engine/server/asking';
import { runServer } from '../../src/engine/server/run';
import type { RequestSignal } from '../../src/protocol/call';
import { Problem } from '../../src/protocol/errors';
import { recordedRequest, recording, serveRecording } from '../harness/recordedServer';
import { skipWithoutFixtures } from '../harness/fixtures';

const KEY = 'sk-very-secret';
const SOFTWARE = { vivarium: '0', onnxruntime: '0', node: '0', platform: 'linux-x64' };

function requestSignal(stop = new AbortController()): RequestSignal {
  const { signal } = stop;
  return {
    get aborted() {
      return signal.aborted;
    },
    priority: 'interactive',
    addEventListener: (type, listener, options) => signal.addEventListener(type, listener, options),
    removeEventListener: (type, listener) => signal.removeEventListener(type, listener),
  };
}
const never = requestSignal();

interface Ran {
  readonly trace: Trace;
  readonly messages: number;
  readonly failure: unknown;
}

/** Runs the prompt of the recorded stream; `stream` answers in place of it. */
async function run(
  t: TestContext,
  stream?: (response: ServerResponse) => void,
  { signal = never, onEvents = () => undefined }: { signal?: RequestSignal; onEvents?: () => void } = {},
): Promise<Ran> {
  const { address } = await serveRecording(t, { key: KEY, ...(stream ? { stream } : {}) });
  const events: TraceEvent[] = [];
  let messages = 0;
  let failure: unknown;
  await runServer(
    {
      runId: 'run',
      server: { address },
      access: { key: KEY },
      prompt: { text: recordedRequest('stream.sse').prompt },
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
      maxNewTokens: 32,
      alternatives: 3,
    },
    SOFTWARE,
    {
      signal,
      emit: (event) => {
        if (event.type !== 'trace') return;
        messages++;
        events.push(...event.events);
        onEvents();
      },
    },
  ).catch((error: unknown) => (failure = error));
  if (events.length === 0) throw failure;
  return { trace: assembleTrace(events), messages, failure };
}

describe('a vLLM server', { skip: skipWithoutFixtures }, () => {
  it('is a trace of its prompt, its tokens and its drafts, without the key', async (t) => {
    const { trace, failure } = await run(t);
    assert.equal(failure, undefined);
    const written = serializeTrace(trace);
    assert.deepEqual(parseTrace(written), { trace, notes: [] });
    assert.ok(!written.includes(KEY));
    assert.deepEqual([trace.header.promptLength, trace.tokens.length, trace.summary?.finish], [55, 87, 'length']);
    assert.equal(trace.header.model.server?.version, '0.32.0');
    assert.equal(trace.tokens[1]?.judgement?.rank, 13_021);
    assert.equal(trace.tokens[55]?.judgement?.rank, 1);
    assert.equal(trace.summary?.speculation?.accepted, 21);
    assert.equal(trace.summary?.reported?.length, 10);
    const text = trace.tokens.map((token) => token.text).join('');
    assert.ok(text.startsWith(trace.header.promptText ?? '?'), 'the texts of the tokens are the prompt');
    // The last draft is cut by the end: the token after its four is not in the text.
    assert.equal(trace.tokens.filter(({ origin }) => origin === 'accepted').length, 21);
  });

  it('streams: what is known is shown before the rest is said', async (t) => {
    let finish = (): void => undefined;
    const { trace, messages } = await run(
      t,
      (response) => {
        response.write(recording('stream.sse').subarray(0, 4000));
        finish = () => response.end(recording('stream.sse').subarray(4000));
      },
      { onEvents: () => setTimeout(finish, 10) },
    );
    assert.equal(trace.tokens.length, 87);
    assert.ok(messages >= 2);
  });

  it('keeps what came where the server goes or is stopped in the middle', async (t) => {
    const half = recording('stream.sse').subarray(0, 4000);
    const cut = await run(t, (response) => response.end(half));
    assert.equal(cut.trace.summary?.finish, 'failed');
    assert.match(cut.trace.summary?.message ?? '', /in the middle/);
    assert.ok(cut.failure instanceof Problem && cut.failure.message === cut.trace.summary?.message);
    assert.ok(cut.trace.tokens.length > 55 && cut.trace.tokens.length < 87);

    const stop = new AbortController();
    const stopped = await run(t, (response) => response.write(half, () => setTimeout(() => stop.abort(), 50)), {
      signal: requestSignal(stop),
    });
    assert.equal(stopped.trace.summary?.finish, 'cancelled');
    assert.equal(stopped.failure, undefined);
    assert.deepEqual(stopped.trace.tokens, cut.trace.tokens);
  });

  it('fails in one sentence where the stream is none', async (t) => {
    for (const [answer, why] of [
      ['data: <html>\n\n', /not JSON/],
      ['data: {"choices":[{"text":"a"}]}\n\n', /no logprobs/],
      ['data: {"error":{"message":"Out of memory."}}\n\n', /failed in the middle: Out of memory/],
    ] as const) {
      const { trace, failure } = await run(t, (response) => response.end(answer));
      assert.ok(failure instanceof Problem && failure.code === 'server' && why.test(failure.message), String(failure));
      assert.equal(trace.summary?.message, failure.message);
    }
  });

  it('is inspected: what it is, its models, and what it can give', async (t) => {
    const { address } = await serveRecording(t, { key: KEY });
    const report = await inspectServer({ server: { address: `${address}/v1/` }, access: { key: KEY } }, never);
    assert.deepEqual(report, {
      address,
      kind: 'vllm',
      name: 'vLLM',
      version: '0.32.0',
      models: [{ name: 'smollm2', contextLength: 1024 }],
      can: {
        promptLogprobs: true,
        alternatives: 'whole',
        tokenIds: true,
        tokenize: true,
        chat: true,
        seeds: true,
        speculation: 'steps',
        metrics: true,
        attention: false,
      },
      notes: [],
    });
  });

  it('tells the tokens of a prompt and its counters', async (t) => {
    const { address } = await serveRecording(t);
    const server = { server: { address }, access: {} };
    const { prompt } = recordedRequest('stream.sse');
    const { tokens } = await tokenizeOnServer({ ...server, prompt: { text: prompt } }, never);
    assert.equal(tokens.map(({ text }) => text).join(''), prompt);
    assert.equal(tokens[1]?.id, 3987);
    const { speculation, generatedTokens } = await serverMetrics(server, never);
    assert.deepEqual([speculation?.drafts, generatedTokens], [124, 370]);
  });
});
