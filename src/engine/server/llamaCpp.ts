import type { CompletionPart } from '../../core/server/completion';
import { object, oneOf, orElse, readOrNull } from '../../core/check/check';
import { text } from '../../core/server/answer';
import {
  generatedSoFar,
  readLlamaCompletion,
  readLlamaTokens,
  type LlamaAsked,
  type LlamaToken,
} from '../../core/server/llamaCpp';
import { readServerCounters } from '../../core/server/counters';
import type { Sampling } from '../../core/decode/sampling';
import type { ServerPrompt } from '../../protocol/servers';
import { eventsOf } from './events';
import type { Asking, BegunRun, Speaker } from './speaker';

/** Asked for, where the size of the vocabulary is not known and all of it is wanted: more than any has. */
const WHOLE = 1_000_000;

const propsCheck = object({ chat_template: orElse(text, '') });
const lastEvent = object({ stop: oneOf(true) });
const templated = object({ prompt: text });

/**
 * llama.cpp's own server, by its own interface: the one for OpenAI's clients tells no ids. The tokens of a prompt come from
 * `/tokenize`, without probabilities, which it does not have.
 */
export const llamaCpp: Speaker = {
  abilities: async ({ http, model, signal }) => {
    const probe = { prompt: 'a', n_predict: 1, n_probs: 1, temperature: 0, ...modelPart(model.name) };
    const answer = await http.json('/completion', probe, signal);
    const told = http
      .reading(() => readLlamaCompletion(answer, { logprobs: 1, vocabularySize: null }))
      .tokens.some(({ judgement }) => judgement !== null);
    const tokens = await tokenize({ http, model, signal }, { text: 'a' });
    const props = readOrNull(propsCheck, await http.jsonIfAny('/props', undefined, signal));
    const counters = await http.textIfAny('/metrics', signal);
    return {
      can: {
        promptLogprobs: false,
        alternatives: told ? 'whole' : 0,
        tokenIds: true,
        tokenize: tokens !== null,
        chat: props !== null && props.chat_template !== '',
        seeds: true,
        // It does not say whether it drafts; where it does, a run has the sums.
        speculation: 'sums',
        metrics: counters !== null && readServerCounters(counters) !== null,
        attention: false,
      },
      notes: [
        'It tells no probabilities of the prompt.',
        'Where it drafts, it tells no probabilities of the tokens that it accepted, nor of the one after them.',
      ],
    };
  },

  tokenize: async (asking, prompt) => {
    const tokens = await tokenize(asking, prompt);
    return tokens === null ? null : tokens.map((token) => ({ ...token, special: false }));
  },

  begin: async (asking, request) => {
    const { model } = asking;
    const { prompt, sampling, maxNewTokens, alternatives } = request;
    const tokens = 'ids' in prompt ? prompt.ids.map((id) => ({ id, text: '' })) : await tokenize(asking, prompt);
    const body = {
      ...modelPart(model.name),
      prompt: tokens === null ? await textOf(asking, prompt) : tokens.map(({ id }) => id),
      n_predict: maxNewTokens,
      n_probs: alternatives === 'whole' ? (model.vocabularySize ?? WHOLE) : alternatives,
      return_tokens: true,
      stream: true,
      // The same numbers for the same prompt, whatever was asked before.
      cache_prompt: false,
      ...samplingOf(sampling),
    };
    const notes: string[] = ['The server tells no probabilities of the prompt.'];
    return {
      prompt: (tokens ?? []).map(({ id, text }) => ({ id, text, judgement: null })),
      ...('text' in prompt ? { promptText: prompt.text } : {}),
      parts: generated(
        asking,
        body,
        { logprobs: alternatives === 'whole' ? -1 : alternatives, vocabularySize: model.vocabularySize },
        maxNewTokens,
        notes,
      ),
      notes,
    } satisfies BegunRun;
  },
};

async function* generated(
  { http, signal }: Asking,
  body: unknown,
  asked: LlamaAsked,
  most: number,
  notes: string[],
): AsyncGenerator<CompletionPart> {
  if (most === 0) return;
  let told = 0;
  let missing = 0;
  for await (const event of eventsOf(http, '/completion', body, signal, ended)) {
    const part = http.reading(() => readLlamaCompletion(event, asked));
    told += part.tokens.length;
    missing = Math.max(missing, (generatedSoFar(event) ?? 0) - told);
    yield part;
  }
  if (missing > 0) {
    notes.push(
      `The server streamed ${missing} ${missing === 1 ? 'token' : 'tokens'} less than it generated: it does not tell those within a character.`,
    );
  }
}

function ended(event: unknown): boolean {
  return readOrNull(lastEvent, event) !== null;
}

async function tokenize(
  { http, model, signal }: Pick<Asking, 'http' | 'model' | 'signal'>,
  prompt: ServerPrompt,
): Promise<LlamaToken[] | null> {
  if ('ids' in prompt) return null;
  const content = await textOf({ http, model, signal }, prompt);
  // As `/completion` reads a text.
  const body = { ...modelPart(model.name), content, add_special: true, parse_special: true, with_pieces: true };
  const answer = await http.jsonIfAny('/tokenize', body, signal);
  return answer === null ? null : http.reading(() => readLlamaTokens(answer));
}

/** The text of a prompt; messages are put into the model's chat template. */
async function textOf(
  { http, model, signal }: Pick<Asking, 'http' | 'model' | 'signal'>,
  prompt: ServerPrompt,
): Promise<string> {
  if ('text' in prompt) return prompt.text;
  const messages = 'messages' in prompt ? prompt.messages : [];
  const answer = await http.json('/apply-template', { ...modelPart(model.name), messages }, signal);
  const told = readOrNull(templated, answer);
  if (told !== null) return told.prompt;
  throw http.problem(
    `The server at ${http.address} puts no messages into a chat template.`,
    'Give the prompt as a text.',
  );
}

/** A server of one model does not look at it; a router of several does. */
function modelPart(model: string): { readonly model: string } {
  return { model };
}

/** In the order of `Sampling`, and nothing else: its own defaults have more filters, and the temperature last. */
function samplingOf({ temperature, topK, topP, minP, seed }: Sampling): object {
  if (temperature === 0) return { temperature: 0, samplers: ['temperature'] };
  return {
    temperature,
    top_k: topK,
    top_p: topP,
    min_p: minP,
    seed,
    samplers: ['temperature', 'top_k', 'top_p', 'min_p'],
  };
}
