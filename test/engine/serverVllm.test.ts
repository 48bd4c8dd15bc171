import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ServerResponse } from 'node:http';
import { parseTrace, serializeTrace } from '../../src/core/trace/vivtrace';
import { inspectServer, serverMetrics, tokenizeOnServer } from '../../src/engine/server/asking';
import { check } from '../../src/protocol/checked';
import { restoreRequest } from '../../src/protocol/runs';
import { restoreRun } from '../../src/engine/run/restore';
import { RunStore } from '../../src/engine/run/runStore';
import { Problem } from '../../src/protocol/errors';
import { recordedPrompt, recordedRequest, recording, serveRecording } from '../harness/recordedServer';
import { requestSignal, runOnServer, type Ran } from '../harness/serverRun';
import { skipWithoutFixtures } from '../harness/fixtures';

const KEY = 'sk-very-secret';
const never = requestSignal();

/** Runs the prompt of the recorded stream; `stream` answers in place of it. */
async function run(
  t: TestContext,
  stream?: (response: ServerResponse) => void,
  how: Parameters<typeof runOnServer>[2] = {},
): Promise<Ran> {
  const { address } = await serveRecording(t, { key: KEY, ...(stream ? { stream } : {}) });
  const { prompt } = recordedRequest('stream.sse');
  return runOnServer(address, { access: { key: KEY }, prompt: { text: prompt } }, how);
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

  it('is brought back as what it is: tokens, and nothing to look into', async (t) => {
    const { trace } = await run(t);
    const { header, tokens } = trace;
    const request = check(restoreRequest, {
      runId: header.id,
      model: header.model,
      ids: tokens.map(({ id }) => id),
      promptLength: header.promptLength,
      recorded: { hidden: [], logits: false },
    });
    const inspect = (): never => assert.fail('there is no model to inspect');
    const { attention, logits } = await restoreRun(request, { inspect, runs: new RunStore(1) });
    assert.deepEqual([attention.source, logits.source], ['none', 'none']);
    assert.match(attention.reason ?? '', /a server shows no attention/);
  });

  it('is asked for no more than its context holds', async (t) => {
    const { address, asked } = await serveRecording(t);
    const { prompt } = recordedRequest('stream.sse');
    await runOnServer(address, { prompt: { text: prompt }, maxNewTokens: 5_000 });
    assert.equal(asked.at(-1)?.body['max_tokens'], 1024 - 55);
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
      ['data: {"error":{"message":"Out of memory."}}\n\n', /failed: Out of memory/],
    ] as const) {
      const { trace, failure } = await run(t, (response) => response.end(answer));
      assert.ok(failure instanceof Problem && failure.code === 'server' && why.test(failure.message), String(failure));
      assert.equal(trace.summary?.message, failure.message);
    }
  });

  it('names alternatives by id and by text: texts that are new are asked for', async (t) => {
    // The scored prompt of the recording as a stream that names tokens by id, several a piece.
    const { ids, places } = recordedPrompt();
    const text = (i: number): string => places[i]?.[String(ids[i])]?.decoded_token ?? '';
    const pieces = [[1], [2], [3, 4, 5], [6, 7, 8, 9, 10], ...ids.slice(11).map((_, i) => [11 + i])];
    const events = pieces.map((piece) => ({
      choices: [
        {
          text: piece.map(text).join(''),
          token_ids: piece.map((i) => ids[i]),
          finish_reason: null,
          logprobs: {
            tokens: piece.map((i) => `token_id:${ids[i]}`),
            token_logprobs: piece.map((i) => places[i]?.[String(ids[i])]?.logprob),
            top_logprobs: piece.map((i) =>
              Object.fromEntries(
                Object.entries(places[i] ?? {}).map(([id, { logprob }]) => [`token_id:${id}`, logprob]),
              ),
            ),
          },
        },
      ],
    }));
    const { address, asked } = await serveRecording(t, {
      stream: (response) => {
        for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
        response.end('data: [DONE]\n\n');
      },
    });
    const { trace, failure } = await runOnServer(address, { alternatives: 5, maxNewTokens: 100 });
    assert.equal(failure, undefined);
    const generated = trace.tokens.slice(trace.header.promptLength);
    assert.deepEqual(
      generated.map((token) => [token.id, token.text]),
      ids.slice(1).map((id, i) => [id, text(i + 1)]),
    );
    for (const [i, { judgement }] of generated.entries()) {
      const place = places[i + 1] ?? {};
      assert.ok((judgement?.top.length ?? 0) >= 5);
      for (const each of judgement?.top ?? []) {
        assert.equal(each.text, place[String(each.id)]?.decoded_token);
        assert.ok(Math.abs(each.probability - Math.exp(place[String(each.id)]?.logprob ?? NaN)) < 1e-12);
      }
    }
    assert.equal(asked.filter(({ body }) => body['return_tokens_as_token_ids'] === true).length, 1);
    assert.ok(!trace.summary?.notes.some((note) => note.includes('have no ids')));
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
        seeds: false,
        speculation: 'steps',
        metrics: true,
        attention: false,
      },
      notes: ['It drafts, and then one seed does not always give the same tokens.'],
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
