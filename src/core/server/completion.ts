import type { Judgement } from '../trace/record';
import { countOf, isObject, listOf, logProbabilityOf, malformed, objectOf, type Json } from './json';
import { judgementOf, type ToldAlternative } from './judgement';
import { readSpeculation, type ReportedSpeculation } from './speculation';

/** A token as a server told it. */
export interface ServerToken {
  readonly id: number;
  /** What it adds to the text; empty for a token within a character, whose last token has all of it. */
  readonly text: string;
  /** null for the first token of a prompt, and where the server told no probability. */
  readonly judgement: Judgement | null;
}

/** A completion, or one piece of a stream of them. What is absent was not told. */
export interface CompletionPart {
  readonly prompt?: readonly ServerToken[];
  /** Ids of the prompt where they were told without probabilities. */
  readonly promptIds?: readonly number[];
  readonly tokens: readonly ServerToken[];
  readonly text: string;
  /** `stop`, `length`, or what else the server says; null while it goes on. */
  readonly finish: string | null;
  readonly speculation?: ReportedSpeculation;
  /** Milliseconds until the first token, and from it to the last. */
  readonly timing?: { readonly first: number; readonly rest: number };
}

/** How many of the most probable tokens were asked for; −1 for all. */
export interface Asked {
  readonly logprobs: number;
  readonly promptLogprobs: number;
}

const BY_ID = 'token_id:';

/**
 * Reads an answer of `/v1/completions` (vLLM's OpenAI-compatible server), or a piece of its stream.
 * @throws CoreError `server-answer` where it is none, has no logprobs, or does not name its tokens by id.
 */
export function readCompletion(value: unknown, asked: Asked): CompletionPart {
  const answer = objectOf(value, 'the completion');
  const choices = listOf(answer['choices'], '"choices"');
  const metrics = isObject(answer['metrics']) ? answer['metrics'] : {};
  const about = { ...speculationPart(metrics), ...timingPart(metrics) };
  if (choices.length === 0) return { tokens: [], text: '', finish: null, ...about };
  const choice = objectOf(choices[0], '"choices[0]"');
  const text = typeof choice['text'] === 'string' ? choice['text'] : '';
  return {
    ...promptPart(choice, asked.promptLogprobs),
    tokens: generated(choice, text, asked.logprobs),
    text,
    finish: typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : null,
    ...about,
  };
}

/**
 * The tokens of the prompt of an answer, whatever it generated.
 * @param asked `prompt_logprobs`.
 * @throws CoreError `server-answer` where it has none.
 */
export function readPrompt(value: unknown, asked: number): readonly ServerToken[] {
  const [choice] = listOf(objectOf(value, 'the completion')['choices'], '"choices"');
  const { prompt } = promptPart(objectOf(choice, '"choices[0]"'), asked);
  if (prompt === undefined) throw malformed('it has no prompt_logprobs');
  return prompt;
}

function generated(choice: Json, text: string, asked: number): ServerToken[] {
  const ids = choice['token_ids'] == null ? null : listOf(choice['token_ids'], '"token_ids"');
  if (!isObject(choice['logprobs'])) {
    if (text === '' && (ids === null || ids.length === 0)) return [];
    throw malformed('it has no logprobs');
  }
  const { tokens, token_logprobs, top_logprobs } = choice['logprobs'];
  const names = listOf(tokens, '"tokens"');
  const values = listOf(token_logprobs, '"token_logprobs"');
  const tops = top_logprobs == null ? [] : listOf(top_logprobs, '"top_logprobs"');
  if (values.length !== names.length || (ids !== null && ids.length !== names.length)) {
    throw malformed('its tokens, ids and logprobs are not equally many');
  }
  return names.map((name, i) => {
    if (typeof name !== 'string') throw malformed(`"tokens[${i}]" is no text`);
    const id = ids === null ? idOf(name) : countOf(ids[i], `"token_ids[${i}]"`);
    if (id === null) throw malformed('it does not name its tokens by id');
    // Named by its id, a token's own text is told only where it is the only one.
    const own = idOf(name) !== id ? name : names.length === 1 ? text : '';
    const logProbability = logProbabilityOf(values[i], `"token_logprobs[${i}]"`);
    const top = tops[i] == null ? {} : objectOf(tops[i], `"top_logprobs[${i}]"`);
    const alternatives = Object.entries(top).map(([key, each]): ToldAlternative => ({
      id: idOf(key),
      text: idOf(key) === id ? own : idOf(key) === null ? key : '',
      logProbability: logProbabilityOf(each, `"top_logprobs[${i}]"`),
    }));
    return {
      id,
      text: own,
      judgement: judgementOf({ id, text: own, logProbability, rank: null, alternatives, asked }),
    };
  });
}

/** The id in `token_id:7042` (`return_tokens_as_token_ids`); null for other names. */
function idOf(name: string): number | null {
  if (!name.startsWith(BY_ID)) return null;
  const digits = name.slice(BY_ID.length);
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

function promptPart(choice: Json, asked: number): Pick<CompletionPart, 'prompt' | 'promptIds'> {
  if (choice['prompt_token_ids'] == null) return {};
  const ids = listOf(choice['prompt_token_ids'], '"prompt_token_ids"').map((id) => countOf(id, 'an id of the prompt'));
  if (choice['prompt_logprobs'] == null) return { promptIds: ids };
  const places = listOf(choice['prompt_logprobs'], '"prompt_logprobs"');
  if (places.length !== ids.length) throw malformed('prompt_logprobs and prompt_token_ids are not equally many');
  return { promptIds: ids, prompt: ids.map((id, i) => promptToken(id, places[i], asked)) };
}

/** `{"3987": {logprob, rank, decoded_token}}`: keyed by id, and with ranks. */
function promptToken(id: number, place: unknown, asked: number): ServerToken {
  if (place == null) return { id, text: '', judgement: null };
  let own: ToldAlternative | undefined;
  let rank: number | null = null;
  const alternatives = Object.entries(objectOf(place, 'a place of prompt_logprobs')).map(([key, each]) => {
    const { logprob, rank: itsRank, decoded_token } = objectOf(each, 'an entry of prompt_logprobs');
    const told: ToldAlternative = {
      id: countOf(Number(key), 'an id in prompt_logprobs'),
      text: typeof decoded_token === 'string' ? decoded_token : '',
      logProbability: logProbabilityOf(logprob, 'a logprob of the prompt'),
    };
    if (told.id === id) {
      own = told;
      rank = itsRank == null ? null : countOf(itsRank, 'a rank of the prompt');
    }
    return told;
  });
  if (own === undefined) throw malformed('a token of the prompt has no logprob');
  const { text, logProbability } = own;
  return { id, text, judgement: judgementOf({ id, text, logProbability, rank, alternatives, asked }) };
}

function speculationPart(metrics: Json): Pick<CompletionPart, 'speculation'> {
  const speculation = readSpeculation(metrics['speculative_decoding']);
  return speculation === null ? {} : { speculation };
}

function timingPart(metrics: Json): Pick<CompletionPart, 'timing'> {
  const { time_to_first_token_ms: first, generation_time_ms: rest } = metrics;
  const told = typeof first === 'number' && first >= 0 && typeof rest === 'number' && rest >= 0;
  return told ? { timing: { first, rest } } : {};
}
