/**
 * llama.cpp's server and those that speak as OpenAI's. There are no recordings of them here: the answers below are written by hand
 * in the forms that their documentation shows (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md,
 * https://platform.openai.com/docs/api-reference), with numbers of our own; test/live runs against a real llama.cpp server.
 */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { parseTrace, serializeTrace } from '../../src/core/trace/vivtrace';
import { inspectServer, tokenizeOnServer } from '../../src/engine/server/asking';
import { Problem } from '../../src/protocol/errors';
import { serve } from '../harness/recordedServer';
import { requestSignal, runOnServer } from '../harness/serverRun';

type Json = Readonly<Record<string, unknown>>;
const never = requestSignal();

/** A server of answers by path; a function gets what was asked. */
async function answers(
  t: TestContext,
  paths: Readonly<Record<string, unknown>>,
): Promise<{ address: string; asked: { path: string; body: Json }[] }> {
  const asked: { path: string; body: Json }[] = [];
  const address = await serve(t, (request, response) => {
    void (async () => {
      const text = (await request.toArray()).join('');
      const body = text === '' ? {} : (JSON.parse(text) as Json);
      const path = request.url ?? '';
      asked.push({ path, body });
      const answer = paths[path];
      if (answer === undefined) response.writeHead(404).end('{"error":{"message":"File Not Found"}}');
      else if (typeof answer === 'function') (answer as (response: ServerResponse, body: Json) => void)(response, body);
      else response.end(JSON.stringify(answer));
    })();
  });
  return { address, asked };
}

const events =
  (pieces: readonly unknown[], done = true) =>
  (response: ServerResponse): void => {
    for (const piece of pieces) response.write(`data: ${JSON.stringify(piece)}\n\n`);
    response.end(done ? 'data: [DONE]\n\n' : '');
  };

