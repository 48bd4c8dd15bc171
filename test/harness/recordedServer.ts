import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fixture } from './fixtures';

/** Starts an HTTP server for a test. @returns its address. */
export async function serve(t: Pick<TestContext, 'after'>, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A file of the recording of a vLLM server. */
export const recording = (name: string): Buffer => readFileSync(fixture('servers/vllm-0.32.0', name));

/** The body of the request that a recorded answer belongs to. */
export function recordedRequest(name: string): { readonly prompt: string; readonly max_tokens: number } {
  const index = JSON.parse(recording('index.json').toString()) as {
    file: string;
    request: { prompt: string; max_tokens: number };
  }[];
  const found = index.find((each) => each.file === name);
  if (!found) throw new Error(`${name} is no recording`);
  return found.request;
}

export interface RecordedServer {
  readonly address: string;
  /** What was asked, in order. */
  readonly asked: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
}

/**
 * A vLLM server that answers with what a real one answered: the models, the version, the tokens and the counters; to prompts with
 * `prompt_logprobs` the answer to `recordedRequest('stream.sse')`, and its stream.
 * @param key refuses requests without it, with 401.
 * @param stream answers in place of the recorded stream.
 */
export async function serveRecording(
  t: Pick<TestContext, 'after'>,
  {
    key,
    stream = (response) => response.end(recording('stream.sse')),
  }: { readonly key?: string; readonly stream?: (response: ServerResponse, request: IncomingMessage) => void } = {},
): Promise<RecordedServer> {
  const asked: RecordedServer['asked'] = [];
  const address = await serve(t, (request, response) => {
    void (async () => {
      const text = (await request.toArray()).join('');
      const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
      asked.push({ path: request.url ?? '', body });
      const json = (status: number, name: string): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(recording(name));
      };
      if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
        response.writeHead(401).end(JSON.stringify({ error: { message: 'Wrong key.' } }));
      } else if (request.url === '/v1/models') json(200, 'models.json');
      else if (request.url === '/version') json(200, 'version.json');
      else if (request.url === '/metrics') response.end(recording('metrics.txt'));
      else if (request.url === '/tokenize') json(200, 'tokenize.json');
      else if (request.url !== '/v1/completions') response.writeHead(404).end('{"detail":"Not Found"}');
      else if (body['stream'] === true) {
        response.setHeader('content-type', 'text/event-stream; charset=utf-8');
        stream(response, request);
      } else if (body['logprobs'] === -1) json(200, 'full_distribution.json');
      else if (Array.isArray(body['prompt'])) response.end(JSON.stringify(scoredIds(body['prompt'] as number[])));
      else if (body['prompt_logprobs'] !== undefined) json(200, 'greedy.json');
      else {
        // How vLLM refuses more than --max-logprobs: its source, v1/engine/processor.py.
        const message = `Requested sample logprobs of ${Number(body['logprobs'])}, which is greater than max allowed: 49152`;
        response.writeHead(400).end(JSON.stringify({ error: { message, type: 'BadRequestError', code: 400 } }));
      }
    })();
  });
  return { address, asked };
}

export type RecordedPlace = Readonly<Record<string, { logprob: number; rank: number; decoded_token: string }>>;

/** The scored prompt of the recording: its ids, and of each but the first the most probable tokens. */
export function recordedPrompt(): { readonly ids: readonly number[]; readonly places: readonly RecordedPlace[] } {
  const { choices } = JSON.parse(recording('greedy.json').toString()) as {
    choices: [{ prompt_token_ids: number[]; prompt_logprobs: (RecordedPlace | null)[] }];
  };
  return { ids: choices[0].prompt_token_ids, places: choices[0].prompt_logprobs.map((place) => place ?? {}) };
}

/** A prompt of ids as vLLM scores it, with the recorded texts of its tokens; the probabilities are none. */
function scoredIds(ids: readonly number[]): unknown {
  const texts = new Map(
    recordedPrompt().places.flatMap((place) =>
      Object.entries(place).map(([id, each]) => [Number(id), each.decoded_token] as const),
    ),
  );
  const prompt_logprobs = ids.map((id, i) =>
    i === 0 ? null : { [id]: { logprob: -1, rank: 1, decoded_token: texts.get(id) ?? '' } },
  );
  return { choices: [{ index: 0, text: '', logprobs: null, prompt_token_ids: ids, prompt_logprobs }] };
}
