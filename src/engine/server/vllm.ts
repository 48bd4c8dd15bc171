import {
  readCompletion,
  readPrompt,
  type Asked,
  type CompletionPart,
  type ServerToken,
} from '../../core/server/completion';
import { anything, object, orElse, readOrNull } from '../../core/check/check';
import { count, list, readAnswer, text } from '../../core/server/answer';
import { ALTERNATIVES_KEPT } from '../../core/trace/record';
import type { Sampling } from '../../core/decode/sampling';
import type { TokenInfo } from '../../protocol/models';
import type { ServerAbilities, ServerPrompt } from '../../protocol/servers';
import { eventsOf } from './events';
import { Refusal, type ServerHttp } from './http';
import type { Asking, BegunRun, Speaker } from './speaker';
import { readTokenNames } from './tokenNames';
import { TokenTexts } from './tokenTexts';

/** What vLLM allows unless it was started with another `--max-logprobs`. */
const USUAL_ALTERNATIVES = 20;
/** More than any vocabulary has: asked for, a server says what it allows. */
const TOO_MANY = 2 ** 30;

const anyTokens = object({ tokens: list(anything()) });
const tokensCheck = object({ tokens: list(count), token_strs: orElse(list(text), []) });
const detokenized = object({ prompt: text });

/**
 * vLLM's OpenAI-compatible server. One request has the prompt scored (a stream has none of that), one streams what is
 * generated. Messages are put into the chat template by `/tokenize`, so that they too are scored and told by id.
 */
export const vllm: Speaker = {
  abilities: async ({ http, model, signal }) => {
    const probe = { model: model.name, prompt: 'a', max_tokens: 1, temperature: 0 };
    const most = await mostAlternatives(http, { ...probe, logprobs: TOO_MANY }, signal);
    const all = most > USUAL_ALTERNATIVES && (await allowed(http, { ...probe, logprobs: -1 }, signal));
    const asked: Asked = { logprobs: 1, promptLogprobs: 1 };
    const told = await http.jsonIfAny(
      '/v1/completions',
      { ...probe, prompt: 'a a', logprobs: 1, prompt_logprobs: 1, return_token_ids: true },
      signal,
    );
    const part = told === null ? null : http.reading(() => readCompletion(told, asked));
    const tokens = await tokenize({ http, model, signal }, { text: 'a' });
    const chat = await tokenize({ http, model, signal }, { messages: [{ role: 'user', content: 'a' }] });
    const metrics = await http.textIfAny('/metrics', signal);
    const drafts = metrics?.includes('vllm:spec_decode_num_drafts') ?? false;
    const can: ServerAbilities = {
      promptLogprobs: part?.prompt !== undefined,
      alternatives: all ? 'whole' : most,
      tokenIds: part !== null,
      tokenize: tokens !== null,
      chat: chat !== null,
      // What is drafted changes which numbers are drawn; only the first token is then the same.
      seeds: !drafts,
      speculation: part?.speculation ? 'steps' : 'none',
      metrics: metrics !== null,
      attention: false,
    };
    const notes = [
      ...(drafts ? ['It drafts, and then one seed does not always give the same tokens.'] : []),
      ...(drafts && !part?.speculation
        ? [
            'It says nothing of its drafts for single requests: start it with --per-request-spec-decode-metrics detailed.',
          ]
        : []),
    ];
    return { can, notes };
  },

  tokenize,

  begin: async (asking, request) => {
    const { http, model, signal } = asking;
    const { prompt, sampling, maxNewTokens } = request;
    const logprobs = request.alternatives === 'whole' ? -1 : request.alternatives;
    // Whole distributions of a prompt would be one answer of hundreds of megabytes.
    const promptLogprobs = logprobs < 0 ? ALTERNATIVES_KEPT : logprobs;
    const asked: Asked = { logprobs, promptLogprobs };
    const common = { model: model.name, prompt: await promptOf(asking, prompt), return_token_ids: true };
    const scoring = { ...common, max_tokens: 1, temperature: 0, prompt_logprobs: promptLogprobs };
    const answer = await http.json('/v1/completions', scoring, signal);
    const scored = http.reading(() => readPrompt(answer, promptLogprobs));
    // It refuses to be asked for more than its context holds.
    const room = Math.min(maxNewTokens, (model.contextLength ?? Infinity) - scored.length);
    const generating = {
      ...common,
      max_tokens: room,
      logprobs,
      ...samplingOf(sampling),
      return_tokens_as_token_ids: true,
      stream: true,
      stream_options: { include_usage: true },
    };
    const texts = new TokenTexts(http, model.name, model.contextLength ?? Infinity);
    texts.learn(scored);
    const notes =
      logprobs < 0
        ? [`Of the prompt the ${ALTERNATIVES_KEPT} most probable tokens were asked for, not the whole distributions.`]
        : [];
    return {
      prompt: 'text' in prompt ? scored : await withFirstText(asking, scored),
      ...('text' in prompt ? { promptText: prompt.text } : {}),
      parts: room > 0 ? generated(http, generating, asked, texts, notes, signal) : none(),
      notes,
    } satisfies BegunRun;
  },
};