describe("llama.cpp's own server", () => {
  const place = (id: number, token: string, logprob: number, top: readonly (readonly [number, string, number])[]) => ({
    id,
    token,
    bytes: [...Buffer.from(token)],
    logprob,
    top_logprobs: top.map(([each, text, value]) => ({
      id: each,
      token: text,
      bytes: [...Buffer.from(text)],
      logprob: value,
    })),
  });
  const stream = [
    {
      index: 0,
      content: ' there',
      tokens: [727],
      stop: false,
      tokens_predicted: 1,
      completion_probabilities: [
        place(727, ' there', -0.25, [
          [727, ' there', -0.25],
          [261, ' a', -2.5],
        ]),
      ],
    },
    // A drafted token that was accepted: no probabilities.
    { index: 0, content: '!', tokens: [5], stop: false, tokens_predicted: 2 },
    // The two tokens before it are parts of its character.
    {
      index: 0,
      content: '🙂',
      tokens: [9],
      stop: false,
      tokens_predicted: 5,
      completion_probabilities: [
        place(9, '', -1, [
          [9, '', -1],
          [8, '', -1.5],
        ]),
      ],
    },
    {
      index: 0,
      content: '',
      tokens: [],
      stop: true,
      stop_type: 'limit',
      tokens_predicted: 5,
      timings: { prompt_n: 2, prompt_ms: 3.5, predicted_n: 5, predicted_ms: 20, draft_n: 8, draft_n_accepted: 3 },
    },
  ];
  const paths = {
    '/v1/models': {
      object: 'list',
      data: [{ id: 'model.gguf', object: 'model', owned_by: 'llamacpp', meta: { n_vocab: 32000, n_ctx_train: 4096 } }],
    },
    '/props': {
      default_generation_settings: { n_ctx: 1024, speculative: true },
      chat_template: '{{ messages }}',
      build_info: 'b6000-abcdef',
    },
    '/tokenize': {
      tokens: [
        { id: 1, piece: 'Hello' },
        { id: 198, piece: [195] },
        { id: 164, piece: [161] },
      ],
    },
    '/apply-template': { prompt: '<|user|>Hello' },
    '/metrics': (response: ServerResponse) => response.end('llamacpp:prompt_tokens_total 3\n'),
    '/completion': (response: ServerResponse, body: Json) =>
      body['stream'] === true
        ? events(stream, false)(response)
        : response.end(JSON.stringify({ ...stream[0], stop: true, stop_type: 'limit' })),
  };

  it('is found to be one, and says what it can give', async (t) => {
    const { address } = await answers(t, paths);
    const report = await inspectServer({ server: { address }, access: {} }, never);
    assert.equal(report.kind, 'llama.cpp');
    assert.equal(report.version, 'b6000-abcdef');
    assert.deepEqual(report.models, [{ name: 'model.gguf', contextLength: 1024 }]);
    assert.deepEqual(report.can, {
      promptLogprobs: false,
      alternatives: 'whole',
      tokenIds: true,
      tokenize: true,
      chat: true,
      seeds: true,
      speculation: 'sums',
      metrics: true,
      attention: false,
    });
    assert.ok(report.notes.includes('It tells no probabilities of the prompt.'));
  });

  it('runs: tokens by id, drafts as sums, and nothing that it does not tell', async (t) => {
    const { address, asked } = await answers(t, paths);
    const { trace, failure } = await runOnServer(address, {
      prompt: { text: 'Helloá' },
      alternatives: 2,
      maxNewTokens: 5,
      sampling: { temperature: 0.5, topK: 3, topP: 0.9, minP: 0.1, seed: 7 },
    });
    assert.equal(failure, undefined);
    assert.deepEqual(parseTrace(serializeTrace(trace)), { trace, notes: [] });
    assert.deepEqual(
      trace.tokens.map(({ id, text }) => [id, text]),
      [
        [1, 'Hello'],
        [198, '<0xC3>'],
        [164, '<0xA1>'],
        [727, ' there'],
        [5, '!'],
        [9, ''],
      ],
    );
    assert.deepEqual(
      trace.tokens.map(({ judgement }) => judgement?.rank ?? null),
      [null, null, null, 1, null, 1],
    );
    const [, , , told] = trace.tokens;
    assert.ok(Math.abs((told?.judgement?.probability ?? 0) - Math.exp(-0.25)) < 1e-9);
    assert.deepEqual(
      told?.judgement?.top.map(({ id }) => id),
      [727, 261],
    );
    // The vocabulary is known, so the entropy has an upper end.
    assert.ok((told.judgement.partial?.entropyAtMost ?? 0) > told.judgement.entropy);
    assert.equal(trace.header.model.vocabularySize, 32000);
    const { speculation, reported, finish, notes = [] } = trace.summary ?? {};
    assert.equal(finish, 'length');
    assert.deepEqual([speculation?.drafted, speculation?.accepted, speculation?.meanAcceptanceLength], [8, 3, null]);
    assert.deepEqual(reported, []);
    assert.ok(notes.some((note) => note.includes('2 tokens less than it generated')));
    assert.ok(notes.some((note) => note.includes('no probability')));
    const body: Json = asked.find(({ path }) => path === '/completion')?.body ?? {};
    assert.deepEqual(body['prompt'], [1, 198, 164]);
    assert.deepEqual(
      [body['n_probs'], body['seed'], body['top_k'], body['samplers']],
      [2, 7, 3, ['temperature', 'top_k', 'top_p', 'min_p']],
    );
  });

  it('puts messages into the template of its model', async (t) => {
    const { address, asked } = await answers(t, paths);
    const messages = [{ role: 'user', content: 'Hello' }] as const;
    const { tokens } = await tokenizeOnServer({ server: { address }, access: {}, prompt: { messages } }, never);
    assert.equal(tokens.length, 3);
    assert.equal(asked.at(-1)?.body['content'], '<|user|>Hello');
  });

  it('of an old version names no ids, which is said', async (t) => {
    const { address } = await answers(t, {
      ...paths,
      '/completion': events([
        {
          content: 'a',
          stop: false,
          completion_probabilities: [{ content: 'a', probs: [{ tok_str: 'a', prob: 0.5 }] }],
        },
      ]),
    });
    const { failure } = await runOnServer(address, {});
    assert.ok(failure instanceof Problem && /its version is too old/.test(failure.message), String(failure));
  });
});

