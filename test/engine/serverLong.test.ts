import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TraceEvent } from '../../src/core/trace/record';
import { runServer } from '../../src/engine/server/run';
import { serve } from '../harness/recordedServer';
import { requestSignal } from '../harness/serverRun';

const TOKENS = 10_000;
const VOCABULARY = 50_000;
const ALTERNATIVES = 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The id of alternative `k` at a place: every place has others. */
const idAt = (place: number, k: number): number => (place * 7919 + k * 104_729) % VOCABULARY;

test('a run of 10,000 tokens streams through without staying: memory is flat', { timeout: 300_000 }, async (t) => {
  const scored = (ids: readonly number[]): unknown => ({
    choices: [
      {
        text: 'x',
        logprobs: null,
        prompt_token_ids: ids,
        prompt_logprobs: ids.map((id, i) =>
          i === 0 ? null : { [id]: { logprob: -1, rank: 1, decoded_token: ` t${id}` } },
        ),
      },
    ],
  });
  const piece = (place: number): string => {
    const top = Array.from({ length: ALTERNATIVES }, (_, k) => [`token_id:${idAt(place, k)}`, -1 - k] as const);
    const [name, logprob] = top[0] as (typeof top)[0];
    const logprobs = { tokens: [name], token_logprobs: [logprob], top_logprobs: [Object.fromEntries(top)] };
    const choice = {
      index: 0,
      text: ` t${idAt(place, 0)}`,
      token_ids: [idAt(place, 0)],
      logprobs,
      finish_reason: null,
    };
    return `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
  };
  const address = await serve(t, (request, response) => {
    void (async () => {
      const text = (await request.toArray()).join('');
      const body = (text === '' ? {} : JSON.parse(text)) as { stream?: boolean; prompt?: number[] };
      if (request.url === '/v1/models') {
        response.end(JSON.stringify({ data: [{ id: 'm', owned_by: 'vllm', max_model_len: 20_000 }] }));
      } else if (request.url === '/version') response.end('{"version":"0"}');
      else if (body.stream !== true) response.end(JSON.stringify(scored(body.prompt ?? [])));
      else {
        for (let place = 0; place < TOKENS; place++) {
          if (!response.write(piece(place))) await new Promise((resolve) => response.once('drain', resolve));
        }
        response.end('data: [DONE]\n\n');
      }
    })();
  });

  const memory: number[] = [];
  let tokens = 0;
  let bytes = 0;
  let summary: TraceEvent | undefined;
  await runServer(
    {
      runId: 'long',
      server: { address },
      access: {},
      prompt: { ids: [1, 2] },
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
      maxNewTokens: TOKENS,
      alternatives: ALTERNATIVES,
    },
    { vivarium: '0', onnxruntime: '0', node: '0', platform: 'linux-x64' },
    {
      signal: requestSignal(),
      emit: (event) => {
        if (event.type !== 'trace') return;
        for (const traced of event.events) {
          if (traced.type === 'summary') summary = traced;
          if (traced.type !== 'token') continue;
          assert.equal(traced.index, tokens++);
          bytes += JSON.stringify(traced).length;
          if (tokens > 2) assert.equal(traced.judgement?.top[7]?.text, ` t${idAt(tokens - 3, 7)}`);
          if (tokens % 2_000 === 0) {
            collect();
            memory.push(process.memoryUsage().heapUsed + process.memoryUsage().external);
          }
        }
      },
    },
  );
  assert.equal(tokens, TOKENS + 2);
  assert.ok(summary?.type === 'summary' && summary.generatedTokens === TOKENS);
  // What stays are a length a piece and the texts of the ids: the vocabulary at most.
  const [first = 0] = memory;
  const grown = Math.max(...memory) - first;
  t.diagnostic(
    `${(bytes / 1e6).toFixed(0)} MB of events; memory ${memory.map((each) => (each / 1e6).toFixed(0)).join(', ')} MB`,
  );
  assert.ok(grown < bytes / 4, `${(grown / 1e6).toFixed(1)} MB more after ${(bytes / 1e6).toFixed(1)} MB of events`);
});
