import { CoreError } from '../../core/errors';
import { readCompletion, type Asked, type CompletionPart, type ServerToken } from '../../core/server/completion';
import { EventStreamReader } from '../../core/server/eventStream';
import { isObject, listOf, objectOf, parseJson } from '../../core/server/json';
import { traceOf } from '../../core/server/trace';
import type { FinishReason, Sampling, Trace, TraceHeader } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import { throwIfAborted } from '../../protocol/rpc';
import type { ServerHttp } from './http';

/** A prompt for a vLLM server. */
export interface VllmRequest {
  readonly runId: string;
  /** One of the server's models; may be left out where it has one. */
  readonly model?: string;
  readonly prompt: { readonly text: string } | { readonly ids: readonly number[] };
  readonly sampling: Sampling;
  /** 0 scores the prompt alone. */
  readonly maxNewTokens: number;
  /** Most probable tokens to ask for at each place, 1 or more; a server allows 20 unless it was started otherwise. */
  readonly alternatives: number;
}

/**
 * Runs a prompt on a vLLM server: one request for the probabilities of the prompt (a stream has none of it), one that
 * streams what is generated. Where the stream fails or is stopped, the trace holds what came and says so.
 * @throws Problem `server` or `cancelled` where it fails before a token was generated.
 */
export async function runOnVllm(
  http: ServerHttp,
  request: VllmRequest,
  software: TraceHeader['software'],
  signal: AbortSignal,
): Promise<Trace> {
  const started = performance.now();
  const createdAt = new Date().toISOString();
  const { model, contextLength, version } = await describeVllm(http, request.model, signal);
  const { prompt, sampling, maxNewTokens, alternatives } = request;
  const asked: Asked = { logprobs: alternatives, promptLogprobs: alternatives };
  const common = { model, prompt: 'text' in prompt ? prompt.text : prompt.ids, return_token_ids: true };

  const scoring = { ...common, max_tokens: 1, temperature: 0, logprobs: alternatives, prompt_logprobs: alternatives };
  const scored = read(parse(await http.text('/v1/completions', scoring, signal)), asked);
  if (scored.prompt === undefined) throw unreadable('it has no prompt_logprobs');
  const promptRead = performance.now();

  const pieces: (readonly ServerToken[])[] = [];
  let speculation: CompletionPart['speculation'];
  let finish: FinishReason = 'length';
  let message: string | undefined;
  let first: number | undefined;
  if (maxNewTokens > 0) {
    const body = {
      ...common,
      max_tokens: maxNewTokens,
      logprobs: alternatives,
      ...samplingOf(sampling),
      stream: true,
      stream_options: { include_usage: true },
    };
    try {
      for await (const part of streamed(http, body, asked, signal)) {
        first ??= performance.now();
        if (part.tokens.length > 0) pieces.push(part.tokens);
        if (part.finish !== null) finish = part.finish === 'stop' ? 'end-of-text' : 'length';
        speculation = part.speculation ?? speculation;
      }
    } catch (error) {
      if (pieces.length === 0 || !(error instanceof Problem)) throw error;
      finish = error.code === 'cancelled' ? 'cancelled' : 'failed';
      if (finish === 'failed') message = error.message;
    }
  }
  return traceOf({
    id: request.runId,
    createdAt,
    software,
    server: { kind: 'vllm', address: http.address, version },
    model,
    contextLength,
    ...('text' in prompt ? { promptText: prompt.text } : {}),
    sampling,
    maxNewTokens,
    prompt: scored.prompt,
    pieces,
    finish,
    ...(message === undefined ? {} : { message }),
    ...(speculation === undefined ? {} : { speculation }),
    seconds: (performance.now() - started) / 1000,
    prefillSeconds: ((first ?? promptRead) - started) / 1000,
  });
}

/** Which of its models a server runs, and its version. @throws Problem `server`. */
async function describeVllm(
  http: ServerHttp,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<{ model: string; contextLength: number | null; version: string | null }> {
  const list = parse(await http.text('/v1/models', undefined, signal));
  const models = guarded(() => listOf(objectOf(list, 'the list of models')['data'], '"data"')).filter(isObject);
  const names = models.map((each) => String(each['id']));
  const place = wanted === undefined && names.length === 1 ? 0 : names.indexOf(wanted ?? '');
  const name = names[place];
  if (name === undefined) {
    throw new Problem({
      code: 'server',
      message:
        wanted === undefined
          ? `The server at ${http.address} has ${names.length} models.`
          : `The server at ${http.address} has no model "${wanted}".`,
      action: `Choose one of ${names.join(', ') || 'none'}.`,
    });
  }
  const length = models[place]?.['max_model_len'];
  const about = parse(await http.text('/version', undefined, signal));
  const version = isObject(about) && typeof about['version'] === 'string' ? about['version'] : null;
  return { model: name, contextLength: typeof length === 'number' && length > 0 ? length : null, version };
}

async function* streamed(
  http: ServerHttp,
  body: unknown,
  asked: Asked,
  signal: AbortSignal,
): AsyncGenerator<CompletionPart> {
  const reader = new EventStreamReader();
  for await (const piece of http.bytes('/v1/completions', body, signal)) {
    for (const data of guarded(() => reader.push(piece))) yield read(parse(data), asked);
    throwIfAborted(signal);
  }
  if (!reader.done) {
    throw new Problem({
      code: 'server',
      message: `The server at ${http.address} ended its answer in the middle.`,
      action: 'See its log for the reason, and try again.',
    });
  }
}

function samplingOf({ temperature, topK, topP, minP, seed }: Sampling): object {
  if (temperature === 0) return { temperature };
  return { temperature, seed, top_p: topP, min_p: minP, ...(topK > 0 ? { top_k: topK } : {}) };
}

function read(value: unknown, asked: Asked): CompletionPart {
  return guarded(() => readCompletion(value, asked));
}

function parse(text: string): unknown {
  return guarded(() => parseJson(text));
}

/** What core refuses of an answer, as a problem. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CoreError) throw unreadable(undefined, error.message);
    throw error;
  }
}

function unreadable(reason: string | undefined, message = `The server's answer cannot be read: ${reason}.`): Problem {
  return new Problem({ code: 'server', message, action: 'See whether it is a vLLM server and which version it is.' });
}