describe('a server that speaks as OpenAI’s', () => {
  const models = { '/v1/models': { data: [{ id: 'gemma', owned_by: 'library' }] } };
  const spot = (token: string, logprob: number, top: readonly (readonly [string, number])[]) => ({
    token,
    logprob,
    bytes: [...Buffer.from(token)],
    top_logprobs: top.map(([text, value]) => ({ token: text, logprob: value, bytes: [...Buffer.from(text)] })),
  });
  const chunk = (content: string, places: readonly unknown[] | null, finish: string | null = null) => ({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, logprobs: places && { content: places }, finish_reason: finish }],
  });
  const chats = [
    chunk('', null),
    chunk('Hi', [
      spot('Hi', -0.5, [
        ['Hi', -0.5],
        ['Ho', -1.5],
      ]),
    ]),
    // Two tokens of one text are two tokens.
    chunk('!', [
      spot('!', -0.7, [
        ['!', -0.7],
        ['!', -0.9],
      ]),
    ]),
    chunk('', null, 'stop'),
    { choices: [], usage: { completion_tokens: 2 } },
  ];
  const completion = (logprobs: unknown, text = 'Hi') => ({
    object: 'text_completion',
    choices: [{ index: 0, text, logprobs, finish_reason: null }],
  });
  const chatAnswer = (response: ServerResponse, body: Json): void =>
    body['stream'] === true
      ? events(chats)(response)
      : void response.end(
          JSON.stringify({
            choices: [{ message: { content: 'Hi' }, logprobs: { content: [spot('Hi', -1, [['Hi', -1]])] } }],
          }),
        );

  it('is asked what it can give: chats with probabilities, texts without', async (t) => {
    const { address } = await answers(t, {
      ...models,
      '/api/version': { version: '0.13.0' },
      '/v1/chat/completions': chatAnswer,
      '/v1/completions': completion(null),
    });
    const report = await inspectServer({ server: { address }, access: {} }, never);
    assert.deepEqual([report.kind, report.name, report.version], ['openai', 'Ollama', '0.13.0']);
    assert.deepEqual(
      [report.can.alternatives, report.can.chat, report.can.tokenIds, report.can.promptLogprobs, report.can.metrics],
      [20, true, false, false, false],
    );
    assert.ok(report.notes.some((note) => note.includes('chats only')));
  });

  it('answers messages: tokens by their text, numbered', async (t) => {
    const { address, asked } = await answers(t, { ...models, '/v1/chat/completions': chatAnswer });
    const { trace, failure } = await runOnServer(address, {
      prompt: { messages: [{ role: 'user', content: 'Hello' }] },
      alternatives: 2,
    });
    assert.equal(failure, undefined);
    assert.deepEqual(parseTrace(serializeTrace(trace)), { trace, notes: [] });
    assert.deepEqual([trace.header.promptLength, trace.header.model.server?.namesOnly], [0, true]);
    assert.deepEqual(
      trace.tokens.map(({ id, text, judgement }) => [id, text, judgement?.rank, judgement?.top.map((each) => each.id)]),
      [
        [0, 'Hi', 1, [0, 1]],
        [2, '!', 1, [2, 3]],
      ],
    );
    assert.equal(trace.summary?.finish, 'end-of-text');
    assert.deepEqual([asked.at(-1)?.body['top_logprobs'], 'top_k' in (asked.at(-1)?.body ?? {})], [2, false]);
  });

  it('answers a text with either form of probabilities', async (t) => {
    for (const logprobs of [
      { tokens: ['Hi'], token_logprobs: [-0.5], top_logprobs: [{ Hi: -0.5, Ho: -1.5 }], text_offset: [0] },
      {
        content: [
          spot('Hi', -0.5, [
            ['Hi', -0.5],
            ['Ho', -1.5],
          ]),
        ],
      },
    ]) {
      const { address } = await answers(t, { ...models, '/v1/completions': events([completion(logprobs)]) });
      const { trace, failure } = await runOnServer(address, { prompt: { text: 'x' }, alternatives: 2 });
      assert.equal(failure, undefined);
      assert.equal(trace.header.promptText, 'x');
      assert.deepEqual(
        trace.tokens.map(({ text, judgement }) => [text, judgement?.rank, judgement?.top.length]),
        [['Hi', 1, 2]],
      );
    }
  });

  it('without probabilities is one sentence', async (t) => {
    const { address } = await answers(t, { ...models, '/v1/completions': events([completion(null)]) });
    const { failure } = await runOnServer(address, {});
    assert.ok(failure instanceof Problem && /no logprobs/.test(failure.message), String(failure));
  });
});