async function* generated(
  http: ServerHttp,
  body: unknown,
  asked: Asked,
  texts: TokenTexts,
  notes: string[],
  signal: AbortSignal,
): AsyncGenerator<CompletionPart> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  async function* parts(): AsyncGenerator<CompletionPart> {
    for await (const event of eventsOf(http, '/v1/completions', body, either)) {
      yield http.reading(() => readCompletion(event, asked));
    }
  }
  try {
    yield* texts.with(parts(), signal);
  } finally {
    stop.abort();
  }
  if (texts.missing) notes.push('The server refused to say what some alternatives read as.');
}

async function* none(): AsyncGenerator<CompletionPart> {
  // Nothing is generated.
}

async function promptOf(asking: Asking, prompt: ServerPrompt): Promise<string | readonly number[]> {
  if ('text' in prompt) return prompt.text;
  if ('ids' in prompt) return prompt.ids;
  const tokens = await tokenize(asking, prompt);
  if (tokens === null) {
    throw asking.http.problem(
      `The server at ${asking.http.address} puts no messages into a chat template.`,
      'Give the prompt as a text.',
    );
  }
  return tokens.map(({ id }) => id);
}

async function tokenize(
  { http, model, signal }: Pick<Asking, 'http' | 'model' | 'signal'>,
  prompt: ServerPrompt,
): Promise<TokenInfo[] | null> {
  if ('ids' in prompt) return null;
  const body = {
    model: model.name,
    ...('text' in prompt ? { prompt: prompt.text } : { messages: prompt.messages, add_generation_prompt: true }),
    return_token_strs: true,
  };
  const answer = await http.jsonIfAny('/tokenize', body, signal);
  if (readOrNull(anyTokens, answer) === null) return null;
  return http.reading(() => {
    const { tokens: ids, token_strs: names } = readAnswer(tokensCheck, answer, 'the answer');
    const read = readTokenNames(names, 'text' in prompt ? prompt.text : null);
    return ids.map((id, i) => ({ id, text: '', bytes: [], special: false, ...read[i] }));
  });
}

/** Nothing predicts the first token, so its text is not told with the others. */
async function withFirstText({ http, model, signal }: Asking, prompt: readonly ServerToken[]): Promise<ServerToken[]> {
  const [first, ...rest] = prompt;
  if (first === undefined) return [];
  const answer = await http.jsonIfAny('/detokenize', { model: model.name, tokens: [first.id] }, signal);
  return [{ ...first, text: readOrNull(detokenized, answer)?.prompt ?? '' }, ...rest];
}

/** How many a server allows: it says so when it is asked for too many, and generates nothing. */
async function mostAlternatives(http: ServerHttp, body: unknown, signal: AbortSignal): Promise<number> {
  try {
    await http.text('/v1/completions', body, signal);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 400) throw error;
    const most = /max(?:imum)? allowed: (\d{1,9})/.exec(error.message)?.[1];
    return most === undefined ? USUAL_ALTERNATIVES : Number(most);
  }
  return USUAL_ALTERNATIVES;
}

async function allowed(http: ServerHttp, body: unknown, signal: AbortSignal): Promise<boolean> {
  return readOrNull(object({}), await http.jsonIfAny('/v1/completions', body, signal)) !== null;
}

function samplingOf({ temperature, topK, topP, minP, seed }: Sampling): object {
  if (temperature === 0) return { temperature };
  // With drafts it refuses min-p, even one that changes nothing.
  return { temperature, seed, top_p: topP, ...(topK > 0 ? { top_k: topK } : {}), ...(minP > 0 ? { min_p: minP } : {}) };
}
