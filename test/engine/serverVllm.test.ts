import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Trace } from '../../src/core/trace/record';
import { parseTrace, serializeTrace } from '../../src/core/trace/vivtrace';
import { ServerHttp } from '../../src/engine/server/http';
import { runOnVllm } from '../../src/engine/server/vllm';
import { Problem } from '../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';

const KEY = 'sk-very-secret';
const file = (name: string): Buffer => readFileSync(fixture('servers/vllm-0.32.0', name));

/** Replays the recordings; `stream` answers in place of the recorded stream. */
async function run(
  t: TestContext,
  stream: (response: ServerResponse) => void,
  signal = new AbortController().signal,
): Promise<Trace> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = (await request.toArray()).join('');
      if (request.url === '/v1/models') response.end(file('models.json'));
      else if (request.url === '/version') response.end(file('version.json'));
      else if ((JSON.parse(body) as { stream?: boolean }).stream) stream(response);
      else response.end(file('greedy.json'));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const index = JSON.parse(file('index.json').toString()) as { file: string; request: { prompt: string } }[];
  const text = index.find((each) => each.file === 'stream.sse')?.request.prompt ?? '';
  return runOnVllm(
    new ServerHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { key: KEY }),
    {
      runId: 'run',
      prompt: { text },
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
      maxNewTokens: 32,
      alternatives: 3,
    },
    { vivarium: '0', onnxruntime: '0', node: '0', platform: 'linux-x64' },
    signal,
  );
}

describe('a run on a vLLM server', { skip: skipWithoutFixtures }, () => {
  it('is a trace of its prompt, its tokens and its drafts, without the key', async (t) => {
    const trace = await run(t, (response) => response.end(file('stream.sse')));
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
  });

  it('keeps what came where the server goes or is stopped in the middle', async (t) => {
    const half = file('stream.sse').subarray(0, 4000);
    const cut = await run(t, (response) => response.end(half));
    assert.equal(cut.summary?.finish, 'failed');
    assert.match(cut.summary?.message ?? '', /in the middle/);
    assert.ok(cut.tokens.length > 55 && cut.tokens.length < 87);

    const stop = new AbortController();
    const stopped = await run(
      t,
      (response) => response.write(half, () => setTimeout(() => stop.abort(), 50)),
      stop.signal,
    );
    assert.equal(stopped.summary?.finish, 'cancelled');
    assert.deepEqual(stopped.tokens, cut.tokens);
  });

  it('fails in one sentence where the stream is none', async (t) => {
    for (const [answer, why] of [
      ['data: <html>\n\n', /not JSON/],
      ['data: {"choices":[{"text":"a"}]}\n\n', /no logprobs/],
    ] as const) {
      await assert.rejects(
        run(t, (response) => response.end(answer)),
        (error) => error instanceof Problem && error.code === 'server' && why.test(error.message),
      );
    }
  });
});
