import type { CompletionPart } from '../../core/server/completion';
import { readServerCounters } from '../../core/server/counters';
import { readOpenAiCompletion, tellsLogprobs, TextNumbers } from '../../core/server/openai';
import type { Sampling } from '../../core/decode/sampling';
import { Problem } from '../../protocol/errors';
import type { ServerPrompt } from '../../protocol/servers';
import { eventsOf } from './events';
import { Refusal } from './http';
import type { Asking, BegunRun, Speaker } from './speaker';

/** What OpenAI's interface allows: of chats, and of completions. */
const MOST = [20, 5] as const;
/** Servers that document `seed`. */
const SEEDED = ['Ollama', 'LM Studio', 'TGI'];

/**
 * Any server that speaks as OpenAI's: `/v1/completions` for a text, `/v1/chat/completions` for messages. It names tokens by their
 * text alone and tells nothing of the prompt.
 */
export const openai: Speaker = {
  abilities: async (asking) => {
    const completions = await mostAlternatives(asking, { text: 'a' });
    const chats = await mostAlternatives(asking, { messages: [{ role: 'user', content: 'a' }] });
    const counters = await asking.http.textIfAny('/metrics', asking.signal);
    const told = (each: Found): number => (typeof each === 'number' ? each : 0);
    const without = (each: Found): boolean => each === 'none';
    return {
      can: {
        promptLogprobs: false,
        alternatives: Math.max(told(completions), told(chats)),
        tokenIds: false,
        tokenize: false,
        chat: chats !== null,
        seeds: SEEDED.includes(asking.server.name),
        speculation: 'none',
        metrics: counters !== null && readServerCounters(counters) !== null,
        attention: false,
      },
      notes: [
        'It names tokens by their text and tells nothing of the prompt.',
        ...(without(completions) && without(chats)
          ? ['It tells no probabilities at all, so nothing of it can be shown: see whether a newer version does.']
          : without(completions) && told(chats) > 0
            ? ['It tells probabilities of chats only: give the prompt as messages.']
            : told(completions) > 0 && without(chats)
              ? ['It tells probabilities of plain texts only, not of messages.']
              : []),
      ],
    };
  },

  tokenize: () => Promise.resolve(null),

  begin: ({ http, model, signal }, { prompt, sampling, maxNewTokens, alternatives }) => {
    if (alternatives === 'whole') {
      throw http.problem(
        `The server at ${http.address} does not tell whole distributions.`,
        `Ask for at most ${MOST[0]} alternatives.`,
      );
    }
    const [path, body] = bodyOf(model.name, prompt, alternatives, maxNewTokens);
    const asked = { ...body, ...samplingOf(sampling), stream: true };
    return Promise.resolve({
      prompt: [],
      ...('text' in prompt ? { promptText: prompt.text } : {}),
      parts: generated({ http, signal }, path, asked, alternatives, maxNewTokens),
      namesOnly: true,
      notes: ['The server names tokens by their text: the ids here number the texts of this run.'],
    } satisfies BegunRun);
  },
};

async function* generated(
  { http, signal }: Pick<Asking, 'http' | 'signal'>,
  path: string,
  body: unknown,
  asked: number,
  most: number,
): AsyncGenerator<CompletionPart> {
  if (most === 0) {
    throw new Problem({
      code: 'not-available',
      message: `The server at ${http.address} tells nothing of a prompt, so there is nothing to score.`,
      action: 'Let it generate at least one token.',
    });
  }
  const numbers = new TextNumbers();
  for await (const event of eventsOf(http, path, body, signal)) {
    yield http.reading(() => readOpenAiCompletion(event, asked, numbers));
  }
}

/** `none`: it answers without probabilities; null: it does not answer at all. */
type Found = number | 'none' | null;

async function mostAlternatives({ http, model, signal }: Asking, prompt: ServerPrompt): Promise<Found> {
  for (const most of MOST) {
    const [path, body] = bodyOf(model.name, prompt, most, 1);
    try {
      const answer = await http.json(path, body, signal);
      return http.reading(() => tellsLogprobs(answer)) ? most : 'none';
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'server-key') throw error;
      if (error.status !== 400 && error.status !== 422) return null;
    }
  }
  return null;
}

function bodyOf(
  model: string,
  prompt: ServerPrompt,
  alternatives: number,
  maxNewTokens: number,
): readonly [path: string, body: object] {
  const common = { model, max_tokens: maxNewTokens };
  if ('messages' in prompt) {
    return [
      '/v1/chat/completions',
      { ...common, messages: prompt.messages, logprobs: true, top_logprobs: alternatives },
    ];
  }
  return [
    '/v1/completions',
    { ...common, prompt: 'text' in prompt ? prompt.text : prompt.ids, logprobs: alternatives },
  ];
}

/** What its interface does not have is sent only where it is wanted: some refuse what they do not know. */
function samplingOf({ temperature, topK, topP, minP, seed }: Sampling): object {
  if (temperature === 0) return { temperature };
  return { temperature, seed, top_p: topP, ...(topK > 0 ? { top_k: topK } : {}), ...(minP > 0 ? { min_p: minP } : {}) };
}
